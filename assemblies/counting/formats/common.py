"""What the formats share: a file of ballots, and the error that names a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assemblies.counting.profile import BadBallot, Profile

Levels = Sequence[Sequence[int]]


class Malformed(ValueError):
    """A ballot file that cannot be read; `line` counts from 1, `reason` is a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class BallotFile:
    """Ballots with what a file says about them; `seats` is None where the format or the file does not say."""

    profile: Profile
    title: str = ""
    seats: int | None = None


def whole(text: str, line: int, what: str, least: int = 0) -> int:
    """A whole number written in ASCII digits, no smaller than `least`; Malformed otherwise."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Malformed(line, f"{what} must be a whole number, not {text!r}")
    number = int(text)
    if number < least:
        raise Malformed(line, f"{what} must be {least} or more, not {number}")
    return number


def check(levels: Levels, size: int, line: int) -> None:
    """Raise Malformed for a candidate (numbered from 0) that is not among `size`, or named twice.

    A profile checks the same once more; a reader does it here so that the first mistake in the file is the one told.
    """
    named = [c for level in levels for c in level]
    for c in named:
        if c >= size:
            raise Malformed(line, f"there is no candidate number {c + 1} among {size}")
    if len(set(named)) != len(named):
        raise Malformed(line, "a candidate is named twice")


def one_line(text: str) -> str:
    """The text with every run of white space made one space: the formats have a line a name."""
    return " ".join(text.split())


def at_line(lines: Sequence[int], build: Callable[[], Profile]) -> Profile:
    """The profile that `build` makes; a BadBallot becomes Malformed at the line that ballot was read from."""
    try:
        return build()
    except BadBallot as bad:
        raise Malformed(lines[bad.index], bad.reason) from None
