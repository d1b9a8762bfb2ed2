"""The loading of the demo: one transaction, with the application's rights, under a clock that only it sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from assemblies.clock import now
from assemblies.models import Assembly, Citizen, Decision, Office, Told
from assemblies.tasks import closed_news, closing, office_news, offices, opened_news, opening
from councils.models import Relay
from councils.tasks import answers, halts, meetings, objections, silences
from mandates.models import Ending, Recall
from mandates.tasks import (
    adoptions,
    day,
    endings,
    issues,
    narrowings,
    offers,
    reports_due,
    reports_late,
    reviews,
    week,
)

from . import (
    ayerbe,
    beside,
    bread,
    council,
    elsewhere,
    grain,
    hall,
    loarre,
    riglos,
    signins,
    supervision,
    together,
    voting,
)
from .clock import MovedClock
from .founding import draft_confederations, found_assemblies, join_confederations
from .people import People, let_sign_in
from .progress import Progress
from .territory import HOYA, municipalities
from .town import draw, note
from .world import World
from .year import Year

FOUNDED = timedelta(days=428)
LETTERS = 30  # days: how far back citizens of the three villages find letters
LOCK = 1_936_000


class NotEmpty(Exception):
    """The database holds assemblies that are not the demo's."""


def load(progress: Progress, *, most: int | None = None) -> bool:
    """Load the demo unless it is there. Says whether it was loaded now.

    Raises:
        NotEmpty: the database holds assemblies that are not the demo's.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if is_there():
            return False
        if Assembly.objects.exists():
            raise NotEmpty
        today = now()
        with MovedClock() as clock, without_savepoints():
            tell(today, clock, progress, most)
    return True


def is_there() -> bool:
    return Citizen.objects.filter(email=signins.TECHNICIAN).exists()


@contextmanager
def without_savepoints() -> Iterator[None]:
    """No act of the demo is refused, and a failure undoes the whole: ten thousand savepoints would only cost."""
    features = connection.features
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = True


def tell(today: datetime, clock: MovedClock, progress: Progress, most: int | None) -> None:
    """From the founding to this moment."""
    clock.begin(today - FOUNDED)
    people = People()
    towns = found_assemblies(municipalities(most), people, clock, today - FOUNDED, progress)
    clock.take_stock()
    clock.go(today - FOUNDED + timedelta(days=14))
    comarcas = draft_confederations(towns.values())
    clock.go(today - FOUNDED + timedelta(days=16))
    join_confederations(towns.values(), comarcas, clock, progress)
    clock.take_stock()

    year = Year(today, clock, progress)
    wide = comarcas[HOYA].within
    assert wide is not None  # noqa: S101
    world = World(year, towns, people, comarcas[HOYA], wide, comarcas)
    for town in (world.loarre, world.ayerbe, world.riglos):
        town.letters_from = year.ago(LETTERS)
    began = now()
    progress.stage("a year of proposals, decisions, mandates and work", (today - began).days)
    for part in (loarre, hall, ayerbe, riglos, beside, council, voting, bread, grain, together, elsewhere, supervision):
        year.follow(*part.stories(world))
    year.run(began)
    progress.end()

    clock.come_back()
    introduce(world)
    settle()
    clock.take_stock()


def introduce(world: World) -> None:
    """Let visitors sign in as a citizen, a neighbour, a delegate, a facilitator, and the technician."""
    assembly = world.loarre.assembly
    while True:
        held = list(Office.objects.in_force(now()).filter(assembly=assembly, kind=Office.Kind.FACILITATOR))
        guest = next((office for office in held if office.citizen in world.guests), None)
        if guest is None:
            break
        guest.lay_down(by=guest.citizen)  # the lot fell on one who is to be something else here
        draw(assembly, Office.Kind.FACILITATOR)
    for citizen, email in (
        (world.ana, signins.CITIZEN),
        (world.tomas, signins.NEIGHBOUR),
        (world.marta, signins.DELEGATE),
        (held[0].citizen, signins.FACILITATOR),
        (Citizen.objects.create_superuser(signins.TECHNICIAN, name="Technician of the demo"), signins.TECHNICIAN),
    ):
        let_sign_in(citizen, email, signins.PASSWORD)


def settle() -> None:
    """Leave nothing for the worker but what is yet to come: old facts are told, and no letter waits to be sent."""
    at = now()
    facts = [
        *(f"decision-opened/{pk}" for pk in Decision.objects.filter(opens_at__lte=at).values_list("pk", flat=True)),
        *(f"decision-closed/{pk}" for pk in Decision.objects.filter(closes_at__lte=at).values_list("pk", flat=True)),
        *(f"recall-opened/{pk}" for pk in Recall.objects.values_list("pk", flat=True)),
        *(f"text-relayed/{pk}" for pk in Relay.objects.values_list("pk", flat=True)),
        *(f"mandate-ended/{pk}" for pk in Ending.objects.values_list("pk", flat=True)),
    ]
    Told.objects.bulk_create([Told(about=fact) for fact in facts], ignore_conflicts=True, batch_size=2000)
    noted = (opening, closing, *offices, endings, issues, narrowings, offers, adoptions, reviews, halts)
    news = (opened_news, closed_news, office_news, week, day, reports_due, reports_late)
    supervised = (objections, answers, silences, meetings)
    for sweep in (*noted, *news, *supervised):
        note(sweep)
