"""Who is in the hall, who speaks, what is moved, and what is decided there."""

from datetime import timedelta

import pytest

from assemblies.clock import now
from assemblies.models import Attendance, HandCount, Motion, RollMark, SpeakingTurn, queue, statistics
from assemblies.refusal import Refusal
from tests.cast import Cast, call, facilitator, travel_to
from tests.sessions.evening import HOUR, begun, call_session, come, evening, moved, opened, shown, tellers

MINUTE = timedelta(minutes=1)


def hand(session, citizen, **other) -> SpeakingTurn:
    travel_to(now() + timedelta(seconds=1))
    return SpeakingTurn.objects.raise_hand(session, citizen, by=citizen, **other)


def speak(turn: SpeakingTurn, minutes: int = 1) -> None:
    by = facilitator(turn.session.assembly)
    turn.call(by=by)
    turn.begin(by=by)
    travel_to(now() + minutes * MINUTE)
    turn.end(by=by)


# ---- in the hall ----


def test_somebody_comes_leaves_and_comes_back(cast: Cast):
    session = call_session(cast.abiego)
    (stay,) = come(session, cast.ana)
    by = facilitator(cast.abiego)
    with pytest.raises(Refusal, match="Ana is checked in already"):
        Attendance.objects.check_in(session, cast.ana, by=by, how="code")
    stay.leave(by=cast.ana)
    assert session.present(now()).count() == 0
    with pytest.raises(Refusal, match="noted already"):
        stay.leave(by=by)
    Attendance.objects.check_in(session, cast.ana, by=by, how="code")
    assert list(session.present(now())) == [cast.ana]
    assert session.attendances.count() == 2


def test_only_citizens_are_checked_in_by_whoever_keeps_the_door_while_it_is_open(cast: Cast):
    session, by = call_session(cast.abiego), facilitator(cast.abiego)
    with pytest.raises(Refusal, match="doors of this session are closed"):
        Attendance.objects.check_in(session, cast.ana, by=by, how="desk")
    travel_to(session.begins_at - HOUR)
    with pytest.raises(Refusal, match="no citizen of Abiego"):
        Attendance.objects.check_in(session, cast.chen, by=by, how="desk")
    with pytest.raises(Refusal, match="teller"):
        Attendance.objects.check_in(session, cast.bilal, by=cast.ana, how="desk")
    Attendance.objects.check_in(session, cast.ana, by=tellers(cast.abiego)[0], how="desk", by_hand=True)


# ---- speaking ----


def test_who_has_not_spoken_comes_before_who_has(cast: Cast):
    session, _proposal = evening(cast)
    begun(session)
    ana, bilal = cast.ana, cast.bilal
    speak(hand(session, ana), minutes=2)
    again = hand(session, ana)
    first = hand(session, bilal)
    assert queue(session) == [first, again]
    with pytest.raises(Refusal, match="Bilal comes first"):
        again.call(by=facilitator(cast.abiego))
    with pytest.raises(Refusal, match="hand is up already"):
        hand(session, ana)
    speak(first)
    speak(again)
    figures = statistics(session)
    assert (figures.speakers, figures.speeches, figures.seconds >= 240, figures.once) == (2, 3, True, 1)


def test_two_lists_take_turns_and_a_reply_comes_at_once(cast: Cast):
    session, _proposal = evening(cast, first_list="For", second_list="Against")
    begun(session)
    a, b, c, d = session.present(now()).order_by("pk")[:4]
    with pytest.raises(Refusal, match="on which list"):
        hand(session, a)
    turns = [hand(session, one, side=side) for one, side in ((a, "For"), (b, "For"), (c, "Against"))]
    assert queue(session) == [turns[0], turns[2], turns[1]]
    speak(turns[0])
    reply = hand(session, d, side="Against", reply=True)
    assert queue(session) == [reply, turns[2], turns[1]]


def test_a_hand_is_taken_down_until_one_speaks_and_one_speaks_at_a_time(cast: Cast):
    session, _proposal = evening(cast)
    begun(session)
    by = facilitator(cast.abiego)
    ana, bilal = hand(session, cast.ana), hand(session, cast.bilal)
    ana.call(by=by)
    ana.withdraw(by=cast.ana)
    with pytest.raises(Refusal, match="taken down"):
        ana.begin(by=by)
    bilal.call(by=by)
    bilal.begin(by=by)
    with pytest.raises(Refusal, match="taken down"):
        bilal.withdraw(by=cast.bilal)
    other = hand(session, cast.ana)
    other.call(by=by)
    with pytest.raises(Refusal, match="let them end first"):
        other.begin(by=by)


def test_who_is_not_in_the_hall_does_not_speak(cast: Cast):
    session, _proposal = evening(cast, cast.bilal, *cast.neighbours(cast.abiego, 2))
    begun(session)
    with pytest.raises(Refusal, match="Only who is checked in speaks"):
        hand(session, cast.ana)
    with pytest.raises(Refusal, match="by the speaker, or for them"):
        SpeakingTurn.objects.raise_hand(session, cast.bilal, by=cast.ana)
    SpeakingTurn.objects.raise_hand(session, cast.bilal, by=facilitator(cast.abiego))


# ---- motions ----


def test_motions_are_voted_in_their_order_and_points_of_order_are_answered(cast: Cast):
    session, _proposal = evening(cast)
    begun(session)
    by = facilitator(cast.abiego)
    wording = moved(session, "wording", "The rain is kept for the gardens.")
    close = moved(session, "close")
    with pytest.raises(Refusal, match="is voted on first"):
        shown(wording)
    shown(close)
    assert close.carried
    shown(wording)
    point = moved(session, "point", "The window is open.")
    with pytest.raises(Refusal, match="a point of order is answered"):
        shown(point)
    point.answer_point(by=by, answer="It is shut.")
    with pytest.raises(Refusal, match="dealt with"):
        point.withdraw(by=point.mover)


def test_no_more_hands_than_people_and_late_counts_say_so(cast: Cast):
    session, _proposal = evening(cast, cast.ana, cast.bilal)
    begun(session)
    motion = moved(session, "procedure", "A pause of ten minutes.", mover=cast.ana)
    with pytest.raises(Refusal, match="More hands are counted"):
        shown(motion, yes=3)
    counted = now()
    travel_to(counted + timedelta(minutes=30))
    show = shown(motion, yes=2, counted_at=counted)
    assert show.late
    assert show.counted_at == counted
    with pytest.raises(Refusal, match="Say what is corrected"):
        shown(motion, yes=1)
    assert not shown(motion, yes=1, no=1, reason="Read wrong.").carried


# ---- votes ----


def test_those_vote_who_were_in_the_hall_when_it_opened(cast: Cast):
    neighbours = cast.neighbours(cast.abiego, 5)
    session, proposal = evening(cast, cast.ana, *neighbours[:4])
    item = begun(session)
    late, gone = cast.bilal, neighbours[0]
    session.attendances.get(citizen=gone).leave(by=gone)
    decision = item.put_to_vote(by=facilitator(cast.abiego), minutes=20)
    come(session, late)
    assert (decision.electorate, decision.roll) == (4, 10)
    decision.cast(by=cast.ana, choice="yes")
    for outside in (late, gone, neighbours[4], cast.chen):
        with pytest.raises(Refusal):
            decision.cast(by=outside, choice="no")
    decision.cast(by=neighbours[1], choice="yes")
    with pytest.raises(Refusal, match="leads the session"):
        decision.end(by=cast.ana)
    decision.end(by=facilitator(cast.abiego))
    assert (decision.outcome, decision.voters) == ("carried", 2)
    assert proposal.phase(now()) == "carried"
    assert decision.policy_version.text == proposal.text
    with pytest.raises(Refusal):
        decision.end(by=facilitator(cast.abiego))


def test_the_quorum_is_a_share_of_the_roll_and_not_of_the_hall(cast: Cast):
    session, _proposal = evening(cast, cast.ana, *cast.neighbours(cast.abiego, 2))
    decision = begun(session).put_to_vote(by=facilitator(cast.abiego), minutes=20)
    decision.cast(by=cast.ana, choice="yes")
    decision.end(by=facilitator(cast.abiego))
    assert decision.outcome == "quorum_missed"  # one of ten, and a fifth is asked for


def test_device_and_hands_in_one_tally_with_the_whole_hall_marked_at_once(cast: Cast):
    neighbours = cast.neighbours(cast.abiego, 5)
    session = call_session(cast.abiego, cast.abiego.propose("Water", "Rain.", by=cast.ana))
    come(session, cast.ana, *neighbours[:2])
    come(session, *neighbours[2:4], by_hand=True)
    session = opened(session, cast.bilal)
    decision = begun(session).put_to_vote(by=facilitator(cast.abiego), minutes=20)
    first, second = tellers(cast.abiego)
    decision.cast(by=cast.ana, choice="no")
    assert RollMark.objects.mark_hall(decision, by=first, everyone=False) == 2
    with pytest.raises(Refusal, match="another channel"):
        decision.cast(by=neighbours[2], choice="no")
    assert RollMark.objects.mark_hall(decision, by=first, everyone=True) == 3
    with pytest.raises(Refusal, match="nobody left"):
        RollMark.objects.mark_hall(decision, by=second, everyone=True)
    said = decision.opens_at
    travel_to(said + 5 * MINUTE)
    for teller in (first, second):
        HandCount.objects.enter(decision, by=teller, yes=4, no=1, abstain=0, said_at=said)
    decision.end(by=facilitator(cast.abiego))
    assert (decision.yes, decision.no, decision.voters, decision.outcome) == (4, 2, 6, "carried")


def test_a_vote_in_session_closes_by_itself_when_the_laptop_has_died(cast: Cast):
    session, _proposal = evening(cast)
    decision = begun(session).put_to_vote(by=facilitator(cast.abiego), minutes=20)
    for citizen in session.present(now())[:3]:
        decision.cast(by=citizen, choice="yes")
    with pytest.raises(Refusal, match="close it first"):
        session.close(by=facilitator(cast.abiego))
    travel_to(decision.closes_at)
    decision.close()
    assert decision.carried
    session.close(by=facilitator(cast.abiego))


def test_nothing_is_decided_that_is_not_on_the_agenda_or_called_already(cast: Cast):
    session, proposal = evening(cast)
    call(proposal)
    by = facilitator(cast.abiego)
    first, second = session.agenda()
    first.start(by=by)
    with pytest.raises(Refusal, match="put to the vote already"):
        first.put_to_vote(by=by, minutes=10)
    first.end(by=by)
    second.start(by=by)
    with pytest.raises(Refusal, match="no proposal under this point"):
        second.put_to_vote(by=by, minutes=10)
    assert Motion.objects.count() == 0
