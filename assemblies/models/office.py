"""Offices of an assembly, held for a term and drawn by a lot that anyone can draw again (article 16)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import Refusal, act
from ..triggers import ASSEMBLY_ROLL, FORBIDDEN, checked, fixed, lock, refuse, unchanged
from .entry import record

if TYPE_CHECKING:
    from .assembly import Assembly
    from .citizen import Citizen

SEATS = {"facilitator": 2, "registrar": 1, "teller": 2, "minute-taker": 1}


class OfficeQuerySet(models.QuerySet["Office"]):
    def in_force(self, at: datetime) -> OfficeQuerySet:
        return self.filter(valid_from__lte=at, valid_until__gt=at)

    def fill(self, assembly: Assembly, kind: str) -> list[Office]:
        """Draw citizens by lot until every seat of this office is taken, as far as the roll reaches.

        The lot: each citizen not holding the office has the ticket SHA-256("seed:citizen id"); the lowest is drawn.
        The database draws again and takes no other.
        """
        drawn: list[Office] = []
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASSEMBLY_ROLL, assembly.pk])
            at = now()
            term = assembly.orders(at).office_term
            for _seat in range(SEATS[kind] - self.in_force(at).filter(assembly=assembly, kind=kind).count()):
                seed = secrets.token_hex(16)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT office_lot(%s, %s, %s, civic_now())", [assembly.pk, kind, seed])
                    (citizen_id,) = cursor.fetchone()
                if citizen_id is None:
                    break
                office = self.create(
                    assembly=assembly, citizen_id=citizen_id, kind=kind, seed=seed, valid_from=at, valid_until=at + term
                )
                office.refresh_from_db()
                record(
                    "office.drawn",
                    office,
                    log=assembly.log_id,
                    at=office.valid_from,
                    office=kind,
                    seed=seed,
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
                refuse(
                    16,
                    "office_lot(NEW.assembly_id, NEW.kind, NEW.seed, NEW.valid_from) IS DISTINCT FROM NEW.citizen_id",
                    "An office goes to the citizen on whom the lot falls.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NEW.valid_until > NEW.valid_from + (SELECT o.office_term FROM assemblies_standingorders o"
                    " WHERE o.id = orders_in_force(NEW.assembly_id, NEW.valid_from))",
                    "An office is held no longer than the term of the standing orders.",
                    FORBIDDEN,
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
            Office.objects.filter(pk=self.pk, valid_until__gt=CivicNow()).update(valid_until=CivicNow())
            self.refresh_from_db()
            record("office.laid_down", self, log=self.assembly.log_id, by=by, at=self.valid_until, office=self.kind)
