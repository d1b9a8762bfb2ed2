"""What an assembly binds one delegate to do in one confederation, until a day; its clauses, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, Citizenship, Decision, Option, Policy, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, lock, refuse

from .confederation import Confederation, Power

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .election import ElectionClause
    from .recall import Recall

MANDATE, CLAUSE, SEAT = 3, 4, 40  # locks of this floor, see `assemblies.triggers`


@dataclass(frozen=True)
class Terms:
    """One clause before it is anybody's: a policy in force, a power, what to do, and how much, where at most."""

    policy: Policy
    power: str
    instruction: str
    limit: Decimal | None = None
    unit: str = ""
    place: Assembly | None = None


class EndOf(Func):
    """One column of `mandate_end` as a value: `kind` or `ends_at`."""

    function = "mandate_end"

    def __init__(self, mandate: str, at: datetime, column: str, output_field: models.Field) -> None:
        super().__init__(mandate, Value(at, models.DateTimeField()), output_field=output_field)
        self.extra["template"] = f"(%(function)s(%(expressions)s)).{column}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def in_force(self, at: datetime) -> MandateQuerySet:
        """Those under which a delegate may act at that moment. No worker has to have run (article 8)."""
        return self.filter(holds("mandate_in_force", "pk", at=at))

    def issued(self, at: datetime) -> MandateQuerySet:
        """Those whose decision had carried by then, whether still in force or ended; of candidates, the elected."""
        return self.filter(holds("mandate_issued", "pk", at=at))

    def ended_unnoted(self, at: datetime) -> MandateQuerySet:
        """Those that were issued, have ended by then, and whose ending nobody has written down."""
        return (
            self.issued(at).filter(ending=None).exclude(holds("mandate_binds", "pk", at=at)).exclude(valid_from__gt=at)
        )

    def known_to(self, reader: Citizen | AnonymousUser) -> MandateQuerySet:
        """Those whose question has been offered: everybody may read them. A draft is its author's alone."""
        return self.filter(Q(proposal__offered_at__isnull=False) | Q(proposal__author=reader.pk))

    def with_end(self, at: datetime) -> MandateQuerySet:
        """Each with `force_now`, and with `end_kind` and `ends_at` as known at that moment: None until it carries."""
        return self.annotate(
            force_now=holds("mandate_in_force", "pk", at=at),
            binds_now=holds("mandate_binds", "pk", at=at),
            end_kind=EndOf("pk", at, "kind", models.CharField()),
            ends_at=EndOf("pk", at, "ends_at", models.DateTimeField()),
            answered=Exists(Decision.objects.answered(at).filter(proposal=OuterRef("proposal"))),
        )

    def behind(self, mandate: Mandate, at: datetime) -> MandateQuerySet:
        """Those whose term runs and on which the same seat rests as on this one, ended early or not."""
        seat = {"delegate": mandate.delegate_id, "confederation": mandate.confederation_id, "part": mandate.part_id}
        own = Q(pk=mandate.pk) if mandate.part_id is None else Q(**seat)
        return self.issued(at).filter(own, valid_from__lte=at, valid_until__gt=at).with_end(at)

    def before_the_assembly(self, at: datetime) -> MandateQuerySet:
        """Those whose question is neither answered nor withdrawn."""
        return self.filter(proposal__offered_at__isnull=False, proposal__withdrawn_at=None).exclude(
            proposal__in=Decision.objects.answered(at).values("proposal")
        )

    def propose(
        self,
        assembly: Assembly,
        *,
        by: Citizen,
        delegate: Citizen,
        confederation: Confederation,
        clauses: Iterable[Terms],
        valid_from: datetime,
        valid_until: datetime,
        reasons: str = "",
    ) -> Mandate:
        """Draft a mandate and lay its question before the assembly. It binds nobody until that carries (article 4).

        At a wider council the delegate may be a citizen of another assembly of the same narrower confederation: their
        seat then rests on the mandates of several, each given by its own decision.
        """
        terms = list(clauses)
        at = now()
        citizenship = delegate.citizenships.in_force(at).select_related("assembly").first()
        if citizenship is None or (
            citizenship.assembly_id != assembly.pk and confederation.part_of(assembly, citizenship.assembly, at) is None
        ):
            raise Refusal(
                4,
                _("%(name)s is not a citizen of %(assembly)s.") % {"name": delegate, "assembly": assembly},
                status=UNFIT,
            )
        if valid_until <= valid_from:
            raise Refusal(4, _("A mandate ends after it begins."), status=UNFIT)
        under_the_charter(assembly, confederation, terms, valid_from, valid_until, at)
        with act():
            proposal = Proposal.objects.draft(
                assembly,
                _("Mandate %(name)s to the council of %(confederation)s")
                % {"name": delegate, "confederation": confederation},
                question(delegate, confederation, terms, valid_from, valid_until, reasons),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            mandate = self.create(
                assembly=assembly,
                delegate=delegate,
                citizenship=citizenship,
                confederation=confederation,
                proposal=proposal,
                valid_from=valid_from,
                valid_until=valid_until,
            )
            mandate.refresh_from_db(fields=["part"])
            for number, term in enumerate(terms, start=1):
                Clause.objects.create(mandate=mandate, number=number, **vars(term))
            proposal.offer(by=by, naming=[delegate])
            record(
                "mandate.proposed",
                mandate,
                log=assembly.log_id,
                by=by,
                proposal=proposal.pk,
                confederation=confederation.slug,
                valid_from=valid_from,
                valid_until=valid_until,
                clauses=[term_in_words(term) for term in terms],
                naming=[delegate],
                personal={"delegate": (delegate, delegate.name)},
            )
        return mandate


class Mandate(models.Model):
    """What an assembly binds one delegate to do in one confederation, until a day.

    It is drafted together with its question, and from the moment that is offered nothing in it changes. It binds
    from the close of the decision that carried, if that is later than `valid_from`.
    """

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    citizenship = models.ForeignKey(Citizenship, models.PROTECT, related_name="+")
    confederation = models.ForeignKey(Confederation, models.PROTECT, related_name="mandates")
    # At a wider council: the narrower confederation whose assemblies the seat rests on. The database says which.
    part = models.ForeignKey(Confederation, models.PROTECT, null=True, related_name="+")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    # Of a mandate that an election gives: whose candidacy it is, and the option by which they are chosen.
    candidacy = models.OneToOneField("mandates.Candidacy", models.PROTECT, null=True, related_name="mandate")
    option = models.OneToOneField(Option, models.PROTECT, null=True, related_name="+")

    # What `with_end` adds.
    force_now: bool
    binds_now: bool
    end_kind: str | None
    ends_at: datetime | None
    answered: bool

    objects = MandateQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        indexes = [
            models.Index(fields=["valid_until"]),
            models.Index(
                fields=["delegate", "confederation", "part"], condition=Q(part__isnull=False), name="mandate_seat"
            ),
        ]
        constraints = [
            models.CheckConstraint(name="mandate_ends_after_it_begins", condition=Q(valid_until__gt=F("valid_from"))),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(candidacy__isnull=True),
                name="mandate_question_of_its_own",
                violation_error_code="article-4",
                violation_error_message=gettext_lazy("A question issues one mandate, except in an election."),
            ),
            models.CheckConstraint(
                name="mandate_candidacy_with_option",
                condition=Q(candidacy__isnull=True, option__isnull=True)
                | Q(candidacy__isnull=False, option__isnull=False),
            ),
        ]
        triggers = [
            *fixed(5, "A mandate never grows: what it says is changed only by narrowing or ending it."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "IF NEW.candidacy_id IS NULL THEN",
                refuse(
                    4,
                    "NOT is_free_question(NEW.proposal_id, NEW.assembly_id)",
                    "A mandate is issued only by a decision of its assembly that named it.",
                    FORBIDDEN,
                ),
                "ELSE",
                refuse(
                    4,
                    "NOT is_fresh_question(NEW.proposal_id, NEW.assembly_id) OR NOT EXISTS (SELECT"
                    " FROM mandates_candidacy y JOIN mandates_election e ON e.id = y.election_id"
                    " JOIN mandates_poll p ON p.election_id = e.id"
                    " JOIN assemblies_option o ON o.proposal_id = p.ranking_id"
                    " JOIN assemblies_citizen z ON z.id = y.citizen_id"
                    " WHERE y.id = NEW.candidacy_id AND y.withdrawn_at IS NULL AND y.citizen_id = NEW.delegate_id"
                    " AND p.question_id = NEW.proposal_id AND o.id = NEW.option_id AND strpos(o.title, z.name) = 1"
                    " AND (e.assembly_id, e.confederation_id, e.valid_from, e.valid_until)"
                    " = (NEW.assembly_id, NEW.confederation_id, NEW.valid_from, NEW.valid_until))",
                    "The mandate of a candidate is the one that the election named.",
                    FORBIDDEN,
                ),
                "END IF;",
                "NEW.part_id := part_of(NEW.confederation_id, NEW.assembly_id, (SELECT c.assembly_id"
                " FROM assemblies_citizenship c WHERE c.id = NEW.citizenship_id), civic_now());",
                refuse(
                    16,
                    "NOT within_terms(NEW.delegate_id, NEW.confederation_id, NEW.valid_from, NEW.valid_until,"
                    " civic_now())",
                    "The charter allows no further term in a row: let others serve.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT EXISTS (SELECT FROM assemblies_citizenship c WHERE c.id = NEW.citizenship_id"
                    " AND c.citizen_id = NEW.delegate_id AND (c.assembly_id = NEW.assembly_id"
                    " OR NEW.part_id IS NOT NULL)"
                    " AND c.valid_from <= civic_now() AND (c.valid_until IS NULL OR c.valid_until > civic_now()))",
                    "A delegate is a citizen of the assembly that mandates them.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT is_member(NEW.assembly_id, NEW.confederation_id, civic_now())",
                    "An assembly sends delegates only where it is a member.",
                    FORBIDDEN,
                ),
                refuse(
                    12,
                    "NOT EXISTS (SELECT FROM mandates_accession a WHERE a.assembly_id <> NEW.assembly_id"
                    " AND a.confederation_id IN (SELECT reach_of(NEW.confederation_id))"
                    " AND accession_in_force(a.id, civic_now()))",
                    "A confederation is founded by at least two assemblies: until then nobody is sent there.",
                ),
                refuse(
                    9,
                    "NOT EXISTS (SELECT FROM mandates_charter c WHERE c.confederation_id = NEW.confederation_id"
                    " AND NEW.valid_until <= later(NEW.valid_from, c.longest_term))",
                    "A mandate's term is no longer than the charter allows.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("%(name)s for %(assembly)s at %(confederation)s") % {
            "name": self.delegate,
            "assembly": self.assembly,
            "confederation": self.confederation,
        }

    def get_absolute_url(self) -> str:
        return reverse("mandate", args=[self.pk])

    @property
    def decision(self) -> Decision | None:
        return self.proposal.decision

    @property
    def how_it_ends(self) -> str:
        """The kind of its end in words, of a mandate fetched `with_end`; empty while its question has not carried."""
        kind = getattr(self, "end_kind", None)
        return str(Ending.Kind(kind).label) if kind else ""

    def is_in_force(self, at: datetime) -> bool:
        return Mandate.objects.in_force(at).filter(pk=self.pk).exists()

    def fallen(self, at: datetime) -> bool:
        """It has not ended and gives no authority: of the mandates behind its seat too few are in force."""
        standing = Mandate.objects.filter(pk=self.pk).with_end(at).get()
        return standing.binds_now and not standing.force_now

    def stands(self, at: datetime) -> bool:
        """Issued and not ended, whether or not its first day has come."""
        end = self.end(at)
        return end is not None and end[1] > at

    def end(self, at: datetime) -> tuple[str, datetime] | None:
        """Why and when it ended or will end, as known at that moment; None while its question has not carried."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, ends_at FROM mandate_end(%s, %s)", [self.pk, at])
            kind, ends_at = cursor.fetchone()
        return None if kind is None else (kind, ends_at)

    def open_recall(self, *, by: Citizen, grounds: str) -> Recall:
        """Open a recall; any citizen of the mandating assembly may, at any time (article 7)."""
        from .recall import Recall

        return Recall.objects.open(self, by=by, grounds=grounds)

    def resign(self, *, by: Citizen, reason: str = "") -> Ending:
        """Lay the mandate down. It ends at this moment."""
        if by != self.delegate:
            raise Refusal(4, _("Only the delegate may lay a mandate down."))
        with act():
            _lock(self)
            at = now()
            if not self.stands(at):
                raise Refusal(8, _("This mandate is not in force."), status=CONFLICT)
            ending = Ending.objects.create(
                mandate=self, kind=Ending.Kind.RESIGNED, by=by, effective_at=at, reason=reason
            )
            ending.refresh_from_db()
            record("mandate.resigned", self, log=self.assembly.log_id, by=by, at=ending.effective_at, reason=reason)
        return ending

    def propose_replacement(self, *, by: Citizen, delegate: Citizen, reasons: str = "") -> Mandate:
        """Propose that somebody else carry out the rest of a mandate that has ended early, under the same clauses as
        far as they are still in force. It is a new question: nobody moves up by themselves."""
        at = now()
        end = self.end(at)
        if end is None or end[1] > at:
            raise Refusal(4, _("This mandate is still in force: recall or withdraw it first."), status=CONFLICT)
        if self.valid_until <= at:
            raise Refusal(8, _("Its term is over: there is nothing left to carry out."), status=CONFLICT)
        terms = [
            Terms(clause.policy, clause.power, clause.instruction, clause.limit_at(at), clause.unit, clause.place)
            for clause in self.clauses.with_limit(at).select_related("policy", "place")
            if clause.struck_at is None and clause.limit_now != 0 and clause.policy.version(at) is not None
        ]
        ended = _("It replaces mandate %(number)d of %(name)s, which ended early.") % {
            "number": self.pk,
            "name": self.delegate,
        }
        return Mandate.objects.propose(
            self.assembly,
            by=by,
            delegate=delegate,
            confederation=self.confederation,
            clauses=terms,
            valid_from=at,
            valid_until=self.valid_until,
            reasons="\n\n".join(part for part in (reasons.strip(), ended) if part),
        )

    def propose_narrowing(
        self,
        *,
        by: Citizen,
        reasons: str,
        limits: dict[Clause, Decimal] | None = None,
        struck: Iterable[Clause] = (),
        valid_until: datetime | None = None,
        withdraws: bool = False,
    ) -> Narrowing:
        """Propose to lower limits, strike clauses, shorten the term, or withdraw the whole (article 5)."""
        limits, struck = limits or {}, list(struck)
        at = now()
        if not self.stands(at):
            raise Refusal(8, _("This mandate is not in force."), status=CONFLICT)
        if not (limits or struck or valid_until or withdraws):
            raise Refusal(5, _("Say what is to be narrowed."), status=UNFIT)
        for clause, limit in limits.items():
            before = clause.limit_at(at)
            if limit < 0 or (before is not None and limit >= before):
                raise Refusal(5, _("A limit can only be lowered."), status=UNFIT)
        if valid_until is not None and valid_until >= self.valid_until:
            raise Refusal(5, _("A term can only be shortened."), status=UNFIT)
        lines = [_("%(mandate)s is withdrawn.") % {"mandate": self}] if withdraws else []
        lines += [
            _("Clause %(n)d: the limit becomes %(limit)s %(unit)s.")
            % {"n": clause.number, "limit": amount(limit), "unit": clause.unit}
            for clause, limit in limits.items()
        ]
        lines += [_("Clause %(n)d is struck.") % {"n": clause.number} for clause in struck]
        if valid_until is not None:
            lines.append(_("The term ends on %(day)s.") % {"day": day_in_words(valid_until)})
        with act():
            proposal = Proposal.objects.draft(
                self.assembly,
                (_("Withdraw the mandate of %(name)s") if withdraws else _("Narrow the mandate of %(name)s"))
                % {"name": self.delegate},
                "\n\n".join(part for part in (reasons.strip(), "\n".join(f"- {line}" for line in lines)) if part),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            narrowing = Narrowing.objects.create(
                mandate=self, proposal=proposal, withdraws=withdraws, valid_until=valid_until
            )
            NarrowedClause.objects.bulk_create(
                [
                    *(NarrowedClause(narrowing=narrowing, clause=c, limit=limit) for c, limit in limits.items()),
                    *(NarrowedClause(narrowing=narrowing, clause=c, struck=True) for c in struck),
                ]
            )
            proposal.offer(by=by, naming=[self.delegate])
            record(
                "mandate.narrowing_proposed",
                self,
                log=self.assembly.log_id,
                by=by,
                proposal=proposal.pk,
                withdraws=withdraws,
                changes=lines,
                naming=[self.delegate],
            )
        return narrowing


class ClauseQuerySet(models.QuerySet["Clause"]):
    def in_force(self, at: datetime) -> ClauseQuerySet:
        """Clauses under which something may be done: their mandate, their policy and themselves in force."""
        return self.filter(holds("clause_in_force", "pk", at=at))

    def with_limit(self, at: datetime) -> ClauseQuerySet:
        """Each with `limit_now`: what it allows at most after every narrowing that carried by then; with `force_now`,
        and with `struck_at` where a narrowing struck it."""
        moment = Value(at, models.DateTimeField())
        return self.annotate(
            force_now=holds("clause_in_force", "pk", at=at),
            struck_at=Func("pk", moment, function="clause_struck_at", output_field=models.DateTimeField()),
            limit_now=Func(
                "pk",
                moment,
                function="clause_limit",
                output_field=models.DecimalField(max_digits=16, decimal_places=3),
            ),
        )


class Clause(models.Model):
    """One thing a delegate is bound to do: under which policy, by which power, how much and where at most."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    power = models.CharField(max_length=20, choices=Power.choices)
    instruction = models.TextField(max_length=2000)
    limit = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(max_length=30, blank=True)
    place = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")

    # What `with_limit` adds.
    force_now: bool
    struck_at: datetime | None
    limit_now: Decimal | None

    objects = ClauseQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["mandate", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mandate", "number"], name="clause_number"),
            models.CheckConstraint(
                name="clause_limit_has_a_unit",
                condition=Q(limit__isnull=True, unit="") | Q(limit__isnull=False, limit__gt=0) & ~Q(unit=""),
            ),
            models.CheckConstraint(name="clause_power", condition=Q(power__in=Power.values)),
            models.CheckConstraint(name="clause_instructs", condition=~Q(instruction="")),
        ]
        triggers = [
            *fixed(5, "A clause never grows: it is changed only by narrowing or striking it."),
            checked(
                "drafted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;",
                hold("m.proposal_id"),
                refuse(
                    5,
                    "NOT is_fresh_question(m.proposal_id, m.assembly_id)",
                    "A mandate never grows: clauses are drafted before its question is offered.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "NOT policy_in_force(NEW.policy_id, civic_now()) OR NOT EXISTS (SELECT FROM assemblies_policy p"
                    " WHERE p.id = NEW.policy_id AND p.assembly_id = m.assembly_id)",
                    "A clause rests on a policy in force of the mandating assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    9,
                    "NOT NEW.power = ANY (SELECT unnest(c.powers) FROM mandates_charter c"
                    " WHERE c.confederation_id = m.confederation_id)",
                    "A mandate stays under the ceiling of its confederation.",
                    FORBIDDEN,
                ),
                "SELECT ceiling_of(c.limits, NEW.power, NEW.unit) INTO STRICT most FROM mandates_charter c"
                " WHERE c.confederation_id = m.confederation_id;",
                refuse(
                    9,
                    'most IS NOT NULL AND (NEW."limit" IS NULL OR NEW."limit" > most - coalesce((SELECT'
                    ' sum(c."limit") FROM mandates_clause c WHERE (c.mandate_id, c.power, c.unit)'
                    " = (NEW.mandate_id, NEW.power, NEW.unit)), 0))",
                    "A mandate's limits are no larger than the charter of its confederation allows. It allows at most:",
                    FORBIDDEN,
                    naming="most",
                ),
                declare=[("m", "mandates_mandate%ROWTYPE"), ("most", "numeric")],
            ),
        ]

    def __str__(self) -> str:
        return term_in_words(self)

    def is_in_force(self, at: datetime) -> bool:
        return Clause.objects.in_force(at).filter(pk=self.pk).exists()

    def limit_at(self, at: datetime) -> Decimal | None:
        """The limit after every narrowing that carried by then; None when there is none."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT clause_limit(%s, %s)", [self.pk, at])
            (limit,) = cursor.fetchone()
        return limit


class Narrowing(models.Model):
    """A decision to make a mandate smaller, or to withdraw it, in effect from the close that carried it."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="narrowings")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    withdraws = models.BooleanField(default=False)
    valid_until = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        triggers = [
            *fixed(5, "What was decided about a mandate stays on record."),
            checked(
                "smaller",
                pgtrigger.Insert,
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;",
                hold("NEW.proposal_id"),
                refuse(
                    5,
                    "NOT is_free_question(NEW.proposal_id, m.assembly_id)",
                    "A mandate is narrowed by a decision of the assembly that issued it.",
                    FORBIDDEN,
                ),
                refuse(5, "NEW.valid_until >= m.valid_until", "A term can only be shortened.", FORBIDDEN),
                declare=[("m", "mandates_mandate%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)


class NarrowedClause(models.Model):
    """What a narrowing does to one clause: lowers its limit, or strikes it."""

    narrowing = models.ForeignKey(Narrowing, models.PROTECT, related_name="clauses")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="narrowings")
    limit = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    struck = models.BooleanField(default=False)

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["narrowing", "clause"],
                name="narrowed_once",
                violation_error_code="article-5",
                violation_error_message=gettext_lazy("A narrowing names each clause once."),
            ),
            models.CheckConstraint(
                name="narrowed_one_way",
                condition=Q(struck=True, limit__isnull=True) | Q(struck=False, limit__isnull=False, limit__gte=0),
            ),
        ]
        triggers = [
            *fixed(5, "What was decided about a mandate stays on record."),
            checked(
                "smaller",
                pgtrigger.Insert,
                "SELECT * INTO STRICT n FROM mandates_narrowing WHERE id = NEW.narrowing_id;",
                "SELECT * INTO STRICT c FROM mandates_clause WHERE id = NEW.clause_id;",
                hold("n.proposal_id"),
                refuse(
                    5,
                    "c.mandate_id <> n.mandate_id OR NOT is_fresh_question(n.proposal_id,"
                    " (SELECT m.assembly_id FROM mandates_mandate m WHERE m.id = n.mandate_id))",
                    "A narrowing is drafted before its question is offered, for the clauses of its own mandate.",
                    FORBIDDEN,
                ),
                refuse(5, "NOT NEW.struck AND c.unit = ''", "This clause has no limit to lower: strike it.", FORBIDDEN),
                refuse(5, "NEW.limit >= c.limit", "A limit can only be lowered.", FORBIDDEN),
                declare=[("n", "mandates_narrowing%ROWTYPE"), ("c", "mandates_clause%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.clause)


class EndingQuerySet(models.QuerySet["Ending"]):
    def write_down(self, mandate: Mandate, at: datetime) -> bool:
        end = mandate.end(at)
        if end is None or end[1] > at:
            return False
        kind, ends_at = end
        with act():
            _lock(mandate)
            _ending, made = self.get_or_create(mandate=mandate, defaults={"kind": kind, "effective_at": ends_at})
            if made:
                record(f"mandate.{kind}", mandate, log=mandate.assembly.log_id, at=ends_at)
        return made


class Ending(models.Model):
    """That a mandate has ended, how and when. Except for a resignation it only notes what had ended by itself."""

    class Kind(models.TextChoices):
        RECALLED = "recalled", gettext_lazy("recalled")
        EXPIRED = "expired", gettext_lazy("expired")
        RESIGNED = "resigned", gettext_lazy("resigned")
        FULFILLED = "fulfilled", gettext_lazy("fulfilled")
        WITHDRAWN = "withdrawn", gettext_lazy("withdrawn")
        CITIZENSHIP_LOST = "citizenship_lost", gettext_lazy("no longer a citizen")
        DEPARTED = "departed", gettext_lazy("the assembly left the confederation")

    mandate = models.OneToOneField(Mandate, models.PROTECT, related_name="ending")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True, max_length=2000)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=CivicNow())

    objects = EndingQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ending_kind",
                condition=Q(
                    kind__in=[
                        "recalled",
                        "expired",
                        "resigned",
                        "fulfilled",
                        "withdrawn",
                        "citizenship_lost",
                        "departed",
                    ]
                ),
            ),
        ]
        triggers = [
            *fixed(8, "What has ended stays ended."),
            checked(
                "true",
                pgtrigger.Insert,
                lock(MANDATE, "NEW.mandate_id"),
                # Before the seat is asked about: whoever acts under another mandate behind it waits for this ending.
                lock(SEAT, "(SELECT m.delegate_id FROM mandates_mandate m WHERE m.id = NEW.mandate_id)"),
                "NEW.recorded_at := settled(NEW.mandate_id);",
                "IF NEW.kind = 'resigned' THEN NEW.effective_at := NEW.recorded_at;",
                refuse(
                    8,
                    "NOT mandate_stands(NEW.mandate_id, NEW.recorded_at)",
                    "Only a mandate in force can be laid down.",
                ),
                refuse(
                    4,
                    "NEW.by_id IS NULL OR NOT EXISTS (SELECT FROM mandates_mandate m"
                    " WHERE m.id = NEW.mandate_id AND m.delegate_id = NEW.by_id)",
                    "Only the delegate may lay a mandate down.",
                    FORBIDDEN,
                ),
                "ELSE",
                refuse(
                    8,
                    "NEW.by_id IS NOT NULL OR NEW.effective_at > NEW.recorded_at OR NOT EXISTS (SELECT FROM"
                    " mandate_end(NEW.mandate_id, NEW.recorded_at) e"
                    " WHERE e.kind = NEW.kind AND e.ends_at = NEW.effective_at)",
                    "An ending is noted as it happened.",
                    FORBIDDEN,
                ),
                "END IF;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.get_kind_display()}"


def _lock(mandate: Mandate) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MANDATE, mandate.pk])


def day_in_words(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")


def amount(quantity: Decimal) -> str:
    """A quantity without idle zeros: 3.500 is 3.5, 40.000 is 40."""
    return f"{quantity:f}".rstrip("0").rstrip(".") if "." in f"{quantity:f}" else f"{quantity:f}"


def under_the_charter(
    assembly: Assembly,
    confederation: Confederation,
    terms: list[Terms],
    valid_from: datetime,
    valid_until: datetime,
    at: datetime,
) -> None:
    """Refuse what an assembly could not bind a delegate to: nothing at all, where it is no member, or above the
    charter."""
    if not terms:
        raise Refusal(4, _("A mandate has at least one clause: what is the delegate to do?"), status=UNFIT)
    if not confederation.has(assembly, at):
        raise Refusal(
            4,
            _("%(assembly)s is not a member of %(confederation)s.")
            % {"assembly": assembly, "confederation": confederation},
            status=CONFLICT,
        )
    if not confederation.territory(at).exclude(pk=assembly.pk).exists():
        raise Refusal(
            12,
            _("%(confederation)s is founded by at least two assemblies: until then nobody is sent there.")
            % {"confederation": confederation},
            status=CONFLICT,
        )
    charter = confederation.charter
    if valid_until - valid_from > charter.longest_term:
        raise Refusal(
            9,
            _("The charter allows a term of %(days)d days at most.") % {"days": charter.longest_term.days},
            status=UNFIT,
        )
    for term in terms:
        if term.power not in charter.powers:
            raise Refusal(
                9,
                _("The charter of %(confederation)s does not know the power to %(power)s.")
                % {"confederation": confederation, "power": Power(term.power).label},
                status=UNFIT,
            )
        most = charter.ceiling(term.power, term.unit)
        given = sum(one.limit or Decimal(0) for one in terms if (one.power, one.unit) == (term.power, term.unit))
        if most is not None and (term.limit is None or given > most):
            raise Refusal(
                9,
                _("The charter of %(confederation)s limits the power to %(power)s in one mandate: %(limits)s.")
                % {
                    "confederation": confederation,
                    "power": Power(term.power).label,
                    "limits": ", ".join(f"{n} {unit}" for unit, n in sorted(charter.limits[term.power].items())),
                },
                status=UNFIT,
            )


def term_in_words(term: Terms | Clause | ElectionClause) -> str:
    """One clause as the sentence that is voted on."""
    parts = [f"{Power(term.power).label}: {term.instruction}"]
    if term.limit is not None:
        parts.append(_("at most %(limit)s %(unit)s") % {"limit": amount(term.limit), "unit": term.unit})
    if term.place is not None:
        parts.append(_("only in %(place)s") % {"place": term.place})
    parts.append(_("under “%(policy)s”") % {"policy": term.policy})
    return ", ".join(parts)


def question(
    delegate: Citizen,
    confederation: Confederation,
    terms: list[Terms],
    valid_from: datetime,
    valid_until: datetime,
    reasons: str,
) -> str:
    """The text that is voted on: it names the delegate, the confederation, every clause and the term."""
    opening = _(
        "%(name)s is our delegate to the council of %(confederation)s from %(first)s until %(last)s,"
        " and is bound to this and nothing else:"
    ) % {
        "name": delegate,
        "confederation": confederation,
        "first": day_in_words(valid_from),
        "last": day_in_words(valid_until),
    }
    clauses = "\n".join(f"{number}. {term_in_words(term)}" for number, term in enumerate(terms, start=1))
    return "\n\n".join(part for part in (reasons.strip(), opening, clauses) if part)
