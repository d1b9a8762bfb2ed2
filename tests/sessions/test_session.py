"""What a session promises: called under notice, led by whoever may, with an agenda that the hall can re-order."""

import pytest

from assemblies.clock import now
from assemblies.models import AgendaItem, Attendance, Entry, Point, Session
from assemblies.refusal import Refusal
from tests.cast import DAY, Cast, drawn, facilitator, travel_to
from tests.sessions.evening import HOUR, begun, call_session, come, evening, moved, officer, opened, shown


def kinds(thing) -> list[str]:
    return list(Entry.objects.about(thing).values_list("kind", flat=True))


def test_a_facilitator_calls_a_session_with_what_can_be_decided_by_then(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego, proposal, points=(Point("Anything else", minutes=10),))
    assert [item.title for item in session.agenda()] == ["Water", "Anything else"]
    assert session.phase == "called"
    assert kinds(session) == ["session.called"]


def test_nobody_else_calls_it_and_not_without_notice_or_agenda(cast: Cast):
    at = now()
    with pytest.raises(Refusal, match="A facilitator of Abiego"):
        call_session(cast.abiego, by=cast.ana)
    with pytest.raises(Refusal, match="ask for notice"):
        call_session(cast.abiego, begins_at=at + DAY, ends_at=at + DAY + HOUR)
    with pytest.raises(Refusal, match="at least one point"):
        Session.objects.call(
            cast.abiego,
            by=facilitator(cast.abiego),
            place="The school",
            begins_at=at + 8 * DAY,
            ends_at=at + 8 * DAY + HOUR,
            points=[],
        )


def test_a_proposal_that_is_too_young_is_not_on_the_agenda(cast: Cast):
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    at = now()
    with pytest.raises(Refusal, match="deliberation comes first"):
        call_session(cast.abiego, proposal, begins_at=at + 3 * DAY, ends_at=at + 3 * DAY + HOUR)


def test_the_agenda_is_fixed_when_the_notice_begins(cast: Cast):
    session = call_session(cast.abiego)
    AgendaItem.objects.add(session, Point("The well"), by=facilitator(cast.abiego))
    travel_to(session.begins_at - DAY)
    with pytest.raises(Refusal, match="agenda is fixed"):
        AgendaItem.objects.add(session, Point("A surprise"), by=facilitator(cast.abiego))


def test_a_session_is_moved_and_called_off_with_reasons(cast: Cast):
    session, by = call_session(cast.abiego), facilitator(cast.abiego)
    later = session.begins_at + DAY
    session.reschedule(by=by, place="The mill", begins_at=later, ends_at=later + HOUR, reason="The roof leaks.")
    assert (session.place, session.begins_at) == ("The mill", later)
    soon = now() + DAY
    with pytest.raises(Refusal, match="needs the notice"):
        session.reschedule(by=by, place="The mill", begins_at=soon, ends_at=soon + HOUR, reason="Sooner.")
    travel_to(later - HOUR)
    session.reschedule(by=by, place="The square", begins_at=later, ends_at=later + HOUR, reason="It is warm.")
    session.cancel(by=by, reason="It hails.")
    session = Session.objects.get(pk=session.pk)
    assert session.phase == "cancelled"
    travel_to(later)
    for deed in (
        lambda: session.open(by=by),
        lambda: session.cancel(by=by, reason="Again."),
        lambda: Attendance.objects.check_in(session, cast.ana, by=by, how="desk"),
    ):
        with pytest.raises(Refusal):
            deed()
    assert kinds(session) == ["session.called", "session.rescheduled", "session.rescheduled", "session.cancelled"]


def test_it_is_not_opened_before_its_time_and_only_once(cast: Cast):
    session, by = call_session(cast.abiego), facilitator(cast.abiego)
    come(session, cast.ana)
    with pytest.raises(Refusal, match="before the time it was called for"):
        session.open(by=by)
    travel_to(session.begins_at)
    with pytest.raises(Refusal, match="A facilitator leads"):
        session.open(by=cast.ana)
    session.open(by=by)
    with pytest.raises(Refusal, match="opened already"):
        session.open(by=by)


def test_points_are_taken_one_at_a_time(cast: Cast):
    session, _proposal = evening(cast)
    by = facilitator(cast.abiego)
    first, second = session.agenda()
    first.start(by=by)
    with pytest.raises(Refusal, match="under way"):
        second.start(by=by)
    with pytest.raises(Refusal, match="done already"):
        first.start(by=by)
    first.end(by=by)
    second.start(by=by)
    session.close(by=by)
    second.refresh_from_db()
    assert second.ended_at
    assert session.phase == "over"
    assert not session.attendances.filter(left_at=None).exists()


def test_the_hall_takes_another_point_next_by_a_show_of_hands(cast: Cast):
    session = opened(call_session(cast.abiego, points=(Point("A"), Point("B"), Point("C"))))
    by = facilitator(cast.abiego)
    a, _b, c = session.agenda()
    a.start(by=by)
    motion = moved(session, "order", takes=c)
    assert [item.title for item in session.agenda()] == ["A", "B", "C"]
    shown(motion, yes=4, no=3)
    assert [item.title for item in session.agenda()] == ["A", "C", "B"]
    shown(motion, yes=3, no=4, reason="Two hands at the door were counted twice.")
    assert [item.title for item in session.agenda()] == ["A", "B", "C"]
    with pytest.raises(Refusal, match="has not begun"):
        moved(session, "order", takes=a)


def test_another_office_holder_in_the_hall_takes_over(cast: Cast):
    session, _proposal = evening(cast)
    facilitators = {office.citizen_id for office in cast.abiego.offices.in_force(now()).filter(kind="facilitator")}
    drawn(cast.abiego, "teller")
    drawn(cast.abiego, "minute-taker")
    other = next(
        office.citizen
        for office in cast.abiego.offices.in_force(now()).exclude(kind="facilitator")
        if office.citizen_id not in facilitators
    )
    item = session.agenda()[0]
    with pytest.raises(Refusal, match="leads the session"):
        item.start(by=other)
    nobody = next(c for c in cast.abiego.citizens(now()) if not c.offices.in_force(now()).exists())
    with pytest.raises(Refusal, match="holds an office"):
        session.take_over(by=nobody, reason="I want to.")
    session.take_over(by=other, reason="Both facilitators are ill.")
    item.start(by=other)
    with pytest.raises(Refusal, match="facilitator of Abiego puts"):
        item.put_to_vote(by=other, minutes=10)
    session.close(by=other)


def test_a_session_cannot_be_led_from_outside_the_hall_by_taking_over(cast: Cast):
    session, _proposal = evening(cast, cast.ana, cast.bilal)
    teller = officer(cast.abiego, "teller")
    if not session.present(now()).filter(pk=teller.pk).exists():
        with pytest.raises(Refusal, match="check in first"):
            session.take_over(by=teller, reason="From my sofa.")
    assert begun(session).under_way
