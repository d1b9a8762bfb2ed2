"""Citizens casting votes without pause, in a process of their own, on a database that is killed under them.

Each attempt is printed before it is made, and what was acknowledged after it was: `try 12 yes`, `cast 12 yes`.

python -m tests.faults.casting prepare
python -m tests.faults.casting 1
python -m tests.faults.casting ask
"""

import sys
import threading
import time
from itertools import cycle

import django

django.setup()

from django.db import Error, connection  # noqa: E402

from assemblies.models import Decision  # noqa: E402
from tests.cast import call, found, travel_to  # noqa: E402

THREADS, VOTERS = 4, 48


def prepare() -> None:
    """Found an assembly and open a vote in it, as the owner who may move the clock; print its number."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE confederation_app")
    assembly = found("Abiego", "abiego", VOTERS)
    decision = call(assembly.propose("Bread", "The oven is common.", by=assembly.citizens(assembly.founded_at)[0]))
    travel_to(decision.opens_at)
    decision.open()
    print(decision.pk)


def cast(number: int) -> None:
    voters = list(Decision.objects.get(pk=number).electors().order_by("pk"))
    said = threading.Lock()

    def say(word: str, voter: int, choice: str) -> None:
        with said:
            print(word, voter, choice, flush=True)

    def work(share: int) -> None:
        for choice in cycle(("yes", "no", "abstain")):
            for voter in voters[share::THREADS]:
                say("try", voter.pk, choice)
                try:
                    Decision.objects.get(pk=number).cast(by=voter, choice=choice)
                except Error:
                    connection.close()
                    time.sleep(0.05)
                else:
                    say("cast", voter.pk, choice)

    for share in range(THREADS):
        threading.Thread(target=work, args=(share,)).start()


def ask() -> None:
    """For every line that comes in, one request's worth of asking the database; say how it went."""
    for _line in sys.stdin:
        try:
            print(Decision.objects.count(), flush=True)
        except Error as error:
            print(type(error).__name__, flush=True)
        connection.close()


if __name__ == "__main__":
    {"prepare": prepare, "ask": ask}.get(sys.argv[1], lambda: cast(int(sys.argv[1])))()
