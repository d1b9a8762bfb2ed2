"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORDS = re.compile(r"\s+|\w+\s*|[^\w\s]\s*")  # a word goes with the space after it
MOST_WORDS = 2000  # beyond it, whole lines are shown as replaced: comparing words grows with their square


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is in both, only in the old, or only in the new one."""

    kind: Literal["same", "gone", "new"]
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """The pieces in order: those not `new` make the old text, those not `gone` the new one."""
    pieces: list[Piece] = []
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=len(before) > 2000).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if kind == "equal":
            pieces.append(Piece("same", gone))
        elif kind == "replace":
            pieces += _by_words(gone, come)
        else:
            pieces.append(Piece("gone", gone) if gone else Piece("new", come))
    return list(_joined(pieces))


@dataclass
class Row:
    """Lines of both texts that belong beside each other."""

    old: list[Piece]
    new: list[Piece]


def rows(pieces: list[Piece]) -> list[Row]:
    """The two texts beside each other, cut where both have the end of a line."""
    found = [Row([], [])]
    for piece in pieces:
        for n, part in enumerate(piece.text.split("\n") if piece.kind == "same" else [piece.text]):
            if n:
                found.append(Row([], []))
            if part and piece.kind != "new":
                found[-1].old.append(Piece(piece.kind, part))
            if part and piece.kind != "gone":
                found[-1].new.append(Piece(piece.kind, part))
    return [row for row in found if row.old or row.new]


def _by_words(gone: str, come: str) -> list[Piece]:
    old, new = WORDS.findall(gone), WORDS.findall(come)
    if len(old) + len(new) > MOST_WORDS:
        return [Piece("gone", gone), Piece("new", come)]
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(new[c:d])))
    return pieces


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
