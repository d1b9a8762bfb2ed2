"""Offices of an assembly, held for a term and drawn by a lot that anyone can draw again (article 16)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, holds, now
from ..refusal import CONFLICT, FORBIDDEN, Refusal, act
from ..triggers import ASSEMBLY_ROLL, checked, fixed, lock, refuse, unchanged
from .entry import record

if TYPE_CHECKING:
    from .assembly import Assembly
    from .citizen import Citizen

SEATS = {"facilitator": 2, "registrar": 1, "teller": 2, "minute-taker": 1}
_SEATS = " ".join(f"WHEN '{kind}' THEN {seats}" for kind, seats in SEATS.items())
DRAWN_BY_THE_DATABASE = {"citizen_id": None, "seed": "", "valid_from": None, "valid_until": None}


class OfficeQuerySet(models.QuerySet["Office"]):
    def in_force(self, at: datetime) -> OfficeQuerySet:
        """Turns that run at that moment; whoever is no longer a citizen there has left the seat (article 16)."""
        there = holds("is_citizen", "citizen", "assembly", at=at)
        return self.filter(there, valid_from__lte=at, valid_until__gt=at)

    def found(self, assembly: Assembly) -> list[Office]:
        """Draw the facilitators of an assembly that is being founded: there is no checkpoint yet to draw from.

        The lot: each citizen not holding the office has the ticket SHA-256("seed:citizen id"); the lowest is drawn.
        The database takes the seed and draws, whatever it is handed. Every later lot is a `Drawing`.
        """
        kind = Office.Kind.FACILITATOR
        drawn: list[Office] = []
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASSEMBLY_ROLL, assembly.pk])
            at = now()
            free = assembly.citizens(at).exclude(
                pk__in=self.in_force(at).filter(assembly=assembly, kind=kind).values("citizen")
            )
            seats = SEATS[kind] - self.in_force(at).filter(assembly=assembly, kind=kind).count()
            for _seat in range(min(seats, free.count())):
                turn = self.create(assembly=assembly, kind=kind, **DRAWN_BY_THE_DATABASE)
                office = Office.objects.select_related("citizen", "assembly").get(pk=turn.pk)
                record(
                    "office.drawn",
                    office,
                    log=assembly.log_id,
                    at=office.valid_from,
                    office=kind,
                    seed=office.seed,
                    until=office.valid_until,
                    personal={"citizen": (office.citizen, office.citizen.name)},
                )
                drawn.append(office)
        return drawn


class Office(models.Model):
    """One citizen's turn in one office. A facilitator is this, and never a staff flag."""

    class Kind(models.TextChoices):
        FACILITATOR = "facilitator", gettext_lazy("facilitator")
        REGISTRAR = "registrar", gettext_lazy("registrar")
        TELLER = "teller", gettext_lazy("teller")
        MINUTE_TAKER = "minute-taker", gettext_lazy("minute-taker")

    assembly = models.ForeignKey("assemblies.Assembly", models.PROTECT, related_name="offices")
    citizen = models.ForeignKey("assemblies.Citizen", models.PROTECT, related_name="offices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    seed = models.CharField(max_length=64)
    # None at the founding alone.
    drawing = models.ForeignKey("assemblies.Drawing", models.PROTECT, null=True, related_name="offices")
    valid_from = models.DateTimeField(db_default=CivicNow())
    valid_until = models.DateTimeField()

    objects = OfficeQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="office_kind", condition=Q(kind__in=["facilitator", "registrar", "teller", "minute-taker"])
            ),
            models.CheckConstraint(
                name="office_ends_after_it_begins", condition=Q(valid_until__gte=models.F("valid_from"))
            ),
        ]
        triggers = [
            *fixed(16, "A turn in office is ended, never removed.", delete_only=True),
            checked(
                "drawn",
                pgtrigger.Insert,
                lock(ASSEMBLY_ROLL, "NEW.assembly_id"),
                "NEW.valid_from := civic_now();",
                "IF NEW.drawing_id IS NULL THEN",
                refuse(
                    16,
                    "NEW.kind <> 'facilitator' OR EXISTS (SELECT FROM assemblies_assembly a"
                    " WHERE a.id = NEW.assembly_id AND a.founded_at < NEW.valid_from - interval '1 minute')",
                    "Offices are drawn by a lot that was announced, except at the founding.",
                    FORBIDDEN,
                ),
                "NEW.seed := replace(gen_random_uuid()::text, '-', '');",
                "NEW.citizen_id := office_lot(NEW.assembly_id, NEW.kind, NEW.seed, NEW.valid_from);",
                "ELSE",
                "NEW.seed := encode(drawing_root(NEW.drawing_id), 'hex');",
                refuse(
                    16,
                    "NEW.seed IS NULL",
                    "The seed of this lot is not there yet: it comes with the next checkpoint of the record.",
                ),
                "SELECT d.assembly_id, d.kind, (drawing_result(d.id))[1 +"
                " (SELECT count(*) FROM assemblies_office o WHERE o.drawing_id = d.id)]"
                " INTO STRICT NEW.assembly_id, NEW.kind, NEW.citizen_id"
                " FROM assemblies_drawing d WHERE d.id = NEW.drawing_id;",
                refuse(16, "NEW.citizen_id IS NULL", "Every seat of this drawing has been filled."),
                "END IF;",
                "SELECT later(NEW.valid_from, o.office_term) INTO STRICT NEW.valid_until"
                " FROM assemblies_standingorders o WHERE o.id = orders_in_force(NEW.assembly_id, NEW.valid_from);",
                refuse(
                    16,
                    "NOT EXISTS (SELECT FROM assemblies_assembly a"
                    " WHERE a.id = NEW.assembly_id AND a.founded_at IS NOT NULL)",
                    "Offices are drawn in an assembly that has been founded.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "(SELECT count(*) FROM assemblies_office o WHERE o.assembly_id = NEW.assembly_id"  # noqa: S608
                    " AND o.kind = NEW.kind AND o.valid_from <= NEW.valid_from AND o.valid_until > NEW.valid_from"
                    " AND is_citizen(o.citizen_id, o.assembly_id, NEW.valid_from))"
                    f" >= (CASE NEW.kind {_SEATS} END)",
                    "Every seat of this office is taken.",
                ),
            ),
            checked(
                "shortened",
                pgtrigger.Update,
                unchanged(
                    16,
                    "A turn in office keeps its holder and beginning.",
                    "assembly_id",
                    "citizen_id",
                    "kind",
                    "seed",
                    "drawing_id",
                    "valid_from",
                ),
                refuse(16, "NEW.valid_until > OLD.valid_until", "A turn in office is never prolonged.", FORBIDDEN),
                refuse(
                    16,
                    "NEW.valid_until < civic_now() - interval '1 minute'",
                    "A turn in office cannot end in the past.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.assembly}"

    def lay_down(self, *, by: Citizen) -> None:
        """Give the office up before its term; the next lot fills it."""
        if by != self.citizen:
            raise Refusal(16, _("Only the holder may lay an office down."))
        with act():
            if not Office.objects.filter(pk=self.pk, valid_until__gt=CivicNow()).update(valid_until=CivicNow()):
                raise Refusal(16, _("This office has ended already."), status=CONFLICT)
            self.refresh_from_db()
            record("office.laid_down", self, log=self.assembly.log_id, by=by, at=self.valid_until, office=self.kind)
