"""Entries as people read them: a title, who acted, what it is about, and the facts, with links where things stand."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from ..models import Citizen, Entry, Log, Proposal
from ..models.entry import NAME, address, commitment, with_names
from .words import fact_in_words, kind_in_words

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
BESIDE = ("at", "kind", "subject", "personal")  # what an entry says of itself
WITHHELD = _("(name withheld)")
SHOWN = 20  # values of a list that are shown at once


@dataclass
class Fact:
    """One fact of an entry. `kind` says how it is drawn: words, text, moment, list, person, withheld, false or link."""

    label: str
    value: Any
    kind: str = "words"
    url: str = ""
    more: list[Any] = field(default_factory=list)


@dataclass
class Reading:
    """An entry, ready to be drawn."""

    entry: Entry
    title: str
    noun: str
    number: str
    about: str = ""
    url: str = ""
    by: str | None = None
    acted: bool = False
    facts: list[Fact] = field(default_factory=list)
    thing: models.Model | None = None


def read(entries: Iterable[Entry], *, whole: bool = False) -> list[Reading]:
    """Entries with the things they are about, in two queries a noun. `whole` reads every fact too."""
    entries = list(entries)
    things = _things({entry.subject for entry in entries})
    return [_read(entry, things.get(entry.subject), whole) for entry in entries]


def owner_of(log: Log) -> models.Model | None:
    """Whose log it is: the assembly, or what a floor above keeps its own log for."""
    for relation in Log._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if relation.one_to_one and relation.auto_created and hasattr(model, "get_absolute_url"):
            found = model._default_manager.filter(log=log).first()  # type: ignore[union-attr]
            if found is not None:
                return found
    return None


def address_of(thing: models.Model | None) -> str:
    """The page of a thing, or an empty string where it has none."""
    try:
        return thing.get_absolute_url() if thing is not None and hasattr(thing, "get_absolute_url") else ""
    except (NoReverseMatch, AttributeError):
        return ""


@cache
def nouns() -> dict[str, type[models.Model]]:
    """Everything that the record can be about, by the name it has there."""
    return {
        model._meta.model_name: model
        for model in apps.get_models()
        if model._meta.model_name and Path(model._meta.app_config.path).parent == settings.BASE_DIR
    }


def _things(subjects: Iterable[str]) -> dict[str, models.Model]:
    numbers: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        noun, _, number = subject.partition("/")
        if number.isdecimal() and len(number) < 19:
            numbers[noun].add(int(number))
    known = nouns()
    found: dict[str, models.Model] = {}
    for noun, keys in numbers.items():
        if (model := known.get(noun)) is None:
            continue
        near = [f.name for f in model._meta.fields if isinstance(f, models.ForeignKey) and not f.null]
        rows = model._default_manager.select_related(*near) if near else model._default_manager.all()
        found |= {f"{noun}/{thing.pk}": thing for thing in rows.filter(pk__in=keys)}
    return found


def _read(entry: Entry, thing: models.Model | None, whole: bool) -> Reading:
    body = json.loads(bytes(entry.body))
    told = {row.field: row for row in entry.disclosures.all()}
    noun, _, number = entry.subject.partition("/")
    committed = body.get("personal", {})
    reading = Reading(
        entry=entry,
        title=kind_in_words(entry.kind),
        noun=noun,
        number=number,
        about=_name_of(thing, told, committed),
        url=address_of(thing),
        by=told["by"].value if "by" in told and _stands(told["by"], committed) else None,
        acted="by" in committed,
        thing=thing,
    )
    if whole:
        names = _names(told, committed)
        facts = {name: with_names(value, names) for name, value in body.items() if name not in BESIDE}
        reading.facts = [
            *[_person(name, told.get(name), committed) for name in sorted(committed)],
            *[_fact(name, value) for name, value in facts.items()],
        ]
        reading.facts.sort(key=lambda fact: fact.kind in ("list", "text"))  # short ones first
    return reading


def _name_of(thing: models.Model | None, told: dict[str, Any], committed: dict[str, str]) -> str:
    """What it is called; a person by the name that the entry discloses, and by none when it does not."""
    if isinstance(thing, Citizen):
        return told["citizen"].value if "citizen" in told and _stands(told["citizen"], committed) else ""
    return str(thing) if thing is not None else ""


def _names(told: dict[str, Any], committed: dict[str, str]) -> dict[str, str]:
    """By mark, the name that stands behind it, or that it is withheld."""
    return {
        field: told[field].value if field in told and _stands(told[field], committed) else str(WITHHELD)
        for field in committed
        if field.startswith(f"{NAME} ")
    }


def titles(readings: Iterable[Reading]) -> list[str]:
    """What each entry is about, by its own words or those of the proposal behind it, and with nobody's name."""
    readings = list(readings)
    behind = {reading.entry.pk: _proposal_of(reading.thing) for reading in readings}
    offered = {
        entry.subject: _title_in(entry)
        for entry in Entry.objects.filter(kind="proposal.offered", subject__in=set(filter(None, behind.values())))
    }
    return [
        _title_in(reading.entry) or offered.get(behind[reading.entry.pk], "") or reading.entry.subject
        for reading in readings
    ]


def _title_in(entry: Entry) -> str:
    body = json.loads(bytes(entry.body))
    committed = body.get("personal", {})
    return str(with_names(body.get("title") or body.get("name") or "", _names({}, committed)))


def _proposal_of(thing: Any) -> str:
    """The proposal that a thing hangs on, as the record names it; empty where there is none."""
    while thing is not None and not isinstance(thing, Proposal):
        if getattr(thing, "proposal_id", None):
            return f"proposal/{thing.proposal_id}"
        thing = getattr(thing, "decision", None)
    return address(thing) if thing is not None else ""


def _stands(row: Any, committed: dict[str, str]) -> bool:
    return commitment(bytes(row.salt), row.value) == committed.get(row.field)


def _person(name: str, row: Any, committed: dict[str, str]) -> Fact:
    label = fact_in_words(name)
    if row is None:
        return Fact(label, committed[name], "withheld")
    if not _stands(row, committed):
        return Fact(label, committed[name], "false")
    return Fact(label, row.value, "person")


def _fact(name: str, value: Any) -> Fact:
    label = fact_in_words(name)
    if isinstance(value, list):
        return Fact(label, value[:SHOWN], "list", more=value[SHOWN:])
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return Fact(label, datetime.fromisoformat(value), "moment")
    if isinstance(value, int) and not isinstance(value, bool) and name in nouns():
        return Fact(label, f"{name}/{value}", "link", reverse("record-of", args=[name, value]))
    if isinstance(value, str) and ("\n" in value or len(value) > 120):
        return Fact(label, value, "text")
    return Fact(label, value)
