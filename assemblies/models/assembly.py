"""The community and its assembly, and the standing orders it gave itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..clock import CivicNow, now
from ..counting.majority import THRESHOLDS, Quorum, Threshold
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import ASSEMBLY_ROLL, checked, fixed, hold, lock, refuse, unchanged
from .entry import Log, record
from .office import Office
from .part import Part

if TYPE_CHECKING:
    from .citizen import Citizen
    from .proposal import Proposal

FOUNDERS = 3
MOST_COSIGNERS = 1000


class Majority(models.TextChoices):
    """The rules a yes-or-no question can be put under; their arithmetic is in `counting.majority`."""

    SIMPLE = "simple", gettext_lazy("simple majority: more for than against")
    TWO_THIRDS = "two-thirds", gettext_lazy("two thirds of the votes for or against")
    ABSOLUTE = "absolute-of-roll", gettext_lazy("absolute majority: more than half of the roll")


@dataclass(frozen=True)
class Rules:
    """The values of standing orders, before they are anybody's: durations, majorities, quorum (per mille of the
    roll, and a number of voters; both must be met), and the office that admits new citizens.

    Of the road of a proposal: how many co-sign it, whether it is read twice, and how long a text lies open after
    amendments changed it; None stands for the whole deliberation anew.
    """

    quorum_per_mille: int = 200
    quorum_number: int = 0
    majority: str = Majority.SIMPLE
    majority_for_orders: str = Majority.TWO_THIRDS
    deliberation: timedelta = timedelta(days=7)
    notice: timedelta = timedelta(days=2)
    voting_period: timedelta = timedelta(days=2)
    admitting_office: str = "facilitator"
    office_term: timedelta = timedelta(days=365)
    secret_on_persons: bool = False
    cosigners: int = 0
    two_readings: bool = False
    reconsideration: timedelta | None = None
    study: tuple[str, ...] = ()  # the parts of a study without which nothing is put to the vote


class AssemblyQuerySet(models.QuerySet["Assembly"]):
    def founded(self) -> AssemblyQuerySet:
        return self.filter(founded_at__isnull=False)

    def found(
        self,
        name: str,
        *,
        founders: Iterable[Citizen],
        rules: Rules | None = None,
        slug: str = "",
        **place: object,
    ) -> Assembly:
        """Found an assembly: its founders become its first citizens and its facilitators are drawn among them.

        `place` may give `kind`, `code`, `population`, `latitude`, `longitude`, `time_zone` and `language`.
        """
        from .citizenship import Citizenship

        founders = list(founders)
        if len(founders) < FOUNDERS:
            raise Refusal(12, _("An assembly is founded by at least %(n)d people.") % {"n": FOUNDERS}, status=UNFIT)
        with act():
            settled = Citizenship.objects.in_force(now()).filter(citizen__in=founders).select_related("citizen").first()
            if settled is not None:
                raise Refusal(
                    2,
                    _("%(name)s is a citizen of %(assembly)s: one citizenship at a time.")
                    % {"name": settled.citizen, "assembly": settled.assembly},
                    status=CONFLICT,
                )
            slug = slug or slugify(name)
            log = Log.objects.create(origin=f"assembly/{slug}")
            assembly = self.create(name=name, slug=slug, log=log, **place)
            StandingOrders.objects.create(assembly=assembly, **vars(rules or Rules()))
            assembly.citizenships.bulk_create(
                assembly.citizenships.model(assembly=assembly, citizen=founder) for founder in founders
            )
            updated = Assembly.objects.filter(pk=assembly.pk, founded_at=None).update(founded_at=CivicNow())
            if updated != 1:
                raise Refusal(12, _("This assembly is founded already."), status=CONFLICT)
            assembly.refresh_from_db(fields=["founded_at"])
            record("assembly.founded", assembly, log=log, at=assembly.founded_at, name=name, citizens=len(founders))
            Office.objects.found(assembly)
        return assembly


class Assembly(models.Model):
    """A village, town or neighbourhood and the assembly of its citizens."""

    class Kind(models.TextChoices):
        VILLAGE = "village", gettext_lazy("village")
        TOWN = "town", gettext_lazy("town")
        NEIGHBOURHOOD = "neighbourhood", gettext_lazy("neighbourhood")

    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=150, unique=True, allow_unicode=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.VILLAGE)
    code = models.CharField(max_length=20, unique=True, null=True)
    population = models.PositiveIntegerField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    time_zone = models.CharField(max_length=60, default="Europe/Madrid")
    language = models.CharField(max_length=10, default="en", db_default="en")  # of its texts, as BCP 47 has it
    log = models.OneToOneField(Log, models.PROTECT, related_name="+")
    founded_at = models.DateTimeField(null=True)

    objects = AssemblyQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name_plural = gettext_lazy("assemblies")
        constraints = [
            models.CheckConstraint(name="assembly_has_a_name", condition=~Q(name="")),
        ]
        triggers = [
            *fixed(12, "An assembly is not removed by anyone.", delete_only=True),
            checked(
                "born_unfounded",
                pgtrigger.Insert,
                refuse(12, "NEW.founded_at IS NOT NULL", "An assembly is founded by its founders.", FORBIDDEN),
            ),
            checked(
                "keeps_itself",
                pgtrigger.Update,
                lock(ASSEMBLY_ROLL, "NEW.id"),
                unchanged(12, "An assembly's name and log are its own.", "name", "slug", "log_id"),
                refuse(12, "OLD.founded_at IS NOT NULL", "An assembly is founded once.", FORBIDDEN),
                refuse(
                    12,
                    "(SELECT count(*) FROM assemblies_citizenship WHERE assembly_id = NEW.id"  # noqa: S608
                    f" AND valid_from <= civic_now() AND valid_until IS NULL) < {FOUNDERS}",
                    f"An assembly is founded by at least {FOUNDERS} people.",
                ),
                refuse(
                    12,
                    "NOT EXISTS (SELECT FROM assemblies_standingorders WHERE assembly_id = NEW.id)",
                    "An assembly is founded with standing orders.",
                ),
                "NEW.founded_at := civic_now();",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assembly", args=[self.slug])

    def citizens(self, at: datetime) -> models.QuerySet[Citizen]:
        """The roll: everyone whose citizenship here is in force at that moment."""
        from .citizen import Citizen

        return Citizen.objects.filter(pk__in=self.citizenships.in_force(at).values("citizen"))

    def orders(self, at: datetime) -> StandingOrders:
        """The standing orders in force at that moment."""
        return StandingOrders.objects.in_force(self, at)

    def policies_in_force(self, at: datetime) -> models.QuerySet:
        return self.policies.in_force(at)

    def propose(
        self, title: str, text: str, *, by: Citizen, effect: str = "", policy=None, secret: bool = False
    ) -> Proposal:
        """Lay a proposal before this assembly; any of its citizens may (article 1)."""
        from .proposal import Proposal

        return Proposal.objects.lay(
            self, title, text, by=by, effect=effect or Proposal.Effect.POLICY, policy=policy, secret=secret
        )

    def propose_orders(self, rules: Rules, *, by: Citizen, title: str = "") -> Proposal:
        """Propose new standing orders; they hold from the moment the decision carries (article 12)."""
        from .proposal import Proposal

        with act():
            proposal = Proposal.objects.draft(
                self, title or _("New standing orders"), rules_in_words(rules), by=by, effect=Proposal.Effect.ORDERS
            )
            StandingOrders.objects.create(assembly=self, proposal=proposal, **vars(rules))
            proposal.offer(by=by)
        return proposal


class StandingOrdersQuerySet(models.QuerySet["StandingOrders"]):
    def in_force(self, assembly: Assembly, at: datetime) -> StandingOrders:
        """The newest orders whose decision had carried by then, else those of the founding."""
        return self.get(
            pk=Func(
                Value(assembly.pk),
                Value(at, models.DateTimeField()),
                function="orders_in_force",
                output_field=models.BigIntegerField(),
            )
        )


class StandingOrders(models.Model):
    """How an assembly decides. Those of the founding have no proposal; all others are in force by a decision."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="standing_orders")
    proposal = models.OneToOneField("assemblies.Proposal", models.PROTECT, null=True, related_name="standing_orders")
    quorum_per_mille = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(1000)], help_text=gettext_lazy("Share of the roll, in thousandths.")
    )
    quorum_number = models.PositiveIntegerField(default=0)
    majority = models.CharField(max_length=20, choices=Majority.choices)
    majority_for_orders = models.CharField(max_length=20, choices=Majority.choices)
    deliberation = models.DurationField(validators=[MinValueValidator(timedelta(hours=1))])
    notice = models.DurationField(validators=[MinValueValidator(timedelta())])
    voting_period = models.DurationField(validators=[MinValueValidator(timedelta(minutes=5))])
    admitting_office = models.CharField(max_length=20, choices=Office.Kind.choices)
    office_term = models.DurationField(validators=[MinValueValidator(timedelta(days=1))])
    secret_on_persons = models.BooleanField(default=False, db_default=False)
    cosigners = models.PositiveSmallIntegerField(default=0, db_default=0)
    two_readings = models.BooleanField(default=False, db_default=False)
    reconsideration = models.DurationField(null=True)
    study = ArrayField(models.CharField(max_length=20, choices=Part.choices), default=list, db_default=[], blank=True)

    objects = StandingOrdersQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        verbose_name_plural = gettext_lazy("standing orders")
        constraints = [
            models.CheckConstraint(name="orders_quorum_share", condition=Q(quorum_per_mille__lte=1000)),
            models.CheckConstraint(name="orders_majority", condition=Q(majority__in=Majority.values)),
            models.CheckConstraint(
                name="orders_majority_for_orders", condition=Q(majority_for_orders__in=Majority.values)
            ),
            models.CheckConstraint(
                name="orders_durations",
                condition=Q(deliberation__gte=timedelta(hours=1))
                & Q(notice__gte=timedelta())
                & Q(voting_period__gte=timedelta(minutes=5))
                & Q(office_term__gte=timedelta(days=1)),
            ),
            models.CheckConstraint(
                name="orders_road",
                condition=Q(cosigners__lte=MOST_COSIGNERS)
                & (Q(reconsideration__isnull=True) | Q(reconsideration__gte=timedelta(hours=1))),
            ),
            models.CheckConstraint(name="orders_study", condition=Q(study__contained_by=Part.values)),
            models.CheckConstraint(name="orders_office", condition=Q(admitting_office__in=Office.Kind.values)),
            models.UniqueConstraint(
                name="orders_one_founding", fields=["assembly"], condition=Q(proposal__isnull=True)
            ),
        ]
        triggers = [
            *fixed(12, "Standing orders are changed only by a new decision of their assembly."),
            checked(
                "by_decision",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    12,
                    "NEW.proposal_id IS NULL AND EXISTS (SELECT FROM assemblies_assembly a"
                    " WHERE a.id = NEW.assembly_id AND a.founded_at IS NOT NULL)",
                    "Standing orders are changed only by a decision of their assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    12,
                    "NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_proposal p"
                    " WHERE p.id = NEW.proposal_id AND p.assembly_id = NEW.assembly_id AND p.effect = 'orders'"
                    " AND p.offered_at IS NULL)",
                    "New standing orders are drafted with their own proposal, before it is offered.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Standing orders of %(assembly)s") % {"assembly": self.assembly}

    @property
    def quorum(self) -> Quorum:
        return Quorum(per_mille=self.quorum_per_mille, number=self.quorum_number)

    def threshold_for(self, effect: str) -> Threshold:
        return THRESHOLDS[self.majority_for_orders if effect == "orders" else self.majority]


def rules_in_words(rules: Rules | StandingOrders) -> str:
    """The rules as the text that is voted on, one line each."""
    lines = [
        _quorum(rules),
        _("Majority: %(majority)s.") % {"majority": Majority(rules.majority).label},
        _("Majority to change these orders: %(majority)s.") % {"majority": Majority(rules.majority_for_orders).label},
        _("Deliberation before a vote opens: %(time)s.") % {"time": _span(rules.deliberation)},
        _("Notice between calling a vote and opening it: %(time)s.") % {"time": _span(rules.notice)},
        _("A vote stays open at least: %(time)s.") % {"time": _span(rules.voting_period)},
        _("New citizens are admitted by: %(office)s.") % {"office": Office.Kind(rules.admitting_office).label},
        _("Term of an office: %(time)s.") % {"time": _span(rules.office_term)},
        _("Votes on persons are secret.") if rules.secret_on_persons else _("Votes on persons are open."),
        *_road(rules),
    ]
    if rules.study:
        parts = ", ".join(str(part.label) for part in Part if part in rules.study)
        lines.append(_("Before a vote is called, the study of a proposal says: %(parts)s.") % {"parts": parts})
    return "\n".join(f"- {line}" for line in lines)


def _road(rules: Rules | StandingOrders) -> list[str]:
    """What is asked on the road of a proposal; nothing is said where nothing is asked."""
    lines = []
    if rules.cosigners:
        asked = ngettext(
            "A proposal is taken up with %(n)d co-signer.",
            "A proposal is taken up with %(n)d co-signers.",
            rules.cosigners,
        )
        lines.append(asked % {"n": rules.cosigners})
    if rules.two_readings:
        lines.append(_("A proposal is read twice before it is put to the vote."))
    if rules.reconsideration is not None:
        lines.append(
            _("A text that amendments changed lies open for: %(time)s.") % {"time": _span(rules.reconsideration)}
        )
    return lines


def _quorum(rules: Rules | StandingOrders) -> str:
    share = f"{rules.quorum_per_mille / 10:g}"
    if not rules.quorum_number:
        return _("Quorum: %(share)s per cent of the roll.") % {"share": share}
    return ngettext(
        "Quorum: %(share)s per cent of the roll, and at least %(number)d voter.",
        "Quorum: %(share)s per cent of the roll, and at least %(number)d voters.",
        rules.quorum_number,
    ) % {"share": share, "number": rules.quorum_number}


def _span(duration: timedelta) -> str:
    minutes = int(duration.total_seconds() // 60)
    if minutes and minutes % (24 * 60) == 0:
        days = minutes // (24 * 60)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if minutes and minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
