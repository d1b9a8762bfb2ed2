"""What is said stands until something later is said of the same good and time, and nothing is rewritten."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from assemblies.clock import now
from commons.models import Need, StatementImport, Surplus
from tests.cast import Cast, carry
from tests.commons import market
from tests.constitution.bench import refused


def said(cast: Cast, quantity: int, begins: date, days: int) -> Need:
    return Need.objects.state(
        cast.abiego,
        market.barley(cast),
        Decimal(quantity),
        by=cast.ana,
        begins=begins,
        ends=begins + timedelta(days=days),
        essential=Decimal(0),
        reason="",
    )


def standing() -> set[int]:
    return set(Need.objects.standing(now()).values_list("pk", flat=True))


def test_a_later_word_stands_in_the_place_of_an_earlier_one_from_its_moment(cast: Cast):
    market.ana_speaks(cast)
    first = said(cast, 100, market.today(), 90)
    between = now()
    second = said(cast, 80, market.today() + timedelta(days=30), 90)
    assert standing() == {second.pk}
    assert [need.pk for need in Need.objects.standing(between)] == [first.pk], "at that moment the first one stood"
    assert Need.objects.count() == 2


def test_words_about_other_times_stand_side_by_side(cast: Cast):
    market.ana_speaks(cast)
    spring = said(cast, 100, market.today(), 90)
    summer = said(cast, 60, market.today() + timedelta(days=90), 90)
    assert standing() == {spring.pk, summer.pk}


def test_a_decision_stands_over_a_steward_from_its_close(cast: Cast):
    market.ana_speaks(cast)
    mine = said(cast, 100, market.today(), 365)
    ours = market.proposed_need(cast, cast.abiego, 70)
    assert standing() == {mine.pk}
    carry(ours.proposal, close=False)
    assert standing() == {ours.pk}
    with refused(13):
        said(cast, 100, market.today(), 9)


def test_its_own_essential_need_comes_first_on_what_it_has(cast: Cast):
    surplus, need = market.proposed_surplus(cast, cast.abiego, 100), market.proposed_need(cast, cast.abiego, 90, 70)
    carry(surplus.proposal, need.proposal)
    at = now()
    assert Surplus.objects.with_left(at, at).get().left_now == 30
    assert Need.objects.with_open(at, at).get().open_now == 20


def test_a_file_is_looked_at_and_then_said_line_by_line(cast: Cast):
    market.ana_speaks(cast)
    file = StatementImport.look_at(cast.abiego, market.LINES, by=cast.ana)
    assert [line["verdict"] for line in file.report] == ["say", "wrong"]
    assert "counted in kg" in file.report[1]["why"]
    assert not Need.objects.exists(), "so far it is only looked at"
    assert file.enter(by=cast.ana) == 1
    need = Need.objects.get()
    assert (need.quantity, need.essential, need.ends) == (1200, 100, date(2040, 7, 1))


def test_what_is_exported_can_be_brought_in_again(cast: Cast):
    market.ana_speaks(cast)
    said(cast, 100, market.today(), 90)
    text = b"".join(Client().get(reverse("statements-csv")).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["assembly"], row["what"], row["good"], row["quantity"]) == ("abiego", "need", "barley", "100 kg")
    assert StatementImport.look_at(cast.abiego, text, by=cast.ana).count("say") == 1


def test_nothing_in_a_file_is_a_formula_for_a_spreadsheet(cast: Cast):
    market.ana_speaks(cast)
    Need.objects.state(
        cast.abiego,
        market.barley(cast),
        Decimal(1),
        by=cast.ana,
        begins=market.today(),
        ends=market.today() + timedelta(days=1),
        essential=Decimal(1),
        reason="=HYPERLINK(1)",
    )
    text = b"".join(Client().get(reverse("statements-csv")).streaming_content).decode()
    assert ",'=HYPERLINK(1)" in text
