"""A hall of 300 phones that ask every few seconds and vote within ten, on a server as `manage.py up` starts it.

    python benchmarks/hall.py [--phones 300] [--seconds 30]

A town of its own in a folder of its own: PostgreSQL with its disk on, Redis, granian, worker and beat. Each phone is
signed in, keeps one connection, asks for what has changed as htmx does, and votes once at a moment of its own within
ten seconds of the vote's opening; every tenth sends its vote twice, as if the first had had no answer. Meanwhile a
hand goes up and down every ten seconds. The load generator shares the machine: the load beside the figures says how
busy it was. It fails when a vote was refused or lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WITHIN, OPENS = 10, 5  # the vote opens after five seconds, and everybody votes within ten
TOKEN = "k" * 32
POLL = re.compile(rb"/live/\?v=(\d+)&amp;q=([\w-]+)")


# ---- the town ----


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def up(folder: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"VAR_DIR": str(folder / "var"), "PORT": str(port), "DEMO": "0"}
    log = (folder / "log").open("wb")
    town = subprocess.Popen(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 600
    while f"http://localhost:{port}" not in (folder / "log").read_text():
        if town.poll() is not None or time.monotonic() > end:
            town.terminate()
            town.wait(60)
            raise SystemExit((folder / "log").read_text())
        time.sleep(0.2)
    return town


def prepare(phones: int) -> dict:
    """An assembly of so many, a session with its doors open and everybody in, and a session cookie for each."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore
    from django.db import connection, transaction

    from assemblies.clock import now
    from assemblies.models import Assembly, Attendance, Citizen, Office, Point, Rules, Session

    def shift(step: timedelta) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(shift), interval '0') FROM assemblies_clock")
            (before,) = cursor.fetchone()
            cursor.execute("DELETE FROM assemblies_clock")
            cursor.execute("INSERT INTO assemblies_clock (shift) VALUES (%s)", [before + step])

    with transaction.atomic():
        people = Citizen.objects.bulk_create(
            Citizen(email=f"phone{n}@hall.example", name=f"Phone {n}") for n in range(phones)
        )
        hour = timedelta(hours=1)
        hall = Assembly.objects.found(
            "Hall", slug="hall", founders=people, rules=Rules(deliberation=hour, notice=timedelta())
        )
        proposal = hall.propose("Water", "The rain is kept.", by=people[0])
        leader = Office.objects.filter(assembly=hall, kind="facilitator").earliest("pk").citizen
        begins = now() + 2 * hour
        session = Session.objects.call(
            hall, by=leader, place="School", begins_at=begins, ends_at=begins + hour, points=[Point("", proposal)]
        )
        shift(2 * hour)
        for citizen in people:
            Attendance.objects.check_in(session, citizen, by=leader, how="desk")
        session.open(by=leader)
        session.agenda()[0].start(by=leader)
    cookies = []
    for citizen in people:
        store = SessionStore()
        store[SESSION_KEY] = str(citizen.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = citizen.get_session_auth_hash()
        store.create()
        cookies.append(store.session_key)
    return {"session": session.pk, "leader": leader.pk, "cookies": cookies, "proposal": proposal.pk}


@contextmanager
def served(phones: int) -> Iterator[tuple[dict, Path, int]]:
    """A town of its own that runs: what `prepare` made in it, its folder and its port. All of it is gone afterwards."""
    folder, port = Path(tempfile.mkdtemp(prefix="hall-")), free_port()
    folder.chmod(0o755)
    server = up(folder, port)
    try:
        os.environ |= {"VAR_DIR": str(folder / "var"), "DATABASE_ROLE": "owner", "PORT": str(port)}
        os.environ["DJANGO_SETTINGS_MODULE"] = "confederation.settings"
        import django

        django.setup()
        yield prepare(phones), folder, port
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


# ---- the phones ----


@dataclass
class Times:
    poll: list[float] = field(default_factory=list)
    vote: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    broken: int = 0

    def note(self, what: str, status: int) -> None:
        self.statuses[f"{what} {status}"] = self.statuses.get(f"{what} {status}", 0) + 1


class Phone:
    """One telephone: one connection, one cookie."""

    def __init__(self, port: int, cookie: str, times: Times) -> None:
        self.port, self.times = port, times
        self.head = f"Host: localhost\r\nCookie: sessionid={cookie}; csrftoken={TOKEN}\r\nHX-Request: true\r\n"
        self.line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.v, self.q = b"0", b"0"
        self.turn = asyncio.Lock()

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        async with self.turn:
            if self.line is None:
                self.line = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.line
            sent = f"{method} {path} HTTP/1.1\r\n{self.head}"
            if method == "POST":
                sent += f"X-CSRFToken: {TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                sent += f"Content-Length: {len(body)}\r\n"
            writer.write(f"{sent}\r\n{body}".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status = int(head.split(" ", 2)[1])
            length = re.search(r"content-length: (\d+)", head)
            if length:
                content = await reader.readexactly(int(length[1]))
            elif "transfer-encoding: chunked" in head:
                content = b""
                while size := int(await reader.readuntil(b"\r\n"), 16):
                    content += (await reader.readexactly(size + 2))[:-2]
                await reader.readexactly(2)
            else:
                content = b""
            return status, content

    async def poll(self, session: int) -> None:
        begun = time.perf_counter()
        status, content = await self.ask("GET", f"/sessions/{session}/live/?v={self.v.decode()}&q={self.q.decode()}")
        self.times.poll.append(time.perf_counter() - begun)
        self.times.note("poll", status)
        if found := POLL.search(content):
            self.v, self.q = found[1], found[2]

    async def follow(self, session: int, until: float) -> None:
        await asyncio.sleep(random.random() * 4)
        while time.monotonic() < until:
            try:
                await self.poll(session)
            except (OSError, asyncio.IncompleteReadError):
                self.times.broken += 1
                self.line = None
            await asyncio.sleep(random.randint(3, 5))

    async def vote(self, decision: int, wait: float, *, twice: bool) -> None:
        await asyncio.sleep(wait)
        for _time in range(2 if twice else 1):
            begun = time.perf_counter()
            status, _content = await self.ask("POST", f"/decisions/{decision}/ballot/", "choice=yes")
            self.times.vote.append(time.perf_counter() - begun)
            self.times.note("vote", status)


async def evening(port: int, town: dict, seconds: int, act) -> Times:
    times = Times()
    phones = [Phone(port, cookie, times) for cookie in town["cookies"]]
    until = time.monotonic() + seconds
    following = [asyncio.create_task(phone.follow(town["session"], until)) for phone in phones]
    hands = asyncio.create_task(asyncio.to_thread(act, "hands", seconds - 2))
    await asyncio.sleep(OPENS)
    decision = await asyncio.to_thread(act, "open", 0)
    await asyncio.gather(
        *(phone.vote(decision, random.random() * WITHIN, twice=n % 10 == 0) for n, phone in enumerate(phones))
    )
    await asyncio.gather(*following, hands)
    town["decision"] = decision
    return times


def milliseconds(values: list[float]) -> dict[str, int]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(1000 * cuts[49]), "p95": round(1000 * cuts[94]), "max": round(1000 * max(values))}


def processor(folder: Path) -> float:
    """CPU seconds of everything that was started in that folder."""
    ticks, used = os.sysconf("SC_CLK_TCK"), 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ours = str(folder).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used += (int(fields[11]) + int(fields[12])) / ticks if ours else 0
    return used


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phones", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=30)
    asked = parser.parse_args()
    with served(asked.phones) as (town, folder, port):
        from django.db import connection

        from assemblies.models import Citizen, Decision, Session, SpeakingTurn

        session = Session.objects.select_related("assembly").get(pk=town["session"])
        leader = Citizen.objects.get(pk=town["leader"])

        def act(what: str, seconds: int) -> int:
            """What happens in the hall meanwhile, by acts of this process."""
            try:
                if what == "open":
                    item = session.current()
                    assert item is not None
                    return item.put_to_vote(by=leader, minutes=10).pk
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    SpeakingTurn.objects.raise_hand(session, leader, by=leader).withdraw(by=leader)
                    time.sleep(10)
                return 0
            finally:
                connection.close()

        before, load = processor(folder), os.getloadavg()[0]
        times = asyncio.run(evening(port, town, asked.seconds, act))
        used = processor(folder) - before
        decision = Decision.objects.get(pk=town["decision"])
        decision.end(by=leader)
        wrong = {name: n for name, n in times.statuses.items() if name not in ("poll 200", "poll 204", "vote 200")}
        lost = asked.phones - (decision.voters or 0)
        print(
            json.dumps(
                {
                    "phones": asked.phones,
                    "poll ms": milliseconds(times.poll),
                    "vote ms": milliseconds(times.vote),
                    "answers": dict(sorted(times.statuses.items())),
                    "broken connections": times.broken,
                    "votes counted": decision.voters,
                    "outcome": decision.outcome,
                    "server CPU s": round(used, 1),
                    "seconds": asked.seconds,
                    "load before, after": [round(load, 1), round(os.getloadavg()[0], 1)],
                },
                indent=2,
            )
        )
        return 1 if wrong or lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
