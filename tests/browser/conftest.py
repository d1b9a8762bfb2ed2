"""The browser tests wait for what they expect, and long enough for a machine that is busy with other things."""

import pytest
from playwright.sync_api import BrowserContext, expect

PATIENCE = 30_000  # milliseconds; nothing waits so long where nothing else runs


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(2 * PATIENCE)
    return context
