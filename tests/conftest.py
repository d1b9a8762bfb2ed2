"""What every test may ask for. The cast stands in `tests/cast.py`."""

import pytest

from tests.access.everything import built, signed_in, town
from tests.cast import cast, committed_cast, gathered
from tests.plumbing import services
from tests.plumbing.browser import browser_context_args, browser_type_launch_args, page, playwright, sign_in
from tests.plumbing.database import app_connection, as_owner, clock, connect_as_app, django_db_setup
from tests.plumbing.services import empty_redis, start_worker

__all__ = [
    "app_connection",
    "as_owner",
    "browser_context_args",
    "browser_type_launch_args",
    "built",
    "cast",
    "clock",
    "committed_cast",
    "connect_as_app",
    "django_db_setup",
    "empty_redis",
    "gathered",
    "page",
    "playwright",
    "sign_in",
    "signed_in",
    "start_worker",
    "town",
]


@pytest.fixture(autouse=True)
def published(tmp_path, monkeypatch, settings):
    """Where checkpoints are kept outside the database: a folder for each test, as each has its own record."""
    settings.PUBLISHED_DIR = tmp_path / "published"
    monkeypatch.setenv("PUBLISHED_DIR", str(settings.PUBLISHED_DIR))  # for the processes that a test starts
    return settings.PUBLISHED_DIR


def pytest_configure(config: pytest.Config) -> None:
    services.start(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    services.stop(config)
