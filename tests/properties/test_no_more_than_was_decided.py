"""For random trees of charters and mandates: nothing is ever done that some assembly did not itself decide.

A ledger in plain Python keeps what the assemblies decided, from what was put to them. Whatever chain of acts follows,
by the objects and by raw SQL, each action in the log is covered by one line of the ledger: power, limit, place, time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction
from hypothesis import event, given, settings
from hypothesis import strategies as st

from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import Refusal
from councils.models import Action, Attachment, Council, Task
from mandates.models import Clause, Confederation, Mandate, Power, propose_accession
from tests.cast import DAY, Cast, carry, citizen_of, travel_to
from tests.constitution.bench import everything_holds, insert
from tests.properties.conftest import DEEP, SHORT

NUMBERS = st.integers(0, 10**6)
AMOUNTS = st.sampled_from([None, 1, 5, 20, 50])
HOUR = timedelta(hours=1)
HOURS = st.sampled_from([0, 0, 0, 1, 12, 23, 30])  # before it was logged
DAYS = st.sampled_from([10, 60, 120, 300])
POWERS = st.lists(st.sampled_from(Power.values), min_size=1, max_size=8, unique=True)


@dataclass
class Line:
    """What one assembly decided in one clause, and how it narrowed it since."""

    assembly: int
    council: int
    power: str
    limit: Decimal | None
    unit: str
    place: int | None
    begins: datetime
    ends: datetime
    carried: datetime


@dataclass
class Ledger:
    """What was decided, by clause; and the ceilings, by confederation, each above those within it."""

    lines: dict[int, Line] = field(default_factory=dict)
    ceilings: dict[int, tuple[set[str], timedelta, dict, int | None]] = field(default_factory=dict)

    def beneath(self, council: int) -> list[int]:
        """A confederation and all within it."""
        found, level = [council], [council]
        while level:
            level = [pk for pk, (*_terms, within) in self.ceilings.items() if within in level]
            found += level
        return found

    def covers(self, action: Action, used: Decimal) -> bool:
        line = self.lines.get(action.attachment.clause_id)
        task = action.task
        return (
            line is not None
            and (task.council_id, task.power) == (line.council, line.power)
            and all(
                max(line.begins, line.carried) <= moment < line.ends for moment in (action.done_at, action.logged_at)
            )
            and (line.limit is None or (action.unit == line.unit and used <= line.limit))
            and (line.place is None or (task.place_id == line.place and action.place_id in (None, line.place)))
            and all(
                line.power in powers and line.ends - line.begins <= longest and within_limit(line, limits)
                for powers, longest, limits, _within in map(self.ceilings.__getitem__, self.beneath(line.council))
            )
        )


def within_limit(line: Line, limits: dict) -> bool:
    most = limits.get(line.power)
    return most is None or (line.limit is not None and line.limit <= most.get(line.unit, 0))


class Play:
    """One run: a tree is drafted, assemblies join, and then anything is tried."""

    def __init__(self, cast: Cast, draw: Callable) -> None:
        self.cast, self.draw, self.ledger = cast, draw, Ledger()
        self.assemblies = [cast.abiego, cast.loarre, cast.sietamo]
        self.trees: list[Confederation] = []

    def pick(self, things):
        things = list(things)
        return things[self.draw(NUMBERS) % len(things)] if things else None

    def rightly(self) -> bool:
        """Three times in four the next act is done as it may be, so that something is there to overstep."""
        return self.draw(st.integers(0, 3)) > 0

    def tried(self, deed: Callable[[], object]):
        """What came of it; None when it was refused, by the act or by the database."""
        try:
            with transaction.atomic():
                result = deed()
                everything_holds()
        except (Refusal, Error):
            return None
        return result

    # ---- the tree ----

    def draft(self) -> None:
        within = self.pick([None, *self.trees])
        powers, days, most = self.draw(POWERS), self.draw(DAYS), self.draw(AMOUNTS)
        if within is not None and self.draw(st.booleans()):  # often enough one that may be
            powers = Power.values
            days, most = 300, None
        limits = {powers[0]: {"kg": most}} if most else {}
        made = self.tried(
            lambda: Confederation.objects.found(
                f"Tree {len(self.trees)}",
                by=self.cast.ana,
                within=within,
                powers=powers,
                limits=limits,
                longest_term=days * DAY,
            )
        )
        if made is not None:
            self.trees.append(made)
            kept = {powers[0]: {"kg": Decimal(most)}} if most else {}
            self.ledger.ceilings[made.pk] = (set(powers), days * DAY, kept, within.pk if within else None)

    def join(self) -> None:
        pairs = {(a.pk, self.pick(self.trees).pk) for a in self.assemblies}
        pairs |= {(a.pk, self.trees[-1].pk) for a in self.assemblies if self.rightly()}
        found = [
            self.tried(
                lambda a=a, c=c: propose_accession(
                    Assembly.objects.get(pk=a),
                    Confederation.objects.get(pk=c),
                    by=citizen_of(Assembly.objects.get(pk=a)),
                )
            )
            for a, c in sorted(pairs)
        ]
        carry(*(one.proposal for one in found if one))

    # ---- the acts ----

    def mandate(self) -> None:
        """One person, often the same, for one council, by one or several assemblies at once."""
        where, power = self.pick(self.trees), self.pick(Power.values)
        delegate: Citizen = self.pick([self.cast.bilal, self.cast.chen, self.cast.dolores])
        limit, place, days = self.draw(AMOUNTS), self.pick([None, *self.assemblies]), self.draw(DAYS)
        if self.rightly():
            powers, longest, limits, _within = self.ledger.ceilings[where.pk]
            power, days = self.pick(sorted(powers)), min(days, longest.days)
            limit = limit if power not in limits else 1
        begins, proposed = now(), []
        for assembly in self.assemblies:
            terms = self.cast.terms(
                assembly, power=power, limit=Decimal(limit) if limit else None, unit="kg" if limit else "", place=place
            )
            mandate = self.tried(
                lambda a=assembly, t=terms: Mandate.objects.propose(
                    a,
                    by=citizen_of(a),
                    delegate=delegate,
                    confederation=where,
                    clauses=[t],
                    valid_from=begins,
                    valid_until=begins + days * DAY,
                )
            )
            proposed += [mandate] if mandate else []
        decided = [one for one in proposed if self.draw(st.integers(0, 3))]
        if decided:
            carry(*(one.proposal for one in decided))
        for one in decided:
            clause = one.clauses.get()
            self.ledger.lines[clause.pk] = Line(
                one.assembly_id,
                where.pk,
                power,
                clause.limit,
                clause.unit,
                clause.place_id,
                begins,
                begins + days * DAY,
                one.proposal.decision.closes_at,
            )

    def narrow(self) -> None:
        mandate = self.pick(Mandate.objects.filter(clauses__in=self.ledger.lines))
        if mandate is None:
            return
        clause, withdraws = mandate.clauses.get(), self.draw(st.booleans())
        limits = {clause: Decimal(1)} if clause.limit and not withdraws else None
        narrowing = self.tried(
            lambda: mandate.propose_narrowing(
                by=citizen_of(mandate.assembly), reasons="Less.", limits=limits, withdraws=withdraws
            )
        )
        if narrowing is None:
            return
        (decision,) = carry(narrowing.proposal)
        line = self.ledger.lines[clause.pk]
        if withdraws:
            line.ends = min(line.ends, decision.closes_at)
        else:
            self.check()  # what was done before was within the larger limit
            line.limit = max(Decimal(1), used_before(clause))

    def leave(self) -> None:
        accession = self.pick(
            self.cast.comarca.accessions.none()
            if not self.trees
            else [a for tree in self.trees for a in tree.accessions.in_force(now())]
        )
        if accession is None:
            return
        leaving = self.tried(lambda: accession.leave(by=citizen_of(accession.assembly), reasons="We go."))
        if leaving is not None:
            carry(leaving.proposal)
            for line in self.ledger.lines.values():
                council = Confederation.objects.get(pk=line.council)
                if line.assembly == accession.assembly_id and not council.has(accession.assembly, now()):
                    line.ends = min(line.ends, leaving.proposal.decision.closes_at)

    def task(self) -> None:
        """By the object; with any clause of any mandate, whether it was decided or not."""
        clause = self.pick(Clause.objects.filter(mandate__confederation__in=self.trees).order_by("-pk"))
        if clause is None:
            return
        council = Council.objects.get(pk=self.pick([clause.mandate.confederation_id, self.pick(self.trees).pk]))
        amount, place = self.draw(AMOUNTS), self.pick([None, clause.place, *self.assemblies])
        if self.rightly():
            council, place, amount = Council.objects.get(pk=clause.mandate.confederation_id), clause.place, 1
        self.tried(
            lambda: council.attach_task(
                by=clause.mandate.delegate,
                title="Something",
                purpose="",
                clauses=[clause],
                place=place,
                unit=clause.unit,
                quantities={clause: Decimal(amount)} if amount else None,
            )
        )

    def attach_raw(self) -> None:
        task, clause = self.pick(Task.objects.all()), self.pick(Clause.objects.all())
        if task and clause:
            row = {"task_id": task.pk, "clause_id": clause.pk, "by_id": clause.mandate.delegate_id}
            self.tried(lambda: insert("councils_attachment", row | {"quantity": self.draw(AMOUNTS)}))

    def log(self) -> None:
        attachment = self.pick(Attachment.objects.order_by("-pk"))
        if attachment is None:
            return
        amount, hours, place = self.draw(AMOUNTS), self.draw(HOURS), self.pick([None, *self.assemblies])
        if self.rightly():
            amount, place = 1 if attachment.clause.unit else None, attachment.clause.place
        by = attachment.clause.mandate.delegate
        self.tried(
            lambda: attachment.log_action(
                by=by,
                what="Done",
                quantity=Decimal(amount) if amount else None,
                place=place,
                done_at=now() - hours * HOUR if hours else None,
            )
        )

    def log_raw(self) -> None:
        attachment = self.pick(Attachment.objects.order_by("-pk"))
        if attachment is None:
            return
        amount = self.draw(AMOUNTS)
        row = {
            "task_id": attachment.task_id,
            "attachment_id": attachment.pk,
            "by_id": attachment.clause.mandate.delegate_id,
            "what": "Done",
            "quantity": amount,
            "unit": self.pick(["kg", attachment.clause.unit]) if amount else "",
            "place_id": self.pick([None, *(assembly.pk for assembly in self.assemblies)]),
            "done_at": now() - self.draw(HOURS) * HOUR,
            "evidence": "",
        }
        self.tried(lambda: insert("councils_action", row))

    def wait(self) -> None:
        travel_to(now() + self.draw(DAYS) / 2 * DAY)

    # ---- what must hold ----

    def check(self) -> int:
        used: dict[int, Decimal] = defaultdict(Decimal)
        actions = list(
            Action.objects.filter(task__council__in=self.trees).order_by("pk").select_related("task", "attachment")
        )
        for action in actions:
            used[action.attachment.clause_id] += action.quantity or 0
            assert self.ledger.covers(action, used[action.attachment.clause_id]), (action.pk, action.what)
        return len(actions)


def used_before(clause: Clause) -> Decimal:
    return sum((a.quantity or Decimal(0) for a in Action.objects.filter(attachment__clause=clause)), Decimal(0))


ACTS = ["mandate", "mandate", "task", "task", "log", "log", "log", "attach_raw", "log_raw", "narrow", "leave", "wait"]


def play(cast: Cast, data: st.DataObject, acts: int) -> int:
    outer = transaction.atomic()
    outer.__enter__()
    try:
        run = Play(cast, data.draw)
        for _ in range(data.draw(st.integers(2, 4))):
            run.draft()
        if not run.trees:
            return 0
        run.join()
        for name in [
            "mandate",
            "mandate",
            "task",
            "task",
            "log",
            *data.draw(st.lists(st.sampled_from(ACTS), max_size=acts)),
        ]:
            getattr(run, name)()
            run.check()
        done = run.check()
        event(f"{min(done, 3)} actions or more")
        return done
    finally:
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@given(data=st.data())
@settings(SHORT, max_examples=5)
def test_no_chain_of_acts_does_more_than_some_assembly_decided(cast: Cast, data: st.DataObject):
    play(cast, data, 12)


@pytest.mark.deep
@given(data=st.data())
@settings(DEEP)
def test_no_longer_chain_does_either(cast: Cast, data: st.DataObject):
    play(cast, data, 30)


def test_the_search_finds_what_was_not_decided(cast: Cast):
    """A check that cannot fail is none: an action that the ledger does not know of is found."""
    run = Play(cast, lambda _strategy: 0)
    run.trees = [cast.comarca]
    charter = cast.comarca.charter
    run.ledger.ceilings[cast.comarca.pk] = (set(charter.powers), charter.longest_term, {}, None)
    mandate = cast.mandate(cast.abiego, cast.bilal)
    cast.task(mandate).attachments.get().log_action(by=cast.bilal, what="Bought flour", quantity=Decimal(5))
    with pytest.raises(AssertionError):
        run.check()
    line = Line(
        cast.abiego.pk,
        cast.comarca.pk,
        "procure",
        Decimal(100),
        "kg",
        None,
        mandate.valid_from,
        mandate.valid_until,
        mandate.proposal.decision.closes_at,
    )
    run.ledger.lines[mandate.clauses.get().pk] = line
    assert run.check() == 1
    line.limit = Decimal(4)
    with pytest.raises(AssertionError):
        run.check()
    line.limit, line.carried = Decimal(100), now()
    with pytest.raises(AssertionError):
        run.check()
