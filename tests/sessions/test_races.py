"""Several at once, on real connections: whatever the order, nothing is lost and nobody counts twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from assemblies import live
from assemblies.clock import now
from assemblies.models import Attendance, Session, SpeakingTurn
from assemblies.refusal import Refusal
from tests.cast import Cast, facilitator, travel_to
from tests.faults.racing import Racers, accepted, refused, slowed
from tests.sessions.evening import call_session, come, tellers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def racers() -> Iterator[Racers]:
    racers = Racers()
    yield racers
    racers.go_home()


def running(cast: Cast, *people) -> Session:
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego, proposal)
    come(session, *people)
    travel_to(session.begins_at)
    return session


def test_an_evening_of_races(committed_cast: Cast, racers: Racers):
    """One town, one evening: each act by several devices at the same moment."""
    cast = committed_cast
    first, second = tellers(cast.abiego)
    leader = facilitator(cast.abiego)
    everybody = list(cast.abiego.citizens(now()).order_by("pk"))
    session = running(cast, *everybody[:-2])
    late, speaker = everybody[-1], everybody[0]

    # Two facilitators' devices open it, and begin the same point.
    both = racers.race(lambda: session.open(by=leader), lambda: Session.objects.get(pk=session.pk).open(by=leader))
    assert len(accepted(both)) == 1
    session.refresh_from_db()
    (item,) = session.agenda()
    assert len(accepted(racers.race(*[lambda: item.start(by=leader)] * 3))) == 1

    # Two tellers check the same person in: by code at the one table, by name at the other.
    stays = racers.race(
        lambda: Attendance.objects.check_in(session, late, by=first, how="code"),
        lambda: Attendance.objects.check_in(session, late, by=second, how="desk"),
    )
    assert len(accepted(stays)) == 1
    assert session.attendances.filter(citizen=late).count() == 1

    # One hand's entry is numbered first and committed last: a phone that has seen the other's sees it nevertheless.
    with transaction.atomic():
        SpeakingTurn.objects.raise_hand(session, everybody[1], by=everybody[1])
        racers.race(lambda: SpeakingTurn.objects.raise_hand(session, everybody[2], by=everybody[2]))
        (before,) = racers.race(lambda: live.derived(session.pk))
    assert live.derived(session.pk) != before

    # A hand goes up on the phone and at the desk; it is taken down while it is called.
    hands = racers.race(
        lambda: SpeakingTurn.objects.raise_hand(session, speaker, by=speaker),
        lambda: SpeakingTurn.objects.raise_hand(session, speaker, by=first),
    )
    (turn,) = accepted(hands)
    steps = racers.race(
        lambda: SpeakingTurn.objects.get(pk=turn.pk).call(by=leader),
        lambda: SpeakingTurn.objects.get(pk=turn.pk).withdraw(by=speaker),
    )
    turn.refresh_from_db()
    assert turn.withdrawn_at or refused(steps)
    if turn.withdrawn_at:
        with pytest.raises(Refusal):
            turn.begin(by=leader)

    # Two devices open the vote.
    opened = racers.race(*[lambda: item.put_to_vote(by=leader, minutes=20)] * 2)
    (decision,) = accepted(opened)
    assert item.decisions.count() == 1

    # Phones cast while the facilitator closes: what was answered 'cast' is counted, and nothing else.
    def cast_one(voter):
        return lambda: decision.cast(by=voter, choice="yes") and voter.pk

    def close():
        return type(decision).objects.get(pk=decision.pk).end(by=leader)

    results = racers.race(*[cast_one(voter) for voter in everybody[:5]], close)
    decision.refresh_from_db()
    acknowledged = {one for one in results[:5] if not isinstance(one, Refusal)}
    assert set(decision.ballots.values_list("voter", flat=True)) == acknowledged
    assert decision.voters == len(acknowledged)

    # Closed twice at once.
    item.end(by=leader)
    assert len(accepted(racers.race(*[lambda: Session.objects.get(pk=session.pk).close(by=leader)] * 2))) == 1
    assert not session.attendances.filter(left_at=None).exists()


def test_who_comes_as_a_vote_opens_is_in_it_or_not_and_the_count_knows(committed_cast: Cast, racers: Racers):
    """The door notes somebody while the vote opens: the frozen electorate is exactly those who can vote."""
    cast = committed_cast
    leader = facilitator(cast.abiego)
    everybody = list(cast.abiego.citizens(now()).order_by("pk"))
    session = running(cast, *everybody[:4])
    session.open(by=leader)
    (item,) = session.agenda()
    item.start(by=leader)
    with slowed("assemblies_attendance.came"):
        *_stays, decision = racers.race(
            *[
                lambda one=one: Attendance.objects.check_in(session, one, by=leader, how="desk")
                for one in everybody[4:8]
            ],
            lambda: item.put_to_vote(by=leader, minutes=20),
        )
    assert session.present(now()).count() == 8
    assert decision.electorate == decision.electors().count()
    for citizen in everybody[:8]:
        may = decision.electors().filter(pk=citizen.pk).exists()
        try:
            decision.cast(by=citizen, choice="yes")
            voted = True
        except Refusal:
            voted = False
        assert voted is may
