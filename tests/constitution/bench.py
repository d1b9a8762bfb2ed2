"""The bench of attacks: each attempt names what must refuse it, and stands beside an honest twin that goes through.

An attempt is data, so that a test can make it, and `sabotage.py` can make it again with one rule taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import Error, connection, transaction

from assemblies.refusal import Refusal, from_database
from confederation.roles import privileges
from tests.cast import Cast
from tests.plumbing.database import owner

PRIVILEGE = "42501"  # the application's role may not
TWICE = "23505"  # it is there already
DANGLING = "23503"  # what it points to is not there

CORRECTED = "corrected"  # it went through, but what was false about it was put right

Staged = dict[str, Any]
Deed = Callable[[Cast, Staged], object]


class Corrected(Refusal):
    """What was attempted went through, and a trigger put right what was false about it."""

    def __init__(self, table: str, trigger: str) -> None:
        super().__init__(17, f"{table}: {trigger} put it right")
        self.table, self.trigger = table, trigger


def who_refused(error: BaseException | None) -> set[int | str]:
    """The article that refused, the constraint, and the state of the error, as far as the error knows them."""
    found: set[int | str] = set()
    while error is not None:
        refusal = error if isinstance(error, Refusal) else from_database(error)
        if refusal is not None:
            found.add(refusal.article)
        found |= {CORRECTED} if isinstance(error, Corrected) else set()
        diagnosis = getattr(error, "diag", None)
        found |= {getattr(error, "sqlstate", None) or "", getattr(diagnosis, "constraint_name", None) or ""}
        error = error.__cause__
    return found - {""}


def everything_holds() -> None:
    """What is checked at the commit is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def refused(by: int | str) -> Iterator[None]:
    """What happens inside must be refused: by that article, that constraint, or with that state of error."""
    with pytest.raises((Refusal, Error, psycopg.Error)) as caught, transaction.atomic():
        yield
        everything_holds()
    found = who_refused(caught.value)
    assert by in found, f"refused by {found}, not by {by}: {caught.value}"


@contextmanager
def goes_through() -> Iterator[None]:
    with undone():
        yield
        everything_holds()


@dataclass(frozen=True)
class Attempt:
    """Something that an article must refuse.

    Args:
        what: the attempt, as the end of a sentence: "publish a version of a text that was lost".
        by: the article, constraint or state of error that must refuse it.
        stage: sets the scene, and returns what the deeds need.
        attack: the deed, with something wrong about it.
        honest: the same deed done rightly, or the nearest one that is allowed.
    """

    what: str
    by: int | str
    stage: Callable[[Cast], Staged]
    attack: Deed
    honest: Deed

    def __str__(self) -> str:
        return self.what

    def make(self, cast: Cast) -> None:
        """Both deeds, and nothing left of either: the attack is refused, the honest one goes through."""
        with undone():
            staged = self.stage(cast)
            with refused(self.by):
                self.attack(cast, staged)
            with goes_through():
                self.honest(cast, staged)

    def answer(self, cast: Cast) -> BaseException | None:
        """What the attack alone meets: the error that refused it, None when nothing did."""
        with undone():
            staged = self.stage(cast)
            try:
                with transaction.atomic():
                    self.attack(cast, staged)
                    everything_holds()
            except (Refusal, Error, psycopg.Error) as error:
                return error
        return None


def nothing(cast: Cast) -> Staged:
    return {}


def sql(statement: str, params: Any = None) -> list[tuple]:
    """Raw SQL as the application's role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def as_owner(statement: str, params: Any = None) -> None:
    with owner() as cursor:
        cursor.execute(statement, params)


def insert(table: str, row: Staged) -> None:
    columns = ", ".join(f'"{column}"' for column in row)
    sql(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f'%({column})s' for column in row)})", row)


def twisted(stage: Callable[[Cast], Staged], deed: Callable[[Staged], object], **twists) -> list[Attempt]:
    """Attempts by one deed on one row: honest as staged, an attack with each twist of its values.

    `twists` maps what is attempted, its words joined by underscores, to who must refuse it and a function of the cast
    and the staged row that returns the values which are wrong.
    """

    def attempt(what: str, by: int | str, twist: Deed) -> Attempt:
        return Attempt(
            what.replace("_", " "),
            by,
            stage,
            attack=lambda cast, row: deed(row | twist(cast, row)),
            honest=lambda cast, row: deed(row),
        )

    return [attempt(what, by, twist) for what, (by, twist) in twists.items()]


def kept(table: str, article: int, stage: Callable[[Cast], object], column: str = "id", *, updates: bool = False):
    """Attempts to rewrite, remove or empty what stays for good: by the application, then by a slip of the owner.

    With `updates` the application may write rows anew, as far as other rules let it: only removal is tried.
    """

    def scene(cast: Cast) -> Staged:
        stage(cast)
        everything_holds()
        (n,) = sql(f"SELECT count(*) FROM {table}")[0]
        assert n, f"nothing in {table} to attack"
        return {}

    def read(cast: Cast, staged: Staged) -> None:
        assert sql(f"SELECT 1 FROM {table}")

    verbs = {} if updates else {"rewrite": f"UPDATE {table} SET {column} = {column}"}
    verbs |= {"remove": f"DELETE FROM {table}", "empty": f"TRUNCATE {table} CASCADE"}
    attempts = []
    for verb, statement in verbs.items():
        # A right to lock rows, for the sweeps, or to remove what was never published.
        may = {"rewrite": "UPDATE", "remove": "DELETE"}.get(verb, verb) in privileges()[table]
        for who, run, by in (("application", sql, article if may else PRIVILEGE), ("owner", as_owner, article)):
            attempts.append(
                Attempt(
                    f"{verb} {table} as the {who}",
                    by,
                    scene,
                    attack=lambda cast, staged, run=run, statement=statement: run(statement),
                    honest=read,
                )
            )
    return attempts


def tried(attempts: list[Attempt]):
    """A test for each attempt; the module's name says whose article it is."""

    @pytest.mark.parametrize("attempt", attempts, ids=lambda attempt: str(attempt).replace(" ", "-"))
    def test_is_refused_and_its_honest_twin_goes_through(cast: Cast, attempt: Attempt) -> None:
        attempt.make(cast)

    return test_is_refused_and_its_honest_twin_goes_through


def tried_together(attempts: list[Attempt]):
    """A test for each scene: it is set once, every attack on it is refused, and every honest twin goes through.

    For scenes that take long to set. An attack leaves nothing behind, so that the next one finds the same scene.
    """
    scenes: dict[Callable[[Cast], Staged], list[Attempt]] = {}
    for attempt in attempts:
        scenes.setdefault(attempt.stage, []).append(attempt)

    @pytest.mark.parametrize("stage", scenes, ids=lambda stage: stage.__qualname__)
    def test_everything_tried_on_it_is_refused(cast: Cast, stage: Callable[[Cast], Staged]) -> None:
        with undone():
            staged = stage(cast)
            everything_holds()
            for attempt in scenes[stage]:
                try:
                    with refused(attempt.by):
                        attempt.attack(cast, staged)
                    with goes_through():
                        attempt.honest(cast, staged)
                except BaseException as error:
                    error.add_note(f"the attempt to {attempt}")
                    raise

    return test_everything_tried_on_it_is_refused
