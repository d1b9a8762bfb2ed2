"""BLT: the ballot file of Hill, Wichmann and Woodall (The Computer Journal 30, 1987), as OpenSTV and OpaVote read it.

    4 2                 candidates and seats
    -2                  candidates who withdrew, if any
    3 1 3 4 0           three ballots that put candidate 1 first, then 3, then 4
    1 2=3 0             one ballot that ranks 2 and 3 equal (OpenSTV)
    0                   the end of the ballots
    "Adam"              a line a candidate
    "Title"             and the title, which may be missing

One ballot paper a line, each ended by 0; `#` begins a comment in the numbers. A name may stand without quotation
marks, and files of Scottish elections add the party as a second quoted text, once or twice over quoted, as a
spreadsheet would; however quoted, all are read as: Ann A "Party".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assemblies.counting.formats.common import BallotFile, Malformed, at_line, check, one_line, whole
from assemblies.counting.profile import Profile

QUOTED = re.compile(r'"((?:[^"]|"")*)"')
PIECES = re.compile(r'"[^"]+"(?:\s+"[^"]+")*')


def read(text: str) -> BallotFile:
    """The ballots of a BLT text; raises Malformed with the line."""
    lines = text.splitlines()
    numbers = _numbers(lines)
    line, head = next(numbers, (max(1, len(lines)), []))
    if len(head) != 2:
        raise Malformed(line, "the first line must give the number of candidates and the number of seats")
    size, seats = whole(head[0], line, "the number of candidates", 1), whole(head[1], line, "the number of seats", 1)
    if size > 32_767:
        raise Malformed(line, f"{size} candidates are too many")

    withdrawn: set[int] = set()
    ballots: list[tuple[list[list[int]], int]] = []
    strict: list[tuple[list[int], int]] = []
    places: list[int] = []
    equal = False
    for line, parts in numbers:
        if parts == ["0"]:
            break
        if parts[0].startswith("-"):
            if places:
                raise Malformed(line, "the withdrawn candidates must stand before the ballots")
            for part in parts:
                number = whole(part.removeprefix("-"), line, "a withdrawn candidate", 1)
                if not part.startswith("-") or number > size:
                    raise Malformed(line, f"{part!r} is not a withdrawn candidate among {size}")
                withdrawn.add(number - 1)
            continue
        if parts[-1] != "0":
            raise Malformed(line, "the ballot does not end with 0")
        weight = whole(parts[0], line, "the number of ballots", 1)
        ranking = [[whole(n, line, "a preference", 1) - 1 for n in part.split("=")] for part in parts[1:-1]]
        check(ranking, size, line)
        equal = equal or any(len(level) > 1 for level in ranking)
        ballots.append((ranking, weight))
        strict.append(([level[0] for level in ranking], weight))
        places.append(line)
    else:
        raise Malformed(max(1, len(lines)), "the file ends before the 0 that ends the ballots")

    names, title = _names(lines, line, size)
    if equal:
        profile = at_line(places, lambda: Profile.of_levels(names, ballots, withdrawn))
    else:
        profile = at_line(places, lambda: Profile.of(names, strict, withdrawn))
    return BallotFile(profile, title, seats)


def _numbers(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Each line of numbers with its number, without comments and empty lines."""
    for line, text in enumerate(lines, 1):
        parts = text.split("#", 1)[0].split()
        if parts:
            yield line, parts


def _names(lines: list[str], end: int, size: int) -> tuple[list[str], str]:
    """The names and the title that follow line `end`."""
    texts = [(line, text.strip()) for line, text in enumerate(lines[end:], end + 1) if text.strip()]
    if len(texts) < size:
        raise Malformed(max(1, len(lines)), f"the file names {len(texts)} candidates, not {size}")
    for line, text in texts[size + 1 :]:
        if not QUOTED.fullmatch(text):
            raise Malformed(line, "there is more than the title after the candidates")
    names = [_plain(text) for _, text in texts[:size]]
    for (line, _), name in zip(texts, names, strict=False):
        if not name:
            raise Malformed(line, "a candidate has no name")
    return names, _plain(texts[size][1]) if len(texts) > size else ""


def _plain(text: str) -> str:
    """A name without its quotation marks; a second quoted text stays quoted behind it."""
    quoted = QUOTED.fullmatch(text)
    if quoted:
        text = quoted.group(1).replace('""', '"').strip()
    if PIECES.fullmatch(text):
        first, *rest = re.findall(r'"([^"]+)"', text)
        text = " ".join([first, *(f'"{piece}"' for piece in rest)])
    return one_line(text)


def write(file: BallotFile) -> str:
    """The BLT text; a file without seats gets one seat. Blank ballots are written as ballots without a preference."""
    profile = file.profile
    lines = [f"{len(profile.candidates)} {file.seats or 1}"]
    if profile.withdrawn:
        lines.append(" ".join(f"-{c + 1}" for c in sorted(profile.withdrawn)))
    for levels, weight in profile.ballots():
        places = ("=".join(str(c + 1) for c in level) for level in levels)
        lines.append(f"{weight} {' '.join(places)} 0")
    if profile.blank:
        lines.append(f"{profile.blank} 0")
    lines.append("0")
    lines += [_quote(name) for name in (*profile.candidates, file.title)]
    return "\n".join(lines) + "\n"


def _quote(text: str) -> str:
    return '"' + one_line(text).replace('"', '""') + '"'
