"""Every page, as each kind of reader finds it: nothing serious for axe, and nothing wider than a telephone.

A page whose main part is built as one that was looked at already is not looked at again. The addresses come from the
resolver: a page without an example is missed, and fails.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.mail import EmailMessage
from playwright.sync_api import Page

from tests.access.everything import Everything, every_route, everything
from tests.access.test_matrix import ROWS

pytestmark = pytest.mark.django_db(transaction=True)

READERS = ["stranger", "citizen", "delegate", "facilitator", "technician"]
# Programs read these, or a browser saves them; a form posts to them, or they only send on.
NO_PAGES = {
    "admin:jsi18n", "admin:autocomplete", "admin:logout", "admin:login", "admin:view_on_site", "appearance",
    "account_confirm_login_code", "account_set_password", "ballot", "attachments", "statements", "checkpoint",
    "answers", "agenda", "attendances", "circle-members", "circle-leaving", "follow-ending", "drawing-recipe",
    "health", "record-consistency", "record-entry-proof", "record-export", "record-feed", "record-keys",
    "session-live", "session-calendar", "console-live", "projector-live", "minutes-download", "attendance-ending",
    "session-opening", "agenda-item", "turn-new", "turn", "note-new", "presence-hall",
    "record-log-export", "record-log-feed", "record-verifier", "record-witnessed", "roll-import-progress",
    "count-download", "tellers-drawn", "presence", "hand-counts", "papers", "paper-counts",
    "envelopes", "board-file", "urn-verifier",
    "replies", "argument-help", "own-data",
    "statements-csv", "loads-csv", "flows-json", "plan-progress",
}  # fmt: skip
# Django's own pages are all built alike: one of each kind. The colours and sizes of its lists are Django's own.
TECHNICAL = {"admin:index", "admin:assemblies_decision_change", "admin:assemblies_decision_history"}
AXE = Axe().axe_script
OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
WITHOUT_COLOURS = OPTIONS | {"rules": {"color-contrast": {"enabled": False}}}  # they are the same at every width
READ = [row for row in ROWS if row.method == "GET" and "200" in row.cells and not row.address.startswith("admin:")]
PAGES = [row for row in READ if row.route not in NO_PAGES]
TURNS = re.compile(r' (id|for|href|value|name|action|datetime|aria-[a-z]+|d|x\d?|y\d?|width|height|hx-[a-z]+)="[^"]*"')


# ---- what there is to look at ----


@pytest.fixture
def town(transactional_db, settings, tmp_path) -> Everything:
    """One of everything, on disk; the letters of a demo stand in its outbox."""
    settings.DEMO = True
    settings.EMAIL_BACKEND, settings.OUTBOX_DIR = "confederation.outbox.OutboxBackend", tmp_path / "outbox"
    EmailMessage("A vote is open", "Benches: vote until Friday.", to=["ana@people.example"]).send()
    town = everything()
    (letter,) = settings.OUTBOX_DIR.glob("[0-9]*.eml")
    town.examples["outbox-letter"] = (letter.name,)
    return town


def test_no_address_is_missed(town):
    known = {row.route for row in PAGES} | NO_PAGES | {"outbox", "outbox-letter"}
    missed = [route.name for route in every_route() if route.name not in known and not route.technical]
    assert not missed, f"no reader is let in there, so nobody has looked at it: {missed}"


def names() -> list[str]:
    return [*(row.address for row in PAGES), "outbox", "outbox-letter", "a page that is not there", *sorted(TECHNICAL)]


def to_look_at(town: Everything) -> dict[str, list[str]]:
    """For each reader the addresses where they find something that no reader before them found there."""
    clients = {reader: town.client(reader) for reader in READERS}
    looks: dict[str, list[str]] = {reader: [] for reader in READERS}
    for name in names():
        address = "/nowhere/" if name not in town.examples else town.address(name)
        seen: set[str] = set()
        for reader in READERS:
            answer = clients[reader].get(address)
            kinds = elements(answer.content.decode()) if answer.status_code in (200, 404) else set()
            if kinds - seen and (answer.status_code == 200 or name not in town.examples):
                looks[reader].append(address)
                seen |= kinds
    return looks


def elements(page: str) -> set[str]:
    """The kinds of element in the main part of a page: tags with their classes and roles, whatever they say."""
    main = re.search(r"<main.*?</main>", page, re.S)
    return {TURNS.sub("", tag) for tag in re.findall(r"<[a-z][^>]*>", main[0] if main else page)}


# ---- looking ----


def complaints(page: Page, options: dict) -> list[str]:
    """What axe holds to be serious, with the element it means."""
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def look(page: Page, address: str) -> list[str]:
    wrong = []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    page.evaluate(AXE)
    wrong += [f"at 1280: {words}" for words in complaints(page, OPTIONS)]
    page.set_viewport_size({"width": 375, "height": 740})
    wrong += [f"at 375: {words}" for words in complaints(page, WITHOUT_COLOURS)]
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    return wrong if width <= 320 else [*wrong, f"{width} wide on a screen of 320"]


def test_every_page_is_accessible_and_fits_a_small_screen(town, page, sign_in, context):
    found = {}
    for reader, addresses in to_look_at(town).items():
        context.clear_cookies()
        if citizen := town.who(reader):
            sign_in(citizen, recently=True)
        for address in addresses:
            if wrong := look(page, address):
                found[f"{address} as {reader}"] = wrong
    assert not found, "\n".join(f"{where}\n    " + "\n    ".join(wrong) for where, wrong in found.items())
