"""Floor 1, face to face: calling a session, leading it, who is there, speaking and moving in it."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers

from assemblies import access
from assemblies.models import (
    AgendaItem,
    Attendance,
    Citizen,
    Decision,
    MinuteNote,
    Motion,
    Point,
    Session,
    ShowOfHands,
    SpeakingTurn,
)
from assemblies.models.agenda_item import MOST_MINUTES

from ..acting import Act, Of, choice, maybe, moment, number, text, whom
from ..nouns.assemblies import DECISIONS
from ..nouns.sessions import ITEMS, MOTIONS, SESSIONS, TURNS
from .assemblies import WHEN, assembly

NOT_SAID: dict[str, Any] = {"required": False, "default": None}
REASON = {"reason": text("Why; it stands on record with your name.", 500)}
PLACE = {
    "place": text("Where, so that a stranger finds it.", 200),
    "begins_at": moment("When it begins."),
    "ends_at": moment("When it ends, as it is planned; within twelve hours."),
}


def session(_reader: Citizen, pk: int) -> Session:
    return access.session(pk)


def item(_reader: Citizen, pk: int) -> AgendaItem:
    return get_object_or_404(AgendaItem.objects.select_related("session__assembly", "proposal"), pk=pk)


def turn(pk: int) -> SpeakingTurn:
    return get_object_or_404(SpeakingTurn.objects.select_related("session__assembly", "citizen"), pk=pk)


def motion(pk: int) -> Motion:
    return get_object_or_404(Motion.objects.select_related("session__assembly", "mover"), pk=pk)


# ---- calling it ----


class PointForm(serializers.Serializer):
    """A point of an agenda."""

    title = maybe("What it is called; as its proposal, unless given.", 200)
    text = maybe("What else is to be said of it.", 5000)
    proposal = Of(access.proposal, "What is decided under it, by its number.", **NOT_SAID)
    minutes = number("How many minutes are planned for it.", 1, 600, allow_null=True, **NOT_SAID)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if not said["title"] and said["proposal"] is None:
            raise serializers.ValidationError(
                {"title": [_("Give the point a title, or choose a proposal.")]}, code="required"
            )
        return said


def _called(by: Citizen, _key: Any, said: dict[str, Any]) -> Session:
    points = [Point(**point) for point in said.pop("agenda")]
    return Session.objects.call(said.pop("assembly"), by=by, points=points, **said)


def _placed(by: Citizen, pk: int, said: dict[str, Any]) -> AgendaItem:
    return AgendaItem.objects.add(access.session(pk), Point(**said), by=by)


def _moved(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found = access.session(pk)
    found.reschedule(by=by, **said)
    return found


def _cancelled(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found = access.session(pk)
    found.cancel(by=by, **said)
    return found


Act(
    "sessions",
    "Call a session of the assembly, as a facilitator of it, with an agenda. Everybody on the roll gets a letter.",
    _called,
    SESSIONS,
    {
        "assembly": Of(assembly, "Which assembly meets, by its slug.", slug=True),
        **PLACE,
        "agenda": PointForm(many=True, help_text="What it is about, in this order."),
        "speaking": choice(
            Session.Speaking.values, "In which order people speak.", default=Session.Speaking.FIRST_TIME.value
        ),
        "speaking_seconds": number("How long one speaks, in seconds.", 15, 3600, default=180),
        "first_list": maybe("Where two lists of speakers take turns: the first. Name both, or neither.", 60),
        "second_list": maybe("Where two lists of speakers take turns: the second.", 60),
    },
    example={
        "assembly": "abiego",
        "place": "The school",
        "begins_at": "2026-05-01T18:00:00Z",
        "ends_at": "2026-05-01T21:00:00Z",
        "agenda": [{"title": "The well", "minutes": 20}],
    },
)
Act(
    "items",
    "Put one more point on the agenda, while the notice of the standing orders lets everybody know of it.",
    _placed,
    ITEMS,
    dict(PointForm().fields),
    on=SESSIONS,
    example={"title": "The well", "minutes": 5},
)
Act(
    "reschedulings",
    "Move a session to another place or time, and say why. Another time needs notice again.",
    _moved,
    SESSIONS,
    {**PLACE, **REASON},
    on=SESSIONS,
    example={
        "place": "The mill",
        "begins_at": "2026-05-01T18:00:00Z",
        "ends_at": "2026-05-01T21:00:00Z",
        "reason": "The roof leaks.",
    },
)
Act(
    "cancellations",
    "Call a session off before it is opened, and say why.",
    _cancelled,
    SESSIONS,
    REASON,
    on=SESSIONS,
    example={"reason": "It hails."},
)

# ---- leading it ----


def _opened(by: Citizen, pk: int, _said: dict[str, Any]) -> Session:
    found, _hall = access.office_in_hall(by, pk)
    found.open(by=by)
    return found


def _closed(by: Citizen, pk: int, _said: dict[str, Any]) -> Session:
    found, _hall = access.office_in_hall(by, pk)
    found.close(by=by)
    return found


def _taken_over(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found, _hall = access.office_in_hall(by, pk)
    found.take_over(by=by, **said)
    return found


def _begun(by: Citizen, pk: int, _said: dict[str, Any]) -> AgendaItem:
    found = item(by, pk)
    found.start(by=by)
    return found


def _dealt_with(by: Citizen, pk: int, _said: dict[str, Any]) -> AgendaItem:
    found = item(by, pk)
    found.end(by=by)
    return found


def _vote_opened(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = item(by, pk)
    access.office_in_hall(by, found.session_id)
    return found.put_to_vote(by=by, **said)


def _vote_closed(by: Citizen, pk: int, _said: dict[str, Any]) -> Decision:
    found = access.decision(pk)
    if found.item is None:
        raise Http404
    access.office_in_hall(by, found.item.session_id)
    found.end(by=by)
    return found


Act("openings", "Open a session, as whoever leads it.", _opened, SESSIONS, on=SESSIONS)
Act("closings", "Close a session: the point under way ends, and everybody leaves.", _closed, SESSIONS, on=SESSIONS)
Act(
    "takeovers",
    "Lead the session from now on, as an office-holder of the assembly who is in the hall.",
    _taken_over,
    SESSIONS,
    REASON,
    on=SESSIONS,
    example={"reason": "The other one is ill."},
)
Act("beginnings", "Begin a point of the agenda, as whoever leads the session.", _begun, ITEMS, on=ITEMS)
Act("endings", "End the point under way, as whoever leads the session.", _dealt_with, ITEMS, on=ITEMS)
Act(
    "decisions",
    "Open the vote on the proposal of a point, here and now: those who are checked in vote.",
    _vote_opened,
    DECISIONS,
    {"minutes": number("After how many minutes it closes by itself.", 1, MOST_MINUTES)},
    on=ITEMS,
    example={"minutes": 15},
)
Act("closings", "Close a vote in session, and count it.", _vote_closed, DECISIONS, on=DECISIONS)

# ---- who is there ----


def _came(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found, _hall = access.door(by, pk)
    Attendance.objects.check_in(found, said.pop("citizen"), by=by, how=Attendance.How.DESK, **said)
    return found


def _left(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found = access.session(pk)
    stays = found.attendances.filter(citizen=said["citizen"] or by, left_at=None)
    get_object_or_404(stays.select_related("citizen", "session__assembly")).leave(by=by)
    return found


Act(
    "attendances",
    "Note that somebody is in the hall, as who keeps the door: they vote and speak in this session from now on.",
    _came,
    SESSIONS,
    {
        "citizen": whom("Who."),
        "by_hand": serializers.BooleanField(default=False, help_text="Whether they vote by hand: no device here."),
        "said_at": moment("When they came, by the list on paper, for what is entered late.", **WHEN),
    },
    on=SESSIONS,
    example={"citizen": 7},
)
Act(
    "departures",
    "Note that one leaves the hall, or as who keeps the door that somebody does.",
    _left,
    SESSIONS,
    {"citizen": whom("Who; oneself, unless given.", **NOT_SAID)},
    on=SESSIONS,
    example={},
)

# ---- speaking ----


def _hand_up(by: Citizen, _key: Any, said: dict[str, Any]) -> SpeakingTurn:
    whose = said["citizen"] or by
    return SpeakingTurn.objects.raise_hand(said["session"], whose, by=by, side=said["side"], reply=said["reply"])


def step(name: str) -> Any:
    """One step of a turn, which is a method of it."""

    def take(by: Citizen, pk: int, _said: dict[str, Any]) -> SpeakingTurn:
        found = turn(pk)
        getattr(found, name)(by=by)
        return found

    return take


Act(
    "turns",
    "Raise one's hand to speak on the point under way, or at the desk somebody's who is in the hall.",
    _hand_up,
    TURNS,
    {
        "session": Of(session, "In which session, by its number."),
        "citizen": whom("Whose hand; one's own, unless given.", **NOT_SAID),
        "side": maybe("On which list, where two take turns.", 60),
        "reply": serializers.BooleanField(default=False, help_text="Whether it is to reply to who speaks."),
    },
    example={"session": 3},
)
Act("calls", "Call the next speaker, as whoever leads the session.", step("call"), TURNS, on=TURNS)
Act("beginnings", "Say that the speaker begins.", step("begin"), TURNS, on=TURNS)
Act("endings", "Say that the speaker has ended.", step("end"), TURNS, on=TURNS)
Act("withdrawals", "Take one's hand down, or at the desk somebody's.", step("withdraw"), TURNS, on=TURNS)

# ---- moving ----


def _put(by: Citizen, _key: Any, said: dict[str, Any]) -> Motion:
    mover = said.pop("mover") or by
    return Motion.objects.move(said.pop("session"), mover=mover, by=by, **said)


def _answered(by: Citizen, pk: int, said: dict[str, Any]) -> Motion:
    found = motion(pk)
    found.answer_point(by=by, answer=said["answer"])
    return found


def _taken_back(by: Citizen, pk: int, _said: dict[str, Any]) -> Motion:
    found = motion(pk)
    found.withdraw(by=by)
    return found


def _shown(by: Citizen, pk: int, said: dict[str, Any]) -> Motion:
    found = motion(pk)
    ShowOfHands.objects.enter(found, by=by, **said)
    return found


def _noted(by: Citizen, pk: int, said: dict[str, Any]) -> Session:
    found, hall = access.office_in_hall(by, pk)
    if not hall.minutes:
        raise Http404
    MinuteNote.objects.write(found, by=by, **said)
    return found


HANDS = {
    "yes": number("In favour.", 0, 100_000),
    "no": number("Against.", 0, 100_000),
    "abstain": number("Abstentions.", 0, 100_000, default=0),
}

Act(
    "motions",
    "Move something in the hall, or raise a point of order. It orders the session and makes no policy.",
    _put,
    MOTIONS,
    {
        "session": Of(session, "In which session, by its number."),
        "kind": choice(Motion.Kind.values, "What is moved."),
        "mover": whom("Who moves it; oneself, unless given.", **NOT_SAID),
        "text": maybe("In words. For other words of a proposal: its whole text.", 50_000),
        "takes": Of(item, "The point to be taken next, by its number.", **NOT_SAID),
        "about": Of(session, "Whose minutes it is about, by the number of the session.", **NOT_SAID),
    },
    example={"session": 3, "kind": "procedure", "text": "Open the window."},
)
Act(
    "answers",
    "Answer a point of order, as whoever leads the session.",
    _answered,
    MOTIONS,
    {"answer": text("The answer; it stands in the minutes.", 1000)},
    on=MOTIONS,
    example={"answer": "The window is opened."},
)
Act("withdrawals", "Take a motion of one's own back.", _taken_back, MOTIONS, on=MOTIONS)
Act(
    "shows",
    "Enter the hands on a motion, as a teller or whoever leads the session. The last count stands.",
    _shown,
    MOTIONS,
    {
        **HANDS,
        "counted_at": moment("When the hands were up, for what is entered late.", **WHEN),
        "reason": maybe("What is corrected, where hands have been entered before.", 500),
    },
    on=MOTIONS,
    example={"yes": 12, "no": 3, "abstain": 1},
)
Act(
    "notes",
    "Write beside a point, or beside the whole session, what the facts do not say, as the minute-taker.",
    _noted,
    SESSIONS,
    {
        "text": maybe("What is to stand there; nothing takes away what stood there.", 20_000),
        "item": Of(item, "Beside which point, by its number; beside the whole, unless given.", **NOT_SAID),
    },
    on=SESSIONS,
    example={"text": "The door creaks."},
)
