"""Take the rules away one by one, and see that an attempt then succeeds: a check that cannot fail is no check.

    pytest tests/constitution/test_sabotage.py

Every attempt of the bench is made once with all rules in place, and what refused it is noted: the trigger and its
line, or the constraint. Then each trigger and each constraint is dropped in turn, inside a transaction that is undone,
and the attempts that it had refused are made again. The report lists the rules whose loss nothing notices, and the
sentences of triggers that no attempt has ever drawn.
"""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps

from tests.cast import Cast
from tests.constitution.bench import Attempt, Corrected, everything_holds, sql, undone
from tests.plumbing.database import owner

APPS = ("assemblies", "mandates", "councils", "commons")


@dataclass(frozen=True)
class Rule:
    """One trigger or one constraint of one table."""

    table: str
    name: str
    kind: str  # "trigger", "constraint" or "index"
    speaks: str = ""  # the function that refuses, where it has another name than the trigger

    @property
    def speaker(self) -> str:
        return self.speaks or self.name

    def __str__(self) -> str:
        return f"{self.table}: {self.kind} {self.name}"

    @property
    def drop(self) -> str:
        if self.kind == "trigger":
            return f'DROP TRIGGER "{self.name}" ON {self.table}'
        if self.kind == "index":
            return f'DROP INDEX "{self.name}"'
        return f'ALTER TABLE {self.table} DROP CONSTRAINT "{self.name}" CASCADE'


def tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if model._meta.app_label in APPS]


def rules() -> list[Rule]:
    """Every trigger of this house, every constraint that a model names, and those of the urn, which is no model."""
    found = [
        Rule(table, name, "trigger")
        for table, name in sql(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgname LIKE 'pgtrigger%%' AND c.relname = ANY(%s) ORDER BY 1, 2",
            [tables()],
        )
    ]
    constraints = {name for (name,) in sql("SELECT conname FROM pg_constraint")}
    for model in apps.get_models():
        if model._meta.app_label in APPS and not model._meta.proxy:
            for constraint in model._meta.constraints:
                kind = "constraint" if constraint.name in constraints else "index"
                found.append(Rule(model._meta.db_table, constraint.name, kind))
    return [*found, *rules_of_the_urn()]


def rules_of_the_urn() -> list[Rule]:
    triggers = sql(
        "SELECT tgname, 'urn.' || p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = 'urn.ballot'::regclass AND NOT t.tgisinternal ORDER BY 1"
    )
    constraints = sql(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'urn.ballot'::regclass AND contype = 'c' ORDER BY 1"
    )
    return [
        *(Rule("urn.ballot", name, "trigger", speaks) for name, speaks in triggers),
        *(Rule("urn.ballot", name, "constraint") for (name,) in constraints),
    ]


def attempts() -> list[Attempt]:
    """The whole bench: `ATTEMPTS` of every module that has some."""
    modules = sorted(Path(__file__).parent.glob("test_*.py"))
    found = [importlib.import_module(f"tests.constitution.{path.stem}") for path in modules]
    return [attempt for module in found for attempt in getattr(module, "ATTEMPTS", [])]


def refuser(error: BaseException | None) -> tuple[str, int]:
    """The trigger and the line in it, or the constraint, that stands behind an error; "" for anything else."""
    if isinstance(error, Corrected):
        names = sql(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [error.table, f"pgtrigger_{error.trigger}_%"],
        )
        return names[0][0], 0
    while error is not None:
        diagnosis = getattr(error, "diag", None)
        if getattr(diagnosis, "constraint_name", None):
            return diagnosis.constraint_name, 0
        match = re.search(
            r"function (pgtrigger_\w+|(?:urn\.)?(?:checked|kept))\(\) line (\d+) at RAISE",
            getattr(diagnosis, "context", None) or "",
        )
        if match:
            return (match[1] if match[1].startswith(("pgtrigger_", "urn.")) else f"urn.{match[1]}"), int(match[2])
        error = error.__cause__
    return "", 0


def sentences() -> dict[tuple[str, int], str]:
    """What the triggers can say: by trigger and line."""
    said = {}
    for name, source in sql(
        "SELECT CASE pronamespace WHEN 'urn'::regnamespace THEN 'urn.' ELSE '' END || proname, prosrc FROM pg_proc"
        " WHERE proname LIKE 'pgtrigger\\_%%' OR pronamespace = 'urn'::regnamespace AND prorettype = 'trigger'::regtype"
    ):
        for number, line in enumerate(source.split("\n"), start=1):
            match = re.search(r"RAISE EXCEPTION '((?:[^']|'')*)'", line)
            if match:
                said[name, number] = match[1]
    return said


@contextmanager
def without(rule: Rule) -> Iterator[None]:
    with undone():
        everything_holds()
        with owner() as cursor:
            cursor.execute(rule.drop)
        yield


@dataclass
class Findings:
    """What came of it: the attempts that each rule refused, the rules nobody missed, the sentences nobody heard."""

    refused: dict[str, list[Attempt]] = field(default_factory=lambda: defaultdict(list))
    heard: set[tuple[str, int]] = field(default_factory=set)
    unnoticed: list[Rule] = field(default_factory=list)
    never_said: dict[tuple[str, int], str] = field(default_factory=dict)


def missed(rule: Rule, cast: Cast, tries: list[Attempt]) -> set[str]:
    """How its loss shows: who refuses the attempts in its place, "" for nobody; empty when nothing shows.

    That the house no longer works at all without it shows too.
    """
    instead = set()
    with without(rule):
        for attempt in tries:
            try:
                instead.add(refuser(attempt.answer(deepcopy(cast)))[0])
            except Exception:
                instead.add("")
    return instead - {rule.speaker}


def investigate(cast: Cast) -> Findings:
    found = Findings()
    for attempt in attempts():
        name, line = refuser(attempt.answer(deepcopy(cast)))
        found.refused[name].append(attempt)
        found.heard.add((name, line))
    behind: set[str] = set()
    for rule in rules():
        instead = missed(rule, cast, found.refused[rule.speaker])
        behind |= instead
        if not instead:
            found.unnoticed.append(rule)
    # A constraint behind a trigger shows when the trigger is gone: it then refuses in its place.
    found.unnoticed = [rule for rule in found.unnoticed if rule.speaker not in behind]
    standing = {rule.speaker for rule in rules()}
    found.never_said = {
        where: words
        for where, words in sentences().items()
        if where[0] in standing and where not in found.heard and not words.startswith("Rules are read as things stand")
    }
    return found
