"""Who may do what is a function of rows and the clock: the same before any worker has run, and after (article 8)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.models import Assembly, Citizenship, Policy, Rules
from assemblies.refusal import Refusal
from assemblies.sweeps import REGISTRY
from councils.models import Attachment, Council, Task
from mandates.models import Accession, Clause, Mandate, propose_accession
from tests.cast import Cast, accession, carry, recall_carried, travel_to

INSTANT = timedelta(microseconds=1)


def authority(at: datetime) -> dict[str, object]:
    """Everything that anybody may ask about who was in force at a moment."""
    return {
        "mandates": set(Mandate.objects.in_force(at).values_list("pk", flat=True)),
        "ends": {mandate.pk: mandate.end(at) for mandate in Mandate.objects.all()},
        "clauses": set(Clause.objects.in_force(at).values_list("pk", flat=True)),
        "limits": {clause.pk: clause.limit_at(at) for clause in Clause.objects.all()},
        "policies": set(Policy.objects.in_force(at).values_list("pk", flat=True)),
        "orders": {assembly.pk: assembly.orders(at).pk for assembly in Assembly.objects.founded()},
        "members": set(Accession.objects.in_force(at).values_list("assembly", "confederation")),
        "seats": {
            council.pk: [(seat.delegate.pk, [m.pk for m in seat.mandates]) for seat in council.seats(at)]
            for council in Council.objects.all()
        },
        "attachments": set(Attachment.objects.in_force(at).values_list("pk", flat=True)),
        "tasks": {task.pk: task.stopped(at) for task in Task.objects.all()},
    }


@pytest.fixture
def unmoved(cast, settings, tmp_path) -> Callable[..., None]:
    """`unmoved(*moments)`: the workers run, and no answer about any of these moments, or of now, changes by it."""
    settings.PUBLISHED_DIR = tmp_path

    def check(*moments: datetime) -> None:
        asked = [now(), *(moment + step for moment in moments for step in (-INSTANT, timedelta()))]
        asked = [at for at in asked if at <= asked[0]]
        before = [authority(at) for at in asked]
        for sweep in REGISTRY.values():
            if not sweep.name.startswith(("tell", "send", "warn", "draw")):
                sweep.run()
        for at, answers in zip(asked, before, strict=True):
            assert authority(at) == answers, at

    return check


@pytest.fixture
def mandate(cast: Cast) -> Mandate:
    """Ana's, with a task under it; nobody has written down that it was issued."""
    mandate = cast.propose_mandate(cast.abiego, cast.ana)
    carry(mandate.proposal, close=False)
    cast.task(mandate)
    return mandate


def refused_to_act(cast: Cast, mandate: Mandate) -> None:
    with pytest.raises(Refusal) as refusal:
        cast.task(mandate)
    assert refusal.value.article == 8
    with pytest.raises(Refusal) as refusal:
        Attachment.objects.get(clause__mandate=mandate).log_action(
            by=mandate.delegate, what="Flour", quantity=Decimal(1)
        )
    assert refusal.value.article == 8


def test_a_mandate_binds_from_the_close_that_carried_it_though_nobody_has_counted(cast, mandate, unmoved):
    decision = mandate.decision
    assert decision.closed_at is None
    assert not Mandate.objects.in_force(decision.closes_at - INSTANT).filter(pk=mandate.pk).exists()
    assert mandate.is_in_force(decision.closes_at)
    unmoved(decision.closes_at)


def test_a_mandate_that_no_clock_has_ended_stands(cast, mandate, unmoved):
    cast.task(mandate, quantity=10)
    unmoved()
    assert mandate.is_in_force(now())


def test_a_mandate_ends_with_its_term_though_every_worker_sleeps(cast, mandate, unmoved):
    travel_to(mandate.valid_until)
    assert not mandate.is_in_force(now())
    assert mandate.is_in_force(mandate.valid_until - INSTANT)
    refused_to_act(cast, mandate)
    unmoved(mandate.valid_until)
    assert mandate.ending.kind == "expired"


def test_a_recall_that_carried_ends_the_mandate_at_its_close_before_anybody_counts(cast, mandate, unmoved):
    recall = recall_carried(mandate, close=False)
    decision = recall.decision
    assert decision.closed_at is None
    assert mandate.is_in_force(decision.closes_at - INSTANT)
    assert mandate.end(now()) == ("recalled", decision.closes_at)
    refused_to_act(cast, mandate)
    unmoved(decision.closes_at)
    assert mandate.ending.kind == "recalled"


@pytest.mark.parametrize(
    "change",
    [
        {"limits": 40},
        {"struck": True},
        {"valid_until": timedelta(days=12)},
        {"withdraws": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_narrowing_holds_from_its_close_before_anybody_counts(cast, mandate, unmoved, change):
    clause, at = mandate.clauses.get(), now()
    narrowing = mandate.propose_narrowing(
        by=cast.bilal,
        reasons="Less is enough.",
        limits={clause: Decimal(change["limits"])} if "limits" in change else None,
        struck=[clause] if "struck" in change else [],
        valid_until=at + change["valid_until"] if "valid_until" in change else None,
        withdraws=change.get("withdraws", False),
    )
    (decision,) = carry(narrowing.proposal, close=False)
    ends = max(narrowing.valid_until or decision.closes_at, decision.closes_at)
    travel_to(ends)
    assert clause.limit_at(decision.closes_at - INSTANT) == 100
    if "limits" in change:
        assert clause.limit_at(decision.closes_at) == 40
    else:
        assert clause.is_in_force(ends - INSTANT)
        assert not clause.is_in_force(ends)
        refused_to_act(cast, mandate)
    unmoved(decision.closes_at, ends)


def test_new_standing_orders_hold_from_their_close_before_anybody_counts(cast, unmoved):
    old = cast.abiego.orders(now())
    proposal = cast.abiego.propose_orders(Rules(quorum_per_mille=500), by=cast.ana)
    (decision,) = carry(proposal, close=False)
    assert cast.abiego.orders(decision.closes_at - INSTANT) == old
    assert cast.abiego.orders(decision.closes_at) == proposal.standing_orders
    unmoved(decision.closes_at)


def amendment(cast: Cast, policy: Policy, effect: str):
    return cast.abiego.propose(f"{effect} it", f"The oven: {effect}.", by=cast.ana, effect=effect, policy=policy)


def test_a_repealed_policy_carries_no_clause_before_anybody_counts(cast, mandate, unmoved):
    policy = cast.policy(cast.abiego)
    (decision,) = carry(amendment(cast, policy, "repeal"), close=False)
    assert policy in Policy.objects.in_force(decision.closes_at - INSTANT)
    assert policy not in Policy.objects.in_force(decision.closes_at)
    assert mandate.is_in_force(now()), "the mandate stands; there is nothing to do under it"
    refused_to_act(cast, mandate)
    unmoved(decision.closes_at)


@pytest.mark.parametrize("order", [("amendment", "repeal"), ("repeal", "amendment")], ids="-then-".join)
def test_a_policy_amended_and_repealed_answers_alike_before_and_after_the_counting(cast, mandate, unmoved, order):
    policy = cast.policy(cast.abiego)
    proposals = [amendment(cast, policy, effect) for effect in order]
    first, second = carry(*proposals, close=False)
    assert first.closes_at < second.closes_at
    assert (policy in Policy.objects.in_force(second.closes_at)) == (order[1] == "amendment")
    unmoved(first.closes_at, second.closes_at)


def test_an_assembly_that_left_sends_no_delegate_from_its_close_on(cast, mandate, unmoved):
    joined = accession(cast.abiego, cast.comarca)
    (decision,) = carry(joined.leave(by=cast.ana, reasons="We bake at home.").proposal, close=False)
    assert mandate.is_in_force(decision.closes_at - INSTANT)
    assert mandate.end(now()) == ("departed", decision.closes_at)
    refused_to_act(cast, mandate)
    unmoved(decision.closes_at)


def test_a_mandate_ended_by_leaving_does_not_come_back_with_the_assembly(cast, mandate, unmoved):
    joined = accession(cast.abiego, cast.comarca)
    (left,) = carry(joined.leave(by=cast.ana, reasons="We bake at home.").proposal, close=False)
    again = propose_accession(cast.abiego, cast.comarca, by=cast.ana)
    (rejoined,) = carry(again.proposal, close=False)
    assert cast.comarca.has(cast.abiego, now())
    assert mandate.end(now()) == ("departed", left.closes_at), "more needs a new decision (article 5)"
    refused_to_act(cast, mandate)
    unmoved(left.closes_at, rejoined.closes_at)
    new = cast.mandate(cast.abiego, cast.ana)
    assert new.is_in_force(now()), "what it left before says nothing about a mandate given since"


def test_a_delegate_who_moves_away_loses_the_mandate_at_that_moment(cast, mandate, unmoved):
    citizenship = cast.ana.citizenship(now())
    citizenship.end(by=cast.ana, reason=Citizenship.Reason.LEFT)
    assert mandate.is_in_force(citizenship.valid_until - INSTANT)
    assert mandate.end(now()) == ("citizenship_lost", citizenship.valid_until)
    refused_to_act(cast, mandate)
    unmoved(citizenship.valid_until)


def test_an_assembly_is_a_member_from_the_close_that_carried_it(cast, unmoved):
    joining = propose_accession(cast.abiego, cast.region, by=cast.ana)
    (decision,) = carry(joining.proposal, close=False)
    assert not cast.region.members(decision.closes_at - INSTANT).contains(cast.abiego)
    assert cast.region.members(decision.closes_at).contains(cast.abiego)
    unmoved(decision.closes_at)
