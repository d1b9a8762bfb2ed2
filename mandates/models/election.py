"""The election of delegates: called under named clauses and a term, stood for, counted, and mandated in one vote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assemblies.clock import CivicNow, now
from assemblies.models import (
    FOR_SEVERAL,
    Assembly,
    Choice,
    Citizen,
    Count,
    Decision,
    Method,
    Office,
    Option,
    Policy,
    Proposal,
    record,
)
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, hold, refuse, unchanged

from .confederation import Confederation, Power
from .mandate import Clause, Mandate, Terms, day_in_words, term_in_words, under_the_charter
from .recall import NOT_AS_THE_ORDERS_SAY

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

METHODS = tuple(method for method in Method if method != Method.YES_NO)
LONGEST_STANDING = "interval '90 days'"


class ElectionQuerySet(models.QuerySet["Election"]):
    def standing(self, at: datetime) -> ElectionQuerySet:
        """Those in which one can still stand."""
        return self.filter(stand_until__gt=at)

    def ready(self, at: datetime) -> ElectionQuerySet:
        """Those whose time to stand is over and that are not yet put to the vote."""
        return self.filter(stand_until__lte=at, poll=None)

    def decided(self, at: datetime) -> ElectionQuerySet:
        """Those with both questions answered and counted, and the moment; a missed quorum is no answer."""
        answered = Decision.objects.answered(at).filter(closed_at__isnull=False)
        closes = {
            f"{name}_closes": Subquery(answered.filter(proposal=OuterRef(f"poll__{name}")).values("closes_at")[:1])
            for name in ("ranking", "question")
        }
        both = self.alias(**closes).filter(**{f"{name}__isnull": False for name in closes})
        return both.annotate(decided_at=Greatest(*closes))

    def call(
        self,
        assembly: Assembly,
        *,
        by: Citizen,
        confederation: Confederation,
        clauses: Iterable[Terms],
        valid_from: datetime,
        valid_until: datetime,
        stand_until: datetime,
        seats: int = 1,
        method: str = Method.SCOTTISH_STV,
        reasons: str = "",
    ) -> Election:
        """Propose to elect delegates under these clauses. Who wants to be bound by them may stand until a moment."""
        terms = list(clauses)
        at = now()
        if not by.is_citizen_of(assembly, at):
            raise Refusal(4, _("Only citizens of %(assembly)s lay questions before it.") % {"assembly": assembly})
        if valid_until <= valid_from:
            raise Refusal(4, _("A mandate ends after it begins."), status=UNFIT)
        if not at < stand_until < valid_until:
            raise Refusal(4, _("The time to stand ends later than now and before the term does."), status=UNFIT)
        if method not in METHODS or seats < 1 or (seats > 1 and method not in FOR_SEVERAL):
            raise Refusal(2, _("This method does not elect so many delegates."), status=UNFIT)
        under_the_charter(assembly, confederation, terms, valid_from, valid_until, at)
        with act():
            election = self.create(
                assembly=assembly,
                confederation=confederation,
                called_by=by,
                seats=seats,
                method=method,
                reasons=reasons.strip(),
                valid_from=valid_from,
                valid_until=valid_until,
                stand_until=stand_until,
                clause_count=len(terms),
            )
            for number, term in enumerate(terms, start=1):
                ElectionClause.objects.create(election=election, number=number, **vars(term))
            election.refresh_from_db()
            record(
                "election.called",
                election,
                log=assembly.log_id,
                by=by,
                at=election.called_at,
                confederation=confederation.slug,
                seats=seats,
                method=method,
                valid_from=valid_from,
                valid_until=valid_until,
                stand_until=stand_until,
                clauses=[term_in_words(term) for term in terms],
                grounds=election.reasons,
            )
        return election


class Election(models.Model):
    """A call to stand as delegate of one assembly in one confederation, under clauses and a term that are named now.

    It elects nobody by itself: at the end of the time to stand two questions are put to the vote together, who (the
    ranking) and whether under these clauses (the mandate question). Only both make a mandate.
    """

    class Phase(models.TextChoices):
        STANDING = "standing", gettext_lazy("One can stand")
        READY = "ready", gettext_lazy("To be put to the vote")
        CALLED = "called", gettext_lazy("Vote called")
        VOTING = "voting", gettext_lazy("Being voted on")
        ELECTED = "elected", gettext_lazy("Elected and mandated")
        FAILED = "failed", gettext_lazy("Nobody is mandated")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    confederation = models.ForeignKey(Confederation, models.PROTECT, related_name="elections")
    called_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(db_default=CivicNow())
    seats = models.PositiveSmallIntegerField(default=1)
    method = models.CharField(max_length=20, choices=[(m.value, m.label) for m in METHODS])
    reasons = models.TextField(blank=True, max_length=5000)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    stand_until = models.DateTimeField()
    clause_count = models.PositiveSmallIntegerField()

    objects = ElectionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row; a trigger refuses every update

    class Meta:
        indexes = [models.Index(fields=["assembly", "-stand_until"])]
        constraints = [
            models.CheckConstraint(name="election_term", condition=Q(valid_until__gt=F("valid_from"))),
            models.CheckConstraint(name="election_has_clauses", condition=Q(clause_count__gte=1)),
            models.CheckConstraint(
                name="election_method",
                condition=Q(method__in=["irv", "schulze"], seats=1)
                | Q(method__in=["approval", "scottish-stv", "meek"], seats__gte=1, seats__lte=50),
            ),
        ]
        triggers = [
            *fixed(4, "An election stands as it was called."),
            checked(
                "called",
                pgtrigger.Insert,
                "NEW.called_at := civic_now();",
                refuse(
                    4,
                    "NOT is_citizen(NEW.called_by_id, NEW.assembly_id, NEW.called_at)",
                    "Only citizens of the assembly call its elections.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT is_member(NEW.assembly_id, NEW.confederation_id, NEW.called_at)",
                    "An assembly sends delegates only where it is a member.",
                    FORBIDDEN,
                ),
                refuse(
                    9,
                    "NOT EXISTS (SELECT FROM mandates_charter c WHERE c.confederation_id = NEW.confederation_id"
                    " AND NEW.valid_until <= later(NEW.valid_from, c.longest_term))",
                    "A mandate's term is no longer than the charter allows.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NEW.stand_until <= NEW.called_at OR NEW.stand_until >= NEW.valid_until"
                    f" OR NEW.stand_until > later(NEW.called_at, {LONGEST_STANDING})",
                    "The time to stand ends within ninety days, and before the term does.",
                    UNFIT,
                ),
            ),
            at_the_end(
                "has_its_clauses",
                pgtrigger.Insert,
                refuse(
                    4,
                    "NEW.clause_count <> (SELECT count(*) FROM mandates_electionclause c WHERE c.election_id = NEW.id)",
                    "The clauses of an election are named as it is called.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Election of delegates of %(assembly)s to the council of %(confederation)s") % {
            "assembly": self.assembly,
            "confederation": self.confederation,
        }

    def get_absolute_url(self) -> str:
        return reverse("election", args=[self.pk])

    @property
    def put(self) -> Poll | None:
        """Its two questions, once they are before the assembly."""
        return getattr(self, "poll", None)

    def phase(self, at: datetime) -> str:
        poll = self.put
        if poll is None:
            return self.Phase.STANDING if at < self.stand_until else self.Phase.READY
        decisions = [poll.ranking.decision, poll.question.decision]
        if any(decision is None or at < decision.opens_at for decision in decisions):
            return self.Phase.CALLED
        if any(decision.closed_at is None for decision in decisions if decision):
            return self.Phase.VOTING
        carried = all(decision.carried for decision in decisions if decision)
        return self.Phase.ELECTED if carried else self.Phase.FAILED

    def candidates(self) -> list[Candidacy]:
        """Who stands, in the order of the ballot: by the SHA-256 of "election:candidacy", which nobody chooses."""
        standing = self.candidacies.filter(withdrawn_at=None).select_related("citizen")
        return sorted(standing, key=lambda one: hashlib.sha256(f"{self.pk}:{one.pk}".encode()).digest())

    def is_one_term_too_many(self, citizen: Citizen, at: datetime) -> int:
        """Which term in a row it would be for them, where the charter allows so many no longer; else nought."""
        most = self.confederation.charter.most_terms
        if most is None:
            return 0
        served = terms_in_a_row(citizen, self.confederation, self.valid_from, self.valid_until, at)
        return served if served > most else 0

    def stand(self, *, by: Citizen, statement: str) -> Candidacy:
        """Stand, and so consent to be bound by the clauses if elected and mandated."""
        return Candidacy.objects.declare(self, by=by, statement=statement)

    def put_to_vote(self, *, by: Citizen, opens_at: datetime | None = None, closes_at: datetime | None = None) -> Poll:
        """Lay both questions before the assembly and call the vote on them together: a facilitator does."""
        return Poll.objects.put(self, by=by, opens_at=opens_at, closes_at=closes_at)

    def text(self, candidates: Iterable[Candidacy]) -> str:
        """The mandate question: it names the confederation, every clause, the term, and whoever is elected."""
        names = ", ".join(candidacy.citizen.name for candidacy in candidates)
        opening = _(
            "Whoever is elected of these, %(seats)d in number, is our delegate to the council of %(confederation)s"
            " from %(first)s until %(last)s, and is bound to this and nothing else:"
        ) % {
            "seats": self.seats,
            "confederation": self.confederation,
            "first": day_in_words(self.valid_from),
            "last": day_in_words(self.valid_until),
        }
        clauses = "\n".join(f"{clause.number}. {clause}" for clause in self.clauses.all())
        standing = _("The candidates: %(names)s.") % {"names": names}
        return "\n\n".join(part for part in (self.reasons, opening, clauses, standing) if part)


class ElectionClause(models.Model):
    """One clause under which delegates are to be elected; the mandates of the elected carry it word for word."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    power = models.CharField(max_length=20, choices=Power.choices)
    instruction = models.TextField(max_length=2000)
    limit = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(max_length=30, blank=True)
    place = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["election", "number"]
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="election_clause_number"),
            models.CheckConstraint(
                name="election_clause_limit_has_a_unit",
                condition=Q(limit__isnull=True, unit="") | Q(limit__gt=0) & ~Q(unit=""),
            ),
            models.CheckConstraint(
                name="election_clause_says", condition=Q(power__in=Power.values) & ~Q(instruction="")
            ),
        ]
        triggers = [
            *fixed(5, "The clauses of an election stand as it was called."),
            checked(
                "named",
                pgtrigger.Insert,
                "SELECT * INTO STRICT e FROM mandates_election WHERE id = NEW.election_id;",
                refuse(
                    5,
                    "NEW.number NOT BETWEEN 1 AND e.clause_count",
                    "The clauses of an election are named as it is called.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT policy_in_force(NEW.policy_id, civic_now()) OR NOT EXISTS (SELECT FROM assemblies_policy p"
                    " WHERE p.id = NEW.policy_id AND p.assembly_id = e.assembly_id)",
                    "A clause rests on a policy in force of the mandating assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    9,
                    "NOT NEW.power = ANY (SELECT unnest(c.powers) FROM mandates_charter c"
                    " WHERE c.confederation_id = e.confederation_id)",
                    "A mandate stays under the ceiling of its confederation.",
                    FORBIDDEN,
                ),
                declare=[("e", "mandates_election%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return term_in_words(self)

    @property
    def terms(self) -> Terms:
        return Terms(
            policy=self.policy,
            power=self.power,
            instruction=self.instruction,
            limit=self.limit,
            unit=self.unit,
            place=self.place,
        )


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def known_to(self, reader: Citizen | AnonymousUser) -> CandidacyQuerySet:
        return self.filter(Q(withdrawn_at=None) | Q(citizen=reader.pk))

    def declare(self, election: Election, *, by: Citizen, statement: str) -> Candidacy:
        statement = statement.strip()
        if not statement:
            raise Refusal(4, _("Say who you are and how you would carry the clauses out."), status=UNFIT)
        with act():
            at = now()
            if at >= election.stand_until:
                raise Refusal(4, _("The time to stand is over."), status=CONFLICT)
            if not by.is_citizen_of(election.assembly, at):
                raise Refusal(4, _("Only citizens of %(assembly)s stand here.") % {"assembly": election.assembly})
            if served := election.is_one_term_too_many(by, at):
                most = election.confederation.charter.most_terms or 0
                sentence = ngettext(
                    "The charter allows %(most)d term in a row; this would be number %(served)d. Let others serve.",
                    "The charter allows %(most)d terms in a row; this would be number %(served)d. Let others serve.",
                    most,
                )
                raise Refusal(16, sentence % {"most": most, "served": served})
            if self.filter(election=election, citizen=by, withdrawn_at=None).exists():
                raise Refusal(4, _("You stand already."), status=CONFLICT)
            candidacy = self.create(election=election, citizen=by, statement=statement)
            candidacy.refresh_from_db()
            record(
                "candidacy.declared",
                election,
                log=election.assembly.log_id,
                by=by,
                at=candidacy.consented_at,
            )
        return candidacy


class Candidacy(models.Model):
    """That somebody stands, declared by themselves, and consents to the clauses; it can be taken back in time."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="candidacies")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    statement = models.TextField(gettext_lazy("statement"), max_length=5000)
    consented_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_at = models.DateTimeField(null=True)

    objects = CandidacyQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name_plural = gettext_lazy("candidacies")
        ordering = ["consented_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["election", "citizen"],
                condition=Q(withdrawn_at__isnull=True),
                name="candidacy_one_a_citizen",
                violation_error_code="article-4",
                violation_error_message=gettext_lazy("You stand already."),
            ),
            models.CheckConstraint(name="candidacy_states", condition=~Q(statement="")),
        ]
        triggers = [
            *fixed(4, "A candidacy is taken back, never removed.", delete_only=True),
            checked(
                "declared",
                pgtrigger.Insert,
                "SELECT * INTO STRICT e FROM mandates_election WHERE id = NEW.election_id FOR SHARE;",
                "NEW.consented_at := civic_now();",
                refuse(
                    4,
                    "NEW.consented_at >= e.stand_until"
                    " OR EXISTS (SELECT FROM mandates_poll p WHERE p.election_id = e.id)",
                    "The time to stand is over.",
                ),
                refuse(4, "NEW.withdrawn_at IS NOT NULL", "One stands before one takes it back.", FORBIDDEN),
                refuse(
                    4,
                    "NOT is_citizen(NEW.citizen_id, e.assembly_id, NEW.consented_at)",
                    "A delegate is a citizen of the assembly that mandates them.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NOT within_terms(NEW.citizen_id, e.confederation_id, e.valid_from, e.valid_until,"
                    " NEW.consented_at)",
                    "The charter allows no further term in a row: let others serve.",
                    FORBIDDEN,
                ),
                declare=[("e", "mandates_election%ROWTYPE")],
            ),
            checked(
                "taken_back",
                pgtrigger.Update,
                unchanged(
                    4,
                    "A candidacy stays as it was declared.",
                    "election_id",
                    "citizen_id",
                    "statement",
                    "consented_at",
                ),
                refuse(
                    4,
                    "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL",
                    "A candidacy is taken back once.",
                    FORBIDDEN,
                ),
                "SELECT * INTO STRICT e FROM mandates_election WHERE id = NEW.election_id FOR SHARE;",
                "NEW.withdrawn_at := civic_now();",
                refuse(4, "NEW.withdrawn_at >= e.stand_until", "The time to stand is over: who stands, stands."),
                declare=[("e", "mandates_election%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.citizen)

    def get_absolute_url(self) -> str:
        return f"{self.election.get_absolute_url()}#candidacy-{self.pk}"

    def take_back(self, *, by: Citizen) -> None:
        if by != self.citizen:
            raise Refusal(4, _("Only the candidate may take a candidacy back."))
        with act():
            updated = Candidacy.objects.filter(pk=self.pk, withdrawn_at=None).update(withdrawn_at=CivicNow())
            if not updated:
                raise Refusal(4, _("This candidacy has been taken back already."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "candidacy.taken_back", self.election, log=self.election.assembly.log_id, by=by, at=self.withdrawn_at
            )


class PollQuerySet(models.QuerySet["Poll"]):
    def put(
        self, election: Election, *, by: Citizen, opens_at: datetime | None = None, closes_at: datetime | None = None
    ) -> Poll:
        with act():
            election = Election.objects.select_for_update(of=("self",)).select_related("assembly").get(pk=election.pk)
            at = now()
            assembly = election.assembly
            if not by.holds(Office.Kind.FACILITATOR, assembly, at):
                raise Refusal(
                    1, _("A facilitator of %(assembly)s puts proposals to the vote.") % {"assembly": assembly}
                )
            if at < election.stand_until:
                raise Refusal(4, _("One can still stand: the vote is called after that."), status=CONFLICT)
            if election.put is not None:
                raise Refusal(4, _("This election has been put to the vote already."), status=CONFLICT)
            # Who has left the assembly since, or has served all terms elsewhere, can be no delegate and is no option.
            candidates = [
                one
                for one in election.candidates()
                if one.citizen.is_citizen_of(assembly, at) and not election.is_one_term_too_many(one.citizen, at)
            ]
            if len(candidates) < max(2, election.seats):
                raise Refusal(
                    4,
                    _("Too few stand: it takes at least %(least)d to choose. Propose a mandate by name, or call anew.")
                    % {"least": max(2, election.seats)},
                    status=CONFLICT,
                )
            names = {"assembly": assembly, "confederation": election.confederation}
            ranking = Proposal.objects.draft_choice(
                assembly,
                _("Who is our delegate to the council of %(confederation)s") % names,
                _("Rank those whom you would send. They are bound by the clauses of the question beside this one."),
                by=by,
                options=_options(candidates),
                method=election.method,
                seats=election.seats,
                secret=assembly.orders(at).secret_on_persons,
            )
            question = Proposal.objects.draft(
                assembly,
                _("Mandate whoever is elected to the council of %(confederation)s") % names,
                election.text(candidates),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            poll = self.create(election=election, ranking=ranking, question=question, put_by=by)
            for candidacy, option in zip(candidates, ranking.options.order_by("number"), strict=True):
                _draft_mandate(election, question, candidacy, option, at)
            for proposal in (ranking, question):
                proposal.offer(by=by, naming=[one.citizen for one in candidates])
            opens_at = opens_at or max(ranking.earliest_opening(now()), question.earliest_opening(now()))
            # Whom to send may be secret, and then takes longer; what they are bound to is decided at the same hour.
            chosen = ranking.put_to_vote(by=by, opens_at=opens_at, closes_at=closes_at)
            decisions = [chosen, question.put_to_vote(by=by, opens_at=opens_at, closes_at=chosen.closes_at)]
            record(
                "election.put_to_vote",
                election,
                log=assembly.log_id,
                by=by,
                candidates=len(candidates),
                decisions=[decision.pk for decision in decisions],
            )
        return poll


def _options(candidates: list[Candidacy]) -> list[Choice]:
    """Each candidate as an option; of two with the same name the second says so."""
    options: list[Choice] = []
    for one in candidates:
        same = sum(option.title.startswith(one.citizen.name) for option in options)
        options.append(Choice(one.citizen.name + (f" · {same + 1}" if same else ""), one.statement))
    return options


def _draft_mandate(election: Election, question: Proposal, candidacy: Candidacy, option: Option, at: datetime) -> None:
    """What this candidate would be bound to; it binds nobody before both questions have carried."""
    mandate = Mandate.objects.create(
        assembly=election.assembly,
        delegate=candidacy.citizen,
        citizenship=candidacy.citizen.citizenships.in_force(at).get(assembly=election.assembly),
        confederation=election.confederation,
        proposal=question,
        valid_from=election.valid_from,
        valid_until=election.valid_until,
        candidacy=candidacy,
        option=option,
    )
    for clause in election.clauses.select_related("policy", "place"):
        Clause.objects.create(mandate=mandate, number=clause.number, **vars(clause.terms))


class Poll(models.Model):
    """The two questions of an election, put to the vote together: who, and whether under these clauses."""

    election = models.OneToOneField(Election, models.PROTECT, related_name="poll")
    ranking = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    question = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    put_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    put_at = models.DateTimeField(db_default=CivicNow())

    objects = PollQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(4, "What was put to the vote stays on record."),
            checked(
                "put",
                pgtrigger.Insert,
                "SELECT * INTO STRICT e FROM mandates_election WHERE id = NEW.election_id FOR UPDATE;",
                hold("NEW.ranking_id"),
                hold("NEW.question_id"),
                "NEW.put_at := civic_now();",
                refuse(4, "NEW.put_at < e.stand_until", "One can still stand: the vote is called after that."),
                refuse(
                    4,
                    "NOT holds_office(NEW.put_by_id, e.assembly_id, 'facilitator', NEW.put_at)",
                    "A facilitator of the assembly puts proposals to the vote.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT is_free_question(NEW.question_id, e.assembly_id)"
                    " OR NOT is_fresh_choice(NEW.ranking_id, e.assembly_id)"
                    " OR NOT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = NEW.ranking_id"
                    " AND p.method = e.method AND p.seats = e.seats)",
                    "An election has two questions of its own: who, by its method, and whether under its clauses.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    NOT_AS_THE_ORDERS_SAY.format(proposal="NEW.ranking_id", at="NEW.put_at"),
                    "Whom to send is decided in secret where the standing orders say so, and nowhere else.",
                    FORBIDDEN,
                ),
                declare=[("e", "mandates_election%ROWTYPE")],
            ),
            at_the_end(
                "offered",
                pgtrigger.Insert,
                refuse(
                    4,
                    "EXISTS (SELECT FROM assemblies_proposal p"
                    " WHERE p.id IN (NEW.ranking_id, NEW.question_id) AND p.offered_at IS NULL)",
                    "Both questions of an election are laid before the assembly as they are drafted.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.election)

    @property
    def count(self) -> Count | None:
        decision = self.ranking.decision
        return decision.counted if decision else None

    @property
    def decisions(self) -> list[Decision]:
        return [decision for decision in (self.ranking.decision, self.question.decision) if decision]

    def mandates(self, at: datetime) -> models.QuerySet[Mandate]:
        """What each candidate would be or is bound to, in the order of the ballot."""
        found = Mandate.objects.filter(proposal=self.question_id).with_end(at)
        return found.select_related("delegate", "candidacy", "option").order_by("option__number")

    def standby(self) -> list[Candidacy]:
        """Those not elected, nearest first, by the frozen count. They replace nobody without a new decision."""
        count = self.count
        if count is None:
            return []
        by_number = {
            mandate.option.number: mandate.candidacy
            for mandate in Mandate.objects.filter(proposal=self.question_id).select_related(
                "option", "candidacy__citizen"
            )
            if mandate.option and mandate.candidacy
        }
        return [by_number[number] for number in count.others()]


def terms_in_a_row(
    citizen: Citizen, confederation: Confederation, starts: datetime, ends: datetime, at: datetime
) -> int:
    """How many terms in a row it would be, this one included (SQL: `terms_in_a_row`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT terms_in_a_row(%s, %s, %s, %s, %s)", [citizen.pk, confederation.pk, starts, ends, at])
        return cursor.fetchone()[0]
