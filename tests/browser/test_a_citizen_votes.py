"""Ana signs in, reads, votes, changes her mind, and sees the frozen result; others see what is theirs to see."""

import re

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from assemblies.models import Decision
from assemblies.tasks import closing
from tests.cast import Cast, call, travel_to, vote

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "an oven that is warm"


@pytest.fixture
def decision(committed_cast: Cast) -> Decision:
    """Open in Abiego: two neighbours have voted in favour, one against."""
    cast = committed_cast
    text = "The oven is lit on *Saturdays*.\n\n- Whoever bakes brings wood.\n- Nobody pays."
    decision = call(cast.abiego.propose("The common oven", text, by=cast.bilal))
    vote(decision, yes=2, no=1)
    return decision


@pytest.fixture
def no_running_result(page: Page):
    """`no_running_result(n)`: so many have voted, and how is nowhere to be seen."""

    def look(voted: int) -> None:
        expect(page.get_by_text(f"{voted} of 10 have voted")).to_be_visible()
        expect(page.get_by_role("heading", name="Result")).to_have_count(0)
        expect(page.locator("table.result")).to_have_count(0)
        expect(page.get_by_text("is shown after the close, to everyone at once")).to_be_visible()

    return look


def test_a_citizen_signs_in_reads_votes_changes_the_vote_and_sees_the_frozen_result(
    committed_cast, decision, page, no_running_result, sign_in
):
    cast = committed_cast
    cast.ana.set_password(PASSWORD)
    cast.ana.save(update_fields=["password"])
    EmailAddress.objects.create(user=cast.ana, email=cast.ana.email, verified=True, primary=True)

    # She signs in and finds what her assembly is deciding.
    page.goto("/")
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Email").fill(cast.ana.email)
    page.get_by_label("Password", exact=True).fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    expect(page.get_by_label("Email")).to_have_value(cast.ana.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("main").get_by_role("link", name="The common oven").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The common oven")

    # She reads.
    expect(page.get_by_text("Whoever bakes brings wood.")).to_be_visible()
    expect(page.locator(".prose em", has_text="Saturdays")).to_be_visible()
    no_running_result(3)

    # She votes, and then otherwise.
    page.get_by_label("Against").check()
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_text("You voted against.")).to_be_visible()
    no_running_result(4)
    page.get_by_label("In favour").check()
    page.get_by_role("button", name="Change my vote").click()
    expect(page.get_by_text("You voted in favour.")).to_be_visible()
    no_running_result(4)

    # The close passes; it is counted; it is frozen.
    travel_to(decision.closes_at)
    page.reload()
    expect(page.get_by_text("The votes are being counted.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("vote", re.I))).to_have_count(0)
    assert closing.run() == 1
    page.reload()
    expect(page.get_by_role("heading", name="Result")).to_be_visible()
    expect(page.locator("table.result").get_by_role("row", name="In favour")).to_contain_text("3")
    expect(page.locator("table.result").get_by_role("row", name="Against")).to_contain_text("1")
    expect(page.get_by_text("You voted in favour.")).to_be_visible()

    # Who voted how is for the citizens of Abiego.
    page.get_by_role("link", name="The votes by name").click()
    expect(page.get_by_role("row", name="Ana")).to_contain_text("in favour", ignore_case=True)
    page.goto(f"/decisions/{decision.pk}/")
    page.get_by_role("link", name="The policy it adopted").click()
    expect(page.locator(".prose").get_by_text("Whoever bakes brings wood.")).to_be_visible()


@pytest.mark.parametrize("reader", ["a stranger", "a citizen of another assembly"])
def test_others_see_the_figures_and_not_who_voted_how(committed_cast, decision, page, sign_in, reader):
    cast = committed_cast
    decision.cast(by=cast.ana, choice="yes")
    if reader != "a stranger":
        sign_in(cast.chen)
    page.goto(f"/decisions/{decision.pk}/")
    expect(page.get_by_text("4 of 10 have voted")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)
    invitation = "Sign in to vote" if reader == "a stranger" else "you are not among them"
    expect(page.get_by_text(invitation)).to_be_visible()

    travel_to(decision.closes_at)
    closing.run()
    page.reload()
    expect(page.locator("table.result").get_by_role("row", name="In favour")).to_contain_text("3")
    expect(page.get_by_text("is shown to the citizens of Abiego alone")).to_be_visible()
    expect(page.get_by_text("Ana", exact=True)).to_have_count(0)
    answer = page.goto(f"/decisions/{decision.pk}/votes/")
    expect(page.get_by_text("Ana", exact=True)).to_have_count(0)
    if reader == "a stranger":
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    else:
        assert answer.status == 404
