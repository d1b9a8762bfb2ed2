"""The rules once more, in plain Python over plain rows, worked out without any of the database's functions.

Everything is read at once into a `World`; a question is then asked of it for any moment up to the one it was read at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
from django.db import connection
from psycopg.rows import namedtuple_row

from assemblies.clock import now
from assemblies.counting.majority import THRESHOLDS, Quorum, Tally, outcome
from assemblies.models import (
    Assembly,
    Ballot,
    Citizenship,
    Count,
    Decision,
    Office,
    Option,
    Policy,
    PolicyVersion,
    Proposal,
    StandingOrders,
)
from councils.models import (
    AgendaItem,
    Answer,
    Attachment,
    Attendance,
    Halt,
    Meeting,
    Objection,
    Resumption,
    Settlement,
    Task,
    Variance,
)
from mandates.models import (
    Accession,
    Adoption,
    Candidacy,
    Charter,
    Clause,
    Confederation,
    Departure,
    Election,
    Ending,
    Mandate,
    NarrowedClause,
    Narrowing,
    Poll,
    Recall,
    Report,
    SharedText,
)

SAID_OF_MANDATES = """
    SELECT m.id, e.kind, e.ends_at FROM mandates_mandate m CROSS JOIN LATERAL mandate_end(m.id, %s) e
"""
SAID_OF_CLAUSES = "SELECT c.id, clause_limit(c.id, %s) FROM mandates_clause c"


class Said:
    """What the database itself says at that moment, of everything at once: the other side of each comparison."""

    def __init__(self, at: datetime) -> None:
        self.in_force = set(Mandate.objects.in_force(at).values_list("pk", flat=True))
        self.clauses = set(Clause.objects.in_force(at).values_list("pk", "mandate"))
        self.policies = set(Policy.objects.in_force(at).values_list("pk", flat=True))
        self.adopted = set(Policy.objects.values_list("pk", flat=True))
        self.elective = set(Mandate.objects.exclude(option=None).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(SAID_OF_MANDATES, [at])
            self.ends = {pk: None if kind is None else (kind, ends_at) for pk, kind, ends_at in cursor}
            cursor.execute(SAID_OF_CLAUSES, [at])
            self.limits = dict(cursor.fetchall())

    def changes_since(self, before: Said) -> dict[str, tuple]:
        """What is said otherwise now of what there was before.

        Two things begin as the close of a decision is written, and may be new: a policy, and what an election binds
        somebody to.
        """
        unborn = {pk for pk in before.elective if before.ends[pk] is None}
        was, is_now = (said.without(unborn, before.adopted) for said in (before, self))
        return {name: (was[name], is_now[name]) for name in was if was[name] != is_now[name]}

    def without(self, unborn: set[int], adopted: set[int]) -> dict[str, object]:
        return {
            "in force": self.in_force - unborn,
            "clauses": {clause for clause in self.clauses if clause[1] not in unborn},
            "policies": self.policies & adopted,
            "ends": {pk: end for pk, end in self.ends.items() if pk not in unborn},
            "limits": self.limits,
        }


def read(queries: dict[str, str]) -> dict[str, list]:
    """The rows of many queries, sent together: a search asks for all of them after each of its steps."""
    connection.ensure_connection()
    server = connection.connection
    with server.pipeline():
        cursors = {
            name: psycopg.Cursor(server, row_factory=namedtuple_row).execute(query) for name, query in queries.items()
        }
    return {name: cursor.fetchall() for name, cursor in cursors.items()}


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
        rows = read(
            {
                **{
                    model.__name__: f"SELECT * FROM {model._meta.db_table} ORDER BY id"
                    for model in (
                        Proposal, Decision, Ballot, Citizenship, Policy, PolicyVersion, Mandate, Clause, Narrowing,
                        NarrowedClause, Recall, Ending, Accession, Departure, Confederation, Charter, Attachment,
                        Office, Assembly, StandingOrders, Task, Variance, Objection, Answer, Settlement, Halt,
                        Resumption, Report, SharedText, Adoption, Option, Count, Election, Candidacy, Poll, Meeting,
                        AgendaItem, Attendance,
                    )
                },
                "Action": "SELECT * FROM councils_action ORDER BY logged_at, id",
                "Signatures": "SELECT recall_id, count(*)::int AS n FROM mandates_signature GROUP BY 1",
                "Entry": "SELECT kind, subject FROM assemblies_entry",
                "Seats": "SELECT confederation_id, assembly_id FROM mandates_accession WHERE"
                " accession_in_force(id, civic_now())",
                "Waiting": "SELECT count(*) AS n FROM"
                " (TABLE assemblies_pending UNION ALL SELECT entry_id FROM assemblies_leaf) entered",
            }
        )  # fmt: skip
        self.proposals = {p.id: p for p in rows["Proposal"]}
        self.decisions = {d.id: d for d in rows["Decision"]}
        self.of_proposal = by(self.decisions.values(), "proposal_id")
        self.ballots = by(rows["Ballot"], "decision_id")
        self.citizenships = {c.id: c for c in rows["Citizenship"]}
        self.roll = by(self.citizenships.values(), "assembly_id")
        self.policies = {p.id: p for p in rows["Policy"]}
        self.versions = by(rows["PolicyVersion"], "policy_id")
        self.mandates = {m.id: m for m in rows["Mandate"]}
        self.clauses = {c.id: c for c in rows["Clause"]}
        self.narrowings = {n.id: n for n in rows["Narrowing"]}
        self.narrowed = by(rows["NarrowedClause"], "clause_id")
        self.recalls = by(rows["Recall"], "mandate_id")
        self.signed = {s.recall_id: s.n for s in rows["Signatures"]}
        self.endings = {e.mandate_id: e for e in rows["Ending"]}
        self.accessions = rows["Accession"]
        self.departures = by(rows["Departure"], "accession_id")
        self.confederations = {c.id: c for c in rows["Confederation"]}
        self.within = {c.id: c.within_id for c in rows["Confederation"]}
        self.charters = {c.confederation_id: c for c in rows["Charter"]}
        self.attachments = {a.id: a for a in rows["Attachment"]}
        self.actions = rows["Action"]
        self.offices = rows["Office"]
        self.entries = rows["Entry"]
        self.rows = rows
        self.tasks = {t.id: t for t in rows["Task"]}
        self.objections = {o.id: o for o in rows["Objection"]}
        self.resumed = by(rows["Resumption"], "halt_id")
        self.texts = {t.id: t for t in rows["SharedText"]}
        self.orders = by(rows["StandingOrders"], "assembly_id")
        self.options = {o.id: o for o in rows["Option"]}
        self.counts = {c.decision_id: c for c in rows["Count"]}
        self.placed_or_waiting = rows["Waiting"][0].n
        self.electors_of: dict[int, set[int]] = {}
        self.outcome_of: dict[int, str] = {}

    # ---- decisions ----

    def electors(self, decision) -> set[int]:
        if decision.id not in self.electors_of:
            at = decision.opens_at
            self.electors_of[decision.id] = {
                c.citizen_id
                for c in self.roll[decision.assembly_id]
                if c.valid_from <= at and (c.valid_until is None or at < c.valid_until)
            }
        return self.electors_of[decision.id]

    def counted(self, decision) -> tuple[int, int, int]:
        chosen = [ballot.choice for ballot in self.ballots[decision.id]]
        return chosen.count("yes"), chosen.count("no"), chosen.count("abstain")

    def tally(self, decision) -> Tally:
        yes, no, abstain = self.counted(decision)
        return Tally(yes=yes, no=no, abstain=abstain, electorate=len(self.electors(decision)))

    def outcome(self, decision) -> str:
        if decision.id not in self.outcome_of:
            quorum = Quorum(per_mille=decision.quorum_per_mille, number=decision.quorum_number)
            if decision.method == "yes-no":
                rule = THRESHOLDS[decision.threshold]
                self.outcome_of[decision.id] = outcome(self.tally(decision), rule, quorum)
            else:
                self.outcome_of[decision.id] = self.outcome_among_options(decision, quorum)
        return self.outcome_of[decision.id]

    def outcome_among_options(self, decision, quorum: Quorum) -> str:
        """One voter is enough for a choice, where the quorum is."""
        voters = len(self.ballots[decision.id])
        if quorum.missed(Tally(yes=voters, no=0, abstain=0, electorate=len(self.electors(decision)))):
            return "quorum_missed"
        return "carried" if voters else "lost"

    def must_win(self, decision) -> set[int]:
        """Options of a choice of one that no rule may pass over: first on more than half of the ballots; and where one
        approves, named on more of them than any other."""
        ballots = [ballot.ranking for ballot in self.ballots[decision.id]]
        if decision.method == "approval":
            named = Counter(number for ranking in ballots for number in ranking)
            most = [number for number, votes in named.items() if votes == max(named.values())]
            return set(most) if len(most) == 1 else set()
        firsts = Counter(ranking[0] for ranking in ballots)
        return {number for number, votes in firsts.items() if 2 * votes > len(ballots)}

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
            for departure in self.departures[accession.id]
            if (left := self.carried_at(departure.proposal_id, at))
        ]

    def policy_in_force(self, policy: int, at: datetime) -> bool:
        adopted = [v.in_force_from for v in self.versions[policy] if v.in_force_from <= at]
        changes = [
            (carried, proposal.effect)
            for proposal in self.proposals.values()
            if proposal.policy_id == policy and (carried := self.carried_at(proposal.id, at))
        ]
        return bool(adopted) and (not changes or max(changes)[1] != "repeal")

    def orders_at(self, assembly: int, at: datetime):
        """The standing orders that held then: those of the founding, or the newest that had carried."""
        carried = [
            (moment, orders.id, orders)
            for orders in self.orders[assembly]
            if (
                moment := self.carried_at(orders.proposal_id, at)
                if orders.proposal_id
                else datetime.min.replace(tzinfo=UTC)
            )
        ]
        return max(carried, key=lambda one: one[:2])[2]

    # ---- supervision ----

    def halted(self, task: int, assembly: int, at: datetime) -> bool:
        """Whether that assembly had stopped its part of that task, and not decided since to go on."""
        for halt in self.rows["Halt"]:
            if (halt.task_id, halt.assembly_id) != (task, assembly):
                continue
            if self.carried_at(halt.proposal_id, at) and not any(
                self.carried_at(resumption.proposal_id, at) for resumption in self.resumed[halt.id]
            ):
                return True
        return False

    # ---- mandates ----

    def ends(self, mandate, at: datetime) -> list[datetime]:
        """All the moments by `at` at which something would end it, and its last day."""
        carried = lambda proposal_id: self.carried_at(proposal_id, at)  # noqa: E731
        ends = [mandate.valid_until]
        ends += [end for recall in self.recalls[mandate.id] if (end := carried(recall.proposal_id))]
        for narrowing in self.narrowings.values():
            if narrowing.mandate_id == mandate.id and (decided := carried(narrowing.proposal_id)):
                ends += [decided] if narrowing.withdraws else []
                ends += [max(narrowing.valid_until, decided)] if narrowing.valid_until else []
        ending = self.endings.get(mandate.id)
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

    def issued_at(self, mandate, at: datetime) -> datetime | None:
        """When its question carried; of somebody elected, both questions, and the frozen count names them."""
        asked = self.carried_at(mandate.proposal_id, at)
        if mandate.option_id is None:
            return asked
        option = self.options[mandate.option_id]
        chosen = self.carried_at(option.proposal_id, at)
        if asked is None or chosen is None:
            return None
        counted = [self.counts.get(decision.id) for decision in self.of_proposal[option.proposal_id]]
        return max(asked, chosen) if any(c and option.number in c.elected for c in counted) else None

    def in_force(self, mandate, at: datetime) -> bool:
        issued = self.issued_at(mandate, at)
        return bool(issued) and mandate.valid_from <= at and min(self.ends(mandate, at)) > at

    def clause_in_force(self, clause, at: datetime) -> bool:
        struck = any(
            n.struck and self.carried_at(self.narrowings[n.narrowing_id].proposal_id, at)
            for n in self.narrowed[clause.id]
        )
        mandate = self.mandates[clause.mandate_id]
        return not struck and self.in_force(mandate, at) and self.policy_in_force(clause.policy_id, at)

    def limit(self, clause, at: datetime) -> Decimal | None:
        lowered = [
            n.limit
            for n in self.narrowed[clause.id]
            if n.limit is not None and self.carried_at(self.narrowings[n.narrowing_id].proposal_id, at)
        ]
        return min([clause.limit, *lowered]) if clause.limit is not None else None
