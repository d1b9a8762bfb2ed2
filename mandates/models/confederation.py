"""A territory's network of assemblies, its charter, and who has joined it by decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, Log, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, hold, refuse

Limits = Mapping[str, Mapping[str, Decimal | int | str]]  # how much at most: by power, then by unit
MAJORITY = 500  # more than so many thousandths of the mandates behind a seat keep it standing


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
        limits: Limits | None = None,
        seat_per_mille: int = MAJORITY,
        missed_reports: int = 3,
        answering_period: timedelta = timedelta(days=14),
        slug: str = "",
    ) -> Confederation:
        """Write down a confederation and its charter. It has no members until assemblies join by decision."""
        if by.citizenship(now()) is None:
            raise Refusal(12, _("Only citizens of an assembly may draft a confederation."))
        written = Charter(
            text=text.strip(),
            powers=[power for power in Power.values if power in set(powers)],
            longest_term=longest_term,
            recall_per_mille=recall_per_mille,
            signing_period=signing_period,
            report_interval=report_interval,
            most_terms=most_terms,
            limits=as_written(limits or {}),
            seat_per_mille=seat_per_mille,
            missed_reports=missed_reports,
            answering_period=answering_period,
        )
        if within is not None:
            written.stay_above(within.charter, within)
        with act():
            slug = slug or slugify(name)
            log = Log.objects.create(origin=f"confederation/{slug}")
            confederation = self.create(name=name, slug=slug, within=within, log=log, drafted_by=by)
            charter = written
            charter.confederation = confederation
            charter.said = charter.in_words()
            charter.save(force_insert=True)
            told: dict[str, Any] = {"most_terms": most_terms} if most_terms else {}
            told |= {"limits": charter.limits_in_words()} if charter.limits else {}
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
                text=charter.text,
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

    def part_of(self, assembly: Assembly, home: Assembly, at: datetime) -> Confederation | None:
        """The narrower confederation directly within this one to which both belong; None where the assembly sends its
        own citizen by itself."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT part_of(%s, %s, %s, %s)", [self.pk, assembly.pk, home.pk, at])
            (part,) = cursor.fetchone()
        return None if part is None else Confederation.objects.get(pk=part)

    def founded_at(self, at: datetime) -> datetime | None:
        """Since when it exists: two assemblies, and not fewer, found one together. None while it is only drafted."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT confederation_founded_at(%s, %s)", [self.pk, at])
            return cursor.fetchone()[0]


class Charter(models.Model):
    """The ceiling over every mandate for a confederation. It narrows as the territory widens (article 9).

    `said` is the whole of it in words, written once: whoever joins adopts these very words (article 11).
    """

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
    # How much at most one mandate may give, by power and unit; a power that is not named here has no limit.
    limits = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    seat_per_mille = models.PositiveSmallIntegerField(
        default=MAJORITY,
        db_default=MAJORITY,
        help_text=gettext_lazy("A seat stands while more than so many thousandths of its mandates are in force."),
    )
    said = models.TextField(blank=True, db_default="")
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
            models.CheckConstraint(
                name="charter_seat_needs_most", condition=Q(seat_per_mille__gte=MAJORITY, seat_per_mille__lte=999)
            ),
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
                refuse(
                    9,
                    "NOT limits_sound(NEW.limits, NEW.powers)",
                    "A limit names a power of the charter, a unit, and how much.",
                    UNFIT,
                ),
                # The wider one has its charter before anything lies within it. Its ceiling is a proper subset of each
                # of those within it, its terms are no longer and its limits no larger.
                "SELECT c.* INTO wider FROM mandates_confederation me JOIN mandates_charter c"
                " ON c.confederation_id = me.within_id WHERE me.id = NEW.confederation_id;",
                refuse(
                    9,
                    "NOT (wider.powers <@ NEW.powers AND NOT NEW.powers <@ wider.powers)",
                    "A wider confederation has fewer powers than each one within it. Too much is:",
                    UNFIT,
                    naming="powers_beyond(wider.powers, NEW.powers)",
                ),
                refuse(
                    9,
                    "wider.longest_term > NEW.longest_term",
                    "A wider confederation's terms are no longer than those of each one within it. Too long, in days:",
                    UNFIT,
                    naming="extract(day FROM wider.longest_term)",
                ),
                refuse(
                    9,
                    "wider.id IS NOT NULL AND coalesce(wider.most_terms, 32767) > coalesce(NEW.most_terms, 32767)",
                    "A wider confederation allows no more terms in a row than each one within it. Too many:",
                    UNFIT,
                    naming="coalesce(wider.most_terms::text, 'without end')",
                ),
                refuse(
                    9,
                    "limits_beyond(wider.limits, wider.powers, NEW.limits) IS NOT NULL",
                    "A wider confederation's limits are no larger than those of each one within it. Too much is:",
                    UNFIT,
                    naming="limits_beyond(wider.limits, wider.powers, NEW.limits)",
                ),
                declare=[("wider", "mandates_charter%ROWTYPE")],
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

    def ceiling(self, power: str, unit: str) -> Decimal | None:
        """How much one mandate may give of it at most; None without a limit, nothing in a unit it does not know."""
        if power not in self.limits:
            return None
        return Decimal(self.limits[power].get(unit, 0))

    def limits_in_words(self) -> list[str]:
        return [
            _("%(power)s: at most %(limit)s %(unit)s in one mandate")
            % {"power": Power(power).label, "limit": limit, "unit": unit}
            for power in self.powers
            for unit, limit in sorted(self.limits.get(power, {}).items())
        ]

    @property
    def seat_words(self) -> str:
        """Of how many of its mandates a seat needs more."""
        return _("half") if self.seat_per_mille == MAJORITY else f"{self.seat_per_mille / 10:g}%"

    def stay_above(self, wider: Charter, there: Confederation) -> None:
        """Refuse to be the narrower one where the wider would be allowed more, and say what is too much (article 9)."""
        beyond = [str(Power(power).label) for power in wider.powers if power not in self.powers]
        if beyond or set(wider.powers) == set(self.powers):
            raise Refusal(
                9,
                _("%(wider)s would have as many powers: what lies within it has more. Too much is: %(too)s.")
                % {"wider": there, "too": ", ".join(beyond or wider.power_names())},
                status=UNFIT,
            )
        if wider.longest_term > self.longest_term:
            raise Refusal(
                9,
                _("%(wider)s allows terms of %(days)d days; those of what lies within it are no shorter.")
                % {"wider": there, "days": wider.longest_term.days},
                status=UNFIT,
            )
        for power, units in self.limits.items():
            if power in wider.powers and power not in wider.limits:
                raise Refusal(
                    9,
                    _("%(wider)s sets no limit to %(power)s; what lies within it sets none either.")
                    % {"wider": there, "power": Power(power).label},
                    status=UNFIT,
                )
            for unit, limit in wider.limits.get(power, {}).items():
                if power in wider.powers and Decimal(limit) > Decimal(units.get(unit, 0)):
                    raise Refusal(
                        9,
                        _("%(wider)s allows %(limit)s %(unit)s to %(power)s; what lies within it allows no less.")
                        % {"wider": there, "limit": limit, "unit": unit, "power": Power(power).label},
                        status=UNFIT,
                    )

    def in_words(self) -> str:
        """The whole charter as the assemblies adopt it, one line a rule, and what else it says."""
        within = self.confederation.within
        lines = [
            _("It lies within %(wider)s: who joins belongs to that too, under its charter.") % {"wider": within}
            if within
            else "",
            _("Powers: %(powers)s.") % {"powers": ", ".join(self.power_names())},
            *(f"{line}." for line in self.limits_in_words()),
            ngettext("Longest term: %(n)d day.", "Longest term: %(n)d days.", self.longest_term.days)
            % {"n": self.longest_term.days},
            _("Recall: %(share)s per cent of the roll.") % {"share": self.recall_share},
            _("One person serves at most %(n)d terms in a row.") % {"n": self.most_terms} if self.most_terms else "",
            _("A seat stands while more than %(share)s of the mandates behind it are in force.")
            % {"share": self.seat_words},
        ]
        return "\n\n".join(part for part in ("\n".join(f"- {line}" for line in lines if line), self.text) if part)


def as_written(limits: Limits) -> dict[str, dict[str, str]]:
    """Limits as a charter keeps them: exact, in words, without idle zeros."""
    return {
        str(power): {str(unit).strip(): f"{Decimal(limit).normalize():f}" for unit, limit in units.items()}
        for power, units in limits.items()
        if units
    }


class AccessionQuerySet(models.QuerySet["Accession"]):
    def in_force(self, at: datetime) -> AccessionQuerySet:
        """Those whose joining had carried by then and whose leaving had not."""
        return self.filter(holds("accession_in_force", "pk", at=at))

    def with_leaving(self, rows: AccessionQuerySet, at: datetime) -> AccessionQuerySet:
        """Each of these with `leaves`: when the assembly leaves by what it has decided; None while it stays."""
        known, field = Value(at, models.DateTimeField()), models.DateTimeField()
        moment = Func("pk", known, function="leaves_at", output_field=field)
        leaving = Departure.objects.filter(accession=OuterRef("pk")).annotate(moment=moment)
        first = leaving.filter(moment__isnull=False).order_by("moment").values("moment")[:1]
        return rows.annotate(leaves=Subquery(first))


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
            at_the_end(
                "in_the_words_of_the_charter",
                pgtrigger.Insert,
                refuse(
                    11,
                    "NOT EXISTS (SELECT FROM assemblies_proposal p, mandates_charter c WHERE p.id = NEW.proposal_id"
                    " AND c.confederation_id = NEW.confederation_id AND p.offered_at IS NOT NULL"
                    " AND strpos(p.text, c.said) > 0)",
                    "An assembly joins by adopting the charter in the same words as all others.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly} → {self.confederation}"

    def leave(self, *, by: Citizen, reasons: str, leaves_at: datetime | None = None) -> Departure:
        """Propose that the assembly leave, at the close of the vote or at a later moment. Nobody above can expel it
        (article 12). Its mandates there and its part in tasks end with that moment, and nothing else does."""
        at = now()
        if leaves_at is not None and leaves_at <= at:
            raise Refusal(12, _("The day of leaving is still to come, or is that of the vote."), status=UNFIT)
        with act():
            if not Accession.objects.in_force(at).filter(pk=self.pk).exists():
                raise Refusal(12, _("The assembly is not a member."), status=CONFLICT)
            if leaves_at is not None:
                day = date_format(timezone.localtime(leaves_at), "DATETIME_FORMAT")
                said = _("%(assembly)s leaves on %(day)s, or when this carries if that is later.")
                reasons = f"{reasons.strip()}\n\n{said % {'assembly': self.assembly, 'day': day}}"
            proposal = Proposal.objects.draft(
                self.assembly,
                _("Leave %(confederation)s") % {"confederation": self.confederation},
                reasons,
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            departure = Departure.objects.create(accession=self, proposal=proposal, leaves_at=leaves_at)
            proposal.offer(by=by)
            record(
                "departure.proposed",
                departure,
                log=self.assembly.log_id,
                by=by,
                confederation=self.confederation.slug,
                proposal=proposal.pk,
                leaves_at=leaves_at,
            )
        return departure


class Departure(models.Model):
    """An assembly's leaving, in effect from the close of the decision that carried it or from a later moment."""

    accession = models.ForeignKey(Accession, models.PROTECT, related_name="departures")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    leaves_at = models.DateTimeField(null=True)

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
                _("%(assembly)s joins %(confederation)s under its charter, in the words that all its assemblies adopt:")
                % {"assembly": assembly, "confederation": confederation},
                charter.said,
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
