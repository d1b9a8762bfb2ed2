"""The parts of a page say in words what they draw."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from confederation.templatetags.civic import distance

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def drawn(source: str, **context) -> str:
    request = RequestFactory().get("/list/?q=sie&page=2")
    request.user = AnonymousUser()
    words = Template("{% load civic %}" + source).render(RequestContext(request, context))
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON, "now"),
        (NOON + timedelta(minutes=1), "in 1 minute"),
        (NOON - timedelta(hours=3), "3 hours ago"),
        (NOON + timedelta(days=1), "in 24 hours"),
        (NOON + timedelta(days=3), "in 3 days"),
        (NOON - timedelta(days=70), "2 months ago"),
        (NOON + timedelta(days=1000), "in 3 years"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 23), "yesterday"),
        (date(2026, 12, 4), "in 10 days"),
    ],
)
def test_a_moment_is_told_from_now(moment, words):
    assert distance(moment, NOON) == words


def test_a_moment_is_exact_for_machines():
    assert 'datetime="2026-11-24T' in drawn("{% when at now=at %}", at=NOON)
    assert drawn("{% when None %}") == "–"


def test_a_name_is_escaped_and_kept_apart():
    assert drawn("{% person who %}", who=SimpleNamespace(name="<Ana>")) == "<bdi>&lt;Ana&gt;</bdi>"


def test_two_thirds_are_drawn_and_said():
    page = drawn("{% result_bars 61 22 14 needed_share=share %}", share=Fraction(2, 3))
    assert 'x1="66.67%"' in page
    assert "two thirds of the votes for and against" in page
    assert "61 · 73.5%" in page


def test_lengths_keep_their_point_where_numbers_take_a_comma():
    with translation.override("es"):
        page = drawn("{% result_bars 61 22 14 needed_share='1/2' %}")
    assert 'width="73.49%"' in page
    assert "73,5%" in page


def test_a_decision_without_votes_has_no_percentages():
    page = drawn("{% result_bars 0 0 needed_share='1/2' %}")
    assert "more than half" in page
    assert "0.0%" not in page


@pytest.mark.parametrize(("voted", "words"), [(97, "is met"), (70, "1 more is needed"), (1, "70 more are needed")])
def test_turnout_says_how_far_the_quorum_is(voted, words):
    assert words in drawn("{% turnout voted 212 quorum=71 %}", voted=voted)


def test_an_assembly_of_nobody_can_be_drawn():
    assert "<strong>0</strong>" in drawn("{% turnout 0 0 quorum=0 %}")


def test_pages_keep_the_search():
    page = drawn("{% pages page_obj %}", page_obj=Paginator(range(100), 10).get_page(2))
    assert "?q=sie&amp;page=3" in page
    assert not drawn("{% pages page_obj %}", page_obj=Paginator(range(3), 10).get_page(1))


class Sample(forms.Form):
    title = forms.CharField(help_text="One sentence.")
    channel = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_what_is_wrong_stands_above_the_form_and_leads_to_its_field():
    page = drawn("{% errors form %}", form=Sample({}))
    assert '<a href="#id_title">Title: This field is required.</a>' in page
    assert 'href="#id_channel_0"' in page
    assert not drawn("{% errors form %}", form=Sample())


def test_a_field_is_tied_to_its_help_and_its_errors():
    page = drawn("{% field form.title %}", form=Sample({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'id="id_title_helptext"' in page
    assert 'id="id_title_error"' in page


def test_a_trail_takes_things_and_labels():
    abiego = type(
        "Assembly", (), {"get_absolute_url": lambda self: "/assemblies/abiego/", "__str__": lambda self: "Abiego"}
    )()
    page = drawn("{% trail abiego 'Proposals' '/proposals/' %}", abiego=abiego)
    assert '<a href="/assemblies/abiego/"><bdi>Abiego</bdi></a>' in page
    assert '<a href="/proposals/"><bdi>Proposals</bdi></a>' in page
