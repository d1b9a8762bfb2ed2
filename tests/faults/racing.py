"""Threads that start at one instant, each with its own connection; and rules whose locks are taken away, to show that
a race that is always won would be lost without them."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection

from assemblies.refusal import Refusal
from tests.plumbing.database import owner


class Racers:
    """So many threads that keep their connections from race to race."""

    def __init__(self, most: int = 6) -> None:
        self.most = most
        self.threads = ThreadPoolExecutor(most)

    def race(self, *works: Callable[[], object]) -> list:
        """Do all at once. Answers what each returned, or the refusal it met; any other error is raised."""
        assert len(works) <= self.most
        line = threading.Barrier(len(works))

        def one(work: Callable[[], object]) -> object:
            line.wait(20)
            try:
                return work()
            except Refusal as refusal:
                return refusal

        return [result.result(60) for result in [self.threads.submit(one, work) for work in works]]

    def go_home(self) -> None:
        self.race(*[lambda: connection.close()] * self.most)
        self.threads.shutdown()


def until_refused(work: Callable[[], object], most: int = 2000) -> list:
    """What `work` answered, again and again, until it was refused."""
    done = []
    for _ in range(most):
        try:
            done.append(work())
        except Refusal:
            return done
    raise AssertionError(f"never refused in {most} attempts")


def until_it_is(work: Callable[[], object], most: int = 5000) -> None:
    """Try until it answers yes; a refusal is no answer yet."""
    for _ in range(most):
        try:
            if work():
                return
        except Refusal:
            continue
    raise AssertionError(f"not in {most} attempts")


def accepted(results: list) -> list:
    return [result for result in results if not isinstance(result, Refusal)]


def refused(results: list) -> list[Refusal]:
    return [result for result in results if isinstance(result, Refusal)]


LOCK = re.compile(r"PERFORM pg_advisory_xact_lock[^;]*;")
RULE = """
    SELECT pg_get_functiondef(tgfoid) FROM pg_trigger
    WHERE tgrelid = %s::regclass AND tgname ~ ('^pgtrigger_' || %s || '_[0-9a-f]+$')
"""


@contextmanager
def slowed(*rules: str, unlocked: bool = False, pause: float = 0.15) -> Iterator[None]:
    """Each rule, `table.trigger`, waits a little before it lets a row pass; when `unlocked`, without its locks.

    Only the owner of the database can do this to a rule, and it is as it was afterwards.
    """
    kept: list[str] = []
    with owner() as cursor:
        for rule in rules:
            cursor.execute(RULE, rule.split("."))
            (definition,) = cursor.fetchone()
            kept.append(definition)
            before, after = definition.rsplit("RETURN NEW;", 1)
            before = LOCK.sub("", before) if unlocked else before
            cursor.execute(f"{before}PERFORM pg_sleep({pause}); RETURN NEW;{after}")
    assert any(LOCK.search(definition) for definition in kept), f"{rules} have no lock to lose"
    try:
        yield
    finally:
        with owner() as cursor:
            for definition in kept:
                cursor.execute(definition)
