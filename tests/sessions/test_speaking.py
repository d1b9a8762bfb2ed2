"""The fair order of a speakers' list, as it is stated: for any hands and any speeches."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assemblies.speaking import Hand, order

SIDES = ("For", "Against")
people = st.integers(1, 6)
hands = st.lists(st.builds(Hand, people, st.integers(0, 99), st.sampled_from(SIDES), st.booleans()), max_size=12)


@given(hands, hands)
def test_every_hand_is_called_once_and_replies_first(waiting, spoken):
    found = order(waiting, spoken, first_time_first=True, sides=SIDES)
    assert sorted(map(hash, found)) == sorted(map(hash, waiting))
    replies = [hand.reply for hand in found]
    assert replies == sorted(replies, reverse=True)


@given(hands, hands)
def test_who_has_spoken_less_comes_first_and_then_as_hands_went_up(waiting, spoken):
    found = [hand for hand in order(waiting, spoken, first_time_first=True) if not hand.reply]
    times = [sum(one.who == hand.who and not one.reply for one in spoken) for hand in found]
    assert times == sorted(times)
    for before, after in pairwise(found):
        same = sum(o.who == before.who and not o.reply for o in spoken) == sum(
            o.who == after.who and not o.reply for o in spoken
        )
        assert not same or before.asked <= after.asked


@given(hands, hands)
def test_without_the_rule_it_is_as_hands_went_up(waiting, spoken):
    found = [hand.asked for hand in order(waiting, spoken, first_time_first=False) if not hand.reply]
    assert found == sorted(found)


@given(hands, hands)
def test_two_lists_take_turns_while_both_have_hands(waiting, spoken):
    found = [hand for hand in order(waiting, spoken, first_time_first=True, sides=SIDES) if not hand.reply]
    both = min(sum(hand.side == side for hand in found) for side in SIDES)
    for before, after in pairwise(found[: 2 * both]):
        assert before.side != after.side
    given_before = [hand for hand in spoken if not hand.reply]
    if both and given_before:
        assert found[0].side != given_before[-1].side
