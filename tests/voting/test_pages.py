"""The pages of voting: ballots among options, the count, the tellers' desk, elections, candidacies, replacements."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from assemblies.clock import now
from assemblies.models import HandCount, Method, Option, PaperCode, PaperCount, Proposal, RollMark
from mandates.models import Candidacy, Election, Mandate
from tests.cast import Cast, call, citizen_of, facilitator, travel_to
from tests.voting.hall import ask, call_election, called, elect, places, put, rank, replaced, tellers


@pytest.fixture
def home_of(cast: Cast, client):
    """The browser of somebody, signed in."""

    def sign_in(citizen):
        client.force_login(citizen)
        return client

    return sign_in


def text(response) -> str:
    return unescape(" ".join(response.content.decode().split()))


def closed(decision):
    travel_to(decision.closes_at)
    decision.close()
    return decision


# ---- ballots ----


def test_a_citizen_ranks_changes_the_ranking_and_finds_it_again(cast: Cast, home_of):
    decision = called(ask(cast.abiego))
    home = home_of(cast.ana)
    page = home.get(decision.get_absolute_url())
    assert text(page).count("no place</option>") == 5
    ballot = reverse("ballot", args=[decision.pk])
    sent = home.post(ballot, {"place_2": "1", "place_4": "2"}, follow=True)
    assert "Your vote is cast" in text(sent)
    assert "Your vote: <bdi>Fig</bdi>, <bdi>Plum</bdi>" in text(sent)
    home.post(ballot, {"place_4": "1"})
    assert decision.ballot_of(cast.ana).ranking == [4]
    page = text(home.get(decision.get_absolute_url()))
    assert '<option value="1" selected>' in page


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ({"place_1": "1", "place_2": "1"}, "Place 1 is given to “Almond”, “Fig”"),
        ({"place_1": "1", "place_2": "3"}, "Nobody has place 2"),
        ({}, "Your ballot is empty"),
        ({"place_1": "9"}, "Choose one of the places that are listed"),
        ({"place_9": "1"}, "This ballot belongs to another question"),
        ({"place_1": "first"}, "Choose one of the places that are listed"),
    ],
)
def test_a_ballot_filled_in_wrong_comes_back_with_a_sentence_and_all_that_was_typed(
    cast: Cast, home_of, places, sentence
):
    decision = called(ask(cast.abiego))
    decision.cast(by=cast.ana, ranking=[5])
    page = home_of(cast.ana).post(reverse("ballot", args=[decision.pk]), places)
    assert page.status_code == 422
    assert sentence in text(page)
    for place in [value for name, value in places.items() if value == "3"]:
        assert f'<option value="{place}" selected>' in text(page)
    assert decision.ballot_of(cast.ana).ranking == [5]


def test_an_approval_ballot_says_how_many_may_be_marked(cast: Cast, home_of):
    decision = called(ask(cast.abiego, Method.APPROVAL, most=2))
    home, ballot = home_of(cast.ana), reverse("ballot", args=[decision.pk])
    assert "At most 2 may be marked" in text(home.get(decision.get_absolute_url()))
    page = home.post(ballot, {"ranking": ["1", "2", "3"]})
    assert page.status_code == 422
    assert "You named 3 options" in text(page)
    assert home.post(ballot, {"ranking": ["3", "1"]}).status_code == 302
    assert decision.ballot_of(cast.ana).ranking == [1, 3]
    assert "mark at least one option" in text(home.post(ballot, {}))
    for strange in ("9", "first", "-1"):
        page = home.post(ballot, {"ranking": ["1", strange]})
        assert page.status_code == 422
        assert "This ballot belongs to another question" in text(page)
    assert decision.ballot_of(cast.ana).ranking == [1, 3]


def test_a_form_left_open_until_after_the_close_is_refused_in_words(cast: Cast, home_of):
    decision = called(ask(cast.abiego))
    travel_to(decision.closes_at)
    page = home_of(cast.ana).post(reverse("ballot", args=[decision.pk]), {"place_1": "1"})
    assert page.status_code == 409
    assert "This vote is closed" in text(page)
    assert not decision.ballots.exists()


def test_what_an_option_says_is_never_taken_for_html(cast: Cast, home_of):
    proposal = Proposal.objects.draft_choice(
        cast.abiego,
        "Trees",
        "Which?",
        by=cast.ana,
        options=[_option("<b>Fig</b>"), _option("Olive")],
        method=Method.IRV,
    )
    proposal.offer(by=cast.ana)
    for page in (called(proposal).get_absolute_url(), proposal.get_absolute_url()):
        assert b"<b>Fig</b>" not in home_of(cast.ana).get(page).content


def _option(words: str):
    from assemblies.models import Choice

    return Choice(words, words)


# ---- drafting ----


def choice(**other) -> dict:
    return {
        "title": "Which trees",
        "text": "Along the road.",
        "method": "irv",
        "seats": "1",
        "option_1": "Fig",
        "text_1": "Sweet.",
        "option_2": "Olive",
        "text_2": "",
        "option_3": "",
        "text_3": "",
    } | other


def test_a_question_with_options_is_drafted_changed_offered_and_read(cast: Cast, home_of):
    home = home_of(cast.ana)
    address = reverse("choice-new", args=["abiego"])
    assert home.get(address).status_code == 200
    more = home.post(address, choice(step="more", option_3="Plum"))
    assert 'name="option_5"' in text(more)
    assert 'value="Plum"' in text(more)
    draft = home.post(address, choice(), follow=True)
    proposal = Proposal.objects.get(title="Which trees")
    assert [str(option) for option in proposal.options.all()] == ["Fig", "Olive"]
    home.post(address, choice())
    assert Proposal.objects.filter(title="Which trees").count() == 1, "sent twice is one"
    assert "Change the options" in text(draft)
    options = reverse("options-edit", args=[proposal.pk])
    assert "Fig" in text(home.get(options))
    home.post(options, {"option_1": "Fig", "option_2": "Quince", "option_3": "Pear"})
    assert Option.objects.filter(proposal=proposal).count() == 3
    home.post(reverse("proposal-offer", args=[proposal.pk]), {})
    proposal.refresh_from_db()
    assert proposal.offered_at
    assert "Quince" in text(home_of(cast.chen).get(proposal.get_absolute_url()))
    assert home_of(cast.ana).get(options).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"option_2": ""}, "between 2 and"),
        ({"option_2": "fig"}, "Two options are called"),
        ({"seats": "2"}, "one option is chosen"),
        ({"most": "1"}, "Only approvals are limited"),
        ({"method": ""}, "This field is required"),
        ({"text_3": "Words without a title."}, "Give this option a title"),
    ],
)
def test_a_question_that_cannot_be_counted_is_sent_back(cast: Cast, home_of, wrong, sentence):
    page = home_of(cast.ana).post(reverse("choice-new", args=["abiego"]), choice(**wrong))
    assert page.status_code == 422
    assert sentence in text(page)
    assert not Proposal.objects.filter(title="Which trees").exists()


# ---- the count ----


@pytest.mark.parametrize("method", ["irv", "scottish-stv", "meek", "schulze", "approval"])
def test_anyone_reads_the_count_and_takes_it_away(cast: Cast, client, method: str):
    decision = called(ask(cast.abiego, method))
    rank(decision, [3, 1], [3, 2], [1, 3], [2])
    count = reverse("decision-count", args=[decision.pk])
    assert client.get(count).status_code == 404
    closed(decision)
    page = client.get(count)
    assert page.status_code == 200
    assert decision.count.seed in text(page)
    for number, name in ((3, "Olive"), (1, "Almond")):
        assert f"{number} · <bdi>{name}</bdi>" in text(page)
    assert "Chosen: Olive." in text(client.get(decision.get_absolute_url()))
    downloads = {
        kind: client.get(reverse("count-download", args=[decision.pk, kind])) for kind in ("blt", "json", "csv")
    }
    assert downloads["blt"].content.startswith(b"5 1\n")
    assert json.loads(downloads["json"].content)["elected_names"] == ["Olive"]
    assert b"Olive" in downloads["csv"].content
    assert client.get(reverse("count-download", args=[decision.pk, "exe"])).status_code == 404


def test_the_votes_by_name_show_the_rankings_to_their_assembly(cast: Cast, home_of):
    decision = called(ask(cast.abiego))
    rank(decision, [3, 1], [2])
    closed(decision)
    votes = reverse("decision-votes", args=[decision.pk])
    assert "3,1" in text(home_of(cast.ana).get(votes))
    assert home_of(cast.chen).get(votes).status_code == 404


# ---- the tellers' desk ----


@pytest.fixture
def decision(cast: Cast):
    return called(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))


def test_the_desk_is_for_tellers_and_facilitators(cast: Cast, home_of, decision):
    desk = reverse("tellers-desk", args=[decision.pk])
    assert home_of(cast.chen).get(desk).status_code == 404
    assert home_of(cast.neighbours(cast.abiego, 1)[0]).get(desk).status_code == 404
    home = home_of(facilitator(cast.abiego))
    assert "Draw the tellers by lot" in text(home.get(desk))
    home.post(reverse("tellers-drawn", args=[decision.pk]))
    assert len(tellers(cast.abiego)) == 2
    assert "Draw the tellers by lot" not in text(home.get(desk))


def test_two_tellers_mark_count_and_agree(cast: Cast, home_of, decision):
    first, second = tellers(cast.abiego)
    home, desk = home_of(first), reverse("tellers-desk", args=[decision.pk])
    assert f'value="{cast.ana.pk}"' in text(home.get(desk, {"q": "ana"}))
    for citizen in (cast.ana, cast.bilal):
        home.post(reverse("presence", args=[decision.pk]), {"citizen": citizen.pk})
    page = text(home.get(desk, {"q": "ana"}))
    assert "2 people vote by hand" in page
    assert "Nobody of this name still has a vote here" in page
    hands = reverse("hand-counts", args=[decision.pk])
    refused = home.post(hands, {"yes": "2", "no": "1", "abstain": "0"})
    assert refused.status_code == 409
    assert "3 hands are counted, but only 2 people" in text(refused)
    assert 'value="2"' in text(refused)
    home.post(hands, {"yes": "2", "no": "0", "abstain": "0"})
    assert "The other teller has not counted yet" in text(home.get(desk))
    again = home_of(second).post(hands, {"yes": "2", "no": "0", "abstain": "0"}, follow=True)
    assert "Both tellers have counted the same" in text(again)
    assert HandCount.objects.agreed(decision).yes == 2


def test_a_facilitator_who_is_no_teller_has_tellers_drawn_and_papers_printed_and_counts_nothing(
    cast: Cast, home_of, decision
):
    keeper = facilitator(cast.abiego)
    while keeper in tellers(cast.abiego):
        replaced(keeper, cast.abiego)
    home, desk = home_of(keeper), reverse("tellers-desk", args=[decision.pk])
    page = text(home.get(desk))
    assert "Print papers" in page
    assert "Enter my count" not in page
    assert "Enter what I read" not in page
    for name, body in (
        ("presence", {"citizen": cast.ana.pk}),
        ("hand-counts", {"yes": "0", "no": "0", "abstain": "0"}),
        ("paper-counts", {"number": "1", "code": "AAAA-AAAA-AAAA", "choice": "yes"}),
    ):
        refused = home.post(reverse(name, args=[decision.pk]), body)
        assert refused.status_code == 403
        assert "Only tellers of Abiego keep the paper and the hands" in text(refused)
    assert not decision.marks.exists()


def test_a_mark_is_withdrawn_on_a_page_of_its_own(cast: Cast, home_of, decision):
    first, _second = tellers(cast.abiego)
    mark = RollMark.objects.mark_present(decision, cast.ana, by=first)
    address = reverse("presence-withdrawal", args=[mark.pk])
    home = home_of(first)
    assert "Ana" in text(home.get(address))
    assert home.post(address, {"reason": ""}).status_code == 422
    home.post(address, {"reason": "It was her sister."})
    mark.refresh_from_db()
    assert mark.withdrawn_at
    assert home.get(address).status_code == 404


def test_papers_are_printed_once_and_read_by_both(cast: Cast, home_of, decision):
    first, second = tellers(cast.abiego)
    home = home_of(first)
    sheet = home.post(reverse("papers", args=[decision.pk]))
    assert sheet["Cache-Control"] == "no-store"
    papers = PaperCode.objects.filter(decision=decision)
    assert text(sheet).count("<code>") >= papers.count() == 10
    again = home.post(reverse("papers", args=[decision.pk]))
    assert again.status_code == 409
    assert "has a paper already" in text(again)
    code = text(sheet).split(f"Paper {papers[0].pk} ")[1].split("<code>")[1].split("</code>")[0]
    reading = {"number": papers[0].pk, "code": code, "choice": "yes", "reason": ""}
    counts = reverse("paper-counts", args=[decision.pk])
    wrong = home.post(counts, reading | {"code": "AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "Compare both with the paper" in text(wrong)
    for teller in (first, second):
        done = home_of(teller).post(counts, reading, follow=True)
        assert "is read" in text(done)
    assert PaperCount.objects.agreed(decision) == 1
    twice = home_of(second).post(counts, reading)
    assert twice.status_code == 409
    assert code in text(twice), "nothing typed is lost"


def test_papers_of_a_large_roll_come_a_sheet_at_a_time_or_for_one_name(cast: Cast, home_of, decision, monkeypatch):
    """Each sheet goes on where the last one ended; nobody has two papers, and nobody is left out."""
    monkeypatch.setattr("assemblies.voting.PAPERS_A_SHEET", 4)
    first, _second = tellers(cast.abiego)
    home, address = home_of(first), reverse("papers", args=[decision.pk])
    voters = list(decision.electors().order_by("name", "pk"))
    codes = PaperCode.objects.filter(decision=decision)
    asked = home.post(address, {"q": voters[-1].name.upper()})
    assert voters[-1].pk in codes.values_list("citizen", flat=True)
    named = codes.count()
    assert text(asked).count("card slip") == named < 4
    nobody = home.post(address, {"q": "Zenobia"})
    assert nobody.status_code == 422
    assert "Nobody of that name has a vote in this decision." in text(nobody)
    assert codes.count() == named
    while codes.count() < len(voters):
        had = codes.count()
        sheet = text(home.post(address))
        assert sheet.count("card slip") == min(4, len(voters) - had) == codes.count() - had
        assert ("Make the next sheet" in sheet) == (codes.count() < len(voters))
    assert set(codes.values_list("citizen", flat=True)) == {voter.pk for voter in voters}
    assert home.post(address).status_code == 409


def test_papers_with_options_are_printed_and_read(cast: Cast, home_of):
    decision = called(ask(cast.abiego))
    first, _second = tellers(cast.abiego)
    home = home_of(first)
    sheet = text(home.post(reverse("papers", args=[decision.pk])))
    assert sheet.count("1 · <bdi>Almond</bdi>") == 10
    paper = PaperCode.objects.filter(decision=decision)[0]
    code = sheet.split(f"Paper {paper.pk} ")[1].split("<code>")[1].split("</code>")[0]
    counts = reverse("paper-counts", args=[decision.pk])
    wrong = home.post(counts, {"number": paper.pk, "code": code, "place_1": "1", "place_2": "1"})
    assert "Place 1 is given to" in text(wrong)
    home.post(counts, {"number": paper.pk, "code": code, "place_1": "2", "place_2": "1"})
    assert PaperCount.objects.get(code=paper).ranking == [2, 1]


def test_the_roll_of_a_vote_shows_the_channels_to_its_own_citizens_after_the_close(cast: Cast, home_of, decision):
    first, second = tellers(cast.abiego)
    decision.cast(by=cast.ana, choice="yes")
    mark = RollMark.objects.mark_present(decision, cast.bilal, by=first)
    for teller in (first, second):
        HandCount.objects.enter(decision, by=teller, yes=1, no=0, abstain=0)
    roll = reverse("decision-roll", args=[decision.pk])
    assert home_of(cast.ana).get(roll).status_code == 404
    closed(decision)
    page = text(home_of(cast.ana).get(roll))
    assert "by device" in page
    assert "by hand" in page
    assert mark.channel == "hands"
    assert home_of(cast.chen).get(roll).status_code == 404
    result = text(home_of(cast.ana).get(decision.get_absolute_url()))
    assert "By device, on paper, by hand" in result


def test_before_the_opening_papers_are_printed_and_nothing_is_counted(cast: Cast, home_of):
    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    first, _second = tellers(cast.abiego)
    page = text(home_of(first).get(reverse("tellers-desk", args=[decision.pk])))
    assert "Papers can be printed now" in page
    assert "Enter my count" not in page
    assert home_of(first).post(reverse("papers", args=[decision.pk])).status_code == 200


# ---- elections ----


def sheet(cast: Cast, **other) -> dict:
    today = timezone.localdate(now())
    return {
        "confederation": "hoya-de-huesca",
        "seats": "2",
        "method": "scottish-stv",
        "stand_until": str(today + timedelta(days=10)),
        "valid_from": str(today + timedelta(days=20)),
        "valid_until": str(today + timedelta(days=120)),
        "reasons": "",
        "clauses-TOTAL_FORMS": "1",
        "clauses-INITIAL_FORMS": "0",
        "clauses-0-policy": str(cast.policy(cast.abiego).pk),
        "clauses-0-power": "procure",
        "clauses-0-instruction": "Buy flour",
        "clauses-0-limit": "100",
        "clauses-0-unit": "kg",
        "clauses-0-place": "",
        "step": "call",
    } | other


def test_an_election_from_the_call_to_the_vote_on_its_pages(cast: Cast, home_of):
    home = home_of(cast.ana)
    new = reverse("election-new", args=["abiego"])
    assert "Hoya de Huesca" in text(home.get(new))
    assert 'name="clauses-1-policy"' in text(home.post(new, sheet(cast, step="add-clause")))
    called_page = home.post(new, sheet(cast), follow=True)
    assert "The election is called" in text(called_page)
    election = Election.objects.get()
    assert "Buy flour" in text(called_page)
    assert election.seats == 2
    stand = reverse("candidacy-new", args=[election.pk])
    assert "Nobody stands without consenting" in text(home.post(stand, {"statement": "I bake."}))
    for citizen in (cast.ana, cast.bilal, *cast.neighbours(cast.abiego, 1)):
        page = home_of(citizen).post(stand, {"statement": f"{citizen} bakes.", "consent": "on"}, follow=True)
        assert "You stand" in text(page)
    mine = Candidacy.objects.get(citizen=cast.bilal)
    home = home_of(cast.bilal)
    assert "Take your candidacy back" in text(home.get(reverse("candidacy-withdrawal", args=[mine.pk])))
    poll_new = reverse("poll-new", args=[election.pk])
    travel_to(election.stand_until)
    assert home.post(poll_new, {}).status_code == 403
    keeper = home_of(facilitator(cast.abiego))
    assert "Whoever is elected of these" in text(keeper.get(poll_new))
    put_page = keeper.post(poll_new, {}, follow=True)
    assert "Both questions are laid before the assembly" in text(put_page)
    poll = Election.objects.get(pk=election.pk).poll
    for proposal in (poll.ranking, poll.question):
        for address in (proposal.get_absolute_url(), proposal.decision.get_absolute_url()):
            assert "One of the two questions of an election" in text(home.get(address))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"method": "irv"}, "does not elect so many delegates"),
        ({"stand_until": "2001-01-01"}, "time to stand ends later than now"),
        ({"valid_until": "2190-01-01"}, "at most"),
        ({"clauses-0-instruction": ""}, "This field is required"),
    ],
)
def test_an_election_filled_in_wrong_is_sent_back(cast: Cast, home_of, wrong, sentence):
    page = home_of(cast.ana).post(reverse("election-new", args=["abiego"]), sheet(cast, **wrong))
    assert page.status_code == 422
    assert sentence in text(page)
    assert not Election.objects.exists()


def test_only_its_own_citizens_call_and_stand(cast: Cast, home_of):
    election = call_election(cast)
    assert home_of(cast.chen).get(reverse("election-new", args=["abiego"])).status_code == 403
    page = home_of(cast.chen).post(
        reverse("candidacy-new", args=[election.pk]), {"statement": "I too.", "consent": "on"}
    )
    assert page.status_code == 403
    assert "Only citizens of Abiego stand here" in text(page)


def test_everybody_reads_elections_their_count_and_the_standby_list(cast: Cast, client):
    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana, bilal], [ana], [bilal]])
    page = text(client.get(election.get_absolute_url()))
    assert "Elected and mandated" in page
    assert "Standby list" in page
    assert "Elected and mandated" in text(client.get(reverse("elections"), {"assembly": "abiego"}))
    for state in ("standing", "ready", "put"):
        assert client.get(reverse("elections"), {"state": state}).status_code == 200
    mandate = Mandate.objects.get(candidacy__citizen=cast.ana)
    assert "Elected on" in text(client.get(mandate.get_absolute_url()))
    listed = text(client.get(reverse("mandates")))
    assert "Ana" in listed
    assert "Bilal" not in listed
    other = Mandate.objects.get(candidacy__citizen=cast.bilal)
    assert "Not elected" in text(client.get(other.get_absolute_url()))
    assert "Elections of delegates" in text(client.get(cast.abiego.get_absolute_url()))


def test_a_delegate_who_ended_early_is_replaced_on_a_page(cast: Cast, home_of):
    election = call_election(cast)
    poll = put(election, cast.ana, cast.bilal)
    ana, bilal = places(poll, "Ana", "Bilal")
    elect(poll, [[ana, bilal], [ana], [bilal]])
    travel_to(election.valid_from)
    mandate = Mandate.objects.get(candidacy__citizen=cast.ana)
    address = reverse("replacement-new", args=[mandate.pk])
    home = home_of(cast.bilal)
    assert home.get(address).status_code == 409
    mandate.resign(by=cast.ana)
    assert "Propose who carries out the rest" in text(home.get(mandate.get_absolute_url()))
    page = text(home.get(address))
    assert f'value="{cast.bilal.pk}"' in page
    shown = home.post(address, {"delegate": cast.bilal.pk, "step": "show"})
    assert "It replaces mandate" in text(shown)
    assert Mandate.objects.filter(delegate=cast.bilal, candidacy=None).count() == 0
    seen = text(shown).split('name="seen" value="')[1].split('"')[0]
    home.post(address, {"delegate": cast.bilal.pk, "step": "offer", "seen": seen})
    assert Mandate.objects.get(delegate=cast.bilal, candidacy=None).proposal.offered_at
    assert "No citizen of this assembly" in text(home.post(address, {"other": "Nobody At All", "step": "show"}))
    assert citizen_of(cast.abiego)
