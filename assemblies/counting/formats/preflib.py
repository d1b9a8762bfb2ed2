"""PrefLib: .soc, .soi, .toc and .toi, the ordinal formats of preflib.org.

Source: https://preflib.github.io/PrefLib-Jekyll/format (N. Mattei and T. Walsh, "PrefLib: a library for preferences",
ADT 2013). Metadata lines "# KEY: value", then "weight: 1,2,{3,4}" best first, with equals in braces. `s` is strict and
`t` with ties, `c` complete and `i` incomplete. Candidates left out stand below all others.
"""

from __future__ import annotations

import re

from assemblies.counting.formats.common import BallotFile, Malformed, at_line, check, one_line, whole
from assemblies.counting.profile import Profile

TYPES = ("soc", "soi", "toc", "toi")
NAME = re.compile(r"ALTERNATIVE NAME (\d+)", re.IGNORECASE)
ORDER = re.compile(r"\{[^{}]*\}|[^,{}]+|,")


def read(text: str) -> BallotFile:
    """The ballots of a PrefLib text of 2022 or later; raises Malformed with the line.

    The data type, the number of alternatives and their names must be stated; where the file states the number of
    voters or of unique orders, the ballots must agree with it.
    """
    said: dict[str, tuple[int, str]] = {}
    names: dict[int, str] = {}
    ballots: list[tuple[list[list[int]], int]] = []
    places: list[int] = []
    last = 1
    for line, raw in enumerate(text.splitlines(), 1):
        row = raw.strip()
        if not row:
            continue
        last = line
        if row.startswith("#"):
            key, colon, value = row[1:].partition(":")
            named = NAME.fullmatch(key.strip())
            if named and colon:
                number = int(named.group(1))
                if number in names:
                    raise Malformed(line, f"alternative {number} is named twice")
                names[number] = one_line(value)
            elif colon:
                said[key.strip().upper()] = (line, value.strip())
            continue
        if "NUMBER ALTERNATIVES" not in said:
            raise Malformed(line, "the number of alternatives must be stated before the orders")
        count, colon, order = row.partition(":")
        if not colon:
            raise Malformed(line, "an order must read: number of voters, colon, alternatives")
        ballots.append((_order(order, line), whole(count.strip(), line, "the number of voters", 1)))
        places.append(line)
    kind = said.get("DATA TYPE", (last, ""))
    if kind[1].lower() not in TYPES:
        raise Malformed(kind[0], f"the data type must be one of {', '.join(TYPES)}, not {kind[1]!r}")
    if "NUMBER ALTERNATIVES" not in said:
        raise Malformed(last, "the number of alternatives is not stated")
    line, stated = said["NUMBER ALTERNATIVES"]
    size = whole(stated, line, "the number of alternatives", 1)
    if size > 32_767:
        raise Malformed(line, f"{size} alternatives are too many")
    if sorted(names) != list(range(1, size + 1)):
        raise Malformed(line, f"the file names {len(names)} alternatives where numbers 1 to {size} are needed")
    _agree(kind[1].lower(), size, ballots, places, said)
    candidates = [names[n] or f"Alternative {n}" for n in range(1, size + 1)]
    if any(len(level) > 1 for levels, _ in ballots for level in levels):
        profile = at_line(places, lambda: Profile.of_levels(candidates, ballots))
    else:
        strict = [([level[0] for level in levels], weight) for levels, weight in ballots]
        profile = at_line(places, lambda: Profile.of(candidates, strict))
    return BallotFile(profile, said.get("TITLE", (0, ""))[1])


def _order(text: str, line: int) -> list[list[int]]:
    """The levels of one order, candidates from 0."""
    tight = "".join(text.split())
    parts = ORDER.findall(tight)
    if "".join(parts) != tight or any((part == ",") != bool(place % 2) for place, part in enumerate(parts)):
        raise Malformed(line, f"the order {text.strip()!r} cannot be read")
    if parts and len(parts) % 2 == 0:
        raise Malformed(line, "the order ends with a comma")
    levels = [part.strip("{}").split(",") for part in parts[::2]]
    return [[whole(part, line, "an alternative", 1) - 1 for part in level] for level in levels]


def _agree(
    kind: str,
    size: int,
    ballots: list[tuple[list[list[int]], int]],
    places: list[int],
    said: dict[str, tuple[int, str]],
) -> None:
    """Raise Malformed where the orders do not keep the promise of the data type or of the stated numbers."""
    for (levels, _), line in zip(ballots, places, strict=True):
        check(levels, size, line)
        if kind[0] == "s" and any(len(level) > 1 for level in levels):
            raise Malformed(line, f"a .{kind} file holds no equal preferences")
        if kind[2] == "c" and sum(map(len, levels)) != size:
            raise Malformed(line, f"a .{kind} file ranks all {size} alternatives in every order")
    for key, found in (("NUMBER VOTERS", sum(w for _, w in ballots)), ("NUMBER UNIQUE ORDERS", len(ballots))):
        if key in said:
            line, value = said[key]
            if whole(value, line, key.lower()) != found:
                raise Malformed(line, f"the file states {value} as {key.lower()}, but holds {found}")


def write(file: BallotFile, kind: str) -> str:
    """The PrefLib text of that data type.

    Raises ValueError when the type cannot hold the ballots: equal preferences in a strict one, incomplete orders in a
    complete one, withdrawn candidates in any. Blank ballots are left out: PrefLib has no empty order.
    """
    profile = file.profile
    ballots = list(profile.ballots())
    if kind not in TYPES:
        raise ValueError(f"the data type must be one of {', '.join(TYPES)}, not {kind!r}")
    if profile.withdrawn:
        raise ValueError("PrefLib files have no withdrawn candidates")
    if kind[0] == "s" and profile.joined is not None:
        raise ValueError(f"a .{kind} file holds no equal preferences")
    if kind[2] == "c" and any(sum(map(len, levels)) != len(profile.candidates) for levels, _ in ballots):
        raise ValueError(f"a .{kind} file ranks every candidate on every ballot")
    lines = [
        f"# TITLE: {one_line(file.title)}",
        f"# DATA TYPE: {kind}",
        f"# NUMBER ALTERNATIVES: {len(profile.candidates)}",
        f"# NUMBER VOTERS: {profile.valid}",
        f"# NUMBER UNIQUE ORDERS: {len(ballots)}",
    ]
    lines += [f"# ALTERNATIVE NAME {n}: {one_line(name)}" for n, name in enumerate(profile.candidates, 1)]
    for levels, weight in ballots:
        shown = (",".join(str(c + 1) for c in level) for level in levels)
        places = (f"{{{level}}}" if "," in level else level for level in shown)
        lines.append(f"{weight}: {','.join(places)}")
    return "\n".join(lines) + "\n"
