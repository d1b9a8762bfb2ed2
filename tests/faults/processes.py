"""Other processes at work on the test's own database: started, waited for, and killed where it hurts."""

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections

from tests.plumbing.database import owner

WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE NOT l.granted AND d.datname = current_database()
"""
OTHERS = """
    SELECT pid, backend_type, application_name, state, wait_event, backend_start, state_change, query
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def start(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own, with a connection of its own. Its answer is its exit code: 0 when all went
    well."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        inherited = connections["default"]  # the parent's: kept as it is, and never spoken to
        connections["default"] = inherited.copy()
        work()
        connections["default"].close()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def finish(*pids: int) -> None:
    """Wait until those processes have ended well."""
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0] * len(pids)


def kill(pid: int) -> None:
    """SIGKILL, as a machine that loses its power would."""
    os.kill(pid, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def until(question: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Wait for something that another process brings about."""
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end, f"waited {seconds} seconds for {what}"
        time.sleep(0.01)


def number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@contextmanager
def tables_shut(*tables: str) -> Iterator[Callable[[], None]]:
    """Nobody writes into these tables meanwhile. Yields a wait for somebody who has tried to."""
    with owner() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
        yield lambda: until(lambda: number(WAITING), "a writer at a shut table")


def alone() -> None:
    """Wait until PostgreSQL has noticed that whoever was killed is gone, and has undone what they were doing."""
    end = time.monotonic() + 20
    while others := _others():
        assert time.monotonic() < end, f"these connections did not end with the dead: {others}"
        time.sleep(0.01)


def _others() -> list[tuple]:
    with owner() as cursor:  # to anybody else PostgreSQL does not say what a connection does
        return cursor.execute(OTHERS).fetchall()
