"""The lot: the worked example of RFC 3797 to the last bit, and a lot that anyone can repeat."""

import hashlib

import pytest

from assemblies.counting.lot import LotNeeded, SeededLot, no_lot, rfc3797_key, select
from assemblies.counting.ties import settle

KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"


def test_the_key_of_the_rfc_is_built_from_its_sources():
    assert rfc3797_key([9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]) == KEY


def test_the_worked_example_of_the_rfc_section_6():
    """A pool of 25 volunteers, ten selected; the reference program goes on to print sixteen."""
    first = hashlib.md5(b"\x00\x00" + KEY.encode() + b"\x00\x00", usedforsecurity=False).hexdigest()
    assert first.upper() == "990DD0A5692A029A98B5E01AA28F3459"
    drawn = [place + 1 for place in select(KEY, 25, 16)]
    assert drawn == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]


def test_drawing_the_whole_pool_is_a_permutation_and_begins_with_every_shorter_drawing():
    whole = select("checkpoint 7", 40, 40)
    assert sorted(whole) == list(range(40))
    assert whole[:9] == select("checkpoint 7", 40, 9)
    assert whole != select("checkpoint 8", 40, 40)


def test_a_lot_takes_the_one_drawn_earliest_whatever_the_order_of_the_tied():
    lot = SeededLot("the head of the record", 9)
    assert lot([7, 2, 5]) == lot([5, 7, 2]) == min([7, 2, 5], key=lot.order.index)


def test_a_lot_must_be_seeded_and_a_count_without_one_says_so():
    with pytest.raises(ValueError, match="needs a seed"):
        SeededLot("", 4)
    with pytest.raises(LotNeeded, match="candidates 2, 4 are tied"):
        no_lot([1, 3])
    with pytest.raises(ValueError, match="cannot draw"):
        select("key", 3, 4)
    with pytest.raises(ValueError, match="cannot draw"):
        select("key", 70_000, 1)


def test_the_backwards_look_narrows_and_goes_on_among_the_rest():
    history = [[3, 2, 2, 9], [4, 4, 5, 9]]
    assert settle([0, 1, 2], history, highest=False, lot=no_lot)[0] == 1
    chosen, tie = settle([0, 1, 2], history, highest=True, lot=no_lot)
    assert (chosen, tie.stage) == (2, 2)
    chosen, tie = settle([1, 2], [[1, 1, 1]], highest=True, lot=max)
    assert (chosen, tie.by_lot) == (2, True)
    assert settle([3], history, highest=True, lot=no_lot) == (3, None)


def test_a_lot_that_names_somebody_else_is_caught():
    with pytest.raises(ValueError, match="not among the tied"):
        settle([0, 1], [], highest=True, lot=lambda tied: 5)
