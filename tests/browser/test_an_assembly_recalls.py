"""Abiego calls its delegate back: citizens sign, the delegate answers, they vote, a worker closes, and it is over."""

import pytest
from playwright.sync_api import expect

from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.tasks import close_decisions, open_decisions
from mandates.models import Recall
from tests.cast import finish, travel_to
from tests.faults.processes import until

pytestmark = pytest.mark.django_db(transaction=True)


def test_citizens_sign_a_recall_until_it_goes_to_the_vote_and_the_delegates_desk_is_empty(
    committed_cast, page, sign_in, start_worker
):
    cast = committed_cast
    mandate = cast.mandate(cast.abiego, cast.bilal)
    task = cast.task(mandate)
    first, second, third = cast.neighbours(cast.abiego, 3)

    # Ana opens it, and with that has signed it.
    sign_in(cast.ana)
    page.goto(f"/mandates/{mandate.pk}/")
    page.get_by_role("button", name="Open a recall").click()
    page.get_by_label("Grounds").fill("The flour never came, and nobody was told why.")
    page.get_by_role("button", name="Open the recall").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recall of Bilal")
    expect(page.get_by_text("1 of 3 needed")).to_be_visible()
    recall = Recall.objects.get()
    address = f"/recalls/{recall.pk}/"

    # Bilal is heard.
    sign_in(cast.bilal)
    page.goto(address)
    page.get_by_label("Your statement").fill("The mill stood still for a month.")
    page.get_by_role("button", name="Publish the statement").click()
    expect(page.get_by_text("Your statement stands beside the grounds.")).to_be_visible()

    # Others read both, and sign. The third signature puts it to the vote.
    for citizen in (first, second):
        sign_in(citizen)
        page.goto(address)
        expect(page.get_by_text("The flour never came, and nobody was told why.")).to_be_visible()
        expect(page.get_by_text("The mill stood still for a month.")).to_be_visible()
        page.get_by_role("button", name="Sign the recall").click()
        expect(page.get_by_text("Your signature stands under this recall.")).to_be_visible()
    expect(page.get_by_text("Enough citizens signed, so it went to the assembly by itself.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign the recall")).to_have_count(0)

    # They vote, as on anything else.
    start_worker()
    decision = recall.decision
    travel_to(decision.opens_at)
    open_decisions.delay()
    for citizen in (first, second, third):
        sign_in(citizen)
        page.goto(address)
        page.get_by_role("button", name="To the vote").click()
        page.get_by_label("In favour").check()
        page.get_by_role("button", name="Cast my vote").click()
        expect(page.get_by_text("You voted in favour.")).to_be_visible()

    # A worker closes it.
    finish(decision, close=False)
    assert decision.outcome is None
    close_decisions.delay()
    until(lambda: now() and recall.proposal.decisions.filter(outcome="carried").exists(), "the worker to close", 60)
    page.goto(address)
    expect(page.get_by_text("Carried: the mandate has ended")).to_be_visible()
    page.goto(f"/mandates/{mandate.pk}/")
    expect(page.get_by_role("main")).to_contain_text("recalled")

    # Nothing is left on the delegate's desk, and the task says since when and why.
    sign_in(Citizen.objects.get(pk=cast.bilal.pk))
    page.goto("/desk/")
    expect(page.get_by_text("No mandate of yours is in force.")).to_be_visible()
    expect(page.get_by_text("The last one, for Abiego at Hoya de Huesca, ended")).to_contain_text("recalled")
    page.goto(f"/tasks/{task.pk}/")
    stopped = page.locator(".refusal")
    expect(stopped).to_contain_text("no clause that it rested on is in force any more")
    expect(stopped.locator("time")).to_be_visible()
    expect(stopped).to_contain_text("Clause 1 of Bilal for Abiego: recalled")
    expect(page.get_by_role("button", name="Log an action")).to_have_count(0)
    page.goto(f"/tasks/{task.pk}/actions/new/")
    expect(page.get_by_text("nothing can be done under it")).to_be_visible()
