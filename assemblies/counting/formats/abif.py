"""ABIF: the Aggregated Ballot Information Format of electorama.com/abif (no final specification; grammar 0.31).

    {"title": "Supper"}         metadata, a JSON object a line; "title" and "seats" are read
    =B:[Basil of Siétamo]       a candidate's token and name, optional
    27: A>B=C>D                 27 ballots, best first, equals joined by = or a comma
    12: A/5,B/3,C/3             scores: a higher score is preferred, equal scores are equal preferences
    # a comment                 which may also follow anything else

A token is a letter with letters, digits or _ behind it, a text in "quotation marks" or in [brackets]. Candidates not
declared are numbered as they first appear; once one is declared before the ballots, all must be.
"""

from __future__ import annotations

import json
import re
from typing import Any

from assemblies.counting.formats.common import BallotFile, Malformed, at_line, check, one_line, whole
from assemblies.counting.profile import Profile

MARK = r'\[[^\[\]]+\]|"[^"]+"|[^\W\d]\w*'
DECLARED = re.compile(rf"=?\s*(?P<mark>{MARK})\s*:\s*(?P<name>{MARK})\s*(?:#.*)?")
BALLOT = re.compile(r"(?P<count>\S+?)\s*:(?P<order>.*)")
STEP = re.compile(rf"\s*(?P<mark>{MARK})\s*(?:/\s*(?P<score>\d+)\s*)?(?P<sign>[>=,]|#.*|$)")


def read(text: str) -> BallotFile:
    """The ballots of an ABIF text; raises Malformed with the line."""
    names: dict[str, str] = {}
    ballots: list[tuple[list[list[int]], int]] = []
    places: list[int] = []
    about: dict[str, Any] = {}
    lines = text.splitlines()
    declared = False
    for line, raw in enumerate(lines, 1):
        row = raw.strip()
        if not row or row.startswith("#"):
            continue
        if row.startswith("{"):
            about |= _metadata(row, line)
        elif row[0] == "=" or not row[0].isdigit():
            match = DECLARED.fullmatch(row)
            if not match:
                raise Malformed(line, "this is neither metadata, nor a candidate, nor a ballot")
            mark = _bare(match["mark"])
            if ballots and mark not in names:
                raise Malformed(line, f"candidate {mark!r} is declared after ballots without it")
            if not ballots and mark in names:
                raise Malformed(line, f"candidate {mark!r} is declared twice")
            declared = declared or not ballots
            names[mark] = one_line(_bare(match["name"]))
        else:
            match = BALLOT.fullmatch(row)
            if not match:
                raise Malformed(line, "a ballot must read: number, colon, candidates")
            weight = whole(match["count"], line, "the number of ballots", 1)
            levels = _levels(match["order"], line, names, declared)
            check(levels, len(names), line)
            ballots.append((levels, weight))
            places.append(line)
    if not names:
        raise Malformed(max(1, len(lines)), "the file names no candidate")
    candidates = list(names.values())
    if any(len(level) > 1 for levels, _ in ballots for level in levels):
        profile = at_line(places, lambda: Profile.of_levels(candidates, ballots))
    else:
        strict = [([level[0] for level in levels], weight) for levels, weight in ballots]
        profile = at_line(places, lambda: Profile.of(candidates, strict))
    title, seats = about.get("title", ""), about.get("seats")
    return BallotFile(profile, one_line(str(title)), seats if isinstance(seats, int) and seats > 0 else None)


def _metadata(row: str, line: int) -> dict[str, Any]:
    end = row.rfind("}")
    try:
        value = json.loads(row[: end + 1])
    except json.JSONDecodeError as error:
        raise Malformed(line, f"the metadata is not JSON: {error.msg}") from None
    if row[end + 1 :].strip()[:1] not in ("", "#") or not isinstance(value, dict):
        raise Malformed(line, "a metadata line must hold one JSON object")
    return value


def _bare(mark: str) -> str:
    return mark[1:-1] if mark[0] in '["' else mark


def _levels(text: str, line: int, names: dict[str, str], declared: bool) -> list[list[int]]:
    """The levels of one ballot, candidates numbered in the order of `names`, which grows where none are declared."""
    entries: list[tuple[int, int | None]] = []
    signs: list[str] = []
    at = 0
    if not text.split("#", 1)[0].strip():
        return []
    while True:
        step = STEP.match(text, at)
        if not step:
            raise Malformed(line, f"{text[at:].strip()!r} cannot be read as a candidate")
        mark = _bare(step["mark"])
        if mark not in names:
            if declared:
                raise Malformed(line, f"candidate {mark!r} is not declared")
            names[mark] = one_line(mark)
        entries.append((list(names).index(mark), int(step["score"]) if step["score"] else None))
        if step["sign"] in ("", None) or step["sign"].startswith("#"):
            break
        signs.append(step["sign"])
        at = step.end()
    scored = [score for _, score in entries if score is not None]
    if scored and len(scored) < len(entries):
        raise Malformed(line, "some candidates have a score and some have none")
    if scored and ">" not in signs and "=" not in signs:
        return [[c for c, s in entries if s == score] for score in sorted(set(scored), reverse=True)]
    levels = [[entries[0][0]]]
    for (candidate, score), (_, above), sign in zip(entries[1:], entries, signs, strict=False):
        if score is not None and above is not None and (score < above) != (sign == ">"):
            raise Malformed(line, "the scores contradict the order")
        if sign == ">":
            levels.append([candidate])
        else:
            levels[-1].append(candidate)
    return levels


def write(file: BallotFile) -> str:
    """The ABIF text. Brackets in a name become parentheses, since ABIF cannot quote them.

    Raises ValueError for withdrawn candidates, which ABIF does not know. Blank ballots are written without a candidate.
    """
    profile = file.profile
    if profile.withdrawn:
        raise ValueError("ABIF files have no withdrawn candidates")
    lines = ['{"version": "0.1"}']
    if file.title:
        lines.append(json.dumps({"title": file.title}, ensure_ascii=False))
    if file.seats:
        lines.append(json.dumps({"seats": file.seats}))
    for number, name in enumerate(profile.candidates, 1):
        lines.append(f"=C{number}:[{one_line(name).replace('[', '(').replace(']', ')')}]")
    for levels, weight in profile.ballots():
        lines.append(f"{weight}: " + ">".join("=".join(f"C{c + 1}" for c in level) for level in levels))
    if profile.blank:
        lines.append(f"{profile.blank}:")
    return "\n".join(lines) + "\n"
