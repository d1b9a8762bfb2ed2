"""Guides and lessons: each is there, leads where it says, and stands where it is needed."""

import re

import pytest
from django.test import Client

from commons.models import Enterprise
from confederation.learning import OFFICES, guides, lessons
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
