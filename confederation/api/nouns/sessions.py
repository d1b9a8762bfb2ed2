"""Floor 1, face to face: sessions in the hall, their agenda, who asked to speak, what was moved, and the minutes."""

import json

from django.db.models import Q
from rest_framework import serializers

from assemblies.models import (
    AgendaItem,
    Attendance,
    Drawing,
    Minutes,
    Motion,
    Office,
    Rescheduling,
    Session,
    ShowOfHands,
    SpeakingTurn,
)

from ..noun import Filter, Link, Many, Moment, Noun, Person, Said, named, of, one_of
from .assemblies import BOOLEAN, CHOICE, IN_ASSEMBLY, INTEGER, TEXT, counted

NULL = {"allow_null": True}
IN_SESSION = {"session": of("session", "Of the session of that number.")}

PHASES = {
    Session.Phase.CANCELLED: Q(cancellation__isnull=False),
    Session.Phase.CALLED: Q(cancellation=None, opened_at=None),
    Session.Phase.RUNNING: Q(opened_at__isnull=False, closed_at=None),
    Session.Phase.OVER: Q(closed_at__isnull=False, minutes=None),
    Session.Phase.ADOPTED: Q(closed_at__isnull=False, minutes__isnull=False),
}

SESSIONS = Noun(
    "sessions",
    "Session",
    Session,
    "One meeting of one assembly, face to face: called with notice, opened and closed by whoever leads it.",
    {
        "assembly": Link("Which assembly meets.", "assemblies"),
        "called_by": Person("Who called it."),
        "called_at": "When it was called.",
        "place": "Where.",
        "begins_at": "When it begins.",
        "ends_at": "When it is planned to end.",
        "phase": Said(
            "Where it stands now.", CHOICE, lambda row, _at: row.phase, {"choices": [str(one) for one in Session.Phase]}
        ),
        "speaking": "In which order people speak.",
        "speaking_seconds": "How long one speaks, in seconds.",
        "first_list": "Where two lists of speakers take turns: the first.",
        "second_list": "Where two lists of speakers take turns: the second.",
        "opened_at": "When it was opened.",
        "closed_at": "When it was closed.",
        "inside": Said("How many are checked in at that moment. Who they are, only the assembly reads.", INTEGER),
        "cancelled_at": Said("When it was called off.", Moment, "cancellation__at", NULL),
        "cancelled_for": Said("Why it was called off.", TEXT, "cancellation__reason", NULL),
        "moved": Many(
            "Where and when it was moved to, each time.",
            "Rescheduling",
            Rescheduling,
            {
                "at": "When that was said.",
                "place": "Where to.",
                "begins_at": "When it begins then.",
                "ends_at": "When it ends then.",
                "reason": "Why.",
            },
            "reschedulings",
        ),
    },
    lambda _reader, at: Session.objects.annotate(inside=counted(Attendance.objects.at(at), "session")),
    {
        **IN_ASSEMBLY,
        "phase": one_of(
            [str(one) for one in Session.Phase],
            lambda rows, value, _at: rows.filter(PHASES[Session.Phase(value)]),
            "Where they stand now.",
        ),
    },
    order=("-begins_at", "called_at", "id"),
    near=("cancellation", "minutes"),
    parts=("reschedulings",),
)

ITEMS = Noun(
    "items",
    "AgendaItem",
    AgendaItem,
    "One point of the agenda of a session; with a proposal it is decided there.",
    {
        "session": Link("Of which session.", "sessions"),
        "position": "Its place on the agenda as it was called.",
        "title": "What it is called.",
        "text": "What else is said of it.",
        "proposal": Link("What is decided under it.", "proposals"),
        "minutes": "How many minutes are planned for it.",
        "placed_at": "When it was put there.",
        "started_at": "When it was begun.",
        "ended_at": "When it was dealt with.",
    },
    lambda _reader, _at: AgendaItem.objects.all(),
    {**IN_SESSION, "proposal": of("proposal", "About the proposal of that number.")},
    order=("-id", "position"),
    page=False,
)

TURNS = Noun(
    "turns",
    "SpeakingTurn",
    SpeakingTurn,
    "One hand that went up in a session, and what came of it.",
    {
        "session": Link("In which session.", "sessions"),
        "item": Link("On which point.", "items"),
        "speaker": Person("Whose hand.", "citizen"),
        "side": "On which list, where two take turns.",
        "reply": "Whether it is to reply to who speaks.",
        "raised_at": "When it went up.",
        "called_at": "When they were called.",
        "started_at": "When they began to speak.",
        "ended_at": "When they ended.",
        "withdrawn_at": "When the hand was taken down.",
    },
    lambda _reader, _at: SpeakingTurn.objects.all(),
    {
        **IN_SESSION,
        "waiting": Filter(
            serializers.BooleanField(
                required=False, allow_null=True, default=None, help_text="Only hands that are up, or only the others."
            ),
            lambda rows, value, _at: (
                rows.filter(pk__in=SpeakingTurn.objects.waiting().values("pk"))
                if value
                else rows.exclude(pk__in=SpeakingTurn.objects.waiting().values("pk"))
            ),
        ),
    },
    order=("-raised_at", "id"),
    page=False,
)

MOTIONS = Noun(
    "motions",
    "Motion",
    Motion,
    "Something moved in the hall. It orders the session; it makes no policy.",
    {
        "session": Link("In which session.", "sessions"),
        "item": Link("Under which point.", "items"),
        "kind": "What is moved.",
        "mover": Person("Who moved it."),
        "moved_at": "When.",
        "text": "In their words.",
        "takes": Link("The point that would be taken next.", "items"),
        "about": Link("The session whose minutes it is about.", "sessions"),
        "answer": "Of a point of order: what was answered.",
        "answered_at": "When it was answered.",
        "withdrawn_at": "When it was taken back.",
        "carried": Said("Whether the hall carried it, by the last count of hands.", BOOLEAN, "carried"),
        "shows": Many(
            "Each count of the hands, the last of which stands.",
            "ShowOfHands",
            ShowOfHands,
            {
                "yes": "In favour.",
                "no": "Against.",
                "abstain": "Abstentions.",
                "counted_at": "When the hands were up.",
                "entered_at": "When that was entered.",
                "reason": "What it corrects, if anything.",
            },
        ),
    },
    lambda _reader, _at: Motion.objects.all(),
    {**IN_SESSION, "kind": one_of(Motion.Kind.values, "kind", "Of one kind alone.")},
    order=("-moved_at", "id"),
    parts=("shows",),
    page=False,
)

MINUTES = Noun(
    "minutes",
    "Minutes",
    Minutes,
    "The minutes of a session as a later session adopted them, to the byte.",
    {
        "assembly": Link("Of which assembly.", "assemblies", "session__assembly"),
        "session": Link("Of which session.", "sessions"),
        "motion": Link("By which motion they were adopted.", "motions"),
        "adopted_at": "When.",
        "digest": "The SHA-256 of their bytes (RFC 8785).",
        "body": Said("What they say.", serializers.DictField, lambda row, _at: json.loads(bytes(row.body))),
    },
    lambda _reader, _at: Minutes.objects.all(),
    {**IN_SESSION, "assembly": named("session__assembly__slug", "Of the assembly of that slug.")},
    order=("-adopted_at", "id"),
    page=False,
)

DRAWINGS = Noun(
    "drawings",
    "Drawing",
    Drawing,
    "A lot for the vacant seats of an office, announced before its seed can be known: it can be drawn again.",
    {
        "assembly": Link("Of which assembly.", "assemblies"),
        "kind": "For which office.",
        "seats": "How many seats it fills.",
        "by_all": "Whether it is drawn among the whole roll, as too few stand ready.",
        "drawn_from": Said("How many it is drawn among.", INTEGER, lambda row, _at: len(row.pool)),
        "announced_at": "When it was announced.",
        "drawn": Many(
            "Who was drawn.",
            "Drawn",
            Office,
            {
                "holder": Person("Who.", "citizen"),
                "valid_from": "From when on they hold the office.",
                "valid_until": "Until when.",
            },
            "offices",
        ),
    },
    lambda _reader, _at: Drawing.objects.all(),
    IN_ASSEMBLY,
    order=("-announced_at", "id"),
    parts=("offices__citizen",),
)

__all__ = ["DRAWINGS", "ITEMS", "MINUTES", "MOTIONS", "SESSIONS", "TURNS"]
