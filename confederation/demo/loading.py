"""The loading of the demo: one transaction, with the application's rights, under a clock that only it sees."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from assemblies.clock import now
from assemblies.models import Assembly, Citizen

from . import signins
from .clock import MovedClock
from .founding import draft_confederations, found_assemblies, join_confederations
from .people import People, let_sign_in
from .progress import Progress
from .territory import LOARRE, municipalities

FOUNDED = timedelta(days=428)
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
        if Citizen.objects.filter(email=signins.TECHNICIAN).exists():
            return False
        if Assembly.objects.exists():
            raise NotEmpty
        today = now()
        with MovedClock() as clock:
            tell(today, clock, progress, most)
    return True


def tell(today: datetime, clock: MovedClock, progress: Progress, most: int | None) -> None:
    clock.begin(today - FOUNDED)
    people = People()
    towns = found_assemblies(municipalities(most), people, clock, today - FOUNDED, progress)
    clock.take_stock()
    clock.go(today - FOUNDED + timedelta(days=14))
    confederations = draft_confederations(towns.values())
    clock.go(today - FOUNDED + timedelta(days=16))
    join_confederations(towns.values(), confederations, clock, progress)
    clock.take_stock()
    let_sign_in(towns[LOARRE].people[0], signins.CITIZEN, signins.PASSWORD)
    Citizen.objects.create_superuser(signins.TECHNICIAN, signins.PASSWORD, name="Technician of the demo")
