"""The pages of councils: who sits there and by what, at any moment; and no way to vote or write policy."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

from assemblies.clock import now
from councils.urls import urlpatterns
from mandates.models import Confederation
from tests.cast import DAY, Cast, travel_to


def sheet(**other: object) -> dict[str, object]:
    return {
        "once": str(uuid4()),
        "name": "Somontano",
        "powers": ["convene", "inform", "procure", "maintain"],
        "longest_term": "200",
        "recall_per_cent": "12.5",
        "signing_period": "30",
        "report_interval": "60",
        "missed_reports": "2",
        "answering_period": "10",
        "text": "We meet at the mill.",
    } | other


def test_seats_are_derived_from_mandates_in_force_at_any_moment(client, cast: Cast):
    address = cast.comarca.get_absolute_url()
    before = now()
    assert "Nobody sits here" in client.get(address).content.decode()
    mandate = cast.mandate(cast.abiego, cast.bilal)
    page = client.get(address).content.decode()
    assert "mandate of" in page
    assert "Bilal" in page
    assert "Nobody sits here" in client.get(address, {"at": before.isoformat()}).content.decode()
    mandate.resign(by=cast.bilal)
    assert "Nobody sits here" in client.get(address).content.decode()


def test_the_charter_is_told_in_words(client, cast):
    page = client.get(cast.comarca.get_absolute_url()).content.decode()
    assert "No mandate here may build or represent" in page
    assert "None lasts longer than 365 days" in page
    assert "A council has no vote and makes no policy" in page


def test_wider_and_narrower_lead_to_each_other(client, cast):
    assert cast.region.get_absolute_url() in client.get(cast.comarca.get_absolute_url()).content.decode()
    assert cast.comarca.get_absolute_url() in client.get(cast.region.get_absolute_url()).content.decode()


def test_the_list_goes_from_the_wide_to_the_narrow_and_is_searched(client, cast, django_assert_max_num_queries):
    address = reverse("councils")
    with django_assert_max_num_queries(9):
        page = client.get(address)
    assert list(page.context["page_obj"]) == [cast.region, cast.comarca]
    assert list(client.get(address, {"q": "sietamo"}).context["page_obj"]) == [cast.comarca]
    assert "No council is called that" in client.get(address, {"q": "Atlantis"}).content.decode()
    assert client.get(address, {"q": "\x00"}).status_code == 422


def test_the_log_is_searched_and_has_pages(client, cast, django_assert_max_num_queries):
    task = cast.task(cast.mandate(cast.abiego, cast.bilal))
    attachment = task.attachments.get()
    for n in range(18):
        attachment.log_action(by=cast.bilal, what=f"Sack {n} brought", quantity=1)
    address = cast.comarca.get_absolute_url()
    with django_assert_max_num_queries(20):
        assert len(client.get(address).context["page_obj"]) == 15
    assert len(client.get(address, {"page": 2}).context["page_obj"]) == 3
    assert len(client.get(address, {"q": "sack 17"}).context["page_obj"]) == 1
    assert len(client.get(address, {"power": "convene"}).context["page_obj"]) == 0
    assert len(client.get(address, {"assembly": "loarre"}).context["page_obj"]) == 0
    assert client.get(address, {"page": 9}).status_code == 404


@pytest.mark.parametrize(
    "query", [{"at": "x"}, {"at": "0001-01-01"}, {"at": "9999-12-31T23:59"}, {"at": "\x00"}, {"power": "rule"}]
)
def test_a_moment_that_makes_no_sense_is_said_to_be_so(client, cast, query):
    assert client.get(cast.comarca.get_absolute_url(), query).status_code == 422


def test_a_moment_to_come_shows_who_would_still_sit_there(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    later = client.get(cast.comarca.get_absolute_url(), {"at": (mandate.valid_until + DAY).isoformat()})
    assert later.status_code == 200
    assert "Nobody sits here" in later.content.decode()


def test_nothing_is_sent_to_a_council_and_no_address_of_it_is_a_vote(client, cast):
    client.force_login(cast.ana)
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(cast.comarca.get_absolute_url()).status_code == 405
    names = {pattern.name for pattern in urlpatterns}
    assert not {name for name in names if any(word in name for word in ("vote", "ballot", "policy", "decision"))}


# ---- drafting a confederation ----


def test_a_citizen_drafts_a_confederation_once(client, cast):
    client.force_login(cast.ana)
    address = reverse("confederation-new")
    assert client.get(address).status_code == 200
    typed = sheet()
    drafted = client.post(address, typed)
    made = Confederation.objects.get(slug="somontano")
    assert drafted.url == client.post(address, typed).url == made.get_absolute_url()
    assert made.charter.recall_per_mille == 125
    page = client.get(made.get_absolute_url()).content.decode()
    assert "We meet at the mill." in page
    assert "No assembly is a member by itself." in page


def test_a_wider_one_needs_fewer_powers_and_the_page_says_by_which_article(client, cast):
    client.force_login(cast.ana)
    everything = ["convene", "inform", "schedule", "procure", "distribute", "maintain", "build", "represent"]
    address = reverse("confederation-new")
    under = sheet(name="A narrow one", within=cast.region.slug, powers=["convene"])
    refused = client.post(address, under)
    assert refused.status_code == 422
    assert "Article 9" in refused.content.decode()
    assert "A narrow one" in refused.content.decode()
    assert client.post(address, under | {"powers": everything, "once": str(uuid4())}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"name": "!!!"},
        {"name": "new"},
        {"name": "\x00"},
        {"name": "Hoya de Huesca"},
        {"powers": ["rule"]},
        {"powers": []},
        {"within": "nowhere"},
        {"within": "\x00"},
        {"longest_term": "0"},
        {"longest_term": "99999999999"},
        {"recall_per_cent": "NaN"},
        {"recall_per_cent": "1e400"},
        {"recall_per_cent": "51"},
        {"signing_period": "-1"},
        {"report_interval": "x"},
        {"missed_reports": "0"},
        {"answering_period": "9999"},
    ],
)
def test_a_charter_that_makes_no_sense_is_said_to_be_so(client, cast, typed):
    client.force_login(cast.ana)
    before = Confederation.objects.count()
    assert client.post(reverse("confederation-new"), sheet(**typed)).status_code == 422
    assert Confederation.objects.count() == before


def test_whoever_is_a_citizen_nowhere_drafts_nothing(client, cast):
    address = reverse("confederation-new")
    assert client.get(address).url.startswith(reverse("account_login"))
    for outsider in (cast.stranger, cast.technician):
        client.force_login(outsider)
        assert client.post(address, sheet()).status_code == 403


# ---- what the upper floors add to the pages of the lower ones ----


def test_a_question_shows_the_mandate_that_it_would_issue(client, cast):
    mandate = cast.propose_mandate(cast.abiego, cast.bilal)
    page = client.get(mandate.proposal.get_absolute_url()).content.decode()
    assert "The mandate that this question would issue" in page
    assert "May procure" in page


def test_a_question_of_recall_shows_grounds_and_answer_beside_each_other(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    recall = mandate.open_recall(by=cast.ana, grounds="The flour never came.")
    recall.answer(by=cast.bilal, text="The miller was ill.")
    page = client.get(recall.proposal.get_absolute_url()).content.decode()
    assert "The miller was ill." in page
    assert "The mandate that this question would end" in page
    for neighbour in cast.neighbours(cast.abiego, 2):
        recall.sign(by=neighbour)
    travel_to(recall.decision.opens_at)
    assert "The miller was ill." in client.get(recall.decision.get_absolute_url()).content.decode()


def test_questions_of_narrowing_joining_and_leaving_say_what_they_change(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    narrowing = mandate.propose_narrowing(by=cast.ana, reasons="Less.", struck=[mandate.clauses.get()])
    assert "Clause 1 is struck." in client.get(narrowing.proposal.get_absolute_url()).content.decode()
    joined = cast.comarca.accessions.get(assembly=cast.abiego)
    assert "what no mandate here can exceed" in client.get(joined.proposal.get_absolute_url()).content.decode()
    leaving = joined.leave(by=cast.ana, reasons="We manage alone.")
    page = client.get(leaving.proposal.get_absolute_url()).content.decode()
    assert "Mandates that would end with it" in page
    assert "Bilal" in page


def test_an_assembly_shows_its_delegates_and_recalls_and_a_policy_what_rests_on_it(client, cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    task = cast.task(mandate)
    task.attachments.get().log_action(by=cast.bilal, what="Bought ten sacks", quantity=50)
    mandate.open_recall(by=cast.ana, grounds="The flour never came.")
    page = client.get(cast.abiego.get_absolute_url()).content.decode()
    for fact in ("Recall of", "Delegates", "Bought ten sacks", "Hoya de Huesca"):
        assert fact in page
    page = client.get(cast.policy(cast.abiego).get_absolute_url()).content.decode()
    assert "50 of 100 kg used" in page
    assert task.title in page


# ---- the technician ----


FLOOR_2 = ["accession", "charter", "clause", "confederation", "departure", "ending", "mandate", "narrowing", "recall"]


@pytest.mark.parametrize(
    "model",
    [*(f"mandates_{name}" for name in FLOOR_2), "councils_task", "councils_attachment", "councils_action"],
)
def test_the_technician_reads_and_changes_nothing(client, cast, model):
    cast.task(cast.mandate(cast.abiego, cast.bilal))
    client.force_login(cast.technician)
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403
    for row in apps.get_model(model.replace("_", "."))._base_manager.all():
        assert client.post(reverse(f"admin:{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        assert client.post(reverse(f"admin:{model}_change", args=[row.pk]), {"name": "x"}).status_code == 403


def test_each_council_shows_how_powers_narrow_around_it_with_a_table_behind_the_picture(client, cast):
    page = client.get(cast.comarca.get_absolute_url())
    levels = page.context["levels"]
    assert [level.name for level in levels] == ["Alto Aragón", "Hoya de Huesca", "The assemblies"]
    assert levels[0].powers < levels[1].powers < levels[2].powers
    assert [level.decides for level in levels] == [False, False, True]
    assert levels[2].note == "3 assemblies"
    html = page.content.decode()
    assert '<svg class="fig"' in html
    assert "The same as a table" in html
    alone = Confederation.objects.found("Beyond", by=cast.ana, powers=["inform"])
    levels = client.get(alone.get_absolute_url()).context["levels"]
    assert [level.name for level in levels] == ["Beyond", "The assemblies"]
