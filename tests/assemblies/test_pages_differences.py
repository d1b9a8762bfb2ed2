"""What changed between two texts: nothing is lost on the way, and it reads word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assemblies.differences import Piece, differences

TEXTS = st.text(alphabet="ab \n.é", max_size=60)


def of(old: str, new: str, *kinds: str) -> str:
    return "".join(piece.text for piece in differences(old, new) if piece.kind in kinds)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_their_differences(old, new):
    assert of(old, new, "same", "gone") == old
    assert of(old, new, "same", "new") == new


def test_words_are_compared_within_a_line_that_changed():
    assert differences("Keep the gate.\nOn Mondays.", "Keep the gate.\nOn Fridays.") == [
        Piece("same", "Keep the gate.\nOn "),
        Piece("gone", "Mondays"),
        Piece("new", "Fridays"),
        Piece("same", "."),
    ]


def test_a_phrase_changes_as_a_whole():
    assert of("It is common to all.", "It is lit daily.", "new") == "lit daily"


@pytest.mark.parametrize(
    ("old", "new"),
    [("a b " * 12_000, "b a " * 12_000), ("a\n" * 25_000, "b\n" * 25_000), ("x\ny\n" * 12_000, "y\nx\n" * 12_000)],
)
def test_the_longest_texts_are_compared_in_a_moment(old, new):
    began = time.monotonic()
    assert of(old, new, "same", "new") == new
    assert time.monotonic() - began < 5
