"""A result as plain text for a terminal or a wall: one block a stage, columns aligned."""

from __future__ import annotations

from assemblies.counting.approval import Approval
from assemblies.counting.results import Count, Stage
from assemblies.counting.schulze import Condorcet
from assemblies.counting.ties import Tie


def report(result: Count | Condorcet | Approval, *, title: str = "", seed: str = "") -> str:
    """The text, ending in a line feed. `seed` is printed where a lot was drawn."""
    lines = [title] if title else []
    seats = "1 seat" if result.seats == 1 else f"{result.seats} seats"
    lines.append(f"Rule: {result.rule}. {seats}, {result.valid} valid ballots, {result.blank} blank.")
    if isinstance(result, Count):
        lines += _stages(result)
    elif isinstance(result, Condorcet):
        lines += _pairs(result)
    else:
        order = sorted(range(len(result.scores)), key=lambda c: (-result.scores[c], c))
        lines += ["", *_aligned([(result.candidates[c], str(result.scores[c]), "") for c in order])]
        lines += [_tie(tie, result.candidates) for tie in result.ties]
    if seed and any(tie.by_lot for tie in result.ties):
        lines += ["", f"Lots: RFC 3797 with the seed {seed}"]
    lines += ["", "Elected: " + "; ".join(result.candidates[c] for c in result.elected)]
    return "\n".join(lines) + "\n"


def _stages(count: Count) -> list[str]:
    lines = []
    if count.quota is not None:
        lines.append(f"Quota: {count.decimal(count.quota)}")
    for number, stage in enumerate(count.stages, 1):
        lines += ["", f"Stage {number}: {_what(stage, count.candidates)}"]
        rows = []
        for c, name in enumerate(count.candidates):
            word = "elected" if c in stage.elected else "excluded" if c in stage.excluded else ""
            change = stage.transfers[c] if number > 1 else 0
            moved = f"{'+' if change > 0 else ''}{count.decimal(change)}" if change else ""
            rows.append((name, count.decimal(stage.totals[c]), f"{moved} {word}".strip()))
        rows.append(("non-transferable", count.decimal(stage.exhausted), ""))
        if stage.lost:
            rows.append(("lost to rounding", count.decimal(stage.lost), ""))
        lines += _aligned(rows)
        lines += [_tie(tie, count.candidates) for tie in stage.ties]
    return lines


def _what(stage: Stage, names: tuple[str, ...]) -> str:
    if stage.action == "first":
        return "first preferences"
    moved = ", ".join(names[c] for c in stage.moved or stage.elected or stage.excluded)
    return {"surplus": f"surplus of {moved}", "exclude": f"{moved} excluded", "elect": f"{moved} elected"}[stage.action]


def _pairs(result: Condorcet) -> list[str]:
    size = len(result.candidates)
    width = max(len(str(v)) for row in result.pairwise for v in row) + 2
    width = max(width, len(str(size)) + 2)
    lines = [f"Strength of a link: {result.strength}.", "", "Ballots that rank the row above the column:"]
    lines.append(" " * 4 + "".join(f"{c + 1:>{width}}" for c in range(size)))
    for c, row in enumerate(result.pairwise):
        cells = "".join(f"{'-' if c == other else votes:>{width}}" for other, votes in enumerate(row))
        lines.append(f"{c + 1:>4}{cells}  {result.candidates[c]}")
    lines += ["", "Ranking:"]
    for place, group in enumerate(result.ranking, 1):
        lines.append(f"{place:>4}  " + " = ".join(result.candidates[c] for c in group))
    sole = result.condorcet_winner
    lines.append("")
    lines.append(f"Condorcet winner: {'none' if sole is None else result.candidates[sole]}")
    lines.append("Smith set: " + "; ".join(result.candidates[c] for c in result.smith))
    return lines + [_tie(tie, result.candidates) for tie in result.ties]


def _aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    name, votes = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    return [f"  {row[0]:<{name}}  {row[1]:>{votes}}  {row[2]}".rstrip() for row in rows]


def _tie(tie: Tie, names: tuple[str, ...]) -> str:
    tied = " = ".join(names[c] for c in tie.tied)
    how = "by lot" if tie.stage is None else f"by the votes at stage {tie.stage}"
    return f"  Tie: {tied}; settled {how}: {names[tie.chosen]}"
