"""Variances: what was done and no clause covered, told afterwards and flagged. It makes nothing right (article 10)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow
from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, lock, refuse
from mandates.models.mandate import CLAUSE, MANDATE

from .task import Attachment


class VarianceQuerySet(models.QuerySet["Variance"]):
    def tell(
        self,
        attachment: Attachment,
        *,
        by: Citizen,
        what: str,
        done_at: datetime,
        quantity: Decimal | None = None,
        place: Assembly | None = None,
        evidence: str = "",
    ) -> Variance:
        """Tell what was done beyond the clause. The database says in what it went beyond."""
        what = what.strip()
        if not what:
            raise Refusal(10, _("Say what was done."), status=UNFIT)
        clause = attachment.clause
        unit = clause.unit or attachment.task.unit
        if quantity is not None and not unit:
            raise Refusal(10, _("Nothing is counted under this task: leave the quantity away."), status=UNFIT)
        with act():
            variance = self.create(
                attachment=attachment,
                by=by,
                what=what,
                quantity=quantity,
                unit=unit if quantity is not None else "",
                place=place,
                evidence=evidence.strip(),
                done_at=done_at,
                kinds=[],
            )
            variance.refresh_from_db()
            record(
                "variance.told",
                variance,
                log=attachment.task.council.log_id,
                by=by,
                at=variance.told_at,
                task=attachment.task_id,
                clause=clause.pk,
                what=variance.what,
                quantity=variance.quantity,
                unit=variance.unit,
                place=place.slug if place else None,
                done_at=variance.done_at,
                kinds=variance.kinds,
                evidence=variance.evidence,
            )
        return variance


class Variance(models.Model):
    """One thing done outside its clause, or told after the clause had ended. It is no action: nothing rests on it."""

    class Kind(models.TextChoices):
        NO_QUANTITY = "no-quantity", gettext_lazy("without a quantity, where the clause has a limit")
        OVER_LIMIT = "over-limit", gettext_lazy("beyond the limit")
        OUTSIDE = "outside", gettext_lazy("outside the place")
        AFTER_END = "after-end", gettext_lazy("while the clause was not in force")
        HALTED = "halted", gettext_lazy("while the assembly had halted the task")
        LATE = "late", gettext_lazy("told only after the clause had ended or the task was halted")

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="variances")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    what = models.TextField(gettext_lazy("what was done"), max_length=5000)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(max_length=30, blank=True)
    place = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")
    evidence = models.URLField(blank=True, max_length=500)
    done_at = models.DateTimeField()
    told_at = models.DateTimeField(db_default=CivicNow())
    kinds = ArrayField(models.CharField(max_length=20, choices=Kind.choices))

    objects = VarianceQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-told_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="variance_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="variance_quantity_has_a_unit",
                condition=Q(quantity__isnull=True, unit="") | Q(quantity__isnull=False, quantity__gt=0) & ~Q(unit=""),
            ),
        ]
        triggers = [
            *fixed(10, "What was told is never rewritten."),
            checked(
                "told",
                pgtrigger.Insert,
                "SELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;",
                "SELECT * INTO STRICT c FROM mandates_clause WHERE id = a.clause_id;",
                "SELECT * INTO STRICT t FROM councils_task WHERE id = a.task_id;",
                lock(MANDATE, "c.mandate_id", shared=True),
                lock(CLAUSE, "c.id"),
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;",
                "NEW.told_at := settled(c.mandate_id);",
                "allowed := clause_limit(c.id, NEW.done_at);",
                "stood := clause_in_force(c.id, NEW.done_at);",
                "free := task_halted_at(t.id, m.assembly_id, NEW.done_at) IS NULL;",
                "NEW.kinds := array_remove(ARRAY["
                "CASE WHEN allowed IS NOT NULL AND NEW.quantity IS NULL THEN 'no-quantity' END,"
                "CASE WHEN NEW.quantity > allowed - clause_used(c.id) THEN 'over-limit' END,"
                "CASE WHEN NEW.place_id <> c.place_id THEN 'outside' END,"
                "CASE WHEN NOT stood THEN 'after-end' END,"
                "CASE WHEN NOT free THEN 'halted' END,"
                "CASE WHEN stood AND free AND (NOT clause_in_force(c.id, NEW.told_at)"
                " OR task_halted_at(t.id, m.assembly_id, NEW.told_at) IS NOT NULL) THEN 'late' END], NULL);",
                refuse(
                    10,
                    "m.delegate_id <> NEW.by_id",
                    "Only the delegate bound by this clause tells of it.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NEW.done_at > NEW.told_at - interval '24 hours'"
                    " OR NEW.done_at < a.attached_at - interval '24 hours'",
                    "What was done within a day is logged as an action, or refused as one.",
                    UNFIT,
                ),
                refuse(
                    10,
                    "NEW.quantity IS NOT NULL AND NEW.unit <> coalesce(nullif(c.unit, ''), t.unit)",
                    "It is counted as the clause counts.",
                    UNFIT,
                ),
                refuse(10, "cardinality(NEW.kinds) = 0", "The clause covers this: log it as an action.", UNFIT),
                declare=[
                    ("a", "councils_attachment%ROWTYPE"),
                    ("c", "mandates_clause%ROWTYPE"),
                    ("m", "mandates_mandate%ROWTYPE"),
                    ("t", "councils_task%ROWTYPE"),
                    ("allowed", "numeric"),
                    ("stood", "boolean"),
                    ("free", "boolean"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    def get_absolute_url(self) -> str:
        return f"{self.attachment.task.get_absolute_url()}#variance-{self.pk}"

    @property
    def kind_words(self) -> list[str]:
        return [str(self.Kind(kind).label) for kind in self.kinds]
