"""A season of barley in a browser: the steward, the delegate, the driver with a telephone, and a citizen asking why."""

import pytest
from playwright.sync_api import Page, expect

from commons.models import Delivery, Harvest, Need, Plan
from commons.tasks import plans
from tests.cast import Cast, carry, travel_to
from tests.commons import market

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 375, "height": 740}


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def test_from_the_steward_to_the_citizen_who_asks_why(committed_cast: Cast, page: Page, sign_in, context):
    cast = committed_cast
    farm = market.farm(cast)
    said = [
        market.proposed_steward(cast, farm),
        market.proposed_need(cast, cast.sietamo, 300),
        market.proposed_distributor(cast, cast.abiego, cast.bilal),
        market.proposed_steward(cast, market.farm(cast, cast.loarre, "The oven"), cast.chen),
    ]
    carry(*(one.proposal for one in said))
    task = market.sharing_task(cast, said[2])

    # The steward reports the harvest, and says at once what there is to share.
    sign_in(cast.ana)
    page.goto(farm.get_absolute_url())
    page.get_by_role("button", name="Report what was made or used").click()
    page.get_by_label("Good", exact=True).fill("barley")
    page.get_by_label("made").check()
    page.get_by_label("How much").fill("0.7 t")
    page.get_by_role("button", name="Report it").click()
    expect(page.get_by_role("table", name="").or_(page.locator("table")).first).to_contain_text("700 kg")
    assert Harvest.objects.get().quantity == 700
    page.goto(f"/assemblies/{cast.abiego.slug}/surpluses/new/")
    page.get_by_label("Good", exact=True).fill("barley")
    page.get_by_label("How much there is to share").fill("3 hours")
    page.get_by_label("Last day").fill(f"{market.today() + market.SEASON}")
    page.get_by_role("button", name="Say it now").click()
    expect(page.get_by_role("alert")).to_contain_text("Barley is counted in kilograms.")
    page.get_by_label("How much there is to share").fill("600")
    page.get_by_role("button", name="Say it now").click()
    expect(page.get_by_text("It is said, and holds from now on.")).to_be_visible()

    # Loarre's steward says what is needed, and why it is essential.
    context.clear_cookies()
    sign_in(cast.chen)
    page.goto(f"/assemblies/{cast.loarre.slug}/needs/new/")
    page.get_by_label("Good", exact=True).fill("barley")
    page.get_by_label("How much is needed").fill("400")
    page.get_by_label("How much of it is essential").fill("300")
    page.get_by_label("Last day").fill(f"{market.today() + market.SEASON}")
    page.get_by_label("Reason").fill("Bread until the harvest.")
    page.get_by_role("button", name="Say it now").click()
    expect(page.get_by_text("It is said, and holds from now on.")).to_be_visible()
    assert Need.objects.filter(assembly=cast.loarre).count() == 1

    # The delegate asks for a plan; a worker works it out.
    context.clear_cookies()
    sign_in(cast.bilal)
    page.goto(task.get_absolute_url())
    page.get_by_role("button", name="Ask for a plan").click()
    page.get_by_label("Good", exact=True).fill("barley")
    page.get_by_label("First day").fill(f"{said[1].begins}")
    page.get_by_label("Last day").fill(f"{market.today() + 2 * market.SEASON}")
    page.get_by_role("button", name="Have it worked out").click()
    expect(page.get_by_text("A worker works it out.")).to_be_visible()
    plans.run()
    plan = Plan.objects.get()
    page.goto(plan.get_absolute_url())
    expect(page.locator("#allotments")).to_contain_text("Loarre")
    expect(page.get_by_text("Being looked at")).to_be_visible()

    # A citizen asks why.
    context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(plan.get_absolute_url())
    fits(page)
    page.get_by_role("link", name="Why? Siétamo").click()
    expect(page.locator("#why")).to_contain_text("Siétamo")
    expect(page.locator("#why li").first).to_be_visible()
    fits(page)

    # After three days the delegate sends a load and shows its code to the driver.
    travel_to(plan.goes_ahead_at)
    sign_in(cast.bilal)
    allotment = plan.allotments.get(need__assembly=cast.loarre)
    page.goto(allotment.get_absolute_url())
    page.get_by_role("button", name="Send a load").click()
    page.get_by_label("How much is sent").fill("100")
    page.get_by_label("Driver").fill("Ana")
    page.get_by_role("button", name="It is on its way").click()
    page.get_by_role("button", name="The sheet for the load").click()
    expect(page.locator("svg.qr")).to_be_visible()
    address = page.locator(".address").inner_text()
    fits(page)

    # The driver points a telephone at it, and takes the load on; then the receiver says what arrived.
    context.clear_cookies()
    sign_in(cast.ana)
    page.goto(address)
    fits(page)
    page.get_by_role("button", name="I take it on").click()
    expect(page.get_by_text("You have taken it on.")).to_be_visible()
    context.clear_cookies()
    sign_in(cast.chen)
    page.goto(address)
    page.get_by_label("How much").fill("90")
    page.get_by_label("partly damaged").check()
    page.get_by_label("Note").fill("A sack burst.")
    page.get_by_role("button", name="So much arrived").click()
    expect(page.get_by_text("nobody owes it")).to_be_visible()
    fits(page)
    assert Delivery.objects.get().difference == 10
