"""Debian's Chromium, driven from the tests by the fixtures of pytest-playwright.

`page.goto("/assemblies/")` opens the live server's page. A script error, or a violation of the content security
policy, fails the test in which it happens.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Playwright, sync_playwright

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver keeps a loop on this thread, and a thread with a loop has other database connections than without:
    none is left standing behind it."""
    connections.close_all()
    with sync_playwright() as driver:
        yield driver
        connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    if not CHROMIUM.exists():
        pytest.fail(
            f"The browser tests need Chromium, and {CHROMIUM} is not there: "
            "run 'apt-get install chromium', or set CHROMIUM to where it is.",
            pytrace=False,
        )
    # Beside the driver's loop Django would refuse to speak to the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return browser_type_launch_args | {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture
def browser_context_args(browser_context_args: dict, live_server) -> dict:
    return browser_context_args | {"base_url": live_server.url, "locale": "en-GB"}


@pytest.fixture
def page(context) -> Iterator:
    """A new page whose console must stay quiet. An answer of 4xx that the test provokes is no error."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "the server responded with a status of 4" not in message.text
            else None
        ),
    )
    yield page
    page.close()
    assert not complaints, "\n".join(complaints)


def password_given(client: Client) -> None:
    """As if the password had just been given again: what allauth keeps of it in the session."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 3600, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


@pytest.fixture
def sign_in(context, live_server) -> Callable:
    """`sign_in(citizen)` gives the browser that citizen's session, without the sign-in page; with `recently=True` as
    of somebody who has just given their password again."""

    def enter(citizen, *, recently: bool = False) -> None:
        client = Client()
        client.force_login(citizen)
        if recently:
            password_given(client)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return enter
