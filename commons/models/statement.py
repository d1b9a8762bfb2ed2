"""What an assembly says it needs and can give, for a time. A later word stands in the place of an earlier one from its
own moment on; none is rewritten, and what was planned by the earlier one stays planned (article 13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import holds, now
from assemblies.models import Assembly, Citizen, Proposal, record
from assemblies.refusal import FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, lock, refuse
from mandates.models import amount

from .enterprise import Stewardship, ask, moment
from .good import GOOD, Good


def quantity_of(function: str, what: str, *moments: datetime) -> Func:
    """A quantity that the database answers, of a row and as known at those moments."""
    asked = [Value(at, models.DateTimeField()) for at in moments]
    quantity: models.Field = models.DecimalField(max_digits=16, decimal_places=3)
    return Func(what, *asked, function=function, output_field=quantity)


def measured(quantity: Decimal, good: Good) -> str:
    """A quantity in words, as a question and the record say it: "12500 kg"."""
    return f"{amount(quantity)} {good.unit}"


def said(table: str) -> pgtrigger.Trigger:
    """What must hold of a need or a surplus as it is said; `table` is its own."""
    return checked(
        "said",
        pgtrigger.Insert,
        lock(GOOD, "NEW.good_id"),
        "NEW.stated_at := settled_in(NEW.assembly_id);",
        hold("NEW.proposal_id"),
        refuse(
            13,
            "NEW.proposal_id IS NOT NULL AND NOT is_free_matter(NEW.proposal_id, NEW.assembly_id)",
            "An assembly says what it needs and can give by its own decision.",
            FORBIDDEN,
        ),
        refuse(
            13,
            "NEW.proposal_id IS NULL AND NOT EXISTS (SELECT FROM commons_stewardship s"
            " JOIN commons_remit r ON r.stewardship_id = s.id AND r.good_id = NEW.good_id"
            " WHERE s.id = NEW.stewardship_id AND s.citizen_id = NEW.by_id"
            " AND stewardship_in_force(s.id, NEW.stated_at)"
            " AND enterprise_holder(s.enterprise_id, NEW.stated_at) = NEW.assembly_id)",
            "Only a steward whom the assembly has empowered for this good speaks for it.",
            FORBIDDEN,
        ),
        refuse(
            13,
            "NEW.proposal_id IS NULL AND EXISTS (SELECT FROM " + table + " x"
            " WHERE x.assembly_id = NEW.assembly_id AND x.good_id = NEW.good_id AND x.proposal_id IS NOT NULL"
            " AND x.begins < NEW.ends AND NEW.begins < x.ends AND carried(x.proposal_id, NEW.stated_at))",
            "What the assembly itself has decided is changed by the assembly alone.",
            FORBIDDEN,
        ),
        refuse(13, "NOT is_whole(NEW.good_id, NEW.quantity)", "This good comes in whole pieces.", UNFIT),
    )


class StatementQuerySet(models.QuerySet[Any]):
    def effective(self, at: datetime) -> Self:
        """Those that had been said by then: by a steward, or by a decision that had carried. Each with `since`."""
        name = self.model._meta.model_name
        return self.annotate(since=moment(f"{name}_since", "pk", at=at)).filter(since__isnull=False)

    def standing(self, at: datetime) -> Self:
        """Those in whose place no later word stood at that moment."""
        return self.effective(at).filter(holds(f"{self.model._meta.model_name}_stands", "pk", at=at))

    def within(self, begins: date, ends: date) -> Self:
        """Those whose whole time lies in that time: what reaches beyond it is not cut in pieces."""
        return self.filter(begins__gte=begins, ends__lte=ends)

    def with_open(self, said: datetime, at: datetime) -> Self:
        """Needs with `open_now`: how much nobody has promised at that moment, by what had been `said` then; and with
        `own_now`: how much of the essential part their assembly covers with its own."""
        return self.annotate(
            open_now=quantity_of("need_open", "pk", said, at), own_now=quantity_of("need_own", "pk", said)
        )

    def with_left(self, said: datetime, at: datetime) -> Self:
        """Surpluses with `left_now`: how much is neither essential at home nor promised."""
        return self.annotate(left_now=quantity_of("surplus_left", "pk", said, at))

    def _checked(self, good: Good, quantity: Decimal, begins: date, ends: date) -> None:
        if ends <= begins:
            raise Refusal(13, _("The last day comes after the first."), status=UNFIT)
        if quantity < 0 or not good.fits(quantity):
            raise Refusal(13, _("Say how much, in whole pieces where the good comes in pieces."), status=UNFIT)

    def state(
        self,
        assembly: Assembly,
        good: Good,
        quantity: Decimal,
        *,
        by: Citizen,
        begins: date,
        ends: date,
        **more: Any,
    ) -> Any:
        """Say it as a steward whom the assembly has empowered for this good. It holds from now on."""
        self._checked(good, quantity, begins, ends)
        with act():
            at = now()
            stewardship = (
                Stewardship.objects.in_force(at)
                .filter(citizen=by, remits__good=good, proposal__assembly=assembly)
                .select_related("enterprise")
                .first()
            )
            if stewardship is None:
                raise Refusal(
                    13,
                    _(
                        "Only a steward whom %(assembly)s has empowered for %(good)s says this at once; every citizen"
                        " may ask the assembly to say it."
                    )
                    % {"assembly": assembly, "good": good},
                )
            made = self.create(
                assembly=assembly,
                good=good,
                quantity=quantity,
                begins=begins,
                ends=ends,
                stewardship=stewardship,
                by=by,
                **more,
            )
            made.refresh_from_db()
            record(
                f"{self.model._meta.model_name}.stated",
                made,
                log=assembly.log_id,
                by=by,
                at=made.stated_at,
                **made.facts(),
            )
        return made

    def propose(
        self,
        assembly: Assembly,
        good: Good,
        quantity: Decimal,
        *,
        by: Citizen,
        begins: date,
        ends: date,
        **more: Any,
    ) -> Any:
        """Ask the assembly to say it. It holds from the close of the decision that carries."""
        self._checked(good, quantity, begins, ends)
        with act():
            made = self.model(assembly=assembly, good=good, quantity=quantity, begins=begins, ends=ends, **more)
            made.proposal = ask(assembly, made.title(), made.reason, made.sentence(), by=by)
            made.save()
            made.proposal.offer(by=by)
            record(
                f"{self.model._meta.model_name}.proposed",
                made,
                log=assembly.log_id,
                by=by,
                proposal=made.proposal_id,
                **made.facts(),
            )
        return made


class Statement(models.Model):
    """What a need and a surplus have in common: whose, of what, how much, from one day until another."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    good = models.ForeignKey(Good, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    begins = models.DateField()
    ends = models.DateField()  # the day after the last
    reason = models.TextField(gettext_lazy("reason"), max_length=2000, blank=True)
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="+")
    stewardship = models.ForeignKey(Stewardship, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField(null=True)

    # What `effective` adds.
    since: datetime

    objects = StatementQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.assembly}: {measured(self.quantity, self.good)} {self.good}"

    @property
    def last_day(self) -> date:
        return self.ends - timedelta(days=1)

    def when_in_words(self) -> str:
        return _("from %(first)s until %(last)s") % {
            "first": date_format(self.begins, "DATE_FORMAT"),
            "last": date_format(self.last_day, "DATE_FORMAT"),
        }

    def facts(self) -> dict[str, Any]:
        return {
            "good": self.good.name,
            "quantity": self.quantity,
            "unit": self.good.unit,
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat(),
            "reason": self.reason,
        }


class Need(Statement):
    """What an assembly needs of a good in a time, how much of it cannot be done without, and why."""

    essential = models.DecimalField(max_digits=16, decimal_places=3)

    # What a plan and the pages add: how much nobody has promised yet, and how much its own produce covers.
    open_now: Decimal
    own_now: Decimal

    class Meta:
        indexes = [models.Index(fields=["good", "assembly"])]
        constraints = [
            models.CheckConstraint(name="need_time", condition=Q(ends__gt=F("begins"))),
            models.CheckConstraint(
                name="need_essential_within", condition=Q(essential__gte=0, essential__lte=F("quantity"))
            ),
            models.CheckConstraint(name="need_essential_says_why", condition=Q(essential=0) | ~Q(reason="")),
            models.CheckConstraint(
                name="need_one_way",
                condition=Q(proposal__isnull=False, stewardship__isnull=True, by__isnull=True)
                | Q(proposal__isnull=True, stewardship__isnull=False, by__isnull=False),
            ),
        ]
        triggers = [
            *fixed(13, "What was needed stays as it was said: say it anew."),
            said("commons_need"),
            checked(
                "essential",
                pgtrigger.Insert,
                refuse(13, "NOT is_whole(NEW.good_id, NEW.essential)", "This good comes in whole pieces.", UNFIT),
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"{reverse('assembly-commons', args=[self.assembly.slug])}#need-{self.pk}"

    def title(self) -> str:
        return _("What %(assembly)s needs of %(good)s") % {"assembly": self.assembly, "good": self.good}

    def sentence(self) -> str:
        return _("%(assembly)s needs %(quantity)s of %(good)s %(time)s; %(essential)s of it is essential.") % {
            "assembly": self.assembly,
            "quantity": measured(self.quantity, self.good),
            "good": self.good,
            "time": self.when_in_words(),
            "essential": measured(self.essential, self.good),
        }

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"essential": self.essential}


class Surplus(Statement):
    """What an assembly has of a good in a time and can share. Its own essential need is taken from it first."""

    # What a plan and the pages add: how much is neither needed at home nor promised.
    left_now: Decimal

    class Meta:
        indexes = [models.Index(fields=["good", "assembly"])]
        verbose_name_plural = gettext_lazy("surpluses")
        constraints = [
            models.CheckConstraint(name="surplus_time", condition=Q(ends__gt=F("begins"))),
            models.CheckConstraint(name="surplus_quantity", condition=Q(quantity__gte=0)),
            models.CheckConstraint(
                name="surplus_one_way",
                condition=Q(proposal__isnull=False, stewardship__isnull=True, by__isnull=True)
                | Q(proposal__isnull=True, stewardship__isnull=False, by__isnull=False),
            ),
        ]
        triggers = [
            *fixed(13, "What could be given stays as it was said: say it anew."),
            said("commons_surplus"),
        ]

    def get_absolute_url(self) -> str:
        return f"{reverse('assembly-commons', args=[self.assembly.slug])}#surplus-{self.pk}"

    def title(self) -> str:
        return _("What %(assembly)s can give of %(good)s") % {"assembly": self.assembly, "good": self.good}

    def sentence(self) -> str:
        return _("%(assembly)s has %(quantity)s of %(good)s to share %(time)s.") % {
            "assembly": self.assembly,
            "quantity": measured(self.quantity, self.good),
            "good": self.good,
            "time": self.when_in_words(),
        }
