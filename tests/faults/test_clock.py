"""A server whose clock is a day ahead, and one a day behind: no outcome changes, for the database's clock is asked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Citizen, Decision
from councils.models import Action
from mandates.models import Mandate
from tests.cast import Cast, call, clock, travel_to
from tests.plumbing import slot
from tests.plumbing.services import process_environment

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CLOCKS = {"right": timedelta(), "ahead": DAY, "behind": -DAY}


def libfaketime() -> str:
    found = next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
    if found is None:
        pytest.fail("This test needs libfaketime: apt-get install faketime.")
    return str(found)


class Server:
    """A process of the application whose clock is off by that much."""

    def __init__(self, off: timedelta) -> None:
        self.off = off
        wrong = {"LD_PRELOAD": libfaketime(), "FAKETIME": f"{off.total_seconds():+.0f}", "DONT_FAKE_MONOTONIC": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.astray"], cwd=slot.ROOT, text=True, start_new_session=True,
            env=process_environment() | {"PUBLISHED_DIR": os.environ["PUBLISHED_DIR"]} | wrong,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, **asked) -> dict:
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        apart = datetime.fromisoformat(answer.pop("clock")) - datetime.now(UTC) - self.off
        assert abs(apart) < MINUTE, "its clock is not off by what it should be"
        return answer

    def stop(self) -> None:
        self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
            return
        self.process.kill()
        self.process.wait()


@pytest.fixture
def servers(transactional_db) -> Iterator[dict[str, Server]]:
    started = {name: Server(off) for name, off in CLOCKS.items()}
    yield started
    for server in started.values():
        server.stop()


def all_say(servers: dict[str, Server], ask: Callable[[int], dict]) -> dict:
    """What every server answers, each asked in its turn."""
    answers = [server(**ask(number)) for number, server in enumerate(servers.values())]
    assert answers[0]["status"] == answers[1]["status"] == answers[2]["status"], answers
    return answers[0]


def test_a_wrong_clock_changes_no_outcome(committed_cast: Cast, servers: dict[str, Server]):
    cast = committed_cast
    mandate = cast.mandate(cast.abiego, cast.bilal, valid_until=now() + 60 * DAY)
    attachment = cast.task(mandate).attachments.get()
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana), opens_at=now() + 30 * DAY)
    voters = list(Citizen.objects.filter(citizenships__assembly=cast.abiego).order_by("pk"))

    def vote(first: int) -> Callable[[int], dict]:
        address = reverse("ballot", args=[decision.pk])
        return lambda number: {"who": voters[first + number].pk, "to": address, "data": {"choice": "yes"}}

    def act(_number: int) -> dict:
        said = {"attachment": str(attachment.pk), "quantity": "10", "what": "Bought flour", "once": str(uuid4())}
        return {"who": cast.bilal.pk, "to": reverse("action-new", args=[attachment.task_id]), "data": said}

    def look(_number: int) -> dict:
        return {"who": cast.ana.pk, "to": decision.get_absolute_url()}

    def sweep() -> None:
        for server in servers.values():
            server(sweep=True)
        decision.refresh_from_db()

    clock.at(decision.opens_at - HOUR)
    sweep()
    assert decision.opened_at is None
    assert all_say(servers, vote(0))["status"] in (409, 422)
    assert not decision.ballots.exists()

    clock.at(decision.opens_at + MINUTE)
    assert all_say(servers, vote(0))["status"] == 302
    assert decision.ballots.count() == 3

    clock.at(decision.closes_at - HOUR)
    sweep()
    assert decision.closed_at is None
    assert all_say(servers, vote(3))["status"] == 302
    assert all_say(servers, look)["status"] == 200

    clock.at(decision.closes_at + MINUTE)
    assert all_say(servers, vote(6))["status"] in (409, 422)
    assert decision.ballots.count() == 6
    sweep()
    assert (decision.yes, decision.outcome) == (6, Decision.Outcome.CARRIED)

    travel_to(mandate.valid_until - HOUR)
    sweep()
    assert all_say(servers, act)["status"] == 302
    assert Action.objects.filter(attachment=attachment).count() == 3
    assert Mandate.objects.in_force(now()).contains(mandate)
    clock.at(mandate.valid_until + MINUTE)
    assert all_say(servers, act)["status"] in (403, 409, 422)
    assert Action.objects.filter(attachment=attachment).count() == 3
    sweep()
    assert mandate.end(now()) == ("expired", mandate.valid_until)
