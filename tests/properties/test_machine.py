"""A town that lives at random: people come, propose, vote, mandate, recall; workers sleep and wake; time passes.

After every step each article is asked of the rows alone, by an oracle that uses none of the database's functions.
Each life is lived in a database of its own, on disk: servers die in the middle of an act, and what stands is what was
committed.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase, override_settings
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assemblies.clock import now
from assemblies.models import Assembly, Checkpoint, Citizen, Decision, Entry, Leaf, Proposal, admit
from assemblies.record import context
from assemblies.record.merkle import Peaks, leaf_hash
from assemblies.record.sequencer import sequencer
from assemblies.refusal import Refusal
from assemblies.tasks import closing, offices, opening
from councils.models import Action, Attachment, Council, Halt, Meeting, Objection, Task, Variance
from councils.tasks import halts, resumptions
from mandates.models import (
    Accession,
    Candidacy,
    Election,
    Mandate,
    Recall,
    Report,
    SharedText,
    Terms,
    propose_accession,
    report_days,
)
from mandates.tasks import adoptions, endings, missed, offers, recalls
from tests.cast import Cast, clock, facilitator, found, gather, person
from tests.constitution.bench import everything_holds
from tests.plumbing.database import _restore_seed, owner
from tests.properties.conftest import DEEP, SHORT
from tests.properties.oracle import Said, World

pytestmark = pytest.mark.django_db(transaction=True)

SWEEPS = (
    *(opening, closing, *offices, recalls, missed, endings),
    *(offers, adoptions, halts, resumptions, sequencer),
)
picks = st.one_of(st.integers(0, 3), st.integers(0, 10**6))  # the newest things first, and sometimes any
PEOPLE = {"citizen_id", "by_id", "voter_id", "delegate_id", "opened_by_id", "called_by_id", "author_id", "put_by_id"}
HOURS = st.sampled_from([1, 12, 24, 49, 73, 24 * 7, 24 * 10, 24 * 40, 24 * 100])


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The cast on disk, from which each life begins; swept away after all of them."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: None)
        yield gather()
        _restore_seed(None)


class Died(Exception):
    """The server that was acting is no more."""


@contextmanager
def beside() -> Iterator[psycopg.Connection]:
    """A connection beside the tests' own databases, as their owner."""
    known = connection.get_connection_params()
    params = {key: known[key] for key in ("host", "port", "user") if known.get(key)}
    with psycopg.connect(**params, dbname="postgres", autocommit=True) as server:
        yield server


class Town(RuleBasedStateMachine):
    """Each rule is an act that some citizen tries; it goes through or is refused, and nothing else may happen."""

    gathered: Cast
    spoilt = ""  # SQL that takes something away from the rules of this town

    def __init__(self) -> None:
        super().__init__()
        self.home = connection.settings_dict["NAME"]
        connection.close()
        with beside() as server:
            server.execute(f"DROP DATABASE IF EXISTS {self.home}_town WITH (FORCE)")
            server.execute(f"CREATE DATABASE {self.home}_town TEMPLATE {self.home}")
        connection.settings_dict["NAME"] = f"{self.home}_town"
        self.published = tempfile.TemporaryDirectory()
        self.kept = override_settings(PUBLISHED_DIR=Path(self.published.name))
        self.kept.enable()
        if self.spoilt:
            with owner() as cursor:
                cursor.execute(self.spoilt)
        self.newcomers = self.founded = 0
        self.seen_endings: dict[int, tuple[str, object]] = {}

    def teardown(self) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.home
        with beside() as server:
            server.execute(f"DROP DATABASE {self.home}_town WITH (FORCE)")
        self.kept.disable()
        self.published.cleanup()

    # ---- what the rules choose from, always read anew ----

    @property
    def assemblies(self):
        return list(Assembly.objects.founded().order_by("pk"))

    def one(self, things, pick: int):
        things = list(things)
        return things[pick % len(things)] if things else None

    def citizen(self, assembly, pick: int) -> Citizen:
        return self.one(assembly.citizens(now()).order_by("pk"), pick)

    def attempt(self, deed: Callable[[], object]) -> object:
        """The deed goes through whole, or is refused and leaves nothing; every other error is a fault."""
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                result = deed()
                everything_holds()
        except Refusal:
            assert Entry.objects.count() == before
            return None
        return result

    # ---- people ----

    @rule(founders=st.integers(2, 5))
    def an_assembly_is_founded(self, founders: int) -> None:
        """By newcomers, who are then its roll; two are too few."""
        if self.founded < 2:
            self.founded += 1
            name = f"Town {self.founded}"
            self.attempt(lambda: found(name, f"town-{self.founded}", founders))

    @initialize(begun=st.sets(st.sampled_from(["task", "meeting", "election", "recall"])), seed=picks)
    def some_mandates(self, begun: set[str], seed: int) -> None:
        """Two delegates sit at the council, and more has begun, so that short runs reach something."""
        cast = self.gathered
        mandate = cast.mandate(cast.abiego, cast.bilal)
        cast.mandate(cast.loarre, cast.chen)
        if "task" in begun:
            task = cast.task(mandate)
            task.attachments.get().log_action(by=cast.bilal, what="Done", quantity=Decimal(10))
        if "meeting" in begun:
            Meeting.objects.call(cast.comarca, by=cast.bilal, at=now() + timedelta(days=3), place="The mill")
        if "election" in begun:
            self.an_election_is_called(where=0, who=seed, method="approval")
        if "recall" in begun:
            mandate.open_recall(by=cast.ana, grounds="It was rye.")

    @rule(where=picks)
    def a_newcomer_is_admitted(self, where: int) -> None:
        self.newcomers += 1
        place = self.one(self.assemblies, where)
        self.attempt(lambda: admit(person(f"Newcomer {self.newcomers}"), place, by=facilitator(place)))

    @rule(where=picks, there=picks, who=picks)
    def somebody_moves(self, where: int, there: int, who: int) -> None:
        here, place = self.one(self.assemblies, where), self.one(self.assemblies, there)
        if here.citizens(now()).count() > 6:
            self.attempt(lambda: admit(self.citizen(here, who), place, by=facilitator(place)))

    @rule(where=picks, who=picks)
    def somebody_leaves(self, where: int, who: int) -> None:
        here = self.one(self.assemblies, where)
        citizen = self.citizen(here, who)
        if here.citizens(now()).count() > 6:
            self.attempt(lambda: citizen.citizenship(now()).end(by=citizen, reason="left"))

    # ---- deciding ----

    @rule(where=picks, who=picks, what=picks, effect=st.sampled_from(["policy", "amendment", "repeal"]))
    def somebody_proposes(self, where: int, who: int, what: int, effect: str) -> None:
        place = self.one(self.assemblies, where)
        policy = self.one(place.policies.order_by("pk"), what) if effect != "policy" else None
        text = "" if effect == "repeal" else f"Text {what}"
        self.attempt(
            lambda: place.propose(f"Title {what}", text, by=self.citizen(place, who), effect=effect, policy=policy)
        )

    @rule(which=picks, late=st.integers(0, 3))
    def a_facilitator_calls(self, which: int, late: int) -> None:
        proposal = self.one(Proposal.objects.waiting().order_by("-pk"), which)
        if proposal:
            opens_at = proposal.earliest_opening(now()) + timedelta(days=late, minutes=1)
            self.attempt(lambda: proposal.put_to_vote(by=facilitator(proposal.assembly), opens_at=opens_at))

    @rule(which=picks, swing=st.sampled_from(["yes", "yes", "no", "mixed"]), n=st.integers(0, 10))
    def many_vote(self, which: int, swing: str, n: int) -> None:
        """The clock goes to an opening, and some of the electorate vote, all alike or each as they like."""
        decision = self.one(Decision.objects.filter(closes_at__gt=now()).order_by("-pk"), which)
        if decision is None:
            return
        if now() < decision.opens_at:
            clock.at(decision.opens_at)
        chance = random.Random(which)
        for voter in decision.electors().order_by("pk")[:n]:
            choice = chance.choice(["yes", "no", "abstain"]) if swing == "mixed" else swing
            self.attempt(lambda voter=voter, choice=choice: decision.cast(by=voter, choice=choice))

    @rule(which=picks, yes=st.sampled_from([4, 4, 4, 2, 1, 0]))
    def an_assembly_decides(self, which: int, yes: int) -> None:
        """A question before it is called, voted on, and over; what came of it is left to the workers."""
        proposal = self.one(Proposal.objects.waiting().order_by("-pk"), which)
        if proposal and not Recall.objects.filter(proposal=proposal).exists():
            decision = self.attempt(lambda: proposal.put_to_vote(by=facilitator(proposal.assembly)))
            self.hold(decision, yes)

    def hold(self, decision: Decision | None, yes: int) -> None:
        if decision is None:
            return
        if now() < decision.opens_at:
            clock.at(decision.opens_at)
        for number, voter in enumerate(decision.electors().order_by("pk")[:5]):
            choice = "yes" if number < yes else "no"
            self.attempt(lambda voter=voter, choice=choice: decision.cast(by=voter, choice=choice))
        if now() < decision.closes_at:
            clock.at(decision.closes_at)

    @rule(which=picks, who=picks, choice=st.sampled_from(["yes", "no", "abstain"]))
    def anyone_votes_anywhere(self, which: int, who: int, choice: str) -> None:
        decision = self.one(Decision.objects.order_by("-pk"), which)
        voter = self.one(Citizen.objects.order_by("-pk"), who)
        if decision:
            self.attempt(lambda: decision.cast(by=voter, choice=choice))

    @rule(which=picks)
    def somebody_withdraws(self, which: int) -> None:
        proposal = self.one(Proposal.objects.offered().order_by("-pk"), which)
        if proposal:
            self.attempt(lambda: proposal.withdraw(by=proposal.author))

    # ---- mandates ----

    @rule(where=picks, who=picks, limit=st.integers(1, 200), wide=st.booleans(), start=st.sampled_from([0, 0, 0, 30]))
    def a_mandate_is_proposed(self, where: int, who: int, limit: int, wide: bool, start: int) -> None:
        place, cast = self.one(self.assemblies, where), self.gathered
        policy = self.one(place.policies_in_force(now()).order_by("-pk"), who)
        if policy is None:
            return
        begins = now() + timedelta(days=start)
        self.attempt(
            lambda: cast.propose_mandate(
                place,
                self.citizen(place, who),
                Terms(policy=policy, power="procure", instruction="Buy flour", limit=Decimal(limit), unit="kg"),
                by=self.citizen(place, who + 1),
                confederation=cast.region if wide else cast.comarca,
                valid_from=begins,
                valid_until=begins + timedelta(days=150),
            )
        )

    @rule(which=picks, how=st.sampled_from(["limit", "strike", "shorten", "withdraw"]), n=st.integers(0, 220))
    def a_narrowing_is_proposed(self, which: int, how: str, n: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        clause = mandate.clauses.first()
        hows = {
            "limit": {"limits": {clause: Decimal(n)}},
            "strike": {"struck": [clause]},
            "shorten": {"valid_until": now() + timedelta(days=n)},
            "withdraw": {"withdraws": True},
        }
        by = self.citizen(mandate.assembly, n)
        self.attempt(lambda: mandate.propose_narrowing(by=by, reasons="Less.", **hows[how]))

    @rule(which=picks, who=picks)
    def a_recall_is_opened(self, which: int, who: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        by = self.citizen(mandate.assembly, who)
        self.attempt(lambda: mandate.open_recall(by=by, grounds=f"Grounds {who}"))

    @rule(which=picks, n=st.integers(1, 4))
    def a_recall_is_signed(self, which: int, n: int) -> None:
        recall = self.one(Recall.objects.order_by("-pk"), which % 2)
        if recall:
            for offset in range(n):
                by = self.citizen(recall.assembly, which + offset)
                self.attempt(lambda by=by: recall.sign(by=by))

    @rule(which=picks, yes=st.sampled_from([4, 4, 2]))
    def a_recall_runs_its_course(self, which: int, yes: int) -> None:
        recall = self.one(Recall.objects.order_by("-pk"), which)
        if recall:
            for by in recall.assembly.citizens(now()).order_by("pk"):
                self.attempt(lambda by=by: recall.sign(by=by))
            self.hold(recall.decision, yes)

    @rule(which=picks)
    def a_delegate_resigns(self, which: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        self.attempt(lambda: mandate.resign(by=mandate.delegate))

    @rule(which=picks, who=picks)
    def an_assembly_would_leave(self, which: int, who: int) -> None:
        accession = self.one(Accession.objects.order_by("-pk"), which)
        by = self.citizen(accession.assembly, who)
        self.attempt(lambda: accession.leave(by=by, reasons="We go."))

    @rule(where=picks, who=picks)
    def an_assembly_would_join(self, where: int, who: int) -> None:
        place = self.one(self.assemblies, where)
        self.attempt(lambda: propose_accession(place, self.gathered.comarca, by=self.citizen(place, who)))

    # ---- councils ----

    @rule(which=picks, quantity=st.integers(1, 220))
    def a_task_is_attached(self, which: int, quantity: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        council = Council.objects.get(pk=mandate.confederation_id)
        clause = mandate.clauses.first()
        self.attempt(
            lambda: council.attach_task(
                by=mandate.delegate,
                title="A task",
                purpose="",
                clauses=[clause],
                unit="kg",
                quantities={clause: Decimal(quantity)},
            )
        )

    @rule(which=picks, whose=picks, quantity=st.integers(1, 120))
    def a_task_is_joined(self, which: int, whose: int, quantity: int) -> None:
        task, mandate = self.one(Task.objects.order_by("-pk"), which), self.one(Mandate.objects.order_by("-pk"), whose)
        if task:
            clause = mandate.clauses.first()
            self.attempt(lambda: task.attach(by=mandate.delegate, clause=clause, quantity=Decimal(quantity)))

    @rule(which=picks, quantity=st.integers(1, 120))
    def an_action_is_logged(self, which: int, quantity: int) -> None:
        attachment = self.one(Attachment.objects.order_by("-pk"), which)
        if attachment:
            by = attachment.clause.mandate.delegate
            self.attempt(lambda: attachment.log_action(by=by, what="Done", quantity=Decimal(quantity)))

    # ---- supervision ----

    @rule(which=picks, what=st.sampled_from([Action, Task, Report]), who=picks)
    def somebody_objects(self, which: int, what: type, who: int) -> None:
        about, place = self.one(what.objects.order_by("-pk"), which), self.one(self.assemblies, who)
        if about:
            by = self.citizen(place, which)
            self.attempt(lambda: Objection.objects.make(about, by=by, grounds="It was rye."))

    @rule(which=picks, settles=st.booleans(), who=picks)
    def an_objection_is_answered(self, which: int, settles: bool, who: int) -> None:
        """By the delegate, and the answer is good enough or not; now and then somebody else tries."""
        objection = self.one(Objection.objects.order_by("-pk"), which)
        if objection:
            other = self.one(Citizen.objects.order_by("-pk"), who)
            by = objection.mandate.delegate if who % 3 else other
            self.attempt(lambda: objection.answer(by=by, text="There was none."))
            if settles:
                self.attempt(lambda: objection.settle(by=objection.by))

    @rule(which=picks, who=picks, yes=st.sampled_from([4, 4, 1]))
    def a_task_is_halted(self, which: int, who: int, yes: int) -> None:
        """From the objection to the vote on it; the answer is given, or its time passes."""
        objection = self.one(Objection.objects.order_by("-pk"), which)
        if objection and objection.tasks().exists():
            by, task = self.citizen(objection.assembly, who), self.one(objection.tasks().order_by("pk"), who)
            self.attempt(lambda: objection.answer(by=objection.mandate.delegate, text="It was cheap."))
            halt = self.attempt(lambda: objection.propose_halt(by=by, task=task))
            self.decide(halt and halt.proposal, yes)

    @rule(which=picks, who=picks, yes=st.sampled_from([4, 1]))
    def a_halt_is_ended(self, which: int, who: int, yes: int) -> None:
        halt = self.one(Halt.objects.order_by("-pk"), which)
        if halt:
            by = self.citizen(halt.assembly, who)
            resumption = self.attempt(lambda: halt.propose_resumption(by=by))
            self.decide(resumption and resumption.proposal, yes)

    @rule(which=picks, whose=picks)
    def a_report_is_given(self, which: int, whose: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), whose)
        due = self.one(report_days(mandate, now()), which)
        if due:
            by = mandate.delegate if which % 3 else self.citizen(mandate.assembly, which)
            self.attempt(lambda: Report.objects.file(mandate, by=by, due_at=due.due_at, text="Ten kilos."))

    def decide(self, proposal: Proposal | None, yes: int) -> None:
        if proposal:
            decision = self.attempt(lambda: proposal.put_to_vote(by=facilitator(proposal.assembly)))
            self.hold(decision, yes)

    # ---- shared texts ----

    @rule(where=picks, who=picks, yes=st.sampled_from([4, 1]))
    def a_text_is_offered_to_all(self, where: int, who: int, yes: int) -> None:
        place = self.one(self.assemblies, where)
        by = self.citizen(place, who)
        text = self.attempt(
            lambda: SharedText.objects.offer(place, self.gathered.comarca, by=by, title="Water", text=f"Text {who}")
        )
        self.decide(text and text.proposal, yes)

    @rule(which=picks, where=picks, yes=st.sampled_from([4, 1]))
    def a_text_is_taken_up(self, which: int, where: int, yes: int) -> None:
        text, place = self.one(SharedText.objects.order_by("-pk"), which), self.one(self.assemblies, where)
        if text:
            by = self.citizen(place, which)
            adoption = self.attempt(lambda: text.propose_adoption(place, by=by))
            self.decide(adoption and adoption.proposal, yes)

    # ---- elections ----

    @rule(where=picks, who=picks, method=st.sampled_from(["approval", "irv", "scottish-stv", "meek", "schulze"]))
    def an_election_is_called(self, where: int, who: int, method: str) -> None:
        place = self.one(self.assemblies, where)
        policy = self.one(place.policies_in_force(now()).order_by("-pk"), who)
        if policy:
            terms = Terms(policy=policy, power="procure", instruction="Buy salt", limit=Decimal(50), unit="kg")
            begins = now() + timedelta(days=who % 40)
            election = self.attempt(
                lambda: Election.objects.call(
                    place,
                    by=self.citizen(place, who),
                    confederation=self.gathered.comarca,
                    clauses=[terms],
                    valid_from=begins,
                    valid_until=begins + timedelta(days=150),
                    stand_until=now() + timedelta(days=2),
                    method=method,
                )
            )
            for offset in range(3 if election else 0):
                by = self.citizen(place, who + offset)
                self.attempt(lambda by=by: election.stand(by=by, statement="I can count sacks."))

    @rule(which=picks, who=picks, leaves=st.booleans())
    def somebody_stands_or_does_not(self, which: int, who: int, leaves: bool) -> None:
        election = self.one(Election.objects.order_by("-pk"), which)
        candidacy = self.one(Candidacy.objects.order_by("-pk"), who)
        if election and not leaves:
            by = self.one(Citizen.objects.order_by("-pk"), who)
            self.attempt(lambda: election.stand(by=by, statement="Me too."))
        elif candidacy:
            self.attempt(lambda: candidacy.take_back(by=candidacy.citizen))

    @rule(which=picks, yes=st.sampled_from([4, 4, 1]), seed=picks)
    def an_election_is_held(self, which: int, yes: int, seed: int) -> None:
        """Both questions are put and answered; the ballots are as they come."""
        election = self.one(Election.objects.order_by("-pk"), which)
        if election is None:
            return
        if now() < election.stand_until:
            clock.at(election.stand_until)
        poll = self.attempt(lambda: election.put_to_vote(by=facilitator(election.assembly)))
        if poll:
            who, chance = poll.ranking.decision, random.Random(seed)
            numbers = [option.number for option in poll.ranking.options.order_by("number")]
            clock.at(who.opens_at)
            for voter in who.electors().order_by("pk")[:5]:
                order = chance.sample(numbers, chance.randint(1, len(numbers)))
                self.attempt(lambda voter=voter, order=order: who.cast(by=voter, ranking=order))
            self.hold(poll.question.decision, yes)

    # ---- meetings, and what was done beyond a clause ----

    @rule(which=picks, days=st.sampled_from([0, 1, 3, 30]))
    def delegates_are_called_together(self, which: int, days: int) -> None:
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        council = Council.objects.get(pk=mandate.confederation_id)
        at = now() + timedelta(days=days, minutes=1)
        self.attempt(lambda: Meeting.objects.call(council, by=mandate.delegate, at=at, place="The mill"))

    @rule(which=picks, whose=picks, off=st.booleans())
    def a_meeting_is_prepared(self, which: int, whose: int, off: bool) -> None:
        """A task is put on its agenda, or whoever called it calls it off."""
        meeting, task = self.one(Meeting.objects.order_by("-pk"), which), self.one(Task.objects.order_by("-pk"), whose)
        mandate = self.one(Mandate.objects.order_by("-pk"), whose)
        if meeting and off:
            self.attempt(lambda: meeting.call_off(by=meeting.called_by))
        elif meeting and task:
            self.attempt(lambda: meeting.put_on_agenda(task, by=mandate.delegate))

    @rule(which=picks, goes=st.booleans())
    def delegates_meet(self, which: int, goes: bool) -> None:
        """All delegates say that they were there, and so does somebody who was not."""
        meeting = self.one(Meeting.objects.order_by("-pk"), which)
        if meeting:
            if goes and now() < meeting.at:
                clock.at(meeting.at)
            delegates = Citizen.objects.filter(pk__in=Mandate.objects.values("delegate")).order_by("pk")
            for by in [*delegates, self.one(Citizen.objects.order_by("pk"), which)]:
                self.attempt(lambda by=by: meeting.attend(by=by))

    @rule(which=picks, quantity=st.one_of(st.none(), st.integers(1, 400)), days=st.integers(0, 60))
    def something_beyond_the_clause_is_told(self, which: int, quantity: int | None, days: int) -> None:
        attachment = self.one(Attachment.objects.order_by("-pk"), which)
        if attachment:
            self.attempt(
                lambda: Variance.objects.tell(
                    attachment,
                    by=attachment.clause.mandate.delegate,
                    what="The lorry was cheaper.",
                    done_at=now() - timedelta(days=days, hours=1),
                    quantity=None if quantity is None else Decimal(quantity),
                )
            )

    # ---- time and workers ----

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        clock.travel(timedelta(hours=hours))

    @rule(order=st.permutations(range(len(SWEEPS))), twice=st.booleans())
    def the_workers_wake(self, order: list[int], twice: bool) -> None:
        """In any order, once or twice: what is in force at a moment is the same before and after."""
        at = now()
        before = Said(at)
        for number in order * (2 if twice else 1):
            SWEEPS[number].run()
        assert Said(at).changes_since(before) == {}
        for sweep in SWEEPS * 2:  # what one does may give another something to do, and then no more
            sweep.run()
        assert [sweep.name for sweep in SWEEPS if sweep.run()] == []
        self.the_record_is_whole()

    @rule(which=picks, sweeping=st.booleans())
    def the_servers_restart(self, which: int, sweeping: bool) -> None:
        """They die in the middle of an act, with all they had in memory, and come back; the workers may look first."""
        entries = Entry.objects.count()
        mandate = self.one(Mandate.objects.order_by("-pk"), which)
        place, by = mandate.assembly, self.citizen(mandate.assembly, which)
        deeds = [
            lambda: place.propose("Title", "Text", by=by),
            lambda: mandate.resign(by=mandate.delegate),
            lambda: mandate.open_recall(by=by, grounds="Grounds"),
            lambda: by.citizenship(now()).end(by=by, reason="left"),
        ]
        was = connection.connection.info.backend_pid
        with suppress(Died, Refusal), transaction.atomic():
            deeds[which % len(deeds)]()
            connection.close()
            raise Died
        connection.close()
        context.kept.clear()
        assert Entry.objects.count() == entries
        assert connection.connection.info.backend_pid != was
        if sweeping:
            at = now()
            before = Said(at)
            for sweep in SWEEPS:
                sweep.run()
            assert Said(at).changes_since(before) == {}

    def the_record_is_whole(self) -> None:
        """Every entry in its place, and the root that was signed is the root of what is there (article 17)."""
        leaves = Leaf.objects.order_by("log", "index").values_list("log", "index", "entry__body")
        assert len(leaves) == Entry.objects.count()
        for log, rows in groupby(leaves, key=lambda row: row[0]):
            tree = Peaks()
            for _log, index, body in rows:
                assert index == tree.size
                tree.append(leaf_hash(bytes(body)))
            last = Checkpoint.objects.current().get(log=log)
            assert (last.size, bytes(last.root)) == (tree.size, tree.root())

    # ---- the articles ----

    @invariant()
    def the_articles_hold(self) -> None:
        world = World()
        said = Said(world.at)
        self.article_1(world, said)
        self.articles_2_and_3(world)
        self.articles_4_5_and_8(world, said)
        self.article_6(world, said)
        self.article_7(world)
        self.articles_9_and_16(world)
        self.article_10(world)
        self.meetings(world)
        self.articles_11_and_12(world)
        self.article_17(world)
        self.articles_19_and_20(world)

    def article_1(self, world: World, said: Said) -> None:
        versions = [version for versions in world.versions.values() for version in versions]
        for version in versions:
            decision = world.decisions[version.decision_id]
            proposal = world.proposals[decision.proposal_id]
            assert decision.outcome == "carried"
            assert decision.assembly_id == world.policies[version.policy_id].assembly_id
            assert version.in_force_from == decision.closes_at
            assert version.text == ("" if version.repeals else proposal.text)
        for decision in world.decisions.values():
            effect = world.proposals[decision.proposal_id].effect
            drawn = decision.outcome == "carried" and effect in ("policy", "amendment", "repeal")
            assert drawn == any(version.decision_id == decision.id for version in versions)
        for pk in world.policies:
            assert (pk in said.policies) == world.policy_in_force(pk, world.at)

    def articles_2_and_3(self, world: World) -> None:
        in_force = [
            c.citizen_id
            for c in world.citizenships.values()
            if c.valid_from <= world.at and (c.valid_until is None or c.valid_until > world.at)
        ]
        assert len(in_force) == len(set(in_force))
        for decision in world.decisions.values():
            electors = world.electors(decision)
            voters = [ballot.voter_id for ballot in world.ballots[decision.id]]
            assert len(voters) == len(set(voters))
            assert set(voters) <= electors
            for ballot in world.ballots[decision.id]:
                last = ballot.changed_at or ballot.cast_at
                assert decision.opens_at <= ballot.cast_at <= last < decision.closes_at
            if decision.opened_at:
                assert decision.electorate == len(electors)
                assert decision.opened_at >= decision.opens_at
            if decision.closed_at:
                if decision.method == "yes-no":
                    assert (decision.yes, decision.no, decision.abstain) == world.counted(decision)
                else:
                    self.a_choice_is_counted(world, decision)
                assert decision.outcome == world.outcome(decision)
                assert decision.closed_at >= decision.closes_at

    def a_choice_is_counted(self, world: World, decision) -> None:
        """Once, with one of its own options for each seat, and never past whom most have named."""
        count = world.counts.get(decision.id)
        assert (count is not None) == (decision.outcome == "carried")
        if count:
            numbers = {o.number for o in world.options.values() if o.proposal_id == decision.proposal_id}
            assert len(set(count.elected)) == decision.seats
            assert set(count.elected) <= numbers
            assert world.must_win(decision) <= set(count.elected)

    def articles_4_5_and_8(self, world: World, said: Said) -> None:
        for mandate in world.mandates.values():
            assert (mandate.id in said.in_force) == world.in_force(mandate, world.at), (
                f"mandate {mandate.id} at {world.confederations[mandate.confederation_id].name}"
            )
            end = said.ends[mandate.id]
            assert (end is None) == (world.issued_at(mandate, world.at) is None)
            if end and end[1] <= world.at:
                assert end[1] == min(world.ends(mandate, world.at))
                assert self.seen_endings.setdefault(mandate.id, end) == end  # what has ended stays ended
            ending = world.endings.get(mandate.id)
            if ending:
                assert (ending.kind, ending.effective_at) == end
        for clause in world.clauses.values():
            limit = said.limits[clause.id]
            assert limit == world.limit(clause, world.at)
            assert limit <= clause.limit

    def article_6(self, world: World, said: Said) -> None:
        for attachment in world.attachments.values():
            clause = world.clauses[attachment.clause_id]
            assert world.clause_in_force(clause, attachment.attached_at)
            assert world.mandates[clause.mandate_id].delegate_id == attachment.by_id
        used: dict[int, Decimal] = {}
        for action in world.actions:
            clause = world.clauses[world.attachments[action.attachment_id].clause_id]
            used[clause.id] = used.get(clause.id, Decimal(0)) + action.quantity
            assert world.clause_in_force(clause, action.logged_at)
            assert used[clause.id] <= world.limit(clause, action.logged_at)
        in_force = {clause for clause, _mandate in said.clauses}
        for clause in world.clauses.values():
            assert (clause.id in in_force) == world.clause_in_force(clause, world.at)

    def article_7(self, world: World) -> None:
        for recall in (recall for some in world.recalls.values() for recall in some):
            called, signed = world.of_proposal[recall.proposal_id], world.signed.get(recall.id, 0)
            assert bool(called) == (signed >= recall.needed)
            assert signed <= recall.needed
            for decision in called:
                assert decision.called_by_id is None
            carried = world.carried_at(recall.proposal_id, world.at)
            if carried:
                assert not world.in_force(world.mandates[recall.mandate_id], carried)

    def articles_9_and_16(self, world: World) -> None:
        for place, charter in world.charters.items():
            if world.within[place] is not None:
                wider = world.charters[world.within[place]]
                assert set(wider.powers) < set(charter.powers)
                assert wider.longest_term <= charter.longest_term
        held = Counter((o.assembly_id, o.kind) for o in world.offices if o.valid_from <= world.at < o.valid_until)
        assert all(number <= 2 for number in held.values())
        for mandate in world.mandates.values():
            charter = world.charters[mandate.confederation_id]
            assert mandate.valid_until <= mandate.valid_from + charter.longest_term
            assert {c.power for c in world.clauses.values() if c.mandate_id == mandate.id} <= set(charter.powers)

    def article_10(self, world: World) -> None:
        """Each speaks for themselves, and nothing is done for an assembly under a task whose part it has halted."""
        rows = world.rows
        parts = {
            attachment.id: world.mandates[world.clauses[attachment.clause_id].mandate_id]
            for attachment in world.attachments.values()
        }
        for action in world.actions:
            mandate = parts[action.attachment_id]
            assert action.by_id == mandate.delegate_id
            assert not world.halted(action.task_id, mandate.assembly_id, action.logged_at)
        for attachment in world.attachments.values():
            assembly = parts[attachment.id].assembly_id
            assert not world.halted(attachment.task_id, assembly, attachment.attached_at)
        for objection in world.objections.values():
            assert objection.assembly_id == world.mandates[objection.mandate_id].assembly_id
            assert any(
                c.citizen_id == objection.by_id
                and c.valid_from <= objection.made_at
                and (c.valid_until is None or objection.made_at < c.valid_until)
                for c in world.roll[objection.assembly_id]
            )
        for said in rows["Answer"]:
            assert said.by_id == world.mandates[world.objections[said.objection_id].mandate_id].delegate_id
        for said in rows["Settlement"]:
            assert said.by_id == world.objections[said.objection_id].by_id
        for halt in rows["Halt"]:
            assert halt.assembly_id == world.objections[halt.objection_id].assembly_id
            assert world.proposals[halt.proposal_id].assembly_id == halt.assembly_id
        for report in rows["Report"]:
            assert report.by_id == world.mandates[report.mandate_id].delegate_id
        for variance in rows["Variance"]:
            attachment = world.attachments[variance.attachment_id]
            clause = world.clauses[attachment.clause_id]
            mandate = world.mandates[clause.mandate_id]
            assert variance.by_id == mandate.delegate_id
            assert variance.kinds
            assert ("after-end" in variance.kinds) == (not world.clause_in_force(clause, variance.done_at))
            halted = world.halted(attachment.task_id, mandate.assembly_id, variance.done_at)
            assert ("halted" in variance.kinds) == halted

    def meetings(self, world: World) -> None:
        """Delegates call them, make their agenda of their own council's tasks, and attend; there is nothing to vote."""
        meetings = {meeting.id: meeting for meeting in world.rows["Meeting"]}

        def seated(citizen: int, meeting, at) -> bool:
            return any(
                m.delegate_id == citizen and m.confederation_id == meeting.confederation_id and world.in_force(m, at)
                for m in world.mandates.values()
            )

        for meeting in meetings.values():
            assert seated(meeting.called_by_id, meeting, meeting.called_at)
        for item in world.rows["AgendaItem"]:
            meeting = meetings[item.meeting_id]
            assert world.tasks[item.task_id].council_id == meeting.confederation_id
            assert item.put_at < meeting.at
            assert seated(item.by_id, meeting, item.put_at)
        for attendance in world.rows["Attendance"]:
            meeting = meetings[attendance.meeting_id]
            assert meeting.called_off_at is None
            assert meeting.at <= attendance.noted_at <= meeting.at + timedelta(days=7)
            assert seated(attendance.delegate_id, meeting, meeting.at)

    def articles_11_and_12(self, world: World) -> None:
        """A text binds where it was adopted word for word by the assembly itself; members are who decided so."""
        for adoption in world.rows["Adoption"]:
            shared, proposal = world.texts[adoption.shared_id], world.proposals[adoption.proposal_id]
            offered = world.carried_at(shared.proposal_id, world.at)
            assert proposal.assembly_id == adoption.assembly_id
            assert shared.text in proposal.text
            assert offered
            assert offered <= proposal.drafted_at
        for accession in world.accessions:
            assert world.proposals[accession.proposal_id].assembly_id == accession.assembly_id
            for departure in world.departures[accession.id]:
                assert world.proposals[departure.proposal_id].assembly_id == accession.assembly_id
        pairs = {(a.assembly_id, a.confederation_id) for a in world.accessions}
        seated = {(seat.confederation_id, seat.assembly_id) for seat in world.rows["Seats"]}
        for assembly, confederation in pairs:
            inside = world.reach(confederation) & {c for c, a in seated if a == assembly}
            assert bool(inside) == world.is_member(assembly, confederation, world.at)
        for orders in (one for some in world.orders.values() for one in some):
            if orders.proposal_id:
                assert world.proposals[orders.proposal_id].assembly_id == orders.assembly_id

    def articles_19_and_20(self, world: World) -> None:
        """The technician is nowhere in it; and no vote opened before its time for deliberation was over."""
        technician = self.gathered.technician.pk
        for table in world.rows.values():
            for row in table:
                named = {getattr(row, field) for field in row._fields if field in PEOPLE}
                assert technician not in named
        for decision in world.decisions.values():
            proposal = world.proposals[decision.proposal_id]
            orders = world.orders_at(decision.assembly_id, decision.called_at)
            assert decision.opens_at >= proposal.offered_at + orders.deliberation

    def article_17(self, world: World) -> None:
        """One entry an act, whatever the act."""
        rows = world.rows
        versions = rows["PolicyVersion"]
        said_of = Counter(kind for kind, _subject in world.entries)
        for kind, number in {
            "assembly.founded": len(rows["Assembly"]),
            "citizenship.begun": sum(c.admitted_by_id is not None for c in rows["Citizenship"]),  # beside founders
            "recall.signed": sum(world.signed.values()),
            "recall.opened": sum(r.opened_by_id is not None for r in rows["Recall"]),
            "recall.opened_by_charter": sum(r.opened_by_id is None for r in rows["Recall"]),
            "mandate.narrowing_proposed": len(world.narrowings),
            "accession.proposed": len(world.accessions),
            "departure.proposed": len(rows["Departure"]),
            "task.opened": len(world.tasks),
            "task.attached": len(world.attachments),
            "policy.adopted": sum(not v.repeals for v in versions),
            "policy.repealed": sum(v.repeals for v in versions),
            "objection.made": len(world.objections),
            "objection.answered": len(rows["Answer"]),
            "objection.settled": len(rows["Settlement"]),
            "halt.proposed": len(rows["Halt"]),
            "halt.end_proposed": len(rows["Resumption"]),
            "report.filed": len(rows["Report"]),
            "text.proposed": len(rows["SharedText"]),
            "adoption.proposed": len(rows["Adoption"]),
            "office.drawn": len(rows["Office"]),
            "election.called": len(rows["Election"]),
            "election.put_to_vote": len(rows["Poll"]),
            "candidacy.declared": len(rows["Candidacy"]),
            "candidacy.taken_back": sum(c.withdrawn_at is not None for c in rows["Candidacy"]),
            "decision.counted": len(rows["Count"]),
            "meeting.called": len(rows["Meeting"]),
            "meeting.called_off": sum(m.called_off_at is not None for m in rows["Meeting"]),
            "meeting.agenda": len(rows["AgendaItem"]),
            "meeting.attended": len(rows["Attendance"]),
            "variance.told": len(rows["Variance"]),
        }.items():
            assert said_of[kind] == number, kind
        for kind, things in {
            "decision.called": world.decisions.values(),
            "decision.closed": [d for d in world.decisions.values() if d.closed_at],
            "decision.opened": [d for d in world.decisions.values() if d.opened_at],
            "proposal.offered": [p for p in world.proposals.values() if p.offered_at],
            "mandate.proposed": [m for m in world.mandates.values() if m.option_id is None],
            "action.logged": world.actions,
        }.items():
            entries = [subject for said, subject in world.entries if said == kind]
            assert len(entries) == len(set(entries)) == len(things), kind
        assert len(world.entries) == world.placed_or_waiting


def live(gathered: Cast, profile: settings, **what) -> None:
    run_state_machine_as_test(type("Town", (Town,), {"gathered": gathered, **what}), settings=profile)


def test_the_articles_hold_through_whatever_happens(town: Cast):
    live(town, SHORT)


BLIND = """
CREATE OR REPLACE FUNCTION mandate_in_force(which bigint, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT m.valid_from <= at AND m.valid_until > at AND carried(m.proposal_id, at)
        FROM mandates_mandate m WHERE m.id = which), false)
$$
"""


def test_a_rule_that_forgets_how_a_mandate_can_end_is_found_out(town: Cast):
    """A search that finds nothing is worth what it would find: here the database looks at the term alone."""
    profile = settings(SHORT, max_examples=40, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError, match=r"at Hoya de Huesca|at Alto Aragón"):
        live(town, profile, spoilt=BLIND)


@pytest.mark.deep
def test_the_articles_hold_through_whatever_happens_for_long(town: Cast):
    live(town, DEEP)
