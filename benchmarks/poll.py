"""What one phone's question costs a server: its work counted in this process, so that a busy machine does not blur it.

    python benchmarks/poll.py [--phones 300] [--rounds 200]

A town of its own as in `hall.py`. Asked are: nothing new (204); a hand went up (200); the vote has opened (200, with
the ballot). Printed are queries of the database, milliseconds of processor here, and how many such questions one core
answers in a second. It fails when a question that has nothing new to hear asks the database.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.hall import POLL, served  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=200)
    asked = parser.parse_args()
    with served(asked.phones) as (town, _folder, _port):
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from assemblies import live
        from assemblies.models import Citizen, Session, SpeakingTurn

        settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
        session = Session.objects.select_related("assembly").get(pk=town["session"])
        leader = Citizen.objects.get(pk=town["leader"])
        phones = []
        for cookie in town["cookies"][: asked.rounds]:
            phone = Client()
            phone.cookies[settings.SESSION_COOKIE_NAME] = cookie
            phones.append(phone)
        address = f"/sessions/{session.pk}/live/"

        def ask(phone: Client, v: str, q: str) -> tuple[int, bytes]:
            answer = phone.get(address, {"v": v, "q": q}, headers={"HX-Request": "true"})
            return answer.status_code, answer.content

        def measure(status: int, v: str, q: str) -> dict[str, float]:
            """Once with the queries counted, for a phone that has asked before; then everybody, on the clock."""
            live.fresh(session.pk)
            ask(phones[0], v, q)
            with CaptureQueriesContext(connection) as queries:
                assert ask(phones[0], v, q)[0] == status
                asked_of_the_database = len(queries)
            began, spent = time.perf_counter(), time.process_time()
            for phone in phones:
                if time.perf_counter() - began > 0.8 * live.FRESH:
                    live.fresh(session.pk)
                    began = time.perf_counter()
                ask(phone, v, q)
            each = 1000 * (time.process_time() - spent) / len(phones)
            return {"queries": asked_of_the_database, "CPU ms": round(each, 2), "a second and core": round(1000 / each)}

        for phone in phones:
            ask(phone, "0", "0")
        found = POLL.search(ask(phones[0], "0", "0")[1])
        assert found
        v, q = (word.decode() for word in found.groups())
        figures = {"nothing new": measure(204, live.fresh(session.pk), q)}
        SpeakingTurn.objects.raise_hand(session, leader, by=leader)
        figures["a hand went up"] = measure(200, v, q)
        item = session.current()
        assert item is not None
        item.put_to_vote(by=leader, minutes=10)
        figures["the vote has opened"] = measure(200, v, q)
        print(json.dumps(figures, indent=2))
        return 1 if figures["nothing new"]["queries"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
