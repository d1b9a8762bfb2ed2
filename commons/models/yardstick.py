"""From when on a dependence is one-sided and an assembly cut off: the measures of a confederation (article 15)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from assemblies.clock import CivicNow
from assemblies.models import Citizen, record
from assemblies.refusal import FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, lock, refuse
from mandates.models import Confederation

from .good import MEASURES

LEANING, QUIET = 500, 365  # per mille of an essential need from one source; days without giving or receiving


def measures_of(confederation: Confederation | None) -> tuple[int, int]:
    """The share of an essential need, in thousandths, and the days: those of its charter, or the stated default."""
    found = Yardstick.objects.filter(confederation=confederation).first() if confederation else None
    return (found.leaning_per_mille, found.quiet_days) if found else (LEANING, QUIET)


def set_yardstick(confederation: Confederation, *, by: Citizen, leaning_per_mille: int, quiet_days: int) -> Yardstick:
    """Write the measures beside the charter, while nobody has joined under it: assemblies join knowing them."""
    if by.pk != confederation.drafted_by_id:
        raise Refusal(15, _("Who drafted the confederation writes its measures, before anyone has joined."))
    if not 1 <= leaning_per_mille <= 1000 or quiet_days < 1:
        raise Refusal(15, _("A share lies between 0.1 and 100 per cent, and a time has days."), status=UNFIT)
    with act():
        yardstick = Yardstick.objects.create(
            confederation=confederation, by=by, leaning_per_mille=leaning_per_mille, quiet_days=quiet_days
        )
        yardstick.refresh_from_db()
        record(
            "yardstick.set",
            yardstick,
            log=confederation.log_id,
            by=by,
            at=yardstick.set_at,
            leaning_per_mille=leaning_per_mille,
            quiet_days=quiet_days,
        )
    return yardstick


class Yardstick(models.Model):
    """What assemblies join under: how much from one source is leaning, and how long a silence is being cut off."""

    confederation = models.OneToOneField(Confederation, models.PROTECT, related_name="+")
    leaning_per_mille = models.PositiveSmallIntegerField()
    quiet_days = models.PositiveIntegerField()
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="yardstick_share", condition=Q(leaning_per_mille__gte=1, leaning_per_mille__lte=1000)
            ),
            models.CheckConstraint(name="yardstick_days", condition=Q(quiet_days__gte=1)),
        ]
        triggers = [
            *fixed(15, "Assemblies joined under these measures: they stay."),
            checked(
                "before_anyone_joined",
                pgtrigger.Insert,
                lock(MEASURES, "NEW.confederation_id"),
                "NEW.set_at := civic_now();",
                refuse(
                    15,
                    "EXISTS (SELECT FROM commons_yardstick y WHERE y.confederation_id = NEW.confederation_id)",
                    "The measures of this confederation have been written already.",
                ),
                refuse(
                    15,
                    "NOT EXISTS (SELECT FROM mandates_confederation c WHERE c.id = NEW.confederation_id"
                    " AND c.drafted_by_id = NEW.by_id) OR EXISTS (SELECT FROM mandates_accession a"
                    " WHERE a.confederation_id = NEW.confederation_id)",
                    "Who drafted the confederation writes its measures, before anyone has joined.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.confederation)
