"""What is learned here: a short guide to each office, and the eight lessons of the confederal school.

The texts are Markdown files of this project, written for it: a title, one line that says what it is about, the text.
Nobody is asked whether they have read any of it (article 20).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

HERE = Path(__file__).resolve().parent
OFFICES = ("facilitator", "teller", "minute-taker", "delegate", "steward", "recaller")


@dataclass(frozen=True)
class Reading:
    """One text to be learned from."""

    shelf: str  # the name of its address: "guide" or "lesson"
    slug: str
    title: str
    lead: str
    text: str

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse(self.shelf, args=[self.slug])


def read(shelf: str, path: Path, slug: str) -> Reading:
    title, lead, text = path.read_text("utf-8").split("\n\n", 2)
    return Reading(shelf, slug, title.removeprefix("# "), lead.strip("*\n"), text)


@cache
def guides() -> list[Reading]:
    return [read("guide", HERE / "guides" / f"{slug}.md", slug) for slug in OFFICES]


@cache
def lessons() -> list[Reading]:
    """In their order; the number of a file is the number of its lesson."""
    return [read("lesson", path, path.stem) for path in sorted((HERE / "school").glob("[1-9]-*.md"))]


def page_of_one(request: HttpRequest, shelf: list[Reading], slug: str) -> HttpResponse:
    place = next((n for n, one in enumerate(shelf) if one.slug == slug), None)
    if place is None:
        raise Http404
    context = {
        "reading": shelf[place],
        "number": place + 1,
        "before": shelf[place - 1] if place else None,
        "after": shelf[place + 1] if place + 1 < len(shelf) else None,
    }
    return render(request, f"townhall/{shelf[place].shelf}.html", context)


@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    return render(request, "townhall/guides.html", {"guides": guides()})


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    return page_of_one(request, guides(), slug)


@require_safe
def school(request: HttpRequest) -> HttpResponse:
    return render(request, "townhall/school.html", {"lessons": lessons()})


@require_safe
def lesson(request: HttpRequest, slug: str) -> HttpResponse:
    return page_of_one(request, lessons(), slug)
