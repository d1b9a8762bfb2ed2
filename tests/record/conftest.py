"""A log of its own for each test, and what it takes to fill it."""

from collections.abc import Callable

import pytest

from assemblies.models import Citizen, Entry, Log, record
from assemblies.record import context


@pytest.fixture(autouse=True)
def nothing_kept():
    """The footer's checkpoint is kept for some seconds in the process: not from one test to the next."""
    context.kept.clear()
    yield
    context.kept.clear()


@pytest.fixture
def log(db) -> Log:
    return Log.objects.create(origin="assembly/abiego")


@pytest.fixture
def ana(db) -> Citizen:
    return Citizen.objects.create_user("ana@example.org", None, name="Ana")


@pytest.fixture
def enter(log) -> Callable[..., list[Entry]]:
    """`enter(3)` has three acts recorded in the log."""

    def write(count: int = 1, log: Log = log, **facts) -> list[Entry]:
        return [record("bread.baked", log, log=log, number=number, **facts) for number in range(count)]

    return write
