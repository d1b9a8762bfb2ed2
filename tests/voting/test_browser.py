"""The pages of voting in a real browser: wide and narrow, without a mouse, and as axe judges them."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import HandCount, PaperCode, Proposal, RollMark
from mandates.models import Mandate
from tests.cast import facilitator, travel_to
from tests.voting.hall import ask, call_election, called, elect, places, put, rank, tellers

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
SHOTS = os.environ.get("SHOTS")  # a folder for pictures to look at


def looked_at(page, address: str, name: str) -> None:
    """Nothing wider than the screen, and nothing that axe objects to, at both widths."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        assert page.goto(address).status == 200, address
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{address} is {wide} wide at {size['width']}"
        found = Axe().run(page, options={"preload": False})
        assert found.violations_count == 0, found.generate_report()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{size['width']}.png", full_page=True)


@pytest.fixture
def hall(committed_cast):
    """Two elections, one voted on and one that stands open; a choice closed and one open; hands and papers."""
    cast = committed_cast
    first, second = tellers(cast.abiego)
    poll = put(call_election(cast, seats=1), cast.ana, cast.bilal, *cast.neighbours(cast.abiego, 2))
    ana, bilal, *rest = places(poll, *(c.citizen.name for c in poll.election.candidates()))
    elect(poll, [[ana, bilal], [ana], [bilal, ana], [rest[0], bilal], [rest[1]], [rest[1], ana]])
    travel_to(poll.election.valid_from)
    Mandate.objects.issued(now()).get(proposal=poll.question).resign(
        by=Mandate.objects.issued(now()).get(proposal=poll.question).delegate
    )
    standing = call_election(cast)
    standing.stand(by=cast.ana, statement="I bake.")
    counted = called(ask(cast.abiego, "schulze"))
    rank(counted, [3, 1], [3], [1, 3], [2])
    travel_to(counted.closes_at)
    counted.close()
    approved = called(ask(cast.abiego, "approval"))
    rank(approved, [3, 1], [3], [1, 3])
    travel_to(approved.closes_at)
    approved.close()
    yes_no = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana).put_to_vote(by=facilitator(cast.abiego))
    ranked = called(ask(cast.abiego))
    yes_no.open()
    RollMark.objects.mark_present(yes_no, cast.bilal, by=first)
    HandCount.objects.enter(yes_no, by=first, yes=1, no=0, abstain=0)
    PaperCode.objects.print(ranked, by=second)
    return {
        "cast": cast,
        "teller": first,
        "poll": poll,
        "standing": standing,
        "counted": counted,
        "approved": approved,
        "yes_no": yes_no,
        "ranked": ranked,
    }


def test_every_page_of_voting_fits_and_reads_well(page, sign_in, hall):
    cast = hall["cast"]
    election, standing = hall["poll"].election, hall["standing"]
    ended = Mandate.objects.filter(proposal=hall["poll"].question, ending__isnull=False).get()
    sign_in(cast.ana)
    pages = {
        "count-stv": reverse("decision-count", args=[hall["poll"].ranking.decision.pk]),
        "count-schulze": reverse("decision-count", args=[hall["counted"].pk]),
        "count-approval": reverse("decision-count", args=[hall["approved"].pk]),
        "result": hall["counted"].get_absolute_url(),
        "ballot": hall["ranked"].get_absolute_url(),
        "choice": hall["ranked"].proposal.get_absolute_url(),
        "votes": reverse("decision-votes", args=[hall["counted"].pk]),
        "roll": reverse("decision-roll", args=[hall["counted"].pk]),
        "choice-new": reverse("choice-new", args=["abiego"]),
        "elections": reverse("elections"),
        "election": election.get_absolute_url(),
        "election-standing": standing.get_absolute_url(),
        "election-new": reverse("election-new", args=["abiego"]),
        "candidacy": reverse("candidacy-new", args=[standing.pk]),
        "poll": reverse("poll-new", args=[standing.pk]),
        "replacement": reverse("replacement-new", args=[ended.pk]),
        "mandate": ended.get_absolute_url(),
        "ranking-question": hall["poll"].ranking.get_absolute_url(),
    }
    for name, address in pages.items():
        looked_at(page, address, name)
    sign_in(hall["teller"])
    looked_at(page, reverse("tellers-desk", args=[hall["yes_no"].pk]) + "?q=ana", "desk-hands")
    looked_at(page, reverse("tellers-desk", args=[hall["ranked"].pk]), "desk-papers")


def test_a_ballot_is_ranked_with_the_keyboard_alone_and_papers_are_printed(page, sign_in, hall):
    cast, ranked = hall["cast"], hall["ranked"]
    sign_in(cast.ana)
    page.goto(ranked.get_absolute_url())
    page.get_by_label("Olive").focus()
    page.keyboard.press("1")
    page.get_by_label("Fig", exact=True).focus()
    page.keyboard.press("2")
    page.get_by_role("button", name="Cast my vote").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Your vote is cast").wait_for()
    assert ranked.ballot_of(cast.ana).ranking == [3, 2]
    sign_in(hall["teller"])
    page.goto(reverse("tellers-desk", args=[hall["yes_no"].pk]))
    page.get_by_role("button", name="Make the sheet").click()
    page.get_by_role("heading", name="Ballot papers").wait_for()
    assert Axe().run(page, options={"preload": False}).violations_count == 0
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "papers.png", full_page=True)
    assert Proposal.objects.exists()
