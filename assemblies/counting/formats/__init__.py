"""Ballot files in and out: BLT, PrefLib (.soc, .soi, .toc, .toi) and ABIF.

`read(text, kind)` gives a BallotFile or raises Malformed with the line; `write(file, kind)` gives the text.
The name of a kind is the ending of the file without the dot.
"""

from __future__ import annotations

from collections.abc import Callable

from assemblies.counting.formats import abif, blt, preflib
from assemblies.counting.formats.common import BallotFile, Malformed

READERS: dict[str, Callable[[str], BallotFile]] = {
    "blt": blt.read,
    "soc": preflib.read,
    "soi": preflib.read,
    "toc": preflib.read,
    "toi": preflib.read,
    "abif": abif.read,
}
WRITERS: dict[str, Callable[[BallotFile], str]] = {
    "blt": blt.write,
    "soc": lambda file: preflib.write(file, "soc"),
    "soi": lambda file: preflib.write(file, "soi"),
    "toc": lambda file: preflib.write(file, "toc"),
    "toi": lambda file: preflib.write(file, "toi"),
    "abif": abif.write,
}

__all__ = ["READERS", "WRITERS", "BallotFile", "Malformed", "format_of", "read", "write"]


def format_of(name: str) -> str:
    """The format that a file's name ends in; raises ValueError for another ending."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in READERS:
        raise ValueError(f"{name}: the file's name must end in one of .{', .'.join(READERS)}")
    return ending


def read(text: str, kind: str) -> BallotFile:
    """The ballots in a text of that format; raises Malformed, KeyError for an unknown format."""
    return READERS[kind](text.removeprefix("\ufeff"))


def write(file: BallotFile, kind: str) -> str:
    """The text in that format; raises ValueError where the format cannot hold the ballots."""
    return WRITERS[kind](file)
