"""Rehearsals: an evening in a village that does not exist, scene by scene, for whoever will hold an office.

A rehearsal is read from a file of this project and kept nowhere. Where one stands in it is in the address alone, so
that nothing is written, in the record or elsewhere, and nobody can tell who rehearsed what, or how.
"""

from dataclasses import dataclass
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .learning import HERE, OFFICES, Reading, guides, read


@dataclass(frozen=True)
class Option:
    """Something one could do, what comes of it, and whether it is how the office is held."""

    words: str
    outcome: str
    serves: bool


@dataclass(frozen=True)
class Scene:
    title: str
    text: str
    options: list[Option]


@dataclass(frozen=True)
class Rehearsal:
    reading: Reading
    scenes: list[Scene]


@cache
def rehearsal_of(office: str) -> Rehearsal:
    """Raises ValueError where a file is not built as such: scenes of two options or more, one of which serves."""
    reading = read("guide", HERE / "rehearsals" / f"{office}.md", office)
    return Rehearsal(reading, [scene(part) for part in reading.text.split("## ")[1:]])


def scene(part: str) -> Scene:
    title, _empty, rest = part.partition("\n\n")
    text, _empty, choices = rest.partition("\n\n")
    options = []
    for line in choices.strip().splitlines():
        words, bar, outcome = line[2:].partition(" | ")
        if line[:2] not in ("+ ", "- ") or not bar:
            raise ValueError(f"no option: {line}")
        options.append(Option(words, outcome, line.startswith("+")))
    if len(options) < 2 or sum(option.serves for option in options) != 1:
        raise ValueError(f"one option of several serves: {title}")
    return Scene(title, text, options)


@require_safe
def rehearsal(request: HttpRequest, slug: str) -> HttpResponse:
    """One scene; with an `answer`, what comes of it."""
    if slug not in OFFICES:
        raise Http404
    found = rehearsal_of(slug)
    number = chosen(request, "scene", len(found.scenes)) or 1
    here = found.scenes[number - 1]
    answer = chosen(request, "answer", len(here.options))
    context = {
        "rehearsal": found.reading,
        "guide": next(guide for guide in guides() if guide.slug == slug),
        "scene": here,
        "number": number,
        "of": len(found.scenes),
        "answer": here.options[answer - 1] if answer else None,
        "next": number + 1 if number < len(found.scenes) else None,
    }
    return render(request, "townhall/rehearsal.html", context)


def chosen(request: HttpRequest, name: str, most: int) -> int | None:
    """A number of the address from 1 to `most`; None when it is not there, and not found when it is none."""
    given = request.GET.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 3 and 1 <= int(given) <= most):
        raise Http404
    return int(given)
