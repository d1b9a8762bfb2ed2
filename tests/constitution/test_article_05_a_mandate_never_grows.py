"""Article 5: after issue a mandate's clauses, limits and term can only be narrowed or ended."""

from decimal import Decimal

import pytest

from assemblies.clock import now
from assemblies.models import Proposal
from mandates.models import Mandate, Narrowing
from tests.cast import DAY, Cast, call, carry, citizen_of, clock, finish, lose, vote
from tests.constitution.bench import (
    Attempt,
    Staged,
    goes_through,
    insert,
    kept,
    refused,
    sql,
    tried,
    twisted,
)


def fresh(cast: Cast, assembly=None) -> Proposal:
    assembly = assembly or cast.abiego
    return Proposal.objects.draft(assembly, "A question", "Shall we?", by=citizen_of(assembly), effect="question")


def issued(cast: Cast) -> Mandate:
    return cast.mandate(cast.abiego, cast.bilal)


# ---- clauses added later ----


def a_clause_of_a_draft(cast: Cast) -> Staged:
    """A second clause, while the question is being drafted; the twists add it when that is over."""
    proposal = Proposal.objects.draft(
        cast.abiego, "A mandate", "Bilal, Hoya de Huesca, Buy flour, Bread", by=cast.ana, effect="question"
    )
    mandate = Mandate.objects.create(
        assembly=cast.abiego,
        delegate=cast.bilal,
        citizenship=cast.bilal.citizenship(now()),
        confederation_id=cast.comarca.pk,
        proposal=proposal,
        valid_from=now(),
        valid_until=now() + 90 * DAY,
    )
    mandate.clauses.create(number=1, **vars(cast.terms(cast.abiego, instruction="Buy flour", limit=None, unit="")))
    return {
        "mandate_id": mandate.pk,
        "number": 2,
        "policy_id": cast.policy(cast.abiego).pk,
        "power": "distribute",
        "instruction": "Hand it out",
        "unit": "",
    }


def proposal_of(row: Staged) -> Proposal:
    return Mandate.objects.get(pk=row["mandate_id"]).proposal


LATER = twisted(
    a_clause_of_a_draft,
    lambda row: insert("mandates_clause", row),
    add_a_clause_while_the_question_is_deliberated=(
        5,
        lambda cast, row: (proposal_of(row).offer(by=cast.ana), {})[1],
    ),
    add_a_clause_while_the_question_is_voted_on=(
        5,
        lambda cast, row: (proposal_of(row).offer(by=cast.ana), vote(call(proposal_of(row))), {})[2],
    ),
    add_a_clause_after_the_mandate_was_issued=(
        5,
        lambda cast, row: (proposal_of(row).offer(by=cast.ana), carry(proposal_of(row)), {})[2],
    ),
    add_a_clause_to_another_mandate_in_force=(5, lambda cast, row: {"mandate_id": issued(cast).pk}),
)

# ---- narrowing ----


def a_narrowing(cast: Cast) -> Staged:
    mandate = issued(cast)
    return {
        "mandate_id": mandate.pk,
        "proposal_id": fresh(cast).pk,
        "withdraws": False,
        "valid_until": mandate.valid_until - DAY,
    }


def offered(cast: Cast, row: Staged) -> Staged:
    proposal = Proposal.objects.get(pk=row["proposal_id"])
    proposal.offer(by=proposal.author)
    return {}


def ridden(cast: Cast, row: Staged) -> Staged:
    """The question already narrows another mandate."""
    other = cast.mandate(cast.abiego, cast.ana)
    insert("mandates_narrowing", {"mandate_id": other.pk, "proposal_id": row["proposal_id"], "withdraws": True})
    return {}


NARROWINGS = twisted(
    a_narrowing,
    lambda row: insert("mandates_narrowing", row),
    prolong_the_term=(5, lambda cast, row: {"valid_until": row["valid_until"] + 2 * DAY}),
    keep_the_term_as_it_is=(5, lambda cast, row: {"valid_until": row["valid_until"] + DAY}),
    narrow_by_a_question_that_is_deliberated=(5, offered),
    narrow_by_the_question_of_another_assembly=(5, lambda cast, row: {"proposal_id": fresh(cast, cast.loarre).pk}),
    narrow_two_mandates_by_one_question=(5, ridden),
)


def a_lowering(cast: Cast) -> Staged:
    mandate = cast.mandate(
        cast.abiego, cast.bilal, cast.terms(cast.abiego), cast.terms(cast.abiego, power="inform", limit=None, unit="")
    )
    first, second = mandate.clauses.all()
    narrowing = Narrowing.objects.create(mandate=mandate, proposal=fresh(cast))
    return {
        "narrowing_id": narrowing.pk,
        "clause_id": first.pk,
        "limit": Decimal(40),
        "struck": False,
        "second": second.pk,
    }


def lower(row: Staged) -> None:
    insert("mandates_narrowedclause", {name: row[name] for name in ("narrowing_id", "clause_id", "limit", "struck")})


def another_delegates_clause(cast: Cast, row: Staged) -> Staged:
    return {"clause_id": cast.mandate(cast.abiego, cast.ana).clauses.get().pk}


def after_offering(cast: Cast, row: Staged) -> Staged:
    Narrowing.objects.get(pk=row["narrowing_id"]).proposal.offer(by=citizen_of(cast.abiego))
    return {}


LOWERINGS = twisted(
    a_lowering,
    lower,
    raise_a_limit=(5, lambda cast, row: {"limit": Decimal(200)}),
    raise_a_limit_by_a_gram=(5, lambda cast, row: {"limit": Decimal("100.001")}),
    keep_a_limit_as_it_is=(5, lambda cast, row: {"limit": Decimal(100)}),
    give_a_clause_without_a_limit_one=(5, lambda cast, row: {"clause_id": row["second"]}),
    lower_a_limit_of_another_mandate=(5, another_delegates_clause),
    lower_a_limit_after_the_question_was_offered=(5, after_offering),
    lower_a_limit_below_nothing=("narrowed_one_way", lambda cast, row: {"limit": Decimal(-1)}),
    strike_and_lower_at_once=("narrowed_one_way", lambda cast, row: {"struck": True}),
    lower_a_limit_to_no_limit=("narrowed_one_way", lambda cast, row: {"limit": None}),
    lower_a_limit_twice_in_one_question=("narrowed_once", lambda cast, row: (lower(row), {})[1]),
)

# ---- by the objects ----


def standing(cast: Cast) -> Staged:
    mandate = issued(cast)
    return {"mandate": mandate, "clause": mandate.clauses.get()}


def narrow(cast: Cast, staged: Staged, **how) -> Narrowing:
    return staged["mandate"].propose_narrowing(by=cast.ana, reasons="Too much.", **how)


ACTS = [
    Attempt(
        "propose to raise a limit",
        5,
        standing,
        lambda cast, s: narrow(cast, s, limits={s["clause"]: Decimal(500)}),
        lambda cast, s: narrow(cast, s, limits={s["clause"]: Decimal(50)}),
    ),
    Attempt(
        "propose to prolong",
        5,
        standing,
        lambda cast, s: narrow(cast, s, valid_until=s["mandate"].valid_until + DAY),
        lambda cast, s: narrow(cast, s, valid_until=s["mandate"].valid_until - DAY),
    ),
    Attempt(
        "propose to narrow nothing",
        5,
        standing,
        lambda cast, s: narrow(cast, s),
        lambda cast, s: narrow(cast, s, struck=[s["clause"]]),
    ),
    Attempt(
        "have another assembly narrow",
        1,
        standing,
        lambda cast, s: s["mandate"].propose_narrowing(by=cast.chen, reasons="Too much.", withdraws=True),
        lambda cast, s: s["mandate"].propose_narrowing(by=cast.bilal, reasons="Too much.", withdraws=True),
    ),
    Attempt(
        "narrow what has ended",
        8,
        standing,
        lambda cast, s: (s["mandate"].resign(by=cast.bilal), narrow(cast, s, withdraws=True)),
        lambda cast, s: narrow(cast, s, withdraws=True),
    ),
]

ATTEMPTS = [
    *LATER,
    *NARROWINGS,
    *LOWERINGS,
    *ACTS,
    *kept("mandates_mandate", 5, issued),
    *kept("mandates_clause", 5, issued),
    *kept("mandates_narrowing", 5, a_lowering),
    *kept("mandates_narrowedclause", 5, lambda cast: lower(a_lowering(cast))),
]

test_attempt = tried(ATTEMPTS)


def test_a_lower_limit_holds_from_the_close_and_the_lowest_of_several_stays(cast: Cast):
    mandate = issued(cast)
    clause = mandate.clauses.get()
    to_40, to_70 = (
        mandate.propose_narrowing(by=cast.ana, reasons="Less.", limits={clause: Decimal(n)}) for n in (40, 70)
    )
    assert clause.limit_at(now()) == 100
    (decision,) = carry(to_40.proposal, close=False)
    assert clause.limit_at(now()) == 40
    assert clause.limit_at(decision.closes_at - DAY) == 100
    carry(to_70.proposal)
    assert clause.limit_at(now()) == 40


def test_a_narrowing_that_is_lost_changes_nothing(cast: Cast):
    mandate = issued(cast)
    clause = mandate.clauses.get()
    for how in ({"limits": {clause: Decimal(1)}}, {"struck": [clause]}, {"withdraws": True}, {"valid_until": now()}):
        lose(mandate.propose_narrowing(by=cast.ana, reasons="Less.", **how).proposal)
    assert mandate.is_in_force(now())
    assert clause.is_in_force(now())
    assert clause.limit_at(now()) == 100
    assert mandate.end(now()) == ("expired", mandate.valid_until)


def test_a_shorter_term_ends_the_mandate_on_that_day_and_a_later_one_does_not_prolong_it(cast: Cast):
    mandate = issued(cast)
    sooner, later = now() + 60 * DAY, now() + 90 * DAY
    for day in (sooner, later):
        carry(mandate.propose_narrowing(by=cast.ana, reasons="Sooner.", valid_until=day).proposal)
    assert mandate.end(now()) == ("expired", sooner)
    clock.at(sooner)
    assert not mandate.is_in_force(now())


def test_a_term_shortened_to_a_day_that_is_past_ends_at_the_close_of_the_vote_and_not_before(cast: Cast):
    mandate = issued(cast)
    task = cast.task(mandate, 10)
    narrowing = mandate.propose_narrowing(by=cast.ana, reasons="At once.", valid_until=now() + DAY)
    decision = call(narrowing.proposal)
    vote(decision)
    task.attachments.get().log_action(by=cast.bilal, what="Bought a sack", quantity=Decimal(5))
    finish(decision)
    assert mandate.end(now()) == ("expired", decision.closes_at)
    assert mandate.is_in_force(decision.closes_at - DAY)


def test_a_struck_clause_is_gone_and_the_others_stand(cast: Cast):
    mandate = cast.mandate(
        cast.abiego, cast.bilal, cast.terms(cast.abiego), cast.terms(cast.abiego, power="inform", limit=None, unit="")
    )
    first, second = mandate.clauses.all()
    carry(mandate.propose_narrowing(by=cast.ana, reasons="No more flour.", struck=[first]).proposal, close=False)
    assert not first.is_in_force(now())
    assert second.is_in_force(now())
    assert mandate.is_in_force(now())


def test_withdrawing_ends_the_whole_at_the_close(cast: Cast):
    mandate = issued(cast)
    (decision,) = carry(mandate.propose_narrowing(by=cast.ana, reasons="Enough.", withdraws=True).proposal, close=False)
    assert not mandate.is_in_force(now())
    assert mandate.end(now()) == ("withdrawn", decision.closes_at)


@pytest.mark.parametrize("column", ["valid_until", "valid_from", "delegate_id", "confederation_id", "proposal_id"])
def test_no_column_of_a_mandate_can_be_written_again(cast: Cast, column: str):
    mandate = issued(cast)
    with refused("42501"):
        sql(f"UPDATE mandates_mandate SET {column} = {column} WHERE id = %s", [mandate.pk])
    with refused("42501"):
        Mandate.objects.filter(pk=mandate.pk).update(**{column: getattr(mandate, column)})
    with goes_through():
        cast.propose_mandate(cast.abiego, cast.bilal)


def test_more_needs_a_new_decision(cast: Cast):
    old = issued(cast)
    new = cast.mandate(cast.abiego, cast.bilal, cast.terms(cast.abiego, limit=Decimal(300)))
    assert old.clauses.get().limit_at(now()) == 100
    assert new.clauses.get().limit_at(now()) == 300
