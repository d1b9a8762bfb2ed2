"""The arithmetic of the database is that of `assemblies.counting.majority`, and no limit is ever overrun."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from assemblies.clock import now
from assemblies.counting.majority import THRESHOLDS, Quorum, Tally, outcome
from assemblies.models import Majority
from assemblies.refusal import Refusal
from councils.models import used
from tests.cast import Cast, call, carry, decide, finish, travel_to
from tests.constitution.bench import sql, undone
from tests.properties.conftest import MANY, SHORT

SQL = (
    "SELECT t, y, n, a, e, q, k, outcome_of(t, y, n, a, e, q, k) FROM unnest(%s::text[]) t, generate_series(0, 5) y,"
    " generate_series(0, 5) n, generate_series(0, 2) a, generate_series(0, 12) e, unnest(%s::int[]) q,"
    " unnest(%s::int[]) k WHERE y + n + a <= e"
)


def reckoned(t: str, y: int, n: int, a: int, e: int, q: int, k: int) -> str:
    return outcome(Tally(yes=y, no=n, abstain=a, electorate=e), THRESHOLDS[t], Quorum(per_mille=q, number=k))


def test_every_small_vote_comes_out_as_the_arithmetic_says(db):
    rows = sql(SQL, [Majority.values, [0, 1, 200, 333, 334, 500, 1000], [0, 1, 3, 7]])
    assert len(rows) > 50_000
    wrong = [row for row in rows if reckoned(*row[:-1]) != row[-1]]
    assert not wrong, wrong[:5]


@MANY
@given(
    st.sampled_from(Majority.values),
    st.lists(st.integers(0, 700_000_000), min_size=3, max_size=3),
    st.integers(0, 50_000_000),
    st.integers(0, 1000),
    st.integers(0, 2**31 - 1),
)
def test_a_vote_of_millions_comes_out_as_the_arithmetic_says(db, threshold, votes, silent, per_mille, number):
    electorate = min(sum(votes) + silent, 2**31 - 1)
    votes = votes if sum(votes) <= electorate else [0, 0, 0]
    row = (threshold, *votes, electorate, per_mille, number)
    ((said,),) = sql("SELECT outcome_of(%s, %s, %s, %s, %s, %s, %s)", row)
    assert said == reckoned(*row)


@settings(SHORT, max_examples=25)
@given(st.lists(st.sampled_from(["yes", "no", "abstain", None]), min_size=10, max_size=10))
def test_the_result_is_the_recount(cast: Cast, choices: list[str | None]):
    with undone():
        proposal = cast.abiego.propose("Water", "Rain.", by=cast.ana)
        decision = call(proposal)
        travel_to(decision.opens_at)
        for voter, choice in zip(cast.abiego.citizens(decision.opens_at).order_by("pk"), choices, strict=True):
            if choice:
                decision.cast(by=voter, choice=choice)
        finish(decision)
        counts = {name: choices.count(name) for name in ("yes", "no", "abstain")}
        assert decision.tally == Tally(**counts, electorate=10)
        assert decision.outcome == outcome(decision.tally, decision.rule, decision.quorum)


def refusal_of(deed: Callable[[], object]) -> int | None:
    """The article that refuses, None when it goes through."""
    try:
        deed()
    except Refusal as refusal:
        return refusal.article
    return None


quantities = st.decimals(Decimal("0.001"), Decimal(90), places=3)


@settings(SHORT, max_examples=25)
@given(st.lists(st.tuples(st.sampled_from([0, 1]), quantities), max_size=8), st.one_of(st.none(), quantities))
def test_no_order_of_actions_overruns_a_limit(cast: Cast, wished: list[tuple[int, Decimal]], lowered: Decimal | None):
    with undone():
        mandate = cast.mandate(cast.abiego, cast.bilal)
        clause = mandate.clauses.get()
        attachments = [cast.task(mandate, 100).attachments.get() for _ in range(2)]
        done = Decimal(0)
        for number, (which, quantity) in enumerate(wished):
            if lowered is not None and number == len(wished) // 2:
                narrowing = mandate.propose_narrowing(by=cast.ana, reasons="Less.", limits={clause: lowered})
                carry(narrowing.proposal)
            limit = clause.limit_at(now())
            fits = done + quantity <= limit
            log = partial(attachments[which].log_action, by=cast.bilal, what="Bought", quantity=quantity)
            assert refusal_of(log) == (None if fits else 6)
            done += quantity if fits else 0
            assert used(clause) == done


@settings(SHORT, max_examples=15)
@given(st.lists(st.decimals(Decimal(0), Decimal(150), places=3), min_size=1, max_size=3))
def test_however_a_limit_is_narrowed_it_only_falls(cast: Cast, wished: list[Decimal]):
    with undone():
        mandate = cast.mandate(cast.abiego, cast.bilal)
        clause = mandate.clauses.get()
        before = clause.limit_at(now())
        for limit in wished:
            narrow = partial(mandate.propose_narrowing, by=cast.ana, reasons="Less.", limits={clause: limit})
            if limit >= before:
                assert refusal_of(narrow) == 5
                continue
            carry(narrow().proposal)
            assert clause.limit_at(now()) == limit
            before = limit


@settings(SHORT, max_examples=10)
@given(st.integers(0, 10), st.integers(0, 10))
def test_a_recall_ends_the_mandate_exactly_when_it_carries(cast: Cast, yes: int, no: int):
    yes, no = min(yes, 10 - min(no, 10)), min(no, 10)
    with undone():
        mandate = cast.mandate(cast.abiego, cast.bilal)
        recall = mandate.open_recall(by=cast.ana, grounds="No flour.")
        for neighbour in cast.neighbours(cast.abiego, 2):
            recall.sign(by=neighbour)
        decision = decide(recall.proposal, yes, no)
        assert mandate.is_in_force(now()) is not decision.carried
        assert decision.carried == (yes + no >= 2 and yes > no)
