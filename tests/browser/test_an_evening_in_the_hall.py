"""A whole evening, on everybody's own device at once: the desk, the console, the wall, three phones, and one citizen
who has none. From check-in to adopted minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from assemblies.clock import now
from assemblies.models import Minutes, Point, Session
from tests.cast import Cast, facilitator, travel_to
from tests.sessions.evening import HOUR, call_session, tellers

pytestmark = pytest.mark.django_db(transaction=True)

WALL, PHONE = {"width": 1920, "height": 1080}, {"width": 375, "height": 740}
QUIET = "the server responded with a status of 4"


def loud(said: ConsoleMessage) -> bool:
    return said.type == "error" and QUIET not in said.text


@pytest.fixture
def device(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """A device of its own for somebody: its own browser context, whose console must stay quiet."""
    contexts, complaints = [], []

    def take(citizen=None, size=None, **options) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=size, locale="en-GB", **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        if citizen is not None:
            client = Client()
            client.force_login(citizen)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if loud(said) else None)
        return page

    yield take
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def press(page: Page, name: str) -> None:
    """Press a button, whose name may have an invisible part after a colon."""
    words = re.compile(re.escape(name).replace(":", r"\s*:"))
    page.get_by_role("button", name=words).first.click()


def check_in_by_name(desk: Page, session: Session, citizen, *, by_hand: bool = False) -> None:
    desk.goto(reverse("session-door", args=[session.pk]))
    desk.get_by_label("Name").fill(citizen.name)
    press(desk, "Look")
    row = desk.locator("li", has_text=citizen.name).filter(has=desk.get_by_role("button", name="Check in")).first
    if by_hand:
        row.get_by_label("votes by hand").check()
    row.get_by_role("button", name="Check in").click()
    expect(desk.get_by_text(f"{citizen.name} is checked in.")).to_be_visible()


def test_from_check_in_to_adopted_minutes(committed_cast: Cast, device):
    cast = committed_cast
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego, proposal, points=(Point("Anything else"),))
    first, second = tellers(cast.abiego)
    leader = facilitator(cast.abiego)
    known = {first.pk, second.pk, leader.pk, cast.ana.pk, cast.bilal.pk}
    third, without = [one for one in cast.abiego.citizens(now()).order_by("pk") if one.pk not in known][:2]
    travel_to(session.begins_at - HOUR)
    desk, console, wall = device(first), device(leader), device(size=WALL)
    phones = {one: device(one, size=PHONE) for one in (cast.ana, cast.bilal, third)}

    # At the door: Ana's code is scanned, the others are found by name; one of them has no telephone.
    ana = phones[cast.ana]
    ana.goto(session.get_absolute_url())
    ana.get_by_role("button", name="My code for the door").click()
    desk.goto(reverse("session-door", args=[session.pk]))
    desk.get_by_label("Code").fill(ana.locator(".door-code").inner_text())
    press(desk, "Look")
    press(desk, "Check in")
    expect(desk.get_by_text("Ana is checked in.")).to_be_visible()
    for citizen in (cast.bilal, third):
        check_in_by_name(desk, session, citizen)
    check_in_by_name(desk, session, without, by_hand=True)
    expect(desk.get_by_text("4 in the hall.")).to_be_visible()

    # The facilitator opens; phones and wall follow by themselves.
    travel_to(session.begins_at)
    for phone in phones.values():
        phone.goto(session.get_absolute_url())
    wall.goto(reverse("projector", args=[session.pk]))
    console.goto(reverse("session-console", args=[session.pk]))
    press(console, "Open the session")
    press(console, "Begin the point: Water")
    expect(wall.get_by_role("heading", name="Water")).to_be_visible()

    # Two hands go up on phones; one is called, speaks and ends.
    for citizen in (cast.ana, cast.bilal):
        press(phones[citizen], "Raise my hand")
        expect(phones[citizen].get_by_role("button", name="Take my hand down")).to_be_visible()
    expect(wall.get_by_text("Bilal")).to_be_visible()
    for step in ("Call: Ana", "Speaks: Ana"):
        press(console, step)
    expect(wall.locator(".speaker", has_text="Ana")).to_be_visible()
    press(console, "Ends: Ana")
    press(phones[cast.bilal], "Take my hand down")

    # A change of wording is moved on a phone, shown on the wall as a difference, and lost by hands.
    ana.goto(reverse("motion-new", args=[session.pk]) + "?kind=wording")
    ana.get_by_label("In words").fill("The rain is kept for the gardens.")
    press(ana, "Move it")
    expect(wall.locator("ins")).to_contain_text("for the gardens")
    console.goto(reverse("session-console", args=[session.pk]))
    console.get_by_role("link", name="Other words for the proposal").click()
    console.get_by_label("In favour").fill("1")
    console.get_by_label("Against").fill("3")
    press(console, "Enter the hands")

    # The vote: three by phone, one by hand, in one tally.
    press(console, "Open the vote: Water")
    expect(console.get_by_role("heading", name="Open this vote?")).to_be_visible()
    press(console, "Open the vote")
    for citizen, phone in phones.items():
        if citizen == cast.ana:
            phone.goto(session.get_absolute_url())
        phone.get_by_label("In favour" if citizen != third else "Against").check()
        press(phone, "Cast my vote")
        expect(phone.get_by_text("Your vote is cast.")).to_be_visible()
    expect(wall.locator(".figure")).to_have_text(re.compile(r"3\s*/\s*4"))
    decision = session.agenda()[0].decision
    assert decision
    for teller, page in ((first, desk), (second, device(second))):
        page.goto(reverse("tellers-desk", args=[decision.pk]))
        if teller == first:
            press(page, "All who came without a device")
            expect(page.get_by_text("Marked as voting by hand: 1.")).to_be_visible()
        for field, n in (("In favour", 1), ("Against", 0), ("Abstain", 0)):
            page.locator("form[action$='/hands/']").get_by_label(field).fill(str(n))
        press(page, "Enter my count")
    press(console, "Close the vote")
    expect(console.get_by_role("heading", name="Close this vote?")).to_be_visible()
    press(console, "Close the vote")
    expect(wall.locator(".question")).to_contain_text("Carried")
    expect(phones[cast.bilal].get_by_text("Carried").first).to_be_visible()
    decision.refresh_from_db()
    assert (decision.yes, decision.no, decision.voters) == (3, 1, 4)

    # The session closes; everything that asked stops asking.
    press(console, "End the point: Water")
    console.get_by_role("link", name="Close the session").click()
    press(console, "Close the session")
    expect(console.get_by_role("heading", name="Minutes")).to_be_visible()
    expect(wall.get_by_text("The session is closed")).to_be_visible()
    expect(ana.get_by_text("This session is closed")).to_be_visible()

    # The next session adopts the minutes, and they stay.
    later = call_session(cast.abiego, points=(Point("Minutes of the last session"),))
    travel_to(later.begins_at - HOUR)
    for citizen in (cast.bilal, third, without):
        check_in_by_name(desk, later, citizen)
    travel_to(later.begins_at)
    console.goto(reverse("session-console", args=[later.pk]))
    press(console, "Open the session")
    press(console, "Begin the point: Minutes of the last session")
    console.get_by_role("link", name="Enter a motion from the floor").click()
    console.get_by_label("What is moved").select_option("minutes")
    console.get_by_label("Moved by").select_option(label="Bilal")
    console.get_by_label("Minutes of").select_option(str(session.pk))
    press(console, "Move it")
    console.get_by_role("link", name=re.compile("Adopt the minutes")).click()
    console.get_by_label("In favour").fill("3")
    console.get_by_label("Against").fill("0")
    press(console, "Enter the hands")
    ana.goto(reverse("minutes", args=[session.pk]))
    expect(ana.get_by_text("Nothing in them changes any more")).to_be_visible()
    assert Minutes.objects.filter(session=session).exists()
