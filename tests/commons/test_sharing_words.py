"""Why a place gets what it gets, in words."""

from fractions import Fraction

import pytest

from commons.sharing import Claim, GreatCircle, Supply, reasons, sentence, share
from commons.sharing.sentences import LIST, TEMPLATES, listed, percent


def said(plan, place, **more):
    return " ".join(sentence(reason, **more) for reason in reasons(plan, place))


def anywhere(giver, receiver):
    return 12_300


def test_those_who_share_what_is_short_are_told_with_whom_and_of_whom():
    claims = [Claim("Abiego", 100), Claim("Loarre", 100), Claim("Siétamo", 200), Claim("Riglos", 10, own=10)]
    plan = share(claims, [Supply("Ayerbe", 333)], anywhere)
    assert said(plan, "Siétamo", amount=lambda grams: f"{grams} g") == (
        "Siétamo and 2 others stand at 83 % of their essential need: no more can come from Ayerbe. "
        "For more, somebody in reach would have to offer more: 67 g are missing to all of them together."
    )
    assert said(plan, "Riglos") == "Riglos meets its whole essential need from its own: 10."
    assert said(plan, "Ayerbe") == "Ayerbe gives 333 to Abiego, Loarre and Siétamo."


def test_who_stands_higher_by_its_own_is_told_who_comes_first():
    claims = [Claim("Abiego", 100), Claim("Loarre", 100, own=80)]
    plan = share(claims, [Supply("Ayerbe", 50)], anywhere)
    assert said(plan, "Loarre").startswith(
        "Loarre has 80 % of its essential need from its own; what others give goes first to 1 place"
    )


def test_who_is_out_of_reach_is_told_where_something_is_left():
    globe = GreatCircle({"Ayerbe": (42.27, -0.69), "Loarre": (42.31, -0.63), "Teruel": (40.35, -1.11)})
    plan = share([Claim("Loarre", 10), Claim("Teruel", 10, own=3)], [Supply("Ayerbe", 30)], globe, reach=50_000)
    assert said(plan, "Teruel") == (
        "Teruel stands at 30 % of its essential need: nobody from whom this good may come offers any. "
        "The nearest place with something left is Ayerbe, 216 km away, with 20; from there this good may not come."
    )
    assert said(plan, "Ayerbe") == "Ayerbe gives 10 to Loarre. Of its offer 20 stay: nobody in reach needs more."


def test_further_need_is_told_what_came_before_it():
    claims = [Claim("Abiego", 10, further=50, own=10), Claim("Loarre", 100)]
    plan = share(claims, [Supply("Abiego", 90)], anywhere)
    assert (
        "Abiego has 0 % of its further need: those who could give have nothing left after what is essential."
        in said(plan, "Abiego")
    )


def test_a_bound_on_the_way_is_named():
    plan = share([Claim("Loarre", 10)], [Supply("Ayerbe", 30)], anywhere, allowed={("Ayerbe", "Loarre"): 3})
    assert said(plan, "Loarre") == (
        "Loarre stands at 30 % of its essential need. From Ayerbe no more may come than comes already."
    )


def test_others_in_reach_who_give_to_lower_ones_are_named():
    claims = [Claim("Abiego", 100), Claim("Loarre", 100)]
    ways = {("Ayerbe", "Abiego"), ("Ayerbe", "Loarre"), ("Riglos", "Loarre")}
    plan = share(claims, [Supply("Ayerbe", 20), Supply("Riglos", 60)], anywhere, allowed=ways)
    assert "Ayerbe could give as well, and gives to places that stand lower." in said(plan, "Loarre")


def test_who_neither_needs_nor_gives():
    plan = share([Claim("Abiego", 0)], [], anywhere)
    assert said(plan, "Abiego") == "Abiego needs nothing of this good and gives none."


def test_a_share_that_is_not_whole_does_not_read_as_whole():
    assert percent(Fraction(99_999, 100_000)) == "99.9 %"
    assert percent(Fraction(1)) == "100 %"
    assert percent(Fraction(1, 3)) == "33.3 %"


def test_long_lists_are_counted():
    assert listed([]) == ""
    assert listed(["A", "B"]) == "A and B"
    assert listed(["A", "B", "C", "D", "E"]) == "A, B, C, D and E"
    assert listed(["A", "B", "C", "D", "E", "F"]) == "A, B, C, D and 2 others"


@pytest.mark.parametrize("text", [text for pair in (*TEMPLATES.values(), LIST) for text in pair])
def test_no_sentence_speaks_of_a_market(text):
    for word in ("price", "debt", "credit", "balance", "owe", "pay", "cost", "exchange", "trade", "sell", "buy"):
        assert word not in text.lower().split()


def test_sentences_can_be_translated():
    catalan = {
        "%(place)s gives %(amount)s to %(places)s.": "%(place)s dona %(amount)s a %(places)s.",
        "%(first)s and %(last)s": "%(first)s i %(last)s",
    }
    plan = share([Claim("Abiego", 1), Claim("Loarre", 1)], [Supply("Ayerbe", 2)], anywhere)
    [reason] = reasons(plan, "Ayerbe")
    assert (
        sentence(reason, plural=lambda one, many, n: catalan[one if n == 1 else many])
        == "Ayerbe dona 2 a Abiego i Loarre."
    )
