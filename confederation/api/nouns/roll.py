"""The roll: who stands on it, and who asks to. Those alone read it whom it concerns, as on the pages."""

from datetime import datetime

from django.db.models import Q, QuerySet

from assemblies.access import Reader, standing
from assemblies.models import Application, Citizen, Citizenship
from assemblies.models.citizenship import in_force_q

from ..noun import Link, Noun, Person, Said
from .assemblies import IN_ASSEMBLY, TEXT


def _citizenships(reader: Reader, at: datetime) -> QuerySet:
    """One's own, and the roll of one's own assembly as it stands; with what has ended, for the office that keeps it."""
    if not isinstance(reader, Citizen):
        return Citizenship.objects.none()
    home = reader.citizenship(at)
    roll = Q(assembly=home.assembly) if home else Q(pk=None)
    if home and not standing(reader, home.assembly, at).keeps_roll:
        roll &= in_force_q(at)
    return Citizenship.objects.filter(Q(citizen=reader) | roll)


CITIZENSHIPS = Noun(
    "citizenships",
    "Citizenship",
    Citizenship,
    "Who stands on the roll of an assembly. Its own citizens read it, and everybody their own.",
    {
        "assembly": Link("In which assembly.", "assemblies"),
        "citizen": Person("Who.", numbered=True),
        "valid_from": "Since when.",
        "valid_until": "Until when, where it has ended.",
        "end_reason": Said("Why it ended; empty while it has not.", TEXT, "end_reason"),
    },
    _citizenships,
    IN_ASSEMBLY,
    order=("id", "valid_from"),
    page=False,
    private=True,
)


def _applications(reader: Reader, at: datetime) -> QuerySet:
    """One's own, and those before the office that one holds."""
    if not isinstance(reader, Citizen):
        return Application.objects.none()
    home = reader.citizenship(at)
    keeps = home is not None and standing(reader, home.assembly, at).keeps_roll
    return Application.objects.filter(Q(citizen=reader) | (Q(assembly=home.assembly) if home and keeps else Q(pk=None)))


APPLICATIONS = Noun(
    "applications",
    "Application",
    Application,
    "That somebody asks to be a citizen of an assembly. They read it, and the office that keeps the roll.",
    {
        "assembly": Link("Which assembly is asked.", "assemblies"),
        "citizen": Person("Who asks.", numbered=True),
        "statement": "Where they live.",
        "applied_at": "When they asked.",
        "answered_at": "When they were answered.",
        "admitted": "Whether they were admitted; nothing before the answer.",
        "reason": "Why not, where they were not.",
    },
    _applications,
    IN_ASSEMBLY,
    order=("-applied_at", "id"),
    page=False,
    private=True,
)

__all__ = ["APPLICATIONS", "CITIZENSHIPS"]
