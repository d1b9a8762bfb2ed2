"""Guides and lessons: each is there, leads where it says, and stands where it is needed."""

import re

import pytest
from django.test import Client

from assemblies.models import Entry
from commons.models import Enterprise
from confederation.learning import OFFICES, guides, lessons
from confederation.rehearsal import rehearsal_of, scene
from tests.cast import Cast, facilitator
from tests.commons import market

pytestmark = pytest.mark.django_db


def signed_in(citizen) -> Client:
    client = Client()
    client.force_login(citizen)
    return client


def test_there_are_six_guides_and_eight_lessons_with_titles_and_leads():
    assert [guide.slug for guide in guides()] == list(OFFICES)
    assert [lesson.slug[0] for lesson in lessons()] == list("12345678")
    for reading in (*guides(), *lessons()):
        assert reading.title
        assert reading.lead.endswith((".", "?"))


@pytest.mark.parametrize("lesson", lessons(), ids=str)
def test_a_lesson_says_what_went_wrong_what_to_try_and_where_it_is_from(lesson):
    heads = re.findall(r"^## (.+)$", lesson.text, re.MULTILINE)
    assert heads == ["What went wrong", "To try", "Sources"]
    body, _, sources = lesson.text.partition("## Sources")
    assert 400 <= len(body.split()) <= 700
    assert sources.count("\n- ") >= 3
    assert re.search(r"\]\(/", body.partition("## To try")[2])


@pytest.mark.parametrize("reading", [*guides(), *lessons()], ids=str)
def test_what_it_links_is_there_for_everyone(cast: Cast, reading):
    page = Client().get(reading.get_absolute_url()).content.decode()
    assert f"{reading.title}</h1>" in page
    for link in re.findall(r"\]\((/[^)]*)\)", reading.text):
        answer = Client().get(link, follow=True)
        assert answer.status_code == 200, link
        assert f'href="{link}"' in page


@pytest.mark.parametrize("address", ["/guides/mayor/", "/school/9-obedience/", "/school/../settings/"])
def test_what_is_no_guide_and_no_lesson_is_not_there(address: str):
    assert Client().get(address).status_code == 404


def test_each_guide_stands_where_its_office_is_held(cast: Cast):
    desk = signed_in(facilitator(cast.abiego)).get(f"/assemblies/{cast.abiego.slug}/desk/").content.decode()
    assert "/guides/facilitator/" in desk
    mandate = cast.mandate(cast.abiego, cast.bilal)
    for page in (mandate.get_absolute_url(), "/desk/"):
        assert "/guides/delegate/" in signed_in(cast.bilal).get(page).content.decode(), page
    assert "/guides/delegate/" not in signed_in(cast.ana).get(mandate.get_absolute_url()).content.decode()
    recall = signed_in(cast.ana).get(f"/mandates/{mandate.pk}/recalls/new/", follow=True).content.decode()
    assert "/guides/recaller/" in recall
    market.ana_speaks(cast)
    farm = Enterprise.objects.latest("pk").get_absolute_url()
    assert "/guides/steward/" in signed_in(cast.ana).get(farm).content.decode()
    assert "/guides/steward/" not in signed_in(cast.bilal).get(farm).content.decode()


# ---- rehearsals ----


@pytest.mark.parametrize("office", OFFICES)
def test_every_office_is_rehearsed_scene_by_scene_to_the_end(office: str):
    client, scenes = Client(), rehearsal_of(office).scenes
    assert len(scenes) >= 4
    for number, here in enumerate(scenes, 1):
        page = client.get(f"/guides/{office}/rehearsal/?scene={number}").content.decode()
        assert f"Scene {number} of {len(scenes)}" in page
        for choice, option in enumerate(here.options, 1):
            answer = client.get(f"/guides/{office}/rehearsal/?scene={number}&answer={choice}").content.decode()
            assert ("So it is done." in answer) == option.serves
            assert (f"?scene={number + 1}" in answer) == (number < len(scenes))


NO_SCENE = ["scene=0", "scene=99", "scene=x", "scene=%00", "scene=1&answer=9", "scene=-1", "scene=١"]


@pytest.mark.parametrize("asked", NO_SCENE)
def test_a_scene_that_is_none_is_not_there(asked: str):
    assert Client().get(f"/guides/teller/rehearsal/?{asked}").status_code == 404


def test_a_rehearsal_writes_nothing_and_asks_nothing(cast: Cast):
    before = Entry.objects.count()
    client = Client()
    client.get("/guides/teller/rehearsal/")
    client.get("/guides/teller/rehearsal/?scene=2&answer=1")
    assert Entry.objects.count() == before
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("broken", ["A\n\nB\n\n- one | x\n- two | y", "A\n\nB\n\n+ one", "A\n\nB\n\n+ one | x"])
def test_a_scene_in_which_nothing_serves_is_no_scene(broken: str):
    with pytest.raises(ValueError):
        scene(broken)
