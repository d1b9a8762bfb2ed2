"""What a count by stages returns, exact, and the same as JSON and CSV.

Votes are whole numbers of 1/scale of a vote: 1 for instant runoff, 100,000 for the Scottish rule (five decimals),
1,000,000,000 for Meek (nine decimals). At every stage sum(totals) + exhausted + lost = valid * scale.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assemblies.counting.ties import Tie


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a count. `moved` are the candidates whose ballots moved, none at the first stage.

    `totals` and `transfers` are by candidate: the votes after the stage and their change in it. `exhausted` are the
    votes of ballots with no preference left and `lost` the remainders the rule ignores, both since the first stage.
    `elected` and `excluded` are those of this stage; `keep` are Meek's keep factors after it.
    """

    action: str  # "first", "surplus", "exclude", "elect"
    moved: tuple[int, ...]
    totals: tuple[int, ...]
    transfers: tuple[int, ...]
    exhausted: int
    lost: int
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    quota: int | None = None
    keep: tuple[int, ...] | None = None
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A finished count; `elected` in the order of election, candidates numbered from 0."""

    rule: str
    candidates: tuple[str, ...]
    seats: int
    valid: int
    blank: int
    scale: int
    quota: int | None
    elected: tuple[int, ...]
    stages: tuple[Stage, ...]

    @property
    def ties(self) -> tuple[Tie, ...]:
        return tuple(tie for stage in self.stages for tie in stage.ties)

    def decimal(self, votes: int) -> str:
        """The votes as a decimal with all the digits of the rule, never rounded."""
        return decimal(votes, self.scale)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: votes are decimal strings, candidates are numbers from 1 as on the ballot."""
        return {
            "rule": self.rule,
            "seats": self.seats,
            "valid": self.valid,
            "blank": self.blank,
            "quota": None if self.quota is None else self.decimal(self.quota),
            "candidates": [{"number": i + 1, "name": name} for i, name in enumerate(self.candidates)],
            "elected": numbers(self.elected),
            "elected_names": [self.candidates[c] for c in self.elected],
            "stages": [self._stage(number, stage) for number, stage in enumerate(self.stages, 1)],
        }

    def _stage(self, number: int, stage: Stage) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "stage": number,
            "action": stage.action,
            "moved": numbers(stage.moved),
            "totals": [self.decimal(v) for v in stage.totals],
            "transfers": [self.decimal(v) for v in stage.transfers],
            "non_transferable": self.decimal(stage.exhausted),
            "lost_to_rounding": self.decimal(stage.lost),
            "elected": numbers(stage.elected),
            "excluded": numbers(stage.excluded),
            "ties": ties_as_list(stage.ties),
        }
        if stage.quota is not None:
            plain["quota"] = self.decimal(stage.quota)
        if stage.keep is not None:
            plain["keep"] = [self.decimal(k) for k in stage.keep]
        return plain

    def as_json(self, **more: Any) -> str:
        """The same as JSON text, with `more` beside it (a title, the seed of the lots)."""
        return json.dumps({**more, **self.as_dict()}, ensure_ascii=False, indent=1)

    def as_csv(self) -> str:
        """One row a candidate and stage, and two for what went to nobody; the header names the columns."""
        rows: list[list[object]] = []
        for number, stage in enumerate(self.stages, 1):
            moved = " ".join(str(n) for n in numbers(stage.moved))
            for c, name in enumerate(self.candidates):
                word = "elected" if c in stage.elected else "excluded" if c in stage.excluded else ""
                change, total = self.decimal(stage.transfers[c]), self.decimal(stage.totals[c])
                rows.append([number, stage.action, moved, c + 1, name, change, total, word])
            rows.append([number, stage.action, moved, "", "non-transferable", "", self.decimal(stage.exhausted), ""])
            rows.append([number, stage.action, moved, "", "lost to rounding", "", self.decimal(stage.lost), ""])
        return table(["stage", "action", "moved", "number", "candidate", "transfer", "votes", "outcome"], rows)


def decimal(votes: int, scale: int) -> str:
    """`votes / scale` in decimal; scale is a power of ten. Exact."""
    if scale == 1:
        return str(votes)
    whole, rest = divmod(abs(votes), scale)
    return f"{'-' if votes < 0 else ''}{whole}.{rest:0{len(str(scale)) - 1}d}"


def numbers(candidates: Iterable[int]) -> list[int]:
    """Candidates as they are numbered on a ballot, from 1."""
    return [c + 1 for c in candidates]


def ties_as_list(ties: Iterable[Tie]) -> list[dict[str, Any]]:
    return [
        {
            "tied": numbers(t.tied),
            "chosen": t.chosen + 1,
            "by": "lot" if t.by_lot else "earlier stage",
            "stage": t.stage,
        }
        for t in ties
    ]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a header. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_guarded(cell) for cell in row])
    return out.getvalue()


def _guarded(cell: object) -> object:
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _number(cell):
        return "'" + cell
    return cell


def _number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
