"""Minutes: what happened puts them together, the minute-taker completes them, a later session adopts them for good."""

import hashlib
import json

import pytest

from assemblies.clock import now
from assemblies.minutes import written
from assemblies.models import Entry, MinuteNote, Minutes
from assemblies.refusal import Refusal
from tests.cast import Cast, facilitator
from tests.sessions.evening import adopted, begun, call_session, evening, moved, officer, opened, shown
from tests.sessions.test_hall import hand, speak


def past(cast: Cast):
    """A session that is over: somebody spoke, something was moved, a policy was adopted."""
    session, _proposal = evening(cast)
    by = facilitator(cast.abiego)
    item = begun(session)
    speak(hand(session, cast.ana), minutes=2)
    shown(moved(session, "wording", "The rain is kept for the gardens."), yes=1, no=4)
    decision = item.put_to_vote(by=by, minutes=20)
    for citizen in session.present(now()).order_by("pk")[:4]:
        decision.cast(by=citizen, choice="yes")
    decision.end(by=by)
    item.end(by=by)
    MinuteNote.objects.write(
        session, by=officer(cast.abiego, "minute-taker"), item=item, text="Ana spoke of the cistern."
    )
    session.close(by=by)
    return session


def test_they_say_what_happened(cast: Cast):
    said = written(past(cast))
    (water, _other) = said["items"]
    assert said["present"] == 10
    assert [one["present"] for one in said["presence"]] == [10, 10, 10]
    assert (water["speakers"][0]["name"], water["speakers"][0]["seconds"] >= 120) == ("Ana", True)
    assert water["motions"][0]["changes"][-1] == ["new", " for the gardens"] or water["motions"][0]["changes"]
    assert water["motions"][0]["carried"] is False
    (vote,) = water["decisions"]
    assert (vote["yes"], vote["electorate"], vote["outcome"]) == (4, 10, "carried")
    assert vote["policy"]
    assert water["note"] == "Ana spoke of the cistern."
    json.dumps(said)


def test_they_are_adopted_by_a_later_session_and_then_stay(cast: Cast):
    session = past(cast)
    by = officer(cast.abiego, "minute-taker")
    MinuteNote.objects.write(session, by=by, text="The evening was long.")
    before = written(session)
    later = adopted(cast, session)
    minutes = Minutes.objects.get(session=session)
    assert json.loads(bytes(minutes.body)) == before
    assert minutes.digest == hashlib.sha256(bytes(minutes.body)).hexdigest()
    assert Entry.objects.about(session).filter(kind="minutes.adopted").count() == 1
    with pytest.raises(Refusal, match="corrected beside them"):
        MinuteNote.objects.write(session, by=by, text="No, it was short.")
    with pytest.raises(Refusal, match="adopted once"):
        moved(later, "minutes", about=session)
    correction = moved(later, "correction", "It was Bilal who spoke.", about=session)
    shown(correction)
    assert correction.carried
    session.refresh_from_db()
    assert session.phase == "adopted"


def test_minutes_that_the_hall_does_not_adopt_stay_open(cast: Cast):
    session = past(cast)
    later = opened(call_session(cast.abiego))
    begun(later)
    shown(moved(later, "minutes", about=session), yes=1, no=3)
    assert not Minutes.objects.filter(session=session).exists()
    with pytest.raises(Refusal, match="adopted once"):
        moved(later, "correction", "No.", about=session)
    shown(moved(later, "minutes", about=session), yes=3, no=0)
    assert Minutes.objects.filter(session=session).exists()
    with pytest.raises(Refusal, match="minute-taker completes"):
        MinuteNote.objects.write(later, by=cast.ana, text="I was here.")
