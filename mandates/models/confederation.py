"""A territory's network of assemblies, its charter, and who has joined it by decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, Log, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, refuse


class Power(models.TextChoices):
    """The kinds of coordination a mandate can bind a delegate to. To decide policy is none of them (article 6)."""

    CONVENE = "convene", gettext_lazy("convene")
    INFORM = "inform", gettext_lazy("inform")
    SCHEDULE = "schedule", gettext_lazy("schedule")
    PROCURE = "procure", gettext_lazy("procure")
    DISTRIBUTE = "distribute", gettext_lazy("distribute")
    MAINTAIN = "maintain", gettext_lazy("maintain")
    BUILD = "build", gettext_lazy("build")
    REPRESENT = "represent", gettext_lazy("represent")


def in_a_row(words: list[str], pattern: str) -> str:
    """Words as a sentence lists them: "a, b and c" by the pattern "%(some)s and %(last)s"."""
    if len(words) < 2:
        return "".join(words)
    return pattern % {"some": ", ".join(words[:-1]), "last": words[-1]}


class ConfederationQuerySet(models.QuerySet["Confederation"]):
    def joined_by(self, assembly: Assembly, at: datetime) -> ConfederationQuerySet:
        """Those the assembly belongs to at that moment, and the wider ones these lie within."""
        return self.filter(holds("is_member", assembly.pk, "pk", at=at))

    def found(
        self,
        name: str,
        *,
        by: Citizen,
        powers: Iterable[str],
        within: Confederation | None = None,
        text: str = "",
        longest_term: timedelta = timedelta(days=365),
        recall_per_mille: int = 100,
        signing_period: timedelta = timedelta(days=60),
        report_interval: timedelta = timedelta(days=90),
        most_terms: int | None = None,
        missed_reports: int = 3,
        answering_period: timedelta = timedelta(days=14),
        slug: str = "",
    ) -> Confederation:
        """Write down a confederation and its charter. It has no members until assemblies join by decision."""
        if by.citizenship(now()) is None:
            raise Refusal(12, _("Only citizens of an assembly may draft a confederation."))
        with act():
            slug = slug or slugify(name)
            log = Log.objects.create(origin=f"confederation/{slug}")
            confederation = self.create(name=name, slug=slug, within=within, log=log, drafted_by=by)
            charter = Charter.objects.create(
                confederation=confederation,
                text=text,
                powers=[power for power in Power.values if power in set(powers)],
                longest_term=longest_term,
                recall_per_mille=recall_per_mille,
                signing_period=signing_period,
                report_interval=report_interval,
                most_terms=most_terms,
                missed_reports=missed_reports,
                answering_period=answering_period,
            )
            told: dict[str, Any] = {"most_terms": most_terms} if most_terms else {}
            record(
                "confederation.drafted",
                confederation,
                log=log,
                by=by,
                name=name,
                within=within.slug if within else None,
                powers=charter.powers,
                longest_term_days=longest_term.days,
                recall_per_mille=recall_per_mille,
                report_interval_days=report_interval.days,
                missed_reports=missed_reports,
                answering_days=answering_period.days,
                **told,
                text=text,
            )
        return confederation


class Confederation(models.Model):
    """A network of assemblies over a territory, within a wider one or not. It commands nobody (article 12)."""

    name = models.CharField(max_length=150)
    slug = models.SlugField(max_length=150, unique=True, allow_unicode=True)
    within = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    log = models.OneToOneField(Log, models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(db_default=CivicNow())

    objects = ConfederationQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.CheckConstraint(name="confederation_not_within_itself", condition=~Q(within=F("id"))),
        ]
        triggers = [
            *fixed(12, "A confederation changes by decisions of its assemblies alone."),
            checked(
                "drafted",
                pgtrigger.Insert,
                refuse(
                    9,
                    "NEW.within_id IS NOT NULL AND NOT EXISTS (SELECT FROM mandates_charter c"
                    " WHERE c.confederation_id = NEW.within_id)",
                    "A confederation lies within one that has its charter.",
                    UNFIT,
                ),
                refuse(
                    12,
                    "NOT EXISTS (SELECT FROM assemblies_citizenship c WHERE c.citizen_id = NEW.drafted_by_id"
                    " AND c.valid_from <= civic_now() AND (c.valid_until IS NULL OR c.valid_until > civic_now()))",
                    "Only citizens of an assembly may draft a confederation.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("council", args=[self.slug])

    def members(self, at: datetime) -> models.QuerySet[Assembly]:
        """Assemblies whose accession to this very confederation is in force."""
        joined = Accession.objects.in_force(at).filter(confederation=self)
        return Assembly.objects.filter(pk__in=joined.values("assembly"))

    def territory(self, at: datetime) -> models.QuerySet[Assembly]:
        """Assemblies that belong to it or to a narrower one within it."""
        return Assembly.objects.filter(
            pk__in=Accession.objects.in_force(at)
            .filter(confederation__in=[self.pk, *self.narrower_ids()])
            .values("assembly")
        )

    def narrower_ids(self) -> list[int]:
        """Everything within it, to any depth."""
        found: list[int] = []
        level = [self.pk]
        while level:
            level = list(Confederation.objects.filter(within__in=level).values_list("pk", flat=True))
            found += level
        return found

    def wider(self) -> list[Confederation]:
        """The ones it lies within, nearest first."""
        chain, above = [], self.within
        while above is not None:
            chain.append(above)
            above = above.within
        return chain

    def has(self, assembly: Assembly, at: datetime) -> bool:
        return self.territory(at).filter(pk=assembly.pk).exists()


class Charter(models.Model):
    """The ceiling over every mandate for a confederation. It narrows as the territory widens (article 9)."""

    confederation = models.OneToOneField(Confederation, models.PROTECT, related_name="charter")
    text = models.TextField(blank=True)
    powers = ArrayField(models.CharField(max_length=20, choices=Power.choices))
    longest_term = models.DurationField(validators=[MinValueValidator(timedelta(days=1))])
    recall_per_mille = models.PositiveSmallIntegerField(
        help_text=gettext_lazy("Share of the roll that puts a recall to the vote, in thousandths."),
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    signing_period = models.DurationField()
    report_interval = models.DurationField()
    most_terms = models.PositiveSmallIntegerField(
        null=True, help_text=gettext_lazy("Terms in a row that one person may serve; none given, no limit.")
    )
    missed_reports = models.PositiveSmallIntegerField(
        default=3, db_default=3, help_text=gettext_lazy("Reports missed that put the recall question by themselves.")
    )
    answering_period = models.DurationField(
        default=timedelta(days=14),
        db_default=timedelta(days=14),
        help_text=gettext_lazy("How long a delegate has to answer an objection, and to report on a meeting."),
    )

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.CheckConstraint(name="charter_powers_known", condition=Q(powers__contained_by=Power.values)),
            models.CheckConstraint(name="charter_has_a_power", condition=Q(powers__len__gt=0)),
            models.CheckConstraint(name="charter_term", condition=Q(longest_term__gte=timedelta(days=1))),
            models.CheckConstraint(
                name="charter_recall_share", condition=Q(recall_per_mille__gte=1, recall_per_mille__lte=500)
            ),
            models.CheckConstraint(name="charter_signing", condition=Q(signing_period__gte=timedelta(days=1))),
            models.CheckConstraint(
                name="charter_most_terms", condition=Q(most_terms__isnull=True) | Q(most_terms__gte=1)
            ),
            models.CheckConstraint(name="charter_missed_reports", condition=Q(missed_reports__gte=1)),
            models.CheckConstraint(name="charter_answering", condition=Q(answering_period__gte=timedelta(days=1))),
            models.CheckConstraint(name="charter_reports", condition=Q(report_interval__gte=timedelta(days=1))),
        ]
        triggers = [
            *fixed(11, "A charter is changed by its assemblies adopting another, and by nothing else."),
            checked(
                "under_the_narrower",
                pgtrigger.Insert,
                refuse(
                    11,
                    "EXISTS (SELECT FROM mandates_accession a WHERE a.confederation_id = NEW.confederation_id)",
                    "Assemblies join under a charter that they have read.",
                    FORBIDDEN,
                ),
                # The wider one has its charter before anything lies within it. Its ceiling is a proper subset of each
                # of those within it, and its terms are no longer.
                refuse(
                    9,
                    "EXISTS (SELECT FROM mandates_confederation me"
                    " JOIN mandates_charter wider ON wider.confederation_id = me.within_id"
                    " WHERE me.id = NEW.confederation_id AND NOT"
                    " (wider.powers <@ NEW.powers AND NOT NEW.powers <@ wider.powers))",
                    "A wider confederation has fewer powers than each one within it.",
                    UNFIT,
                ),
                refuse(
                    9,
                    "EXISTS (SELECT FROM mandates_confederation me"
                    " JOIN mandates_charter wider ON wider.confederation_id = me.within_id"
                    " WHERE me.id = NEW.confederation_id AND (wider.longest_term > NEW.longest_term"
                    " OR coalesce(wider.most_terms, 32767) > coalesce(NEW.most_terms, 32767)))",
                    "A wider confederation's terms are no longer than those of each one within it.",
                    UNFIT,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Charter of %(confederation)s") % {"confederation": self.confederation}

    @property
    def recall_share(self) -> str:
        """The share of the roll that puts a recall to the vote, in per cent."""
        return f"{self.recall_per_mille / 10:g}"

    @property
    def powers_given(self) -> str:
        return in_a_row(self.power_names(), _("%(some)s and %(last)s"))

    @property
    def powers_withheld(self) -> str:
        return in_a_row([str(power.label) for power in Power if power not in self.powers], _("%(some)s or %(last)s"))

    def power_names(self) -> list[str]:
        return [str(Power(power).label) for power in self.powers]


class AccessionQuerySet(models.QuerySet["Accession"]):
    def in_force(self, at: datetime) -> AccessionQuerySet:
        """Those whose joining had carried by then and whose leaving had not."""
        return self.filter(holds("accession_in_force", "pk", at=at))


class Accession(models.Model):
    """An assembly's joining of a confederation, drafted with its proposal and in force once that carries."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    confederation = models.ForeignKey(Confederation, models.PROTECT, related_name="accessions")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    objects = AccessionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        indexes = [models.Index(fields=["assembly", "confederation"])]
        triggers = [
            *fixed(12, "Joining and leaving are decisions of the assembly, and stay on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    12,
                    "NOT is_free_question(NEW.proposal_id, NEW.assembly_id)",
                    "An assembly joins a confederation by its own decision.",
                    FORBIDDEN,
                ),
                refuse(
                    12,
                    "NOT EXISTS (SELECT FROM mandates_charter c WHERE c.confederation_id = NEW.confederation_id)",
                    "Assemblies join under a charter that they have read.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly} → {self.confederation}"

    def leave(self, *, by: Citizen, reasons: str) -> Departure:
        """Propose that the assembly leave. Nobody above can expel it (article 12)."""
        with act():
            if not Accession.objects.in_force(now()).filter(pk=self.pk).exists():
                raise Refusal(12, _("The assembly is not a member."), status=CONFLICT)
            proposal = Proposal.objects.draft(
                self.assembly,
                _("Leave %(confederation)s") % {"confederation": self.confederation},
                reasons,
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            departure = Departure.objects.create(accession=self, proposal=proposal)
            proposal.offer(by=by)
        return departure


class Departure(models.Model):
    """An assembly's leaving, in effect from the close of the decision that carried it."""

    accession = models.ForeignKey(Accession, models.PROTECT, related_name="departures")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        triggers = [
            *fixed(12, "Joining and leaving are decisions of the assembly, and stay on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    12,
                    "NOT is_free_question(NEW.proposal_id, (SELECT a.assembly_id FROM mandates_accession a"
                    " WHERE a.id = NEW.accession_id))",
                    "An assembly leaves a confederation by its own decision, and by nobody else's.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.accession} ×"


def supervision_in_words(charter: Charter) -> str:
    return _(
        "Delegates report every %(days)d days; after %(missed)d missed reports the recall is put to the vote by itself."
        " Objections are answered within %(answer)d days."
    ) % {
        "days": charter.report_interval.days,
        "missed": charter.missed_reports,
        "answer": charter.answering_period.days,
    }


def propose_accession(assembly: Assembly, confederation: Confederation, *, by: Citizen, reasons: str = "") -> Accession:
    """Propose that an assembly join a confederation under its charter."""
    at = now()
    with act():
        if confederation.members(at).filter(pk=assembly.pk).exists():
            raise Refusal(12, _("The assembly is a member already."), status=CONFLICT)
        charter = confederation.charter
        text = "\n\n".join(
            part
            for part in (
                reasons.strip(),
                _("%(assembly)s joins %(confederation)s under its charter.")
                % {"assembly": assembly, "confederation": confederation},
                _("Powers: %(powers)s. Longest term: %(days)d days. Recall: %(share)s per cent of the roll.")
                % {
                    "powers": ", ".join(charter.power_names()),
                    "days": charter.longest_term.days,
                    "share": f"{charter.recall_per_mille / 10:g}",
                },
                _("One person serves at most %(n)d terms in a row.") % {"n": charter.most_terms}
                if charter.most_terms
                else "",
                supervision_in_words(charter),
                charter.text,
            )
            if part
        )
        proposal = Proposal.objects.draft(
            assembly,
            _("Join %(confederation)s") % {"confederation": confederation},
            text,
            by=by,
            effect=Proposal.Effect.QUESTION,
        )
        accession = Accession.objects.create(assembly=assembly, confederation=confederation, proposal=proposal)
        proposal.offer(by=by)
        record(
            "accession.proposed",
            accession,
            log=assembly.log_id,
            by=by,
            confederation=confederation.slug,
            proposal=proposal.pk,
        )
    return accession
