"""Loarre meets in its old school: an evening whose minutes were adopted by the next one, and a session to come."""

from __future__ import annotations

from datetime import timedelta

from assemblies.clock import now
from assemblies.models import (
    Attendance,
    HandCount,
    MinuteNote,
    Motion,
    Office,
    Point,
    RollMark,
    Session,
    ShowOfHands,
    SpeakingTurn,
)
from assemblies.tasks import tell_session

from .town import Telling, draw, post
from .world import World
from .year import Story

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLACE = "Old school, Plaza Mayor"


def stories(world: World) -> list[Story]:
    return [two_evenings(world), to_come(world)]


def two_evenings(world: World) -> Telling:
    loarre, year = world.loarre, world.year
    yield year.ago(46, 18)
    title = "Quiet hours on the square"
    body = (
        "From eleven in the evening until seven in the morning there is no amplified music on the Plaza Mayor.\n\n"
        "- The two nights of the summer fair are excepted.\n- Whoever lives on the square may remind others of this."
    )
    proposal = loarre.assembly.propose(title, body, by=loarre.people[12])
    yield year.ago(38, 12)
    begins = year.ago(32, 19)
    session = Session.objects.call(
        loarre.assembly,
        by=loarre.facilitator(),
        place=PLACE,
        begins_at=begins,
        ends_at=begins + 2 * HOUR,
        points=[
            Point("What the water group reports", minutes=15),
            Point("", proposal, minutes=40),
            Point("Anything else", minutes=20),
        ],
    )
    people = loarre.some(34, but=world.guests)
    yield from open_evening(world, session, people)
    leader = loarre.facilitator()
    reports, square, _else = session.agenda()
    reports.start(by=leader)
    yield from speak(session, people[3], 6)
    reports.end(by=leader)
    square.start(by=leader)
    for speaker, minutes in ((people[5], 3), (people[8], 2), (people[11], 3), (people[5], 1)):
        yield from speak(session, speaker, minutes)
    words = body.replace("eleven", "midnight")
    wording = Motion.objects.move(session, kind="wording", mover=people[8], by=people[8], text=words)
    yield now() + 2 * MINUTE
    ShowOfHands.objects.enter(wording, by=leader, yes=11, no=19, abstain=3)
    yield now() + MINUTE
    decision = square.put_to_vote(by=leader, minutes=20)
    tellers = [office.citizen for office in loarre.assembly.offices.in_force(now()).filter(kind="teller")]
    for voter in people[:21]:
        decision.cast(by=voter, choice="no" if voter in people[6:10] else "yes")
    yield now() + 4 * MINUTE
    RollMark.objects.mark_hall(decision, by=tellers[0], everyone=True)
    marked = decision.marks.filter(channel="hands").count()
    for teller in tellers:
        HandCount.objects.enter(decision, by=teller, yes=marked - 3, no=2, abstain=1)
    yield now() + 2 * MINUTE
    decision.end(by=leader)
    square.end(by=leader)
    yield from close_evening(world, session, "The water group hands in its figures in writing by Friday.")

    yield year.ago(20, 12)
    begins = year.ago(12, 19)
    later = Session.objects.call(
        loarre.assembly,
        by=loarre.facilitator(),
        place=PLACE,
        begins_at=begins,
        ends_at=begins + HOUR,
        points=[Point("Minutes of the last session", minutes=5), Point("The winter road rota", minutes=30)],
    )
    people = loarre.some(27, but=world.guests)
    yield from open_evening(world, later, people)
    leader = loarre.facilitator()
    first, second = later.agenda()
    first.start(by=leader)
    adopting = Motion.objects.move(later, kind="minutes", mover=people[0], by=people[0], about=session)
    yield now() + 3 * MINUTE
    ShowOfHands.objects.enter(adopting, by=leader, yes=24, no=0, abstain=2)
    first.end(by=leader)
    second.start(by=leader)
    for speaker, minutes in ((people[2], 4), (people[6], 3), (people[9], 2)):
        yield from speak(later, speaker, minutes)
    second.end(by=leader)
    yield from close_evening(world, later, "Four households take the road to the castle in turn, a week each.")


def to_come(world: World) -> Telling:
    """Called, and everybody has the letter: the proposals that wait are to be decided there."""
    loarre, year = world.loarre, world.year
    yield year.ago(0.9, None)
    begins = (year.today + timedelta(days=8)).replace(hour=18, minute=0, second=0, microsecond=0)
    waiting = loarre.assembly.proposals.waiting().exclude(effect="question").order_by("offered_at")
    session = Session.objects.call(
        loarre.assembly,
        by=loarre.facilitator(),
        place=PLACE,
        begins_at=begins,
        ends_at=begins + 2 * HOUR,
        points=[
            Point("Minutes of the last session", minutes=5),
            *(Point("", proposal, minutes=30) for proposal in waiting),
            Point("Anything else", minutes=20),
        ],
    )
    post(tell_session, session)


def open_evening(world: World, session: Session, people: list) -> Telling:
    """The lot is drawn, everybody comes in, and the session is opened."""
    loarre = world.loarre
    yield session.begins_at - 30 * MINUTE
    for kind in (Office.Kind.TELLER, Office.Kind.MINUTE_TAKER):
        draw(loarre.assembly, kind)
    keeper = loarre.facilitator()
    held = [office.citizen for office in loarre.assembly.offices.in_force(now()).select_related("citizen")]
    for n, citizen in enumerate(dict.fromkeys([*people, *held])):
        Attendance.objects.check_in(session, citizen, by=keeper, how="code" if n % 3 else "desk", by_hand=n % 5 == 0)
        if n % 12 == 11:
            yield now() + 4 * MINUTE
    yield session.begins_at + 5 * MINUTE
    session.open(by=keeper)


def close_evening(world: World, session: Session, note: str) -> Telling:
    yield now() + 5 * MINUTE
    leader = world.loarre.facilitator()
    session.close(by=leader)
    yield now() + 20 * HOUR
    writer = world.loarre.assembly.offices.in_force(now()).filter(kind="minute-taker").first()
    by = writer.citizen if writer else leader
    MinuteNote.objects.write(session, by=by, item=session.agenda()[0], text=note)


def speak(session: Session, citizen, minutes: int) -> Telling:
    """Raise a hand, be called, speak."""
    leader = session.opened_by
    assert leader is not None  # noqa: S101
    turn = SpeakingTurn.objects.raise_hand(session, citizen, by=citizen)
    yield now() + timedelta(seconds=40)
    turn.call(by=leader)
    turn.begin(by=leader)
    yield now() + minutes * MINUTE
    turn.end(by=leader)
