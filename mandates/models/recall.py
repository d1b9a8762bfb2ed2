"""The recall of a delegate: opened by any citizen, signed, answered, voted on (article 7)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Citizen, Decision, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, hold, lock, refuse

from .confederation import in_a_row
from .mandate import MANDATE, EndOf, Mandate, _lock, day_in_words

if TYPE_CHECKING:
    from assemblies.models import Assembly


# A clause that stands in a candidate's mandate and not in the election, or the other way round.
_SAID = 'c.number, c.policy_id, c.power, c.instruction, c."limit", c.unit, c.place_id'
CLAUSES_APART = (
    f"(SELECT {_SAID} FROM mandates_clause c WHERE c.mandate_id = m.id"  # noqa: S608
    f" EXCEPT SELECT {_SAID} FROM mandates_electionclause c WHERE c.election_id = y.election_id)"
    f" UNION ALL (SELECT {_SAID} FROM mandates_electionclause c WHERE c.election_id = y.election_id"
    f" EXCEPT SELECT {_SAID} FROM mandates_clause c WHERE c.mandate_id = m.id)"
)


# Whether a question on a person is open where it should be secret, or the other way round.
NOT_AS_THE_ORDERS_SAY = (
    "EXISTS (SELECT FROM assemblies_proposal p JOIN assemblies_standingorders o"
    " ON o.id = orders_in_force(p.assembly_id, {at}) WHERE p.id = {proposal} AND p.secret <> o.secret_on_persons)"
)


class RecallQuerySet(models.QuerySet["Recall"]):
    def gathering(self, at: datetime) -> RecallQuerySet:
        """Those that can still be signed: not yet put to the vote, not lapsed."""
        return self.filter(lapses_at__gt=at).exclude(proposal__in=Decision.objects.values("proposal"))

    def lapsed(self, at: datetime) -> RecallQuerySet:
        """Those that found too few signatures in their time."""
        return self.filter(lapses_at__lte=at).exclude(proposal__in=Decision.objects.values("proposal"))

    def under_way(self, at: datetime) -> RecallQuerySet:
        """Those still gathering signatures, or put to the vote and not yet over."""
        return self.exclude(proposal__in=Decision.objects.over(at).values("proposal")).exclude(
            Q(lapses_at__lte=at) & ~Q(proposal__in=Decision.objects.values("proposal"))
        )

    def ready(self, at: datetime) -> RecallQuerySet:
        """Those with signatures enough that are not yet put to the vote."""
        return self.gathering(at).annotate(signed=Count("signatures")).filter(signed__gte=F("needed"))

    def with_phase(self, at: datetime) -> RecallQuerySet:
        """Each with `phase_now`, as `Recall.phase` would say it, and with `signed`, how many have signed."""
        latest = Decision.objects.filter(proposal=OuterRef("proposal")).order_by("-pk")
        phase = Recall.Phase
        return self.annotate(
            signed=Count("signatures", distinct=True),
            opens_at=Subquery(latest.values("opens_at")[:1]),
            closes_at=Subquery(latest.values("closes_at")[:1]),
            outcome=Subquery(latest.values("outcome")[:1]),
            mandate_ends_at=EndOf("mandate", at, "ends_at", models.DateTimeField()),
            phase_now=Case(
                When(
                    opens_at=None,
                    mandate_ends_at__lte=Least(Value(at, models.DateTimeField()), "lapses_at"),
                    then=Value(phase.MOOT),
                ),
                When(opens_at=None, lapses_at__gt=at, then=Value(phase.GATHERING)),
                When(opens_at=None, then=Value(phase.LAPSED)),
                When(opens_at__gt=at, then=Value(phase.CALLED)),
                When(Q(closes_at__gt=at) | Q(outcome=None), then=Value(phase.VOTING)),
                When(outcome=Decision.Outcome.CARRIED, then=Value(phase.CARRIED)),
                default=Value(phase.FAILED),
                output_field=models.CharField(),
            ),
        )

    def open(self, mandate: Mandate, *, by: Citizen, grounds: str) -> Recall:
        """Open a recall with its grounds. Its question is laid before the assembly at once, so that its deliberation
        time runs while signatures are gathered."""
        grounds = grounds.strip()
        if not grounds:
            raise Refusal(7, _("Say on what grounds: the delegate and the assembly will read them."), status=UNFIT)
        with act():
            _lock(mandate)
            at = now()
            if not by.is_citizen_of(mandate.assembly, at):
                raise Refusal(
                    7, _("Only citizens of %(assembly)s may open this recall.") % {"assembly": mandate.assembly}
                )
            if not mandate.stands(at):
                raise Refusal(7, _("This mandate is not in force: there is nothing to recall."), status=CONFLICT)
            # One under way a citizen, not one a mandate: a friend's idle recall must not keep others from theirs.
            if mandate.recalls.under_way(at).filter(opened_by=by).exists():
                raise Refusal(7, _("The recall that you opened is under way."), status=CONFLICT)
            question = _("The mandate of %(name)s ends at the close of this vote.\n\nGrounds:\n\n%(grounds)s")
            recall = self._ask(mandate, question, grounds, by=by, at=at)
            record(
                "recall.opened",
                recall,
                log=mandate.assembly.log_id,
                by=by,
                at=recall.opened_at,
                mandate=mandate.pk,
                proposal=recall.proposal_id,
                needed=recall.needed,
                grounds=grounds,
                lapses_at=recall.lapses_at,
                naming=[mandate.delegate],
                personal={"delegate": (mandate.delegate, mandate.delegate.name)},
            )
            recall.sign(by=by)
        return recall

    def open_for_missed_reports(self, mandate: Mandate) -> Recall | None:
        """Put the recall question to the assembly because the charter's number of reports was missed (article 10).

        Nobody opens it, and nobody need sign: the charter that the assembly joined under says so. Citizens decide.
        None when it is not due, or no longer.
        """
        with act():
            _lock(mandate)
            at = now()
            missed = missed_days(mandate, at)
            if not missed or not mandate.stands(at):
                return None
            grounds = _("Reports that were not there on their day: %(days)s.") % {
                "days": in_a_row([day_in_words(day) for day in missed], _("%(some)s and %(last)s"))
            }
            question = _(
                "The mandate of %(name)s ends at the close of this vote.\n\n"
                "The charter puts this question by itself, because reports were missed.\n\n"
                "Grounds:\n\n%(grounds)s"
            )
            recall = self._ask(mandate, question, grounds, by=None, at=at)
            record(
                "recall.opened_by_charter",
                recall,
                log=mandate.assembly.log_id,
                at=recall.opened_at,
                mandate=mandate.pk,
                proposal=recall.proposal_id,
                missed=len(missed),
                grounds=grounds,
                personal={"delegate": (mandate.delegate, mandate.delegate.name)},
            )
            recall.put_to_vote()
        return recall

    def _ask(self, mandate: Mandate, question: str, grounds: str, *, by: Citizen | None, at: datetime) -> Recall:
        """Lay the question before the assembly, with the recall that it decides. Nobody asks where the charter does."""
        proposal = Proposal.objects.draft(
            mandate.assembly,
            _("Recall %(name)s from the council of %(confederation)s")
            % {"name": mandate.delegate, "confederation": mandate.confederation},
            question % {"name": mandate.delegate, "grounds": grounds},
            by=by,
            effect=Proposal.Effect.QUESTION,
            secret=mandate.assembly.orders(at).secret_on_persons,
        )
        recall = self.create(
            mandate=mandate,
            proposal=proposal,
            opened_by=by,
            grounds=grounds,
            lapses_at=at + mandate.confederation.charter.signing_period,
        )
        recall.refresh_from_db()
        proposal.offer(by=by, naming=[mandate.delegate])
        return recall


def missed_days(mandate: Mandate, at: datetime) -> list[datetime]:
    """The days of the reports missed, once they are enough for the charter's question; none while they are not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due_at FROM missed_reports(%s, %s) WHERE recall_due_at(%s, %s) IS NOT NULL ORDER BY due_at",
            [mandate.pk, at, mandate.pk, at],
        )
        return [day for (day,) in cursor.fetchall()]


class Recall(models.Model):
    """A demand that a mandate end now. `needed` signatures, frozen at its opening, put it to the vote."""

    class Phase(models.TextChoices):
        GATHERING = "gathering", gettext_lazy("Gathering signatures")
        LAPSED = "lapsed", gettext_lazy("Too few signatures")
        MOOT = "moot", gettext_lazy("The mandate ended before")
        CALLED = "called", gettext_lazy("Put to the vote")
        VOTING = "voting", gettext_lazy("Being voted on")
        CARRIED = "carried", gettext_lazy("Carried: the mandate has ended")
        FAILED = "failed", gettext_lazy("Not carried: the mandate stands")

    UNDER_WAY = (Phase.GATHERING, Phase.CALLED, Phase.VOTING)

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="recalls")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    # Nobody, where the charter puts the question because reports were missed.
    opened_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    grounds = models.TextField(gettext_lazy("grounds"), max_length=5000)
    opened_at = models.DateTimeField(db_default=CivicNow())
    lapses_at = models.DateTimeField()
    needed = models.PositiveIntegerField(null=True)

    # What `with_phase` adds.
    opens_at: datetime | None
    closes_at: datetime | None
    outcome: str | None
    phase_now: str

    objects = RecallQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        indexes = [models.Index(fields=["lapses_at"])]
        constraints = [models.CheckConstraint(name="recall_has_grounds", condition=~Q(grounds=""))]
        triggers = [
            *fixed(7, "A recall stays on record as it was opened."),
            checked(
                "opened",
                pgtrigger.Insert,
                lock(MANDATE, "NEW.mandate_id"),
                "NEW.opened_at := civic_now();",
                hold("NEW.proposal_id"),
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;",
                refuse(
                    10,
                    "NEW.opened_by_id IS NULL AND recall_due_at(m.id, NEW.opened_at) IS NULL",
                    "The charter puts a recall by itself only when enough reports were missed.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "NEW.opened_by_id IS NOT NULL AND NOT is_citizen(NEW.opened_by_id, m.assembly_id, NEW.opened_at)",
                    "Any citizen of the mandating assembly may open a recall, and nobody else.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "NOT mandate_stands(m.id, NEW.opened_at)",
                    "This mandate is not in force: there is nothing to recall.",
                ),
                refuse(
                    7,
                    "NOT is_free_question(NEW.proposal_id, m.assembly_id)",
                    "A recall has a question of its own before the mandating assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    NOT_AS_THE_ORDERS_SAY.format(proposal="NEW.proposal_id", at="NEW.opened_at"),
                    "A recall is voted on in secret where the standing orders say so, and nowhere else.",
                    FORBIDDEN,
                ),
                "SELECT CASE WHEN NEW.opened_by_id IS NULL THEN 0 ELSE greatest(1, ceil(c.recall_per_mille"
                " * (SELECT count(*) FROM assemblies_citizenship z"
                " WHERE z.assembly_id = m.assembly_id AND z.valid_from <= NEW.opened_at"
                " AND (z.valid_until IS NULL OR z.valid_until > NEW.opened_at)) / 1000.0)::int) END,"
                " later(NEW.opened_at, c.signing_period) INTO STRICT NEW.needed, NEW.lapses_at"
                " FROM mandates_charter c WHERE c.confederation_id = m.confederation_id;",
                declare=[("m", "mandates_mandate%ROWTYPE")],
            ),
            at_the_end(
                "offered",
                pgtrigger.Insert,
                refuse(
                    7,
                    "EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = NEW.proposal_id AND p.offered_at IS NULL)",
                    "A recall is laid before the assembly as it is opened.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)

    def get_absolute_url(self) -> str:
        return reverse("recall", args=[self.pk])

    @property
    def assembly(self) -> Assembly:
        return self.mandate.assembly

    @property
    def phase_words(self) -> str:
        """Its phase in words, of a recall fetched `with_phase`."""
        return str(self.Phase(self.phase_now).label)

    @property
    def decision(self) -> Decision | None:
        return self.proposal.decision

    def phase(self, at: datetime) -> str:
        decision = self.decision
        if decision is None:
            end = self.mandate.end(at)
            if end is not None and end[1] <= min(at, self.lapses_at):
                return self.Phase.MOOT
            return self.Phase.GATHERING if at < self.lapses_at else self.Phase.LAPSED
        if at < decision.opens_at:
            return self.Phase.CALLED
        if at < decision.closes_at or decision.closed_at is None:
            return self.Phase.VOTING
        return self.Phase.CARRIED if decision.carried else self.Phase.FAILED

    def sign(self, *, by: Citizen) -> Signature:
        """Sign it; the signature that reaches the share puts the question to the vote in the same act."""
        with act():
            _lock(self.mandate)
            at = now()
            if not by.is_citizen_of(self.assembly, at):
                raise Refusal(7, _("Only citizens of %(assembly)s may sign this recall.") % {"assembly": self.assembly})
            if self.signatures.filter(citizen=by).exists():
                raise Refusal(7, _("You have signed this recall already."), status=CONFLICT)
            if self.phase(at) != self.Phase.GATHERING:
                raise Refusal(7, _("This recall no longer gathers signatures."), status=CONFLICT)
            signature = Signature.objects.create(recall=self, citizen=by)
            signature.refresh_from_db()
            signed = self.signatures.count()
            record(
                "recall.signed",
                self,
                log=self.assembly.log_id,
                by=by,
                at=signature.signed_at,
                signatures=signed,
                needed=self.needed,
            )
            if self.needed is not None and signed >= self.needed:
                self.put_to_vote()
        return signature

    def put_to_vote(self) -> Decision:
        """Call the vote, under the notice of the standing orders. Nobody need consent to it."""
        with act():
            _lock(self.mandate)
            if self.decision is not None:
                return self.decision
            decision = Decision.objects.call(self.proposal, by=None)
            record(
                "recall.put_to_vote",
                self,
                log=self.assembly.log_id,
                decision=decision.pk,
                signatures=self.signatures.count(),
            )
        return decision

    def answer(self, *, by: Citizen, text: str) -> Statement:
        """The delegate is heard: a statement that everyone who signs or votes reads beside the grounds."""
        text = text.strip()
        if by != self.mandate.delegate:
            raise Refusal(7, _("Only the delegate may answer here."))
        if not text:
            raise Refusal(7, _("Write what you have to say."), status=UNFIT)
        with act():
            statement = Statement.objects.create(recall=self, by=by, text=text)
            statement.refresh_from_db()
            record("recall.answered", self, log=self.assembly.log_id, by=by, at=statement.made_at, text=text)
        return statement


class Signature(models.Model):
    """One citizen's signature under a recall."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="signatures")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "citizen"],
                name="signature_one_a_citizen",
                violation_error_code="article-7",
                violation_error_message=gettext_lazy("You have signed this recall already."),
            )
        ]
        triggers = [
            *fixed(7, "A signature that was given stays."),
            checked(
                "given",
                pgtrigger.Insert,
                "SELECT * INTO STRICT r FROM mandates_recall WHERE id = NEW.recall_id;",
                lock(MANDATE, "r.mandate_id"),
                "NEW.signed_at := civic_now();",
                refuse(
                    7,
                    "NOT is_citizen(NEW.citizen_id, (SELECT m.assembly_id FROM mandates_mandate m"
                    " WHERE m.id = r.mandate_id), NEW.signed_at)",
                    "Only citizens of the mandating assembly sign its recalls.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "NEW.signed_at >= r.lapses_at OR NOT mandate_stands(r.mandate_id, NEW.signed_at)"
                    " OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = r.proposal_id)",
                    "This recall no longer gathers signatures.",
                ),
                declare=[("r", "mandates_recall%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id}"


class Statement(models.Model):
    """What the delegate says to a recall."""

    recall = models.ForeignKey(Recall, models.PROTECT, related_name="statements")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    text = models.TextField(gettext_lazy("statement"), max_length=10_000)
    made_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["made_at"]
        triggers = [
            *fixed(7, "What the delegate said stays as it was said."),
            checked(
                "heard",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                refuse(
                    7,
                    "NOT EXISTS (SELECT FROM mandates_recall r JOIN mandates_mandate m ON m.id = r.mandate_id"
                    " WHERE r.id = NEW.recall_id AND m.delegate_id = NEW.by_id)",
                    "Only the delegate answers a recall here.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id}"


class Question(Decision):
    """Decisions as this floor sees them: what must hold before one of its own questions is put to the vote."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "recall_signed",
                pgtrigger.Insert,
                refuse(
                    7,
                    "EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.proposal_id AND r.needed >"
                    " (SELECT count(*) FROM mandates_signature s WHERE s.recall_id = r.id))",
                    "A recall is put to the vote by enough signatures, and by nothing else.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "EXISTS (SELECT FROM mandates_recall r JOIN assemblies_proposal p ON p.id = r.proposal_id"
                    " JOIN assemblies_standingorders o ON o.id = orders_in_force(p.assembly_id, civic_now())"
                    " WHERE r.proposal_id = NEW.proposal_id AND (NEW.called_by_id IS NOT NULL"
                    " OR NEW.opens_at > interval '1 minute'"
                    " + greatest(later(civic_now(), o.notice), later(p.offered_at, o.deliberation))"
                    " OR NEW.closes_at > interval '1 minute' + later(NEW.opens_at, CASE WHEN p.secret"
                    " THEN 2 * o.voting_period + interval '10 minutes' ELSE o.voting_period END)))",
                    "A recall is voted on as soon as deliberation and notice allow: nobody puts it off.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "NEW.called_by_id IS NULL AND NOT EXISTS (SELECT FROM mandates_recall r"
                    " WHERE r.proposal_id = NEW.proposal_id)",
                    "Only a recall is put to the vote by signatures; a facilitator calls every other vote.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_poll x JOIN mandates_election e ON e.id = x.election_id"
                    " WHERE x.ranking_id = NEW.proposal_id AND (SELECT count(*) FROM mandates_mandate m"
                    " WHERE m.proposal_id = x.question_id) <> (SELECT count(*) FROM assemblies_option o"
                    " WHERE o.proposal_id = x.ranking_id))",
                    "Whoever can be elected has a mandate drafted, and nobody else.",
                    FORBIDDEN,
                ),
                # What is only proposed counts as no term, or anybody could keep anybody from standing. So it is asked
                # again here; of candidates it was asked in the same act, as their mandates were drafted.
                refuse(
                    16,
                    "EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.proposal_id"
                    " AND m.candidacy_id IS NULL AND NOT within_terms(m.delegate_id, m.confederation_id,"
                    " m.valid_from, m.valid_until, civic_now()))",
                    "The charter allows no further term in a row: let others serve.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "NEW.called_by_id IS NOT NULL AND NOT EXISTS (SELECT FROM mandates_recall r"
                    " WHERE r.proposal_id = NEW.proposal_id) AND NOT"
                    " holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', civic_now())",
                    "A facilitator of the assembly puts proposals to the vote.",
                    FORBIDDEN,
                ),
            ),
            # Who, and whether under these clauses: one vote without the other would elect nobody or bind anybody.
            at_the_end(
                "election_together",
                pgtrigger.Insert,
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_poll x WHERE NEW.proposal_id IN (x.ranking_id, x.question_id)"
                    " AND NOT EXISTS (SELECT FROM assemblies_decision d"
                    " WHERE d.proposal_id IN (x.ranking_id, x.question_id) AND d.proposal_id <> NEW.proposal_id"
                    " AND ((d.opens_at, d.closes_at) = (NEW.opens_at, NEW.closes_at) OR d.closed_at IS NOT NULL"
                    " AND d.outcome <> 'quorum_missed')))",
                    "The two questions of an election are put to the vote together.",
                    FORBIDDEN,
                ),
            ),
        ]


class Matter(Proposal):
    """Proposals as this floor sees them: what must hold before one of its own questions is offered or taken back."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "names_what_it_decides",
                pgtrigger.Update,
                "IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN",
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_mandate m WHERE m.proposal_id = NEW.id AND NOT"
                    " EXISTS (SELECT FROM mandates_clause c WHERE c.mandate_id = m.id))",
                    "A mandate has at least one clause: what is the delegate to do?",
                    UNFIT,
                ),
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_mandate m JOIN mandates_candidacy y ON y.id = m.candidacy_id"
                    f" WHERE m.proposal_id = NEW.id AND EXISTS ({CLAUSES_APART}))",
                    "The mandate of a candidate carries the clauses of the election, word for word.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_poll x JOIN mandates_candidacy y ON y.election_id = x.election_id"
                    " JOIN mandates_election e ON e.id = x.election_id WHERE NEW.id IN (x.ranking_id, x.question_id)"
                    " AND y.withdrawn_at IS NULL AND is_citizen(y.citizen_id, e.assembly_id, civic_now())"
                    " AND within_terms(y.citizen_id, e.confederation_id, e.valid_from, e.valid_until, civic_now())"
                    " AND NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.candidacy_id = y.id))",
                    "Everyone who stands is among those who can be elected.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "EXISTS (SELECT FROM mandates_mandate m"
                    " JOIN assemblies_citizen d ON d.id = m.delegate_id"
                    " JOIN mandates_confederation k ON k.id = m.confederation_id"
                    " JOIN mandates_clause c ON c.mandate_id = m.id"
                    " JOIN assemblies_policy y ON y.id = c.policy_id"
                    " LEFT JOIN assemblies_assembly a ON a.id = c.place_id"
                    " WHERE m.proposal_id = NEW.id AND NOT (strpos(NEW.text, d.name) > 0"
                    " AND strpos(NEW.text, k.name) > 0 AND strpos(NEW.text, c.instruction) > 0"
                    " AND strpos(NEW.text, y.title) > 0 AND strpos(NEW.text, coalesce(a.name, '')) > 0"
                    " AND strpos(NEW.text, coalesce(trim_scale(c.\"limit\") || ' ' || c.unit, '')) > 0))",
                    "The question names the delegate, the confederation and every clause of the mandate.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "EXISTS (SELECT FROM mandates_recall r JOIN mandates_mandate m ON m.id = r.mandate_id"
                    " JOIN assemblies_citizen d ON d.id = m.delegate_id WHERE r.proposal_id = NEW.id"
                    " AND NOT (strpos(NEW.text, d.name) > 0 AND strpos(NEW.text, r.grounds) > 0))",
                    "The question names the delegate and the grounds.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "NEW.author_id IS NULL AND NOT EXISTS (SELECT FROM mandates_recall r"
                    " WHERE r.proposal_id = NEW.id AND r.opened_by_id IS NULL)",
                    "Only the recall that a charter puts by itself has no author.",
                    FORBIDDEN,
                ),
                "END IF;",
                refuse(
                    11,
                    "OLD.offered_at IS NOT NULL AND NEW.text IS DISTINCT FROM OLD.text"
                    " AND EXISTS (SELECT FROM mandates_adoption a WHERE a.proposal_id = NEW.id)",
                    "A shared text is adopted word for word, or not at all.",
                    FORBIDDEN,
                ),
                refuse(
                    4,
                    "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND EXISTS (SELECT"
                    " FROM mandates_poll x WHERE NEW.id IN (x.ranking_id, x.question_id))",
                    "An election belongs to all who stand and all who vote: it is not taken back.",
                    FORBIDDEN,
                ),
                refuse(
                    7,
                    "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"
                    " AND EXISTS (SELECT FROM mandates_recall r WHERE r.proposal_id = NEW.id)",
                    "A recall that was opened belongs to all who may sign it: it is not taken back.",
                    FORBIDDEN,
                ),
            ),
        ]
