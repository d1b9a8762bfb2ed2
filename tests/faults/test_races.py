"""Two at once, on real connections: whoever comes first, what stands afterwards is what the articles allow.

Where a lock decides the race, it is run thrice: as it is; with a pause in the rule, so that the others surely come in
between; and with the pause and without the lock, where it must be lost: a race that cannot be lost shows nothing.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count, cycle

import pytest
from django.db import transaction
from django.test import TransactionTestCase

from assemblies import tasks
from assemblies.clock import now
from assemblies.models import (
    Application,
    Assembly,
    Citizen,
    Citizenship,
    Decision,
    Drawing,
    Entry,
    Office,
    PolicyVersion,
    address,
    admit,
    apply,
)
from councils.models import Action, Attachment, Task
from mandates.models import Clause, Mandate, Recall
from mandates.models import recall as recalls
from tests.cast import Cast, call, carry, checkpointed, clock, drawn, facilitator, gather, person, travel_to, vote
from tests.faults.processes import WAITING, number, until
from tests.faults.racing import Racers, accepted, refused, slowed, until_it_is, until_refused
from tests.plumbing.database import _restore_seed

pytestmark = pytest.mark.django_db(transaction=True)

BATCH, FEW = 20, 4
SHORTLY, SOON = timedelta(milliseconds=15), timedelta(milliseconds=150)  # before the moment; before a slowed one
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
names = count(1)

deep = pytest.param(10, marks=pytest.mark.deep, id="200 rounds")
many = pytest.mark.parametrize("batches", [pytest.param(1, id="20 rounds"), deep])
lost = pytest.mark.parametrize("unlocked", [pytest.param(False, id="slowed"), pytest.param(True, id="lost unlocked")])


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The cast on disk, where other connections see it; founded once for all races, and swept away after them."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: None)
        yield gather()
        _restore_seed(None)


@pytest.fixture(scope="module")
def racers(town: Cast) -> Iterator[Racers]:
    racers = Racers()
    yield racers
    racers.go_home()


@pytest.fixture(autouse=True)
def in_order(town: Cast) -> None:
    """What earlier races left open is closed, and seats whose term has run out in these long years are drawn."""
    tasks.closing.run()
    for assembly in (town.abiego, town.loarre, town.sietamo):
        drawn(assembly, Office.Kind.FACILITATOR)


def rounds(batches: int, prepare: Callable[[int], list]) -> Iterator:
    """What is raced about, in batches: one after another, prepared together."""
    for _ in range(batches):
        yield from prepare(BATCH)


def entries(kind: str, thing) -> int:
    return Entry.objects.filter(kind=kind, subject=address(thing)).count()


def shown(unlocked: bool, outcomes: Iterator[bool]) -> None:
    """Every round was right; or, without the lock, one was not."""
    assert not all(outcomes) if unlocked else all(list(outcomes))


# ---- ballots ----


def votes(assembly: Assembly, n: int = BATCH, *, opened: bool = True) -> list[Decision]:
    """Votes called in that assembly, whose openings and closes lie a minute apart."""
    author = facilitator(assembly)
    proposals = [assembly.propose(f"Well {next(names)}", "It is common.", by=author) for _ in range(n)]
    first = now() + timedelta(days=8)
    decisions = [
        call(proposal, opens_at=first + i * MINUTE, closes_at=first + 3 * DAY + i * MINUTE)
        for i, proposal in enumerate(proposals)
    ]
    if opened:
        travel_to(decisions[-1].opens_at)
        for decision in decisions:
            decision.open()
    return decisions


@many
def test_a_ballot_submitted_four_times_at_once_is_one_vote(town, racers, batches):
    for decision in rounds(batches, lambda n: votes(town.abiego, n)):
        choices = ("yes", "no", "abstain", "no")
        casts = [lambda choice=choice, d=decision: d.cast(by=town.ana, choice=choice) for choice in choices]
        assert len(accepted(racers.race(*casts))) == 4, "a vote may be changed until the close"
        assert decision.ballots.count() == 1
        clock.at(max(now(), decision.closes_at))
        decision.close()
        assert decision.tally.voters == 1


def cast_at_the_close(town: Cast, racers: Racers, decision: Decision, lead: timedelta) -> bool:
    """Four cast as long as they may, one closes as soon as they can. Whether what was acknowledged was counted."""
    voters = list(decision.electors().order_by("pk")[:4])
    clock.at(decision.closes_at - lead)

    def casting(voter: Citizen) -> tuple[int, str | None]:
        choices = cycle(("yes", "no", "abstain"))
        done = until_refused(lambda: decision.cast(by=voter, choice=next(choices)))
        return voter.pk, done[-1].choice if done else None

    *acknowledged, _closed = racers.race(
        *[lambda voter=voter: casting(voter) for voter in voters],
        lambda: until_it_is(Decision.objects.get(pk=decision.pk).close),
    )
    decision.refresh_from_db()
    last = {voter: choice for voter, choice in acknowledged if choice}
    assert dict(decision.ballots.values_list("voter", "choice")) == last, "what was answered 'cast' stands"
    counted = {choice: list(last.values()).count(choice) for choice in ("yes", "no", "abstain")}
    return counted == {"yes": decision.yes, "no": decision.no, "abstain": decision.abstain}


@many
def test_a_vote_at_the_very_close_is_counted_or_refused_and_never_lost(town, racers, batches):
    for decision in rounds(batches, lambda n: votes(town.abiego, n)):
        assert cast_at_the_close(town, racers, decision, SHORTLY)


@lost
def test_a_vote_at_the_very_close_is_waited_for(town, racers, unlocked):
    decisions = votes(town.abiego, FEW)
    with slowed("assemblies_ballot.cast", unlocked=unlocked):
        shown(unlocked, (cast_at_the_close(town, racers, decision, SOON) for decision in decisions))


@many
def test_four_closers_close_once_and_adopt_once(town, racers, batches):
    for decision in rounds(batches, lambda n: votes(town.abiego, n)):
        vote(decision)
        clock.at(decision.closes_at)
        closers = [lambda d=decision: Decision.objects.get(pk=d.pk).close() for _ in range(4)]
        assert sorted(racers.race(*closers)) == [False, False, False, True]
        assert entries("decision.closed", decision) == 1
        assert PolicyVersion.objects.filter(decision=decision).count() == 1


@many
def test_four_openers_two_of_them_voters_open_once(town, racers, batches):
    for decision in rounds(batches, lambda n: votes(town.abiego, n, opened=False)):
        clock.at(decision.opens_at)
        openers = [lambda d=decision: Decision.objects.get(pk=d.pk).open() for _ in range(2)]
        # Each with a decision of its own, as servers have them: a shared one says it is open before that is on disk.
        voters = [
            lambda d=decision, v=v: Decision.objects.get(pk=d.pk).cast(by=v, choice="yes")
            for v in (town.ana, town.bilal)
        ]
        assert not refused(racers.race(*openers, *voters))
        assert entries("decision.opened", decision) == 1
        assert decision.ballots.count() == 2


@many
def test_two_facilitators_call_one_vote(town, racers, batches):
    both = [office.citizen for office in Office.objects.in_force(now()).filter(assembly=town.abiego)][:2]
    for _ in range(batches * BATCH):
        proposal = town.abiego.propose(f"Well {next(names)}", "It is common.", by=town.ana)
        results = racers.race(*[lambda by=by, p=proposal: p.put_to_vote(by=by) for by in both])
        assert [refusal.status for refusal in refused(results)] == [409]
        assert proposal.decisions.count() == 1
        assert entries("decision.called", proposal.decisions.get()) == 1


# ---- the roll ----


def admission_at_the_opening(town: Cast, racers: Racers, decision: Decision, lead: timedelta) -> bool:
    """Two facilitators admit one newcomer after another while the vote opens. Whether the electorate that was frozen
    is those who may vote."""
    by = facilitator(town.loarre)
    opened = []

    def admitting() -> None:
        while not opened:
            admit(person(f"Newcomer {next(names)}"), town.loarre, by=by)

    def opening() -> None:
        until_it_is(Decision.objects.get(pk=decision.pk).open)
        opened.append(True)

    clock.at(decision.opens_at - lead)
    results = racers.race(admitting, admitting, opening)
    assert not refused(results)
    decision.refresh_from_db()
    return decision.electorate == decision.electors().count()


@many
def test_the_electorate_that_is_frozen_is_those_who_may_vote_whoever_was_admitted_at_that_moment(town, racers, batches):
    for decision in rounds(batches, lambda n: votes(town.loarre, n, opened=False)):
        assert admission_at_the_opening(town, racers, decision, SHORTLY)


@lost
def test_an_admission_under_way_at_the_opening_is_waited_for(town, racers, unlocked):
    decisions = votes(town.loarre, FEW, opened=False)
    with slowed("assemblies_citizenship.admitted", unlocked=unlocked):
        shown(unlocked, (admission_at_the_opening(town, racers, decision, SOON) for decision in decisions))


@many
def test_one_person_admitted_twice_at_once_is_one_citizen(town, racers, batches):
    # No control: without the exclusion constraint, which is no lock, PostgreSQL itself would hold two rows.
    here, there = facilitator(town.loarre), facilitator(town.sietamo)
    for _ in range(batches * BATCH):
        newcomer = person(f"Newcomer {next(names)}")
        results = racers.race(*[lambda n=newcomer: admit(n, town.loarre, by=here)] * 2)
        assert [refusal.status for refusal in refused(results)] == [409]
        assert newcomer.citizenships.count() == 1

        traveller = person(f"Traveller {next(names)}")
        racers.race(
            lambda t=traveller: admit(t, town.loarre, by=here), lambda t=traveller: admit(t, town.sietamo, by=there)
        )
        assert traveller.citizenships.in_force(now()).count() == 1, "whoever was second let them move"
        assert (
            not Citizenship.objects.filter(citizen=traveller)
            .exclude(valid_until=None, end_reason="")
            .exclude(end_reason="moved")
        )


@many
def test_one_application_answered_twice_at_once_is_answered_once(town, racers, batches):
    both = [office.citizen for office in Office.objects.in_force(now()).filter(assembly=town.sietamo)][:2]
    for _ in range(batches * BATCH):
        application = apply(person(f"Applicant {next(names)}"), town.sietamo, "By the well.")
        answers = [
            lambda a=application: Application.objects.get(pk=a.pk).admit(by=both[0]),
            lambda a=application: Application.objects.get(pk=a.pk).decline(by=both[1], reason="Nobody knows them."),
        ]
        assert [refusal.status for refusal in refused(racers.race(*answers))] == [409]
        application.refresh_from_db()
        assert application.citizen.citizenships.count() == application.admitted


@many
def test_seats_drawn_by_four_at_once_are_never_more_than_there_are(town, racers, batches):
    for _ in range(batches * BATCH):
        for office in Office.objects.in_force(now()).filter(assembly=town.sietamo):
            office.lay_down(by=office.citizen)
        racers.race(*[lambda: Drawing.objects.announce(town.sietamo, Office.Kind.FACILITATOR)] * 4)
        (drawing,) = Drawing.objects.pending().filter(assembly=town.sietamo)
        checkpointed(town.sietamo)
        racers.race(*[drawing.draw] * 4)
        assert Office.objects.in_force(now()).filter(assembly=town.sietamo, kind="facilitator").count() == 2


# ---- mandates ----


def mandates(town: Cast, n: int = BATCH) -> list[Mandate]:
    """Mandates in force of one delegate."""
    issued = [town.propose_mandate(town.abiego, town.ana) for _ in range(n)]
    carry(*(mandate.proposal for mandate in issued))
    return issued


def clauses(town: Cast, n: int = BATCH) -> list[Clause]:
    """So many clauses of one mandate in force, each with a limit of its own."""
    return list(town.mandate(town.abiego, town.ana, *[town.terms(town.abiego)] * n).clauses.all())


def task_under(town: Cast, clause: Clause) -> Task:
    return town.task(clause.mandate, clauses=[clause], quantities={clause: Decimal(80)})


def recall_of(mandate: Mandate) -> Recall:
    return mandate.open_recall(by=mandate.assembly.citizens(now()).earliest("pk"), grounds="The flour never came.")


def kth_signature(racers: Racers, recall: Recall, n: int) -> bool:
    """So many sign at once, two of whom suffice. Whether the vote was called, and once."""
    signers = recall.assembly.citizens(now()).exclude(pk=recall.opened_by_id).order_by("pk")[:n]
    results = racers.race(*[lambda by=by: Recall.objects.get(pk=recall.pk).sign(by=by) for by in signers])
    assert len(accepted(results)) == recall.signatures.count() - 1
    assert recall.proposal.decisions.count() == entries("recall.put_to_vote", recall) <= 1
    return recall.proposal.decisions.count() == 1


@many
def test_the_signature_that_suffices_puts_the_recall_to_the_vote_once_however_many_sign_at_once(town, racers, batches):
    for mandate in rounds(batches, lambda n: mandates(town, n)):
        recall = recall_of(mandate)
        assert recall.needed == 3
        assert kth_signature(racers, recall, 5)


@lost
def test_the_signature_that_suffices_is_not_missed(town, racers, unlocked, monkeypatch):
    opened = [recall_of(mandate) for mandate in mandates(town, FEW)]
    if unlocked:
        monkeypatch.setattr(recalls, "_lock", lambda mandate: None)
    # Slow is also what is written between the counting of signatures and the end of the act.
    with slowed("mandates_signature.given", "assemblies_entry.says_what_it_is", unlocked=unlocked):
        shown(unlocked, (kth_signature(racers, recall, 2) for recall in opened))


def two_at_one_limit(racers: Racers, task: Task) -> bool:
    """Four devices log 30 kg each at once, where 100 are allowed. Whether the limit stood."""
    attachment = task.attachments.get()
    log = [
        lambda: Attachment.objects.get(pk=attachment.pk).log_action(
            by=attachment.by, what="Fetched flour", quantity=Decimal(30)
        )
    ] * 4
    results = racers.race(*log)
    used = sum(action.quantity for action in Action.objects.filter(attachment=attachment))
    assert used == 30 * len(accepted(results))
    assert all(refusal.article == 6 for refusal in refused(results))
    return used == 90


@many
def test_four_who_log_at_one_limit_do_not_overrun_it(town, racers, batches):
    for clause in rounds(batches, lambda n: clauses(town, n)):
        assert two_at_one_limit(racers, task_under(town, clause))


@lost
def test_the_limit_of_a_clause_is_used_by_one_after_another(town, racers, unlocked):
    attached = [task_under(town, clause) for clause in clauses(town, FEW)]
    tasks.closing.run()  # a vote that is over and not counted would be waited for, one after another
    with slowed("councils_action.within_the_clause", "councils_action.beside_what_is_allotted", unlocked=unlocked):
        shown(unlocked, (two_at_one_limit(racers, task) for task in attached))


def ready_to_be_recalled(*issued: Mandate) -> list[Decision]:
    """The votes on their recalls, a minute apart, three for and three against: whoever comes last decides."""
    decisions = []
    for mandate in issued:
        recall = recall_of(mandate)
        signers = iter(mandate.assembly.citizens(now()).exclude(pk=recall.opened_by_id).order_by("pk"))
        while recall.decision is None:
            recall.sign(by=next(signers))
        decisions.append(recall.decision)
        clock.travel(MINUTE)
    for decision in decisions:
        vote(decision, yes=3, no=3)
    return decisions


def the_last(decision: Decision) -> Citizen:
    """An elector who has not voted yet."""
    return decision.electors().exclude(pk__in=decision.ballots.values("voter")).earliest("pk")


@many
def test_no_task_is_attached_from_the_close_on_that_recalled_the_delegate(town, racers, batches):
    def prepare(n: int) -> list[tuple[Mandate, Decision]]:
        issued = mandates(town, n)
        return list(zip(issued, ready_to_be_recalled(*issued), strict=True))

    carried = []
    for mandate, decision in rounds(batches, prepare):
        deciding, choices, over = the_last(decision), cycle(("no", "yes")), []

        def attaching(mandate: Mandate = mandate, over: list = over) -> None:
            while not over:
                town.task(mandate, quantity=1)

        def closing(decision: Decision = decision, over: list = over) -> None:
            until_it_is(Decision.objects.get(pk=decision.pk).close)
            over.append(True)

        clock.at(decision.closes_at - SHORTLY)
        racers.race(
            attaching,
            attaching,
            lambda d=decision, by=deciding, c=choices: until_refused(lambda: d.cast(by=by, choice=next(c))),
            closing,
        )
        decision.refresh_from_db()
        carried.append(decision.carried)
        late = Attachment.objects.filter(clause__mandate=mandate, attached_at__gte=decision.closes_at)
        assert not (decision.carried and late.exists())
    assert any(carried)


@pytest.mark.parametrize("act", ["attach", "log", "resign"])
def test_an_act_after_the_close_waits_for_a_vote_cast_in_time_that_is_still_being_written(town, racers, act):
    # No control by taking a lock away: before `settled` was asked for the moment, each of the three acts went through.
    (mandate,) = mandates(town, 1)
    attachment = town.task(mandate, quantity=1).attachments.get()
    (decision,) = ready_to_be_recalled(mandate)
    clock.at(decision.closes_at - timedelta(seconds=2))
    acts = {
        "attach": lambda: town.task(mandate, quantity=1),
        "log": lambda: attachment.log_action(by=town.ana, what="Fetched flour", quantity=Decimal(1)),
        "resign": lambda: mandate.resign(by=town.ana),
    }
    cast = []

    def casting() -> None:
        with transaction.atomic():
            decision.cast(by=the_last(decision), choice="yes")
            cast.append(True)
            until(lambda: number(WAITING), "somebody who waits for this vote")

    def acting() -> None:
        until(lambda: cast and now() >= decision.closes_at, "the close")
        acts[act]()

    _voted, refusal = racers.race(casting, acting)
    assert (refusal.article, refusal.status) == (8, 409)
    assert mandate.end(now()) == ("recalled", decision.closes_at)


@many
def test_no_task_is_attached_after_the_delegate_laid_the_mandate_down(town, racers, batches):
    for mandate in rounds(batches, lambda n: mandates(town, n)):
        *_attached, ending = racers.race(
            *[lambda m=mandate: until_refused(lambda: town.task(m, quantity=1))] * 3,
            lambda m=mandate: m.resign(by=town.ana),
        )
        assert not Attachment.objects.filter(clause__mandate=mandate, attached_at__gte=ending.effective_at)


@many
def test_an_action_is_logged_before_the_mandate_expires_or_not_at_all(town, racers, batches):
    def prepare(n: int) -> list[Attachment]:
        terms, first = town.terms(town.abiego, limit=None, unit=""), now() + 20 * DAY
        issued = [town.propose_mandate(town.abiego, town.ana, terms, valid_until=first + i * MINUTE) for i in range(n)]
        carry(*(mandate.proposal for mandate in issued))
        return [town.task(mandate, None, unit="").attachments.get() for mandate in issued]

    for attachment in rounds(batches, prepare):
        mandate = attachment.clause.mandate
        clock.at(mandate.valid_until - SHORTLY)
        log = [lambda a=attachment: until_refused(lambda: a.log_action(by=town.ana, what="Called a meeting"))] * 3
        logged = sum(map(len, racers.race(*log)))
        actions = Action.objects.filter(attachment=attachment)
        assert actions.count() == logged
        assert not actions.filter(logged_at__gte=mandate.valid_until)


@many
def test_two_narrowings_at_once_leave_the_lower_limit_whichever_was_counted_first(town, racers, batches):
    def prepare(n: int) -> list:
        pairs = [
            racers.race(
                *[
                    lambda by=by, limit=limit, c=clause: c.mandate.propose_narrowing(
                        by=by, reasons="Less is enough.", limits={c: Decimal(limit)}
                    )
                    for by, limit in ((town.ana, 40), (town.bilal, 60))
                ]
            )
            for clause in clauses(town, n)
        ]
        carry(*(narrowing.proposal for pair in pairs for narrowing in pair), close=False)
        return pairs

    for pair in rounds(batches, prepare):
        closers = [lambda d=narrowing.proposal.decision: d.close() for narrowing in pair]
        assert racers.race(*closers) == [True, True]
        assert pair[0].clauses.get().clause.limit_at(now()) == 40
