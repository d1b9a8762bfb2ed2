"""Studies and circles on the pages: who writes what, what the form says is missing, who sees who is in a circle."""

import json

import pytest
from django.test import Client

from assemblies.clock import now
from assemblies.models import Circle, Entry, Rules, Study, Subject
from tests.cast import DAY, Cast, carry, clock, facilitator, travel_to

pytestmark = pytest.mark.django_db


def signed_in(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


@pytest.fixture
def study(cast: Cast) -> Study:
    proposal = cast.abiego.propose("A well", "A well is dug.", by=cast.ana)
    return Study.objects.write(Subject.of(proposal), part="asked", text="Whether *one* is dug.", by=cast.ana).study


@pytest.fixture
def circle(cast: Cast, study: Study) -> Circle:
    return Circle.objects.call(study, by=cast.ana, place="The school", begins_at=now() + DAY)


def test_a_part_is_written_anew_and_the_earlier_words_stay(cast: Cast, study: Study):
    page = study.get_absolute_url()
    answer = signed_in(cast.bilal).post(page, {"part": "asked", "text": "Whether it is dug by the mill."})
    assert answer.status_code == 302
    said = Client().get(page).content.decode()
    assert "by the mill" in said
    assert "<em>one</em>" not in said
    assert "<em>one</em>" in Client().get(f"/studies/{study.pk}/").content.decode()
    entry = Entry.objects.about(study).last()
    assert json.loads(bytes(entry.body))["text"] == "Whether it is dug by the mill."


def test_whoever_sends_twice_has_written_once(cast: Cast, study: Study):
    for _ in range(2):
        Study.objects.write(study.subject, part="known", text="It is dry.\r\n", by=cast.bilal)
    assert study.parts.filter(part="known").count() == 1


@pytest.mark.parametrize(("text", "status"), [("", 422), (" \n ", 422), ("x" * 20_001, 422), ("a\x00b", 422)])
def test_what_cannot_be_kept_is_refused_and_not_lost(cast: Cast, study: Study, text: str, status: int):
    answer = signed_in(cast.ana).post(study.get_absolute_url(), {"part": "known", "text": text})
    assert answer.status_code == status
    assert not study.parts.filter(part="known").exists()


def test_a_part_that_is_none_is_not_there(cast: Cast, study: Study):
    assert Client().get(f"{study.get_absolute_url()}?part=verdict").status_code == 404
    assert signed_in(cast.ana).post(study.get_absolute_url(), {"part": "\x00"}).status_code == 404


def test_a_draft_has_no_study(cast: Cast):
    draft = type(cast.abiego.propose("X", "Y", by=cast.ana)).objects.draft(
        cast.abiego, "A mill", "A mill.", by=cast.ana, effect="policy"
    )
    assert signed_in(cast.ana).get(f"/proposals/{draft.pk}/study/").status_code == 404
    assert "/study/" not in signed_in(cast.ana).get(draft.get_absolute_url()).content.decode()


def test_the_page_of_the_proposal_and_the_form_of_the_vote_say_what_is_missing(cast: Cast, study: Study):
    carry(cast.abiego.propose_orders(Rules(study=("asked", "against")), by=cast.ana))
    page = Client().get(study.proposal.get_absolute_url()).content.decode()
    assert 'id="missing"' in page
    assert "?part=against" in page
    assert "?part=asked" not in page
    address = f"/proposals/{study.proposal_id}/decision/"
    calls = signed_in(facilitator(cast.abiego))
    assert 'id="missing"' in calls.get(address).content.decode()
    opens = study.proposal.earliest_opening(now()) + DAY
    times = {"opens_at": f"{opens:%Y-%m-%dT12:00}", "closes_at": f"{opens + 9 * DAY:%Y-%m-%dT12:00}"}
    refused = calls.post(address, times)
    assert refused.status_code == 409
    assert "the strongest case against it" in refused.content.decode()
    Study.objects.write(study.subject, part="against", text="It costs a spring.", by=cast.bilal)
    assert calls.post(address, times).status_code == 302


def test_new_orders_say_in_words_what_a_study_must_say_and_the_form_takes_it(cast: Cast):
    client = signed_in(cast.ana)
    address = f"/assemblies/{cast.abiego.slug}/proposals/new/?effect=orders"
    form = client.get(address).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.name not in ("study",)}
    spans = ("deliberation", "notice", "voting_period", "office_term")
    sent = {k: v for k, v in values.items() if k not in spans and v is not None and v is not False} | {
        "study": ["for", "asked"]
    }
    for name in spans:
        days = values[name].days
        sent |= {f"{name}_number": days, f"{name}_unit": "days"}
    answer = client.post(address, sent)
    assert answer.context["form"].errors == {}
    assert "the study of a proposal says: what is asked, the strongest case for it" in answer.content.decode()
    assert client.post(address, sent | {"offer": "1"}).status_code == 302
    assert sorted(cast.abiego.standing_orders.latest("pk").study) == ["asked", "for"]


def test_a_study_stands_still_while_it_is_voted_on_and_goes_on_after(cast: Cast, study: Study):
    decision = study.proposal.put_to_vote(by=facilitator(cast.abiego))
    travel_to(decision.opens_at)
    answer = signed_in(cast.ana).post(study.get_absolute_url(), {"part": "known", "text": "Water!"})
    assert answer.status_code == 409
    travel_to(decision.closes_at)
    assert signed_in(cast.ana).post(study.get_absolute_url(), {"part": "known", "text": "Water!"}).status_code == 302


def test_the_study_of_a_mandate_is_that_of_its_question(cast: Cast):
    mandate = cast.mandate(cast.abiego, cast.bilal)
    Study.objects.write(Subject.of(mandate.proposal), part="known", text="Flour is dear.", by=cast.ana)
    assert f"/proposals/{mandate.proposal_id}/study/#known" in Client().get(mandate.get_absolute_url()).content.decode()


# ---- circles ----


def test_below_five_the_page_says_so_and_its_notes_too(cast: Cast, circle: Circle):
    page = circle.get_absolute_url()
    assert "4 more are wanted" in Client().get(page).content.decode()
    note = circle.note(by=cast.ana, text="Nobody knows the depth.")
    assert note.people == 1
    assert "Fewer than the five" in Client().get(circle.study.proposal.get_absolute_url()).content.decode()
    for neighbour in cast.neighbours(cast.abiego, 4):
        circle.join(by=neighbour)
    assert "There is room for 7 more" in Client().get(page).content.decode()
    assert circle.note(by=cast.ana, text="Forty metres.").people == 5


def test_only_those_in_it_see_who_is_in_it_and_the_record_never(cast: Cast, circle: Circle):
    circle.join(by=cast.bilal)
    page = circle.get_absolute_url()
    assert "Bilal" in signed_in(cast.ana).get(page).content.decode()
    outside = cast.neighbours(cast.abiego, 1)[0]
    for client in (Client(), signed_in(outside), signed_in(cast.technician)):
        assert "Bilal" not in client.get(page).content.decode()
    assert not Entry.objects.filter(kind__contains="join").exists()
    assert set(Entry.objects.about(circle).values_list("kind", flat=True)) == {"circle.called", "circle.meets"}


def test_one_comes_in_leaves_and_comes_again(cast: Cast, circle: Circle):
    client, page = signed_in(cast.bilal), circle.get_absolute_url()
    assert client.post(f"{page}members/").status_code == 302
    assert client.post(f"{page}members/").status_code == 409
    assert client.post(f"{page}leaving/").status_code == 302
    assert client.post(f"{page}leaving/").status_code == 409
    assert client.post(f"{page}members/").status_code == 302
    assert circle.members.standing().count() == 2


def test_a_circle_is_called_once_however_often_it_is_sent(cast: Cast, study: Study):
    body = {"place": "The mill", "begins_at": f"{now() + 3 * DAY:%Y-%m-%dT18:00}"}
    first, second = (signed_in(cast.ana).post(f"/studies/{study.pk}/circles/new/", body) for _ in range(2))
    assert first.url == second.url


@pytest.mark.parametrize(
    "wrong", [{"place": ""}, {"begins_at": "2001-01-01T10:00"}, {"begins_at": "soon"}, {"place": "x" * 201}]
)
def test_a_circle_that_meets_nowhere_or_in_the_past_is_not_called(cast: Cast, study: Study, wrong: dict[str, str]):
    body = {"place": "The mill", "begins_at": f"{now() + 3 * DAY:%Y-%m-%dT18:00}"} | wrong
    assert signed_in(cast.ana).post(f"/studies/{study.pk}/circles/new/", body).status_code == 422
    assert not Circle.objects.exists()


def test_the_page_of_a_circle_asks_no_more_for_more_people_and_notes(
    cast: Cast, circle: Circle, django_assert_max_num_queries
):
    for number in range(9):
        circle.note(by=cast.ana, text=f"Note {number}")
    for neighbour in cast.neighbours(cast.abiego, 6):
        circle.join(by=neighbour)
    client = signed_in(cast.ana)
    client.get(circle.get_absolute_url())
    with django_assert_max_num_queries(25):
        assert client.get(circle.get_absolute_url()).status_code == 200
    clock.travel(3 * DAY)
    assert client.get(circle.get_absolute_url()).status_code == 200
