"""Votes on persons: secret where the standing orders say so, whoever asks, and never held up by too few."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from assemblies.models import Decision, HandCount, RollMark, Rules
from assemblies.refusal import Refusal
from mandates.models import Ending
from mandates.tasks import endings
from tests.access.everything import ONCE
from tests.cast import carry, citizen_of, travel_to, vote
from tests.secret.voter import cast as put_in
from tests.secret.voter import electors, hall, opened, take, to_the_urn
from tests.voting.hall import ask, call_election, places, put, tellers

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretive(cast):
    """Abiego votes on persons in secret from now on."""
    carry(cast.abiego.propose_orders(Rules(secret_on_persons=True), by=citizen_of(cast.abiego)))
    return cast


def sealed(decision: Decision, choices: list[str]) -> None:
    """So many take a paper and cast it; closed at its hour."""
    travel_to(decision.opens_at)
    decision.open()
    papers = take(decision, *electors(decision, len(choices)))
    decision = to_the_urn(decision)
    for paper, choice in zip(papers, choices, strict=True):
        put_in(decision, paper, choice)


def test_a_delegate_is_recalled_in_secret_and_the_mandate_ends_at_the_close(secretive):
    cast = secretive
    mandate = cast.mandate(cast.abiego, cast.bilal)
    assert not mandate.proposal.secret
    signers = iter(cast.abiego.citizens(mandate.valid_from).order_by("pk"))
    recall = mandate.open_recall(by=next(signers), grounds="The flour never came.")
    while recall.decision is None:
        recall.sign(by=next(signers))
    decision = recall.decision
    assert decision.secret
    sealed(decision, ["yes"] * 6 + ["no"] * 2)
    travel_to(decision.closes_at)
    assert not mandate.stands(decision.closes_at), "the mandate has ended though nobody has counted"
    decision.close()
    endings.run()
    assert Ending.objects.get(mandate=mandate).kind == "recalled"


def test_whom_to_send_is_secret_and_what_binds_them_is_open_and_both_end_together(secretive):
    cast = secretive
    poll = put(call_election(cast), cast.ana, cast.bilal)
    ranking, question = poll.ranking.decision, poll.question.decision
    assert (ranking.secret, question.secret) == (True, False)
    assert (ranking.opens_at, ranking.closes_at) == (question.opens_at, question.closes_at)
    with pytest.raises(Refusal, match="This vote is secret"):
        travel_to(ranking.opens_at)
        ranking.cast(by=cast.ana, ranking=[1])
    first, second = places(poll, "Bilal", "Ana")
    question.open()
    vote(question, yes=4)
    sealed(ranking, [f"{first},{second}"] * 6 + [f"{second}"] * 2)
    travel_to(ranking.closes_at)
    Decision.objects.get(pk=ranking.pk).close()
    question.close()
    assert [one["name"] for one in Decision.objects.get(pk=ranking.pk).count.chosen()] == ["Bilal"]
    assert [m.delegate.name for m in poll.mandates(ranking.closes_at) if m.stands(m.valid_from)] == ["Bilal"]


def test_elsewhere_votes_on_persons_are_open_as_the_orders_say(cast):
    assert not put(call_election(cast), cast.ana, cast.bilal).ranking.secret


# ---- the urn in the hall, for a vote among options ----


def by_page(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def test_a_small_assembly_elects_in_secret_with_an_urn_that_two_tellers_count():
    decision = opened(ask(hall(6), secret=True))
    assert decision.papers is None
    two, voters = tellers(decision.assembly), electors(decision, 6)
    for voter in voters:
        RollMark.objects.mark_present(decision, voter, by=two[0])
    desk, sheet = reverse("tellers-desk", args=[decision.pk]), reverse("hand-counts", args=[decision.pk])
    assert "The urn in the hall" in by_page(two[0]).get(desk).content.decode()
    wrong = by_page(two[0]).post(sheet, {"papers": "2, 1\nnonsense"})
    assert (wrong.status_code, "Line 2 is not like" in wrong.content.decode()) == (422, True)
    assert by_page(two[0]).post(sheet, {"papers": "2, 1 x 4\n3\n3"}).status_code == 302
    HandCount.objects.enter(decision, by=two[1], ranked={"2,1": 3, "3": 3})
    assert HandCount.objects.agreed(decision) is None
    HandCount.objects.enter(decision, by=two[1], ranked={"3": 2, "2,1": 4}, reason="One lay upside down.")
    travel_to(decision.closes_at)
    decision.close()
    decision.refresh_from_db()
    assert (decision.voters, decision.carried) == (6, True)
    assert [one["number"] for one in decision.count.chosen()] == [2]
    file = json.loads(Client().get(reverse("board-file", args=[decision.pk])).content)
    assert json.loads(file["closed"])["hands_papers"] == ["2,1 x 4", "3 x 2"]


@pytest.mark.parametrize(
    "ranked",
    [{"2,2": 1}, {"9": 1}, {"2": 7}, {"2": 0}],
    ids=["an option twice", "an unknown option", "more papers than people", "no paper at all"],
)
def test_what_cannot_lie_in_the_urn_is_not_counted(ranked):
    decision = opened(ask(hall(6), secret=True))
    (teller, _other), voters = tellers(decision.assembly), electors(decision, 6)
    for voter in voters:
        RollMark.objects.mark_present(decision, voter, by=teller)
    with pytest.raises(Refusal):
        HandCount.objects.enter(decision, by=teller, ranked=ranked)


def test_hands_do_not_answer_an_open_vote_among_options():
    decision = opened(ask(hall(6)))
    (teller, _other) = tellers(decision.assembly)
    with pytest.raises(Refusal, match="Hands answer yes or no"):
        HandCount.objects.enter(decision, by=teller, ranked={"2": 1})


# ---- drafted on the page ----


def test_whoever_drafts_a_question_says_on_its_sheet_that_it_is_secret_and_the_facilitator_names_both_windows(cast):
    client, abiego = by_page(cast.ana), cast.abiego
    sheet = {"title": "Bread", "text": "The oven.", "secret": "on", "once": str(ONCE)}
    client.post(reverse("proposal-new", args=[abiego.slug]), sheet)
    proposal = abiego.proposals.get(author=cast.ana, offered_at=None)
    assert proposal.secret
    proposal.offer(by=cast.ana)
    page = by_page(cast.facilitator(abiego)).get(reverse("decision-new", args=[proposal.pk])).content.decode()
    assert "Papers can be taken until" in page
    assert "The urn is open from" in page
