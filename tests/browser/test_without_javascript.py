"""The same acts without JavaScript and without a mouse; the same pages in the dark and on paper."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assemblies.models import Decision
from councils.models import Action
from tests.cast import Cast, call, finish, vote

pytestmark = pytest.mark.django_db(transaction=True)

without_javascript = pytest.mark.browser_context_args(java_script_enabled=False)


@pytest.fixture
def decision(committed_cast: Cast) -> Decision:
    cast = committed_cast
    decision = call(cast.abiego.propose("The common oven", "The oven is lit on Saturdays.", by=cast.bilal))
    vote(decision, yes=2)
    return decision


def choice_of(decision: Decision, citizen) -> str:
    return decision.ballot_of(citizen).choice


# ---- without JavaScript ----


@without_javascript
def test_a_citizen_votes_and_changes_the_vote(committed_cast, decision, page, sign_in):
    ana = committed_cast.ana
    sign_in(ana)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="The common oven").first.click()
    page.get_by_label("Against").check()
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("status").get_by_text("Your vote is cast.").first).to_be_visible()
    expect(page.get_by_text("You voted against.")).to_be_visible()
    expect(page).to_have_url(f"{page.url.partition('/decisions')[0]}/decisions/{decision.pk}/")
    page.get_by_label("In favour").check()
    page.get_by_role("button", name="Change my vote").click()
    expect(page.get_by_text("You voted in favour.")).to_be_visible()
    assert choice_of(decision, ana) == "yes"


@without_javascript
def test_a_vote_too_late_is_refused_in_words(committed_cast, decision, page, sign_in):
    sign_in(committed_cast.ana)
    page.goto(f"/decisions/{decision.pk}/")
    page.get_by_label("Against").check()
    finish(decision)
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("alert")).to_contain_text("Article 2")
    expect(page.get_by_role("heading", name="Result")).to_be_visible()


@without_javascript
def test_a_delegate_sets_up_a_task_logs_an_action_and_is_refused_beyond_the_limit(committed_cast, page, sign_in):
    cast = committed_cast
    cast.mandate(cast.abiego, cast.bilal)
    sign_in(cast.bilal)
    page.goto("/desk/")
    page.get_by_role("button", name="Set up a task").click()
    page.get_by_label("What is to be done").fill("Flour for the ovens")
    page.get_by_label("Procure: Buy flour with the neighbours").check()
    page.get_by_label("How many kg of it the task uses").fill("80")
    page.get_by_role("button", name="Set it up").click()
    page.get_by_role("button", name="Log an action").click()
    page.get_by_label("How many kg").fill("101")
    page.get_by_label("What was done").fill("Bought flour")
    page.get_by_role("button", name="Save in the log").click()
    expect(page.get_by_role("alert")).to_contain_text("The limit leaves 100 kg")
    expect(page.get_by_label("What was done")).to_have_value("Bought flour")
    page.get_by_label("How many kg").fill("70")
    page.get_by_role("button", name="Save in the log").click()
    expect(page.get_by_text("70 of 100 kg used")).to_be_visible()
    assert Action.objects.get().what == "Bought flour"


# ---- without a mouse ----

FOCUSED = "document.activeElement && (document.activeElement.name || document.activeElement.className)"


def tab_to(page: Page, wanted: str, most: int = 60) -> None:
    """Press Tab until the focus is on what has that name or class; what has the focus is always to be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == wanted:
            assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 0
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard")


def test_a_citizen_votes_with_the_keyboard_alone(committed_cast, decision, page, sign_in):
    ana = committed_cast.ana
    sign_in(ana)
    page.goto(f"/decisions/{decision.pk}/")
    tab_to(page, "skip", 1)
    page.keyboard.press("Enter")
    tab_to(page, "choice")
    page.keyboard.press("Space")
    expect(page.get_by_label("In favour")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Against")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You voted against.")).to_be_visible()
    expect(page.locator("#voting .notice")).to_be_focused()
    assert choice_of(decision, ana) == "no"
    tab_to(page, "choice")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Change my vote")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_text("You voted in favour.")).to_be_visible()


# ---- in the dark ----

LIGHT_OF = """element => {
  const canvas = document.createElement("canvas").getContext("2d")
  canvas.fillStyle = getComputedStyle(element)[ELEMENT_PROPERTY]
  canvas.fillRect(0, 0, 1, 1)
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
}"""


def light(page: Page, part: str) -> float:
    return page.locator(":root").evaluate(LIGHT_OF.replace("ELEMENT_PROPERTY", repr(part)))


@pytest.mark.browser_context_args(color_scheme="dark")
def test_in_the_dark_the_pages_are_dark_and_can_be_read(committed_cast, decision, page, sign_in):
    cast = committed_cast
    task = cast.task(cast.mandate(cast.abiego, cast.bilal))
    sign_in(cast.bilal)
    options = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "preload": False}
    for address in (
        "/",
        f"/decisions/{decision.pk}/",
        "/desk/",
        task.get_absolute_url(),
        f"/tasks/{task.pk}/actions/new/",
    ):
        page.goto(address)
        assert light(page, "backgroundColor") < 0.1 < 0.7 < light(page, "color")
        found = Axe().run(page, options=options)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"

    # Whoever wants it light all the same says so, and it stays.
    page.get_by_role("button", name="Light", exact=True).click()
    expect(page.locator("html[data-theme=light]")).to_have_count(1)
    assert light(page, "backgroundColor") > 0.9


# ---- on paper ----


def test_a_decision_on_paper_has_its_text_and_figures_and_no_form(committed_cast, decision, page, sign_in):
    sign_in(committed_cast.ana)
    address = f"/decisions/{decision.pk}/"
    page.goto(address)
    expect(page.get_by_role("button", name="Cast my vote")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in ("form", "header.site nav", ".skip", ".trail"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("The oven is lit on Saturdays.")).to_be_visible()
    expect(page.get_by_text("2 of 10 have voted")).to_be_visible()
    expect(page.locator(".paper")).to_contain_text(address)
    finish(decision)
    page.reload()
    expect(page.locator("table.result").get_by_role("row", name="In favour")).to_be_visible()
