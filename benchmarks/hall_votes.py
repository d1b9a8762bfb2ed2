"""A hall: three hundred phones that vote within ten seconds, each on a connection of its own.

    python -m benchmarks.hall_votes [--phones 300] [--seconds 10] [--rounds 3]

The server runs as `make run` starts it, with PostgreSQL, Redis and the phones on the same machine. Each phone opens
its own connection at its own moment, reads the page of the decision, as one does, and sends its vote by htmx: the
answer is the part of the page that says how one voted. The run fails when one is refused or a vote that was answered
is not on disk. Nineteen of twenty answers to a vote should come within half a second on two cores that do nothing
else: the machine's load stands beside each figure.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import selectors
import socket
import sys
import time
from typing import Any

from benchmarks import votes


class Phone:
    """Reads the page, then votes; its times count from the moment at which it wanted to."""

    def __init__(self, at: float, page: bytes, vote: bytes) -> None:
        self.at, self.page, self.vote = at, page, vote
        self.took: dict[str, float] = {}
        self.read = b""
        self.asked = "page"
        self.socket: Any = None

    def begin(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(self.page)

    def hear(self, begun: float) -> bool:
        """Take in what came; whether this phone has its last answer."""
        more = self.socket.recv(1 << 20)
        if not more:
            raise SystemExit(f"a connection was closed without an answer to the {self.asked}")
        self.read += more
        length = votes.whole(self.read)
        if length is None:
            return False
        answer, self.read = self.read[:length], self.read[length:]
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the {self.asked} was answered with {answer[:200]!r}")
        now = time.perf_counter() - begun
        self.took[self.asked] = now - self.at
        if self.asked == "page":
            self.asked, self.at = "vote", now
            self.socket.sendall(self.vote)
            return False
        if b"You voted in favour" not in answer:
            raise SystemExit("a vote was answered without saying that it was cast")
        self.socket.close()
        return True


def hall(port: int, phones: list[Phone]) -> tuple[dict[str, list[float]], float]:
    """All of them; how long each took to be answered, by what it asked, and how long it all took."""
    chooser = selectors.DefaultSelector()
    coming = sorted(phones, key=lambda phone: phone.at, reverse=True)
    begun = time.perf_counter()
    there = 0
    while coming or there:
        now = time.perf_counter() - begun
        while coming and coming[-1].at <= now:
            phone = coming.pop()
            phone.begin(port)
            chooser.register(phone.socket, selectors.EVENT_READ, phone)
            there += 1
        for key, _ in chooser.select(max(0.0, coming[-1].at - now) if coming else 60):
            if key.data.hear(begun):
                chooser.unregister(key.fileobj)
                there -= 1
    took = {asked: sorted(phone.took[asked] for phone in phones) for asked in ("page", "vote")}
    return took, time.perf_counter() - begun


def by_htmx(request: bytes) -> bytes:
    return request.replace(b"\r\nCookie:", b"\r\nHX-Request: true\r\nCookie:", 1)


def page_for(request: bytes, path: str) -> bytes:
    cookie = request.split(b"\r\nCookie: ")[1].split(b"\r\n")[0].decode()
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


def compare(made: dict[str, Any], phones: int, seconds: int, rounds: int) -> dict[str, float]:
    warm, path = 16, made["to"].decode()
    chance = random.Random(300)
    worst: dict[str, float] = {"p50": 0, "p95": 0, "slowest": 0}
    asked = [(page_for(request, path), by_htmx(request)) for request in made["product"]]
    with votes.served("confederation.wsgi:application") as port:
        for page, vote in asked[:warm]:
            hall(port, [Phone(0.0, page, vote)])
        for number in range(rounds):
            those = asked[warm + number * phones : warm + (number + 1) * phones]
            took, spent = hall(port, [Phone(chance.uniform(0, seconds), page, vote) for page, vote in those])
            for which, times in took.items():
                p50, p95, slowest = (1000 * times[int(len(times) * share)] for share in (0.5, 0.95, 0.9999))
                print(
                    f"round {number + 1}  {phones} phones in {spent:4.1f} s, load {os.getloadavg()[0]:.1f}"
                    f"  {which}  p50 {p50:5.0f}  p95 {p95:5.0f}  slowest {slowest:5.0f} ms",
                    flush=True,
                )
            worst = {key: max(worst[key], found) for key, found in zip(worst, (p50, p95, slowest), strict=True)}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM assemblies_ballot WHERE decision_id = %s", [made["decision"]])
        if cursor.fetchone()[0] != warm + rounds * phones:
            raise SystemExit("not every vote that was answered is on disk")
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phones", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with votes.town(16 + options.rounds * options.phones) as made:
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        figures = compare(made, options.phones, options.seconds, options.rounds)
    print(f"none refused; in the worst round nineteen of twenty votes were answered within {figures['p95']:.0f} ms")
    print(json.dumps({key: round(value) for key, value in figures.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
