"""The pages of the record in a real browser: accessible, and within the screen of a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from assemblies.models import Entry
from assemblies.record.sequencer import sequencer
from tests.cast import Cast, carry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def addresses(committed_cast: Cast) -> list[str]:
    cast = committed_cast
    carry(cast.abiego.propose("Bread", "The oven is common.\n\nIt is lit at five.", by=cast.ana))
    sequencer.run()
    policy = Entry.objects.filter(kind="policy.adopted").latest("pk")
    closed = Entry.objects.filter(kind="decision.closed").latest("pk")
    return [
        "/record/",
        "/record/?kind=policy.adopted",
        "/record/?subject=bread",
        "/record/logs/",
        f"/record/{cast.abiego.log.origin}/",
        f"/record/{cast.comarca.log.origin}/",
        f"/record/entries/{policy.pk}/",
        f"/record/entries/{closed.pk}/",
        f"/record/of/{closed.subject}/",
    ]


def test_the_pages_are_accessible_and_fit_a_telephone(addresses, page):
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(address)
            found = Axe().run(page, options={"preload": False})
            assert found.violations_count == 0, f"{address} at {width}: {found.generate_report()}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} at {width} is {wide} wide"


def test_a_filter_replaces_the_list_alone(addresses, page):
    page.goto("/record/")
    page.get_by_label("What happened").select_option("policy.adopted")
    with page.expect_response("**/record/?**"):
        page.get_by_role("button", name="Search").click()
    page.wait_for_url("**kind=policy.adopted**")
    page.wait_for_function("!document.querySelector('#list').textContent.includes('A vote was called')")
    assert page.locator("#list strong").first.inner_text() == "A policy was adopted"
