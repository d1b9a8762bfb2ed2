"""What anyone, a citizen, and an office-holder may read on floor 1, and what is not there for the others."""

import html
import re
from datetime import timedelta

import pgtrigger
import pytest
from django.db import connection
from django.urls import reverse

from assemblies.clock import now
from assemblies.models import Letter, Proposal, apply
from tests.cast import call, carry, citizen_of, decide, travel_to, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def home_of(cast, client):
    """`home_of(citizen)` is a browser in which that citizen is signed in."""

    def enter(citizen):
        client.force_login(citizen)
        return client

    return enter


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("address", ["/", "/assemblies/", "/proposals/", "/policies/", "/articles/", "/articles/7/"])
def test_anyone_reads_the_town_hall(client, cast, address):
    assert client.get(address).status_code == 200


def test_anyone_reads_an_assembly_with_its_orders_and_offices(client, cast):
    page = text(client.get("/assemblies/abiego/"))
    assert "Standing orders" in page
    assert cast.facilitator(cast.abiego).name in page
    assert "Bread" in page


def test_an_assembly_that_does_not_exist_is_not_found(client, cast):
    assert client.get("/assemblies/nowhere/").status_code == 404


def test_assemblies_are_found_without_their_accents(client, cast):
    page = text(client.get("/assemblies/", {"q": "SIETAMO"}))
    assert "Siétamo" in page
    assert "Loarre" not in page
    assert "No assembly is found" in text(client.get("/assemblies/", {"q": "Zaragoza"}))


def test_the_roll_is_for_those_who_stand_on_it(client, cast, home_of):
    address = "/assemblies/abiego/roll/"
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"
    assert home_of(cast.chen).get(address).status_code == 404
    assert home_of(cast.technician).get(address).status_code == 404
    page = text(home_of(cast.ana).get(address))
    assert "Bilal" in page
    assert cast.bilal.email not in page


def test_the_office_that_keeps_the_roll_sees_addresses_and_applications(cast, home_of):
    apply(cast.stranger, cast.abiego, "By the mill")
    page = text(home_of(cast.facilitator(cast.abiego)).get("/assemblies/abiego/roll/"))
    assert cast.bilal.email in page
    assert "Stranger" in page


def test_the_desk_is_for_those_who_hold_an_office(client, cast, home_of):
    address = "/assemblies/abiego/desk/"
    assert client.get(address).status_code == 302
    assert home_of(cast.ana).get(address).status_code == 404
    assert home_of(cast.facilitator(cast.loarre)).get(address).status_code == 404
    assert home_of(cast.facilitator(cast.abiego)).get(address).status_code == 200


def test_an_application_is_for_its_applicant_and_for_the_office(cast, home_of):
    address = reverse("application", args=[apply(cast.stranger, cast.abiego, "By the mill").pk])
    assert home_of(cast.ana).get(address).status_code == 404
    assert home_of(cast.facilitator(cast.loarre)).get(address).status_code == 404
    assert "By the mill" in text(home_of(cast.stranger).get(address))
    assert "Admit to the roll" in text(home_of(cast.facilitator(cast.abiego)).get(address))


def test_a_draft_is_its_authors_alone(client, cast, home_of):
    draft = Proposal.objects.draft(cast.abiego, "A well", "A well is dug.", by=cast.ana, effect="policy")
    for address in (draft.get_absolute_url(), reverse("proposal-edit", args=[draft.pk])):
        assert home_of(cast.bilal).get(address).status_code == 404
        assert home_of(cast.ana).get(address).status_code == 200
    client.logout()
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert "A well" not in text(client.get("/proposals/"))


def test_letters_are_their_readers_alone(cast, home_of):
    Letter.objects.write([cast.ana], about="test/1", subject="For Ana", body="Come on Sunday.")
    letter = Letter.objects.get(citizen=cast.ana, about="test/1")
    assert "For Ana" in text(home_of(cast.ana).get("/letters/"))
    assert "Come on Sunday." in text(home_of(cast.ana).get(reverse("letter", args=[letter.pk])))
    assert "For Ana" not in text(home_of(cast.bilal).get("/letters/"))
    assert home_of(cast.bilal).get(reverse("letter", args=[letter.pk])).status_code == 404


def test_before_the_close_only_the_turnout_is_shown(client, cast):
    decision = call(cast.abiego.propose("Bells", "The bells ring at noon.", by=cast.ana))
    vote(decision, yes=3, no=2)
    page = text(client.get(decision.get_absolute_url()))
    assert "<strong>5</strong>" in page
    assert 'class="result"' not in page
    assert "Result" not in page


def test_after_the_close_figures_are_everyones_and_names_the_citizens(client, cast, home_of):
    decision = decide(cast.abiego.propose("Bells", "The bells ring at noon.", by=cast.ana), yes=3, no=2)
    votes = reverse("decision-votes", args=[decision.pk])
    page = text(client.get(decision.get_absolute_url()))
    assert "3 in favour and 2 against" in page
    assert "Neighbour 1 of abiego" not in page
    assert client.get(votes).status_code == 302
    assert home_of(cast.chen).get(votes).status_code == 404
    assert "Neighbour 1 of abiego" in text(home_of(cast.ana).get(votes))


def test_nobody_sees_names_before_the_close(cast, home_of):
    decision = call(cast.abiego.propose("Bells", "The bells ring at noon.", by=cast.ana))
    vote(decision, yes=1)
    assert home_of(cast.ana).get(reverse("decision-votes", args=[decision.pk])).status_code == 404


def test_a_missed_quorum_says_how_many_were_needed(client, cast):
    decision = decide(cast.abiego.propose("Bells", "The bells ring at noon.", by=cast.ana), yes=1)
    assert "Quorum missed: 1 voted, and 2 were needed." in text(client.get(decision.get_absolute_url()))


def test_times_are_those_of_the_assembly(client, cast):
    decision = call(cast.abiego.propose("Bells", "The bells ring at noon.", by=cast.ana))
    assert "Europe/Madrid" in text(client.get(decision.get_absolute_url()))


def test_a_policy_shows_what_changed_and_what_held_on_a_day(client, cast):
    policy = cast.policy(cast.abiego)
    before = now()
    travel_to(before + timedelta(days=3))
    carry(cast.abiego.propose("Bread", "The oven is lit daily.", by=cast.ana, effect="amendment", policy=policy))
    page = text(client.get(policy.get_absolute_url(), {"old": 1, "new": 2}))
    assert "<ins>lit daily</ins>" in page
    assert "The oven of Abiego is common to all." in text(
        client.get(policy.get_absolute_url(), {"at": before.date().isoformat()})
    )
    assert "The oven is lit daily." in text(client.get(policy.get_absolute_url()))
    assert client.get(policy.get_absolute_url(), {"old": 1, "new": 9}).status_code == 404


def test_a_repealed_policy_says_so_and_leaves_the_list(client, cast):
    policy = cast.policy(cast.abiego)
    carry(cast.abiego.propose("No oven", "", by=cast.ana, effect="repeal", policy=policy))
    assert "Repealed" in text(client.get(policy.get_absolute_url()))
    own = {"assembly": "abiego"}
    assert "No policy is found" in text(client.get("/policies/", own))
    assert "Bread" in text(client.get("/policies/", own | {"state": "repealed"}))


def test_a_text_cannot_smuggle_in_anything(client, cast):
    wicked = (
        "<script>alert(1)</script> ![x](https://evil.example/x.png) [y](javascript:alert(1))"
        ' <img src=x onerror=alert(1)> <a href="https://a.example" style="x">z</a>'
    )
    page = text(client.get(cast.abiego.propose("Wicked <b>title</b>", wicked, by=cast.ana).get_absolute_url()))
    shown = page.split('<div class="prose"')[1].split("</div>")[0]
    assert "<script" not in shown
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert "<b>title</b>" not in page


def test_proposals_are_filtered_by_assembly_and_state(client, cast):
    cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    cast.loarre.propose("A bridge", "A bridge is built.", by=citizen_of(cast.loarre))
    page = text(client.get("/proposals/", {"assembly": "loarre", "phase": "waiting"}))
    assert "A bridge" in page
    assert "A well" not in page
    assert "Bread" not in page


@pytest.mark.parametrize("phase", [phase.value for phase in Proposal.Phase])
def test_the_list_and_the_proposal_agree_on_its_phase(cast, phase):
    call(cast.abiego.propose("Coming", "Soon.", by=cast.ana))
    cast.abiego.propose("Taken back", "No more.", by=cast.ana).withdraw(by=cast.ana)
    cast.abiego.propose("Waiting", "Still.", by=cast.ana)
    Proposal.objects.draft(cast.abiego, "Draft", "Mine.", by=cast.ana, effect="policy")
    at = now()
    listed = set(Proposal.objects.in_phase(phase, at).values_list("pk", flat=True))
    assert listed == {proposal.pk for proposal in Proposal.objects.all() if proposal.phase(at) == phase}


def test_the_account_shows_plainly_what_is_kept(client, cast, home_of):
    assert client.get("/account/me/").status_code == 302
    page = text(home_of(cast.ana).get("/account/me/"))
    assert cast.ana.email in page
    assert "Abiego" in page


def test_articles_name_every_constraint_of_what_is_kept_and_every_sentence(client, cast):
    pages = html.unescape(" ".join(text(client.get(f"/articles/{number}/")) for number in range(1, 21)))
    kept = [model for model, trigger in pgtrigger.registered() if trigger.name == "fixed_rows"]
    assert len(kept) > 20
    for model in kept:
        for constraint in model._meta.constraints:
            assert constraint.name in pages, constraint.name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%%' OR pronamespace = 'urn'::regnamespace"
            " AND prorettype = 'trigger'::regtype"
        )
        for (source,) in cursor.fetchall():
            for sentence in re.findall(r"RAISE EXCEPTION '((?:[^']|'')*)'", source):
                said = sentence.replace("''", "'").removesuffix(" %").replace("%%", "%")  # what it ends with varies
                assert said in pages, sentence


def test_articles_name_the_rules_of_this_database(client, cast):
    page = text(client.get("/articles/1/"))
    assert "A policy version exists only as the outcome of a carried decision" in page
    assert "policy_version_number" in page
    assert "A citizenship cannot begin in the past." in text(client.get("/articles/3/"))
    assert client.get("/articles/21/").status_code == 404
    assert client.get("/articles/0/").status_code == 404
