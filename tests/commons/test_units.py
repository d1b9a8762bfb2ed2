"""Amounts as people type them, and what is never added."""

from decimal import Decimal

import pytest

from commons.models import Good
from commons.units import COUNTED, UNITS, Incomparable, convert, read_amount


@pytest.mark.parametrize(
    ("typed", "unit", "amount"),
    [
        ("1500", "kg", "1500"),
        ("1.5 t", "kg", "1500"),
        ("1 500,5 kg", "kg", "1500.5"),
        ("2,5 m³", "l", "2500"),
        ("250 g", "kg", "0.25"),
        ("3 person-days", "day", "3"),
        ("7 beds", "place", "7"),
        ("0", "h", "0"),
    ],
)
def test_an_amount_is_read_in_its_unit(typed: str, unit: str, amount: str):
    assert read_amount(typed, unit) == Decimal(amount)


@pytest.mark.parametrize("typed", ["3 hours", "3 pieces", "3 l", "3 sacks"])
def test_apples_are_not_counted_in_hours(typed: str):
    with pytest.raises(Incomparable):
        read_amount(typed, "kg")


@pytest.mark.parametrize("typed", ["", "much", "-5", "1,500", "1.5.2", "NaN", "1e9", "9" * 40, "\x00", "٣"])
def test_what_is_no_amount_is_not_guessed_at(typed: str):
    with pytest.raises(ValueError):
        read_amount(typed, "kg")


def test_a_days_work_is_no_twenty_four_hours_and_a_piece_no_place():
    for one, other in (("day", "hours"), ("piece", "place"), ("h", "day"), ("tkm", "t")):
        with pytest.raises(Incomparable):
            convert(Decimal(1), one, other)


def test_every_unit_has_its_words_for_people():
    assert {unit for units in UNITS.values() for unit in units} == set(Good.Unit.values)
    assert set(UNITS) == set(Good.Kind.values)
    assert set(COUNTED) <= set(Good.Unit.values)
