"""Every part of the front end on one page with invented content; served only while DEBUG is on."""

from datetime import timedelta
from fractions import Fraction
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from confederation.figures import Link, Mark, Node, layered, read_topology, territory_map


class SampleForm(forms.Form):
    """A field of each kind."""

    title = forms.CharField(max_length=120, help_text="One sentence that says what would be done.")
    text = forms.CharField(widget=forms.Textarea, required=False)
    closes = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), help_text="The last day of voting.")
    power = forms.ChoiceField(choices=[("", "Choose one"), ("convene", "Convene"), ("distribute", "Distribute")])
    channel = forms.ChoiceField(
        label="Where do you want to be told?",
        widget=forms.RadioSelect,
        choices=[("letter", "By letter"), ("screen", "On the screen in the hall")],
    )
    tasks = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("water", "Water"), ("grain", "Grain and a rather long name for a good that wraps on a phone")],
    )
    agree = forms.BooleanField(label="I have read the text", help_text="All three pages of it.")


def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()
    region = read_topology(settings.BASE_DIR / "confederation/demo/region/aragon.topojson")
    municipalities = region.objects["municipalities"].items()
    somontano = {key for key, area in municipalities if area.properties["comarca"] == "07"}
    messages.success(request, "Your vote is cast. You can change it until voting closes.")
    messages.error(request, "The roll could not be read: line 14 has no surname.")
    context = {
        "form": SampleForm({"title": ""}) if "errors" in request.GET else SampleForm(),
        "now": now,
        "later": now + timedelta(days=3, hours=4),
        "earlier": now - timedelta(minutes=50),
        "two_thirds": Fraction(2, 3),
        "half": Fraction(1, 2),
        "ana": SimpleNamespace(name="Ana María Fernández-Echeverría de la Hoz y Sánchez"),
        "refused": SimpleNamespace(article=7, reason="Only citizens of Abiego may open this recall."),
        "page_obj": Paginator(range(731), 25).get_page(request.GET.get("page", 7)),
        "steps": [
            {"title": "212 citizens of Abiego", "note": "Roll of 1 November 2026"},
            {"title": "Decision 2026-07", "url": "#", "note": "118 for, 31 against, 3 March 2026"},
            {"title": "Water from the upper channel, version 2", "url": "#", "note": "Narrowed on 9 June"},
            {"title": "Joan Ribes acts at the council", "note": "7 actions logged, all within the mandate"},
        ],
        "broken": [
            {"title": "212 citizens of Abiego"},
            {"title": "Decision 2026-07", "url": "#"},
            {"title": "Recalled on 2 December 2026", "note": "No authority since then", "broken": True},
        ],
        "entries": [
            {"at": now - timedelta(hours=3), "title": "Gate 4 opened for two hours", "url": "#", "note": "12 of 25 m³"},
            {"at": now - timedelta(days=9), "title": "Attached to clause 3"},
        ],
        "graph": layered(
            {
                "abiego": Node("Abiego", "64 citizens", 0, "#abiego"),
                "loarre": Node("Loarre", "81 citizens", 0, "#loarre"),
                "sietamo": Node("Siétamo", "67 citizens", 0, "#sietamo"),
                "somontano": Node("Somontano de Barbastro", "2 delegates", 1, "#somontano"),
                "hoya": Node("Hoya de Huesca", "1 delegate", 1, "#hoya"),
                "aragon": Node("Aragón", "2 delegates", 2, "#aragon"),
            },
            [
                ("abiego", "somontano", True),
                ("loarre", "hoya", True),
                ("sietamo", "hoya", False),
                ("somontano", "aragon", True),
                ("hoya", "aragon", True),
            ],
            title="Assemblies and the councils they delegate to",
        ),
        "map": territory_map(
            region,
            links={
                key: Link(f"#{key}", area.properties["name"], "active" if key in ("07", "10") else "")
                for key, area in region.objects["comarcas"].items()
            },
            marks=[
                Mark((-0.0707, 42.1214), Link("#abiego", "Abiego: voting until Saturday")),
                Mark((-0.6277, 42.3172), Link("#loarre", "Loarre: a recall", "stop")),
                Mark((-0.2187, 42.1219), Link("#sietamo", "Siétamo: voting opens on Monday", "wait")),
            ],
            labels=True,
            title="Map of the comarcas of Aragón",
        ),
        "near": territory_map(
            region,
            level="municipalities",
            inner="",
            ids=somontano,
            links={
                key: Link(f"#{key}", area.properties["name"], "some" if key == "22001" else "")
                for key, area in region.objects["municipalities"].items()
            },
            labels=True,
            title="Map of the municipalities of Somontano de Barbastro",
        ),
    }
    return render(request, "styleguide.html", context)
