"""For a handful of places and units, no plan is better: not for the lowest, not for the next, not in metres."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.sharing import Claim, Supply, reasons, sentence, share
from tests.commons.plain import best, standing_of

PLACES = ["Abiego", "Loarre", "Siétamo", "Ayerbe", "Riglos"]
few = st.integers(0, 3)


@st.composite
def questions(draw):
    places = PLACES[: draw(st.integers(2, 5))]
    own = st.one_of(st.just(0), few)
    claims = [Claim(p, draw(few), draw(st.integers(0, 2)), draw(own), draw(st.integers(0, 1))) for p in places]
    givers = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    supplies = [Supply(p, draw(st.integers(0, 4))) for p in givers]
    pairs = [(a, b) for a in places for b in places]
    metres = {pair: 0 if pair[0] == pair[1] else draw(st.integers(1, 6)) for pair in pairs}
    bounds = st.sampled_from([None, None, 1, 2])
    ways = {pair: draw(bounds) for pair in pairs if pair[0] != pair[1] and draw(st.booleans())}
    return claims, supplies, metres, ways


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions(), st.text(max_size=2))
def test_no_plan_is_better(question, lot):
    claims, supplies, metres, ways = question
    plan = share(claims, supplies, lambda a, b: metres[a, b], allowed=ways, lot=lot)
    assert standing_of(plan, claims) == best(claims, supplies, metres, ways)
    for claim in claims:
        assert all(sentence(reason) for reason in reasons(plan, claim.place))
