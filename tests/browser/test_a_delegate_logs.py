"""Bilal has a telephone: he sets up a task, logs an action in two taps, and is told where his mandate ends."""

import pytest
from playwright.sync_api import Page, expect

from councils.models import Action, Task
from mandates.models import Mandate
from tests.cast import Cast, travel_to

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True),
]


@pytest.fixture
def mandate(committed_cast: Cast) -> Mandate:
    return committed_cast.mandate(committed_cast.abiego, committed_cast.bilal)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 375, page.url


def test_a_delegate_sets_up_a_task_and_logs_an_action_in_two_taps(committed_cast, mandate, page, sign_in):
    sign_in(committed_cast.bilal)
    page.goto("/desk/")
    fits(page)
    expect(page.get_by_text("No task stands under your clauses.")).to_be_visible()
    page.get_by_role("button", name="Set up a task").tap()
    page.get_by_label("What is to be done").fill("Flour for the ovens")
    fits(page)
    page.get_by_label("Procure: Buy flour with the neighbours").check()
    page.get_by_label("How many kg of it the task uses").fill("80")
    page.get_by_role("button", name="Set it up").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Flour for the ovens")
    expect(page.get_by_text("Set aside for this task: 80 kg")).to_be_visible()
    fits(page)
    clause = mandate.clauses.get()
    assert Task.objects.get().attachments.get().clause == clause

    page.goto("/desk/")
    page.get_by_role("button", name="Log an action").tap()
    page.get_by_label("How many kg").fill("50")
    page.get_by_label("What was done").fill("Bought from the mill at Loarre")
    page.get_by_role("button", name="Save in the log").tap()
    expect(page.get_by_text("It is in the log.")).to_be_visible()
    expect(page.get_by_text("50 of 100 kg used")).to_be_visible()
    fits(page)

    # Beyond the limit: the article is named, and what was typed is still there.
    page.goto("/desk/")
    page.get_by_role("button", name="Log an action").tap()
    page.get_by_label("How many kg").fill("60")
    page.get_by_label("What was done").fill("Bought the rest of the mill")
    page.get_by_text("Another day, a place, or a proof").tap()
    page.get_by_label("Address of a proof").fill("https://mill.example/notes/7")
    page.get_by_role("button", name="Save in the log").tap()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("The limit leaves 50 kg")
    expect(refusal.get_by_role("link", name="Article 6")).to_have_attribute("href", "/articles/6/")
    expect(page.get_by_label("How many kg")).to_have_value("60")
    expect(page.get_by_label("What was done")).to_have_value("Bought the rest of the mill")
    expect(page.get_by_label("Address of a proof")).to_have_value("https://mill.example/notes/7")
    fits(page)
    assert Action.objects.count() == 1

    # What is within it goes through, from the same page.
    page.get_by_label("How many kg").fill("50")
    page.get_by_role("button", name="Save in the log").tap()
    expect(page.get_by_text("100 of 100 kg used")).to_be_visible()


def test_after_the_mandates_end_the_desk_is_empty_and_says_why(committed_cast, mandate, page, sign_in):
    task = committed_cast.task(mandate)
    sign_in(committed_cast.bilal)
    page.goto(f"/tasks/{task.pk}/actions/new/")
    page.get_by_label("How many kg").fill("10")
    page.get_by_label("What was done").fill("Bought it on the last evening")

    travel_to(mandate.valid_until)  # and no worker runs
    page.get_by_role("button", name="Save in the log").tap()
    expect(page.get_by_role("alert")).to_contain_text("Article 8")
    expect(page.get_by_label("What was done")).to_have_value("Bought it on the last evening")
    page.goto("/desk/")
    expect(page.get_by_text("No mandate of yours is in force. There is nothing to do here.")).to_be_visible()
    expect(page.get_by_text("The last one, for Abiego at Hoya de Huesca, ended")).to_contain_text("expired")
    expect(page.get_by_role("button", name="Log an action")).to_have_count(0)
    fits(page)
    assert not Action.objects.exists()
