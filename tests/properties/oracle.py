"""The rules once more, in plain Python over plain rows, worked out without any of the database's functions.

Everything is read at once into a `World`; a question is then asked of it for any moment up to the one it was read at.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from assemblies.clock import now
from assemblies.counting.majority import THRESHOLDS, Quorum, Tally, outcome
from assemblies.models import Ballot, Citizenship, Decision, Policy, PolicyVersion, Proposal
from councils.models import Action, Attachment
from mandates.models import (
    Accession,
    Clause,
    Confederation,
    Departure,
    Ending,
    Mandate,
    NarrowedClause,
    Narrowing,
    Recall,
)

SAID_OF_MANDATES = """
    SELECT m.id, e.kind, e.ends_at FROM mandates_mandate m CROSS JOIN LATERAL mandate_end(m.id, %s) e
"""
SAID_OF_CLAUSES = "SELECT c.id, clause_limit(c.id, %s) FROM mandates_clause c"


class Said:
    """What the database itself says at that moment, of everything at once: the other side of each comparison."""

    def __init__(self, at: datetime) -> None:
        self.in_force = set(Mandate.objects.in_force(at).values_list("pk", flat=True))
        self.clauses = set(Clause.objects.in_force(at).values_list("pk", flat=True))
        self.policies = set(Policy.objects.in_force(at).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(SAID_OF_MANDATES, [at])
            self.ends = {pk: None if kind is None else (kind, ends_at) for pk, kind, ends_at in cursor}
            cursor.execute(SAID_OF_CLAUSES, [at])
            self.limits = dict(cursor.fetchall())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


def by(things, key) -> dict:
    """Things in lists, by what they belong to."""
    sorted_ = defaultdict(list)
    for thing in things:
        sorted_[getattr(thing, key)].append(thing)
    return sorted_


@dataclass
class World:
    """All rows, and the moment at which they were read."""

    at: datetime

    def __init__(self) -> None:
        self.at = now()
        self.proposals = {p.pk: p for p in Proposal.objects.all()}
        self.decisions = {d.pk: d for d in Decision.objects.all()}
        self.of_proposal = by(self.decisions.values(), "proposal_id")
        self.ballots = by(Ballot.objects.all(), "decision_id")
        self.citizenships = {c.pk: c for c in Citizenship.objects.all()}
        self.roll = by(self.citizenships.values(), "assembly_id")
        self.policies = {p.pk: p for p in Policy.objects.all()}
        self.versions = by(PolicyVersion.objects.all(), "policy_id")
        self.mandates = {m.pk: m for m in Mandate.objects.all()}
        self.clauses = {c.pk: c for c in Clause.objects.all()}
        self.narrowings = {n.pk: n for n in Narrowing.objects.all()}
        self.narrowed = by(NarrowedClause.objects.all(), "clause_id")
        self.recalls = by(Recall.objects.all(), "mandate_id")
        self.endings = {e.mandate_id: e for e in Ending.objects.all()}
        self.accessions = list(Accession.objects.all())
        self.departures = by(Departure.objects.all(), "accession_id")
        self.within = {c.pk: c.within_id for c in Confederation.objects.all()}
        self.attachments = {a.pk: a for a in Attachment.objects.all()}
        self.actions = list(Action.objects.order_by("logged_at", "pk"))
        self.electors_of: dict[int, set[int]] = {}
        self.outcome_of: dict[int, str] = {}

    # ---- decisions ----

    def electors(self, decision: Decision) -> set[int]:
        if decision.pk not in self.electors_of:
            at = decision.opens_at
            self.electors_of[decision.pk] = {
                c.citizen_id
                for c in self.roll[decision.assembly_id]
                if c.valid_from <= at and (c.valid_until is None or at < c.valid_until)
            }
        return self.electors_of[decision.pk]

    def tally(self, decision: Decision) -> Tally:
        chosen = [ballot.choice for ballot in self.ballots[decision.pk]]
        counts = {name: chosen.count(name) for name in ("yes", "no", "abstain")}
        return Tally(**counts, electorate=len(self.electors(decision)))

    def outcome(self, decision: Decision) -> str:
        if decision.pk not in self.outcome_of:
            rule = THRESHOLDS[decision.threshold]
            quorum = Quorum(per_mille=decision.quorum_per_mille, number=decision.quorum_number)
            self.outcome_of[decision.pk] = outcome(self.tally(decision), rule, quorum)
        return self.outcome_of[decision.pk]

    def carried_at(self, proposal_id: int, at: datetime) -> datetime | None:
        """When it carried, as far as that had happened by then. A vote that nobody opened had no votes."""
        for decision in self.of_proposal[proposal_id]:
            if decision.closes_at <= at and decision.opened_at and self.outcome(decision) == "carried":
                return decision.closes_at
        return None

    # ---- membership, policies ----

    def reach(self, confederation: int) -> set[int]:
        found = {confederation}
        while more := {pk for pk, wider in self.within.items() if wider in found} - found:
            found |= more
        return found

    def is_member(self, assembly: int, confederation: int, at: datetime) -> bool:
        places = self.reach(confederation)
        for accession in self.accessions:
            if accession.assembly_id != assembly or accession.confederation_id not in places:
                continue
            joined = self.carried_at(accession.proposal_id, at)
            if joined and not any(left >= joined for left in self.left(assembly, {accession.confederation_id}, at)):
                return True
        return False

    def left(self, assembly: int, places: set[int], at: datetime) -> list[datetime]:
        return [
            left
            for accession in self.accessions
            if accession.assembly_id == assembly and accession.confederation_id in places
            for departure in self.departures[accession.pk]
            if (left := self.carried_at(departure.proposal_id, at))
        ]

    def policy_in_force(self, policy: int, at: datetime) -> bool:
        adopted = [v.in_force_from for v in self.versions[policy] if v.in_force_from <= at]
        changes = [
            (carried, proposal.effect)
            for proposal in self.proposals.values()
            if proposal.policy_id == policy and (carried := self.carried_at(proposal.pk, at))
        ]
        return bool(adopted) and (not changes or max(changes)[1] != "repeal")

    # ---- mandates ----

    def ends(self, mandate: Mandate, at: datetime) -> list[datetime]:
        """All the moments by `at` at which something would end it, and its last day."""
        carried = lambda proposal_id: self.carried_at(proposal_id, at)  # noqa: E731
        ends = [mandate.valid_until]
        ends += [end for recall in self.recalls[mandate.pk] if (end := carried(recall.proposal_id))]
        for narrowing in self.narrowings.values():
            if narrowing.mandate_id == mandate.pk and (decided := carried(narrowing.proposal_id)):
                ends += [decided] if narrowing.withdraws else []
                ends += [max(narrowing.valid_until, decided)] if narrowing.valid_until else []
        ending = self.endings.get(mandate.pk)
        if ending and ending.kind == "resigned" and ending.effective_at <= at:
            ends.append(ending.effective_at)
        citizenship = self.citizenships[mandate.citizenship_id]
        if citizenship.valid_until and citizenship.valid_until <= at:
            ends.append(citizenship.valid_until)
        drafted = self.proposals[mandate.proposal_id].drafted_at
        for left in self.left(mandate.assembly_id, self.reach(mandate.confederation_id), at):
            if left > drafted and not self.is_member(mandate.assembly_id, mandate.confederation_id, left):
                ends.append(left)
        return ends

    def in_force(self, mandate: Mandate, at: datetime) -> bool:
        issued = self.carried_at(mandate.proposal_id, at)
        return bool(issued) and mandate.valid_from <= at and min(self.ends(mandate, at)) > at

    def clause_in_force(self, clause: Clause, at: datetime) -> bool:
        struck = any(
            n.struck and self.carried_at(self.narrowings[n.narrowing_id].proposal_id, at)
            for n in self.narrowed[clause.pk]
        )
        mandate = self.mandates[clause.mandate_id]
        return not struck and self.in_force(mandate, at) and self.policy_in_force(clause.policy_id, at)

    def limit(self, clause: Clause, at: datetime) -> Decimal | None:
        lowered = [
            n.limit
            for n in self.narrowed[clause.pk]
            if n.limit is not None and self.carried_at(self.narrowings[n.narrowing_id].proposal_id, at)
        ]
        return min([clause.limit, *lowered]) if clause.limit is not None else None
