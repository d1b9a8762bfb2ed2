"""A text is amended on a telephone: moved, accepted, voted on, put together, and put to the vote as it was shown."""

import pytest
from playwright.sync_api import Page, expect

from assemblies.models import Amendment
from tests.browser.test_axe import look
from tests.cast import carry, facilitator

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True),
]

OVEN = "# The oven\n\nThe oven is common.\n\n# Wood\n\nEach house brings four bundles.\n\n# Keys\n\nThey hang here."
PHONE = {"width": 375, "height": 740}


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def send(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_from_two_amendments_to_the_vote(committed_cast, page, sign_in):
    cast = committed_cast
    oven = cast.abiego.propose("The oven", OVEN, by=cast.ana)
    address, looked = f"/proposals/{oven.pk}/", []

    # Bilal moves two that conflict, and one that adds an article.
    sign_in(cast.bilal)
    for bundles in ("two", "six"):
        page.goto(address)
        press(page, "Move an amendment")
        press(page, "Change article 2")
        page.get_by_label("What it is to say").fill(f"# Wood\n\nEach house brings {bundles} bundles.")
        send(page, "Move it")
        expect(page.locator("ins")).to_contain_text(bundles)
    page.goto(f"{address}amendments/new/?article=3&adds=1")
    page.get_by_label("What it is to say").fill("# Ashes\n\nThey go to the gardens.")
    send(page, "Move it")
    expect(page.get_by_role("status").get_by_text("Your amendment is moved.").first).to_be_visible()

    # Ana accepts the last; the facilitator has the assembly read the text and vote on the others.
    sign_in(cast.ana)
    page.reload()
    send(page, "Accept it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Accept this amendment?")
    send(page, "Accept it")
    expect(page.get_by_text("Accepted by the author")).to_be_visible()
    sign_in(facilitator(cast.abiego))
    page.goto(address)
    press(page, "Hold the second reading")
    send(page, "Hold the reading")
    press(page, "Put its amendments to the vote")
    send(page, "Call the votes")
    looked += [address, f"{address}amendments/", f"{address}versions/", f"{address}versions/1/"]
    first, second = (one.question for one in Amendment.objects.exclude(question=None).order_by("place"))
    carry(first, second)

    # What is shown is what comes before the assembly.
    page.goto(f"{address}amendments/")
    expect(page.get_by_text("It falls: Amendment 1 stands.")).to_be_visible()
    page.goto(address)
    press(page, "Put the amendments into the text")
    shown = page.locator(".prose").inner_text()
    looked.append(f"{address}consolidation/")
    looked_at = [words for where in looked for words in look(page, where)]
    page.set_viewport_size(PHONE)
    page.goto(f"{address}consolidation/")
    send(page, "Lay it before the assembly")
    assert page.locator(".prose").inner_text() == shown
    page.goto(address)
    assert page.locator(".prose").first.inner_text() == shown
    expect(page.get_by_role("button", name="Put it to the vote")).to_be_visible()
    page.goto(f"{address}versions/?view=beside")
    expect(page.locator("del")).to_contain_text("four")
    later = [f"{address}versions/?view=beside", f"/amendments/{Amendment.objects.earliest('pk').pk}/"]
    looked_at += [words for where in [*later, f"{address}amendments/new/"] for words in look(page, where)]
    assert not looked_at, "\n".join(looked_at)
