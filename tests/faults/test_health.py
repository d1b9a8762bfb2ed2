"""`/health/` names what is not well, each by its name, and answers as long as there is anybody to answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import timezone

from assemblies.models import Citizenship, Letter, Office, Rules
from assemblies.sweeps import REGISTRY
from confederation.health import ALIVE, pulse
from tests.cast import Cast, call, carry, checkpointed, clock, found

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def examined(client, empty_redis, settings, tmp_path) -> Callable[[], dict]:
    """What `/health/` answers while worker and beat have just been heard."""
    settings.PUBLISHED_DIR = tmp_path
    pulse("worker")
    pulse("beat")
    return lambda: client.get("/health/").json()


def late(report: dict) -> set[str]:
    return {name for name, sweep in report["sweeps"].items() if sweep["late"]}


@pytest.mark.django_db
def test_a_town_in_which_everything_runs_is_well(examined):
    report = examined()
    assert report["well"]
    assert set(report["sweeps"]) == set(REGISTRY)
    assert late(report) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["worker", "beat"])
@pytest.mark.parametrize("heard", [None, ALIVE], ids=["never", "a minute ago"])
def test_whoever_of_worker_and_beat_is_not_heard_is_named(examined, who, heard):
    if heard is None:
        cache.delete(f"pulse-{who}")
    else:
        cache.set(f"pulse-{who}", (timezone.now() - heard).timestamp())
    report = examined()
    assert not report["well"]
    assert {name: report[name] for name in ("worker", "beat")} == {"worker": True, "beat": True} | {who: False}


@pytest.mark.django_db
def test_a_dead_redis_is_named_and_nothing_else_is_blamed(examined, client, settings, tmp_path):
    dead = settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path}/nobody.sock"}
    with override_settings(CACHES={"default": dead}):
        response = client.get("/health/")
        pulse("worker")  # nobody is told, and nobody falls over
    assert response.status_code == 200, "pages are served without it"
    report = response.json()
    assert not report["well"]
    assert (report["database"], report["redis"], report["redis_says"]) == (True, False, "ConnectionError")
    assert examined()["well"], "it is back"


def test_a_sweep_is_late_when_its_oldest_row_has_waited_for_longer_than_it_should(cast: Cast, examined):
    for sweep in REGISTRY.values():
        sweep.run()
    decision = call(cast.abiego.propose("Bread", "The oven is common.", by=cast.ana))
    for moment, sweep in ((decision.opens_at, "open decisions"), (decision.closes_at, "close decisions")):
        clock.at(moment + 4 * MINUTE)
        assert sweep not in late(examined())
        assert examined()["sweeps"][sweep]["oldest_due"] == moment.isoformat()
        clock.at(moment + 6 * MINUTE)
        assert sweep in late(examined())
        REGISTRY[sweep].run()
        assert sweep not in late(examined())


def waiting(cast: Cast, sweep: str) -> None:
    """Let something become due for that sweep, this very moment."""
    at = clock.now()
    if sweep == "announce facilitators":
        small = found("Small", "small", 4, Rules(office_term=2 * DAY))
        clock.at(Office.objects.filter(assembly=small).latest("valid_until").valid_until)
    elif sweep == "announce registrars":
        carry(cast.abiego.propose_orders(Rules(admitting_office="registrar"), by=cast.ana))
    elif sweep == "note endings":
        cast.mandate(cast.abiego, cast.ana).resign(by=cast.ana)
        mandate = cast.mandate(cast.abiego, cast.bilal)
        cast.bilal.citizenship(clock.now()).end(by=cast.bilal, reason=Citizenship.Reason.LEFT)
        assert mandate.valid_until > clock.now()
    elif sweep == "warn a week before":
        mandate = cast.mandate(cast.abiego, cast.ana, valid_until=at + 30 * DAY)
        clock.at(mandate.valid_until - 7 * DAY)
    elif sweep == "send letters":
        Letter.objects.write([cast.ana], about="x", subject="x", body="x")


@pytest.mark.parametrize(
    "sweep", ["announce facilitators", "announce registrars", "note endings", "warn a week before", "send letters"]
)
def test_what_has_only_just_become_due_is_not_late_however_old_the_thing_itself_is(cast: Cast, examined, sweep):
    REGISTRY[sweep].run()
    clock.travel(20 * DAY)
    waiting(cast, sweep)
    patience = REGISTRY[sweep].patience
    assert sweep not in late(examined())
    assert examined()["sweeps"][sweep]["oldest_due"]
    clock.travel(patience + MINUTE)
    assert sweep in late(examined())


def test_a_seat_whose_holder_moved_away_is_drawn_again(cast: Cast):
    gone = cast.facilitator(cast.abiego)
    gone.citizenship(clock.now()).end(by=gone, reason=Citizenship.Reason.LEFT)
    assert not gone.holds("facilitator", cast.abiego, clock.now())
    assert cast.abiego in REGISTRY["announce facilitators"].due(clock.now())
    REGISTRY["announce facilitators"].run()
    checkpointed(cast.abiego)
    REGISTRY["draw offices"].run()
    seated = Office.objects.in_force(clock.now()).filter(assembly=cast.abiego, kind="facilitator")
    assert seated.count() == 2
    assert not seated.filter(citizen=gone).exists()
