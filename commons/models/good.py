"""Goods: what can be made, needed and shared, each counted in one unit for good."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Citizen, record
from assemblies.refusal import FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse

from ..units import COUNTED, UNITS

# Locks of this floor, see `assemblies.triggers`: what is said and shared of one good, one after another; a plan in the
# hands of a worker; a handing over; the measures of a confederation.
GOOD, WORK, PASSING, MEASURES = 60, 61, 62, 63


class Measure(models.Model):
    """That one of a word's unit is so many of another unit: as `commons.units` knows it, for the database's rules."""

    word = models.CharField(max_length=30)
    unit = models.CharField(max_length=10)
    factor = models.DecimalField(max_digits=24, decimal_places=9)

    privileges = "SELECT"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "unit"], name="measure_once")]

    def __str__(self) -> str:
        return f"{self.word} = {self.factor.normalize():f} {self.unit}"


class GoodQuerySet(models.QuerySet["Good"]):
    def name_it(self, name: str, *, kind: str, unit: str, by: Citizen) -> Good:
        """Give a good its name and unit. It is a word for everybody: any citizen of an assembly may add one."""
        citizenship = by.citizenship(now())
        if citizenship is None:
            raise Refusal(14, _("Only citizens of an assembly name goods."))
        name = " ".join(name.split()).lower()
        if unit not in UNITS.get(kind, ()):
            raise Refusal(14, _("Goods of this kind are not counted in that unit."), status=UNFIT)
        with act():
            good = self.create(name=name, kind=kind, unit=unit, named_by=by)
            good.refresh_from_db()
            log = citizenship.assembly.log_id
            record("good.named", good, log=log, by=by, at=good.named_at, name=name, unit=unit, of_kind=kind)
        return good


class Good(models.Model):
    """One kind of thing: barley in kilograms, the tractor's time in hours, days of work, beds."""

    class Kind(models.TextChoices):
        PRODUCE = "produce", gettext_lazy("produce")
        TOOL_TIME = "tool_time", gettext_lazy("time of a tool or machine")
        LABOUR = "labour", gettext_lazy("days of work")
        TRANSPORT = "transport", gettext_lazy("transport")
        ROOM = "room", gettext_lazy("room")

    class Unit(models.TextChoices):
        KG = "kg", gettext_lazy("kilograms")
        T = "t", gettext_lazy("tonnes")
        L = "l", gettext_lazy("litres")
        M3 = "m3", gettext_lazy("cubic metres")
        PIECE = "piece", gettext_lazy("pieces")
        H = "h", gettext_lazy("hours")
        DAY = "day", gettext_lazy("days of work")
        TKM = "tkm", gettext_lazy("tonne-kilometres")
        PLACE = "place", gettext_lazy("places")

    name = models.CharField(gettext_lazy("name"), max_length=60)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    unit = models.CharField(max_length=10, choices=Unit.choices)
    named_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(db_default=CivicNow())

    objects = GoodQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="good_named_once",
                violation_error_code="article-14",
                violation_error_message=gettext_lazy("There is a good of this name."),
            ),
            models.CheckConstraint(name="good_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="good_unit_of_its_kind",
                condition=Q(
                    *(Q(kind=kind, unit__in=units) for kind, units in UNITS.items()),
                    _connector=Q.OR,
                ),
            ),
        ]
        triggers = [
            *fixed(14, "A good keeps its name and its unit: what was counted in it would mean something else."),
            checked(
                "named",
                pgtrigger.Insert,
                "NEW.named_at := civic_now();",
                refuse(
                    14,
                    "NOT EXISTS (SELECT FROM assemblies_citizenship c WHERE c.citizen_id = NEW.named_by_id"
                    " AND c.valid_from <= NEW.named_at AND (c.valid_until IS NULL OR c.valid_until > NEW.named_at))",
                    "Only citizens of an assembly name goods.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("good", args=[self.pk])

    @property
    def counted(self) -> bool:
        """Whether it comes in whole pieces."""
        return self.unit in COUNTED

    @property
    def grain(self) -> Decimal:
        """The smallest amount of it that is told apart: a piece, or a thousandth of its unit."""
        return Decimal(1) if self.counted else Decimal("0.001")

    def fits(self, quantity: Decimal) -> bool:
        return quantity % self.grain == 0
