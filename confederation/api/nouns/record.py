"""The record: every public act, and the signed heads of its trees."""

import base64
import json
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers

from assemblies.access import Reader
from assemblies.models import Checkpoint, Entry
from assemblies.models.entry import commitment

from ..noun import Filter, Noun, Said, named
from .assemblies import TEXT


def _body(entry: Entry, _at: datetime) -> dict[str, Any]:
    return json.loads(bytes(entry.body))


def _told(entry: Entry, at: datetime) -> dict[str, str]:
    """What of the personal facts is disclosed, and fits what the entry commits to."""
    committed = _body(entry, at).get("personal", {})
    rows = entry.disclosures.all()
    return {row.field: row.value for row in rows if commitment(bytes(row.salt), row.value) == committed.get(row.field)}


def _saying(rows: QuerySet, words: str, _at: datetime) -> QuerySet:
    """Those found by the index of words; the list keeps its own order."""
    return rows.filter(pk__in=Entry.objects.saying(words).order_by().values("pk"))


def _entries(_reader: Reader, at: datetime) -> QuerySet:
    return Entry.objects.filter(recorded_at__lte=at)


ENTRIES = Noun(
    "entries",
    "Entry",
    Entry,
    "One public act, as it stands in the record for good.",
    {
        "log": Said("The origin of the log that it stands in.", TEXT, "log__origin"),
        "kind": "What happened.",
        "subject": "To what: a noun, a slash and a number.",
        "at": "When it happened.",
        "recorded_at": "When it was recorded.",
        "body": Said(
            "What is hashed, as JSON; personal facts stand in it only as commitments.", serializers.DictField, _body
        ),
        "told": Said(
            "The personal facts that are disclosed, such as `by`, by name.",
            serializers.DictField,
            _told,
            {"child": serializers.CharField()},
        ),
        "proof": Said(
            "Where the proof of its place in the tree is.",
            serializers.CharField,
            lambda entry, _at: reverse("record-entry-proof", args=[entry.pk]),
        ),
    },
    _entries,
    {
        "log": named("log__origin", "In the log of that origin."),
        "kind": Filter(
            serializers.CharField(required=False, max_length=60, help_text="Of one kind, as `decision.closed`."), "kind"
        ),
        "subject": Filter(
            serializers.CharField(required=False, max_length=80, help_text="About one thing, as `decision/12`."),
            "subject",
        ),
        "q": Filter(
            serializers.CharField(
                required=False, max_length=100, help_text="With these words, or words that begin so."
            ),
            _saying,
        ),
    },
    near=("log",),
    parts=("disclosures",),
    timed=True,
    page=False,
)

CHECKPOINTS = Noun(
    "checkpoints",
    "Checkpoint",
    Checkpoint,
    "The signed head of a log: whoever keeps one can prove that nothing before it was rewritten.",
    {
        "log": Said("The origin of the log.", TEXT, "log__origin"),
        "size": "How many entries it covers.",
        "root": Said(
            "The root of the tree over them, in base64.",
            TEXT,
            lambda row, _at: base64.b64encode(bytes(row.root)).decode(),
        ),
        "note": "The signed note (C2SP) that is published.",
        "at": "When it was signed.",
    },
    lambda _reader, _at: Checkpoint.objects.all(),
    {"log": named("log__origin", "Of the log of that origin.")},
    near=("log",),
    page=False,
)
