"""The articles in a session: raw SQL as the application's role, acts and pages, each beside an honest twin.

1 what is decided there was on the agenda · 2 one vote, one presence · 3 those vote who were there · 16 who leads, who
keeps the door · 17 what happened stays, and minutes that were adopted with it · 18 no vote there is secret · 20 notice
and deliberation.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from assemblies.clock import now
from assemblies.models import Attendance, MinuteNote, Minutes, Point
from tests.cast import DAY, Cast, call, facilitator, travel_to
from tests.constitution.bench import Attempt, Staged, insert, kept, sql, tried, twisted
from tests.sessions.evening import HOUR, adopted, begun, call_session, come, evening, moved, opened, shown

MINUTE = timedelta(minutes=1)


def stays_outside(cast: Cast):
    return cast.neighbours(cast.abiego, 5)[4]


def hall(cast: Cast) -> Staged:
    """A session with a point under way; one neighbour has stayed at home."""
    outside = stays_outside(cast)
    people = [citizen for citizen in cast.abiego.citizens(now()).order_by("pk") if citizen != outside]
    session, proposal = evening(cast, *people)
    return {"session": session, "proposal": proposal, "item": begun(session), "outside": outside}


def voting(cast: Cast) -> Staged:
    staged = hall(cast)
    decision = staged["item"].put_to_vote(by=facilitator(cast.abiego), minutes=20)
    return staged | {"decision": decision}


# ---- 1 and 20: what is decided ----


def decision_row(cast: Cast) -> Staged:
    cast.abiego.propose("A pond", "A pond is dug.", by=cast.ana)
    staged = hall(cast)
    at = now()
    return {
        "assembly_id": cast.abiego.pk,
        "proposal_id": staged["proposal"].pk,
        "item_id": staged["item"].pk,
        "called_by_id": facilitator(cast.abiego).pk,
        "called_at": at,
        "opens_at": at,
        "closes_at": at + 20 * MINUTE,
    }


def other_point(cast: Cast, row: Staged) -> Staged:
    (other,) = sql(
        "SELECT id FROM assemblies_agendaitem WHERE proposal_id IS NULL AND session_id = session_of(%(item_id)s)", row
    )[0]
    return {"item_id": other}


def pond(cast: Cast, row: Staged) -> Staged:
    return {"proposal_id": cast.abiego.proposals.get(title="A pond").pk}


def young(cast: Cast, row: Staged) -> Staged:
    return {"proposal_id": cast.abiego.propose("A well", "A well is dug.", by=cast.ana).pk}


DECISIONS = twisted(
    decision_row,
    lambda row: insert("assemblies_decision", row),
    open_a_vote_in_session_as_a_citizen=(1, lambda cast, row: {"called_by_id": stays_outside(cast).pk}),
    open_a_vote_in_session_in_nobodys_name=(1, lambda cast, row: {"called_by_id": None}),
    decide_in_session_what_is_not_on_its_agenda=(1, pond),
    decide_in_session_what_was_laid_before_it_there=(20, young),
    decide_under_a_point_that_asks_nothing=(1, other_point),
    leave_a_vote_in_session_open_for_days=(20, lambda cast, row: {"closes_at": row["opens_at"] + 2 * DAY}),
    decide_at_once_without_a_session=(20, lambda cast, row: {"item_id": None}),
)


def secret_point(cast: Cast) -> Staged:
    """Under way is a point whose proposal is decided in secret."""
    proposal = cast.abiego.propose("Oven", "The oven is common.", by=cast.ana, secret=True)
    session = opened(call_session(cast.abiego, proposal))
    return {"proposal": proposal, "item": begun(session)}


def secret_row(cast: Cast, staged: Staged) -> None:
    """As a secret vote is written, with a window for papers and one for the urn; open, it would name those present."""
    at = now()
    windows = {"secret": True, "papers_until": at + 5 * MINUTE, "urn_from": at + 10 * MINUTE}
    row = {
        "assembly_id": cast.abiego.pk,
        "proposal_id": staged["proposal"].pk,
        "item_id": staged["item"].pk,
        "called_by_id": facilitator(cast.abiego).pk,
        "called_at": at,
        "opens_at": at,
        "closes_at": at + 20 * MINUTE,
    }
    insert("assemblies_decision", row | windows)


SECRETLY = [
    Attempt(
        "hold a secret vote in session by raw SQL", 18, secret_point, secret_row, lambda cast, s: call(s["proposal"])
    ),
    Attempt(
        "hold a secret vote in session by the act",
        18,
        secret_point,
        lambda cast, s: s["item"].put_to_vote(by=facilitator(cast.abiego), minutes=20),
        lambda cast, s: call(s["proposal"]),
    ),
]


def item_row(cast: Cast) -> Staged:
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego)
    return {
        "session_id": session.pk,
        "position": 9,
        "title": "Water",
        "text": "",
        "proposal_id": proposal.pk,
        "placed_by_id": facilitator(cast.abiego).pk,
        "placed_at": now(),
    }


def elsewhere(cast: Cast, row: Staged) -> Staged:
    return {"proposal_id": cast.loarre.propose("Water", "Theirs.", by=cast.chen).pk}


def within_notice(cast: Cast, row: Staged) -> Staged:
    travel_to(now() + 7 * DAY)
    return {"placed_at": now()}


ITEMS = twisted(
    item_row,
    lambda row: insert("assemblies_agendaitem", row),
    put_a_point_on_an_agenda_as_a_citizen=(16, lambda cast, row: {"placed_by_id": cast.ana.pk}),
    put_another_assemblys_proposal_on_an_agenda=(1, elsewhere),
    add_a_point_after_the_notice_has_begun=(20, within_notice),
)


def session_row(cast: Cast) -> Staged:
    at = now()
    return {
        "assembly_id": cast.abiego.pk,
        "called_by_id": facilitator(cast.abiego).pk,
        "called_at": at,
        "place": "The school",
        "begins_at": at + 3 * DAY,
        "ends_at": at + 3 * DAY + HOUR,
        "speaking": "first-time",
        "speaking_seconds": 180,
        "first_list": "",
        "second_list": "",
    }


SESSIONS = twisted(
    session_row,
    lambda row: insert("assemblies_session", row),
    call_a_session_as_a_citizen=(16, lambda cast, row: {"called_by_id": cast.ana.pk}),
    call_a_session_as_another_assemblys_facilitator=(
        16,
        lambda cast, row: {"called_by_id": facilitator(cast.loarre).pk},
    ),
    call_a_session_for_tomorrow=(
        20,
        lambda cast, row: {"begins_at": now() + DAY, "ends_at": now() + DAY + HOUR, "called_at": now() - 9 * DAY},
    ),
)


# ---- 2 and 3: who is there, and who votes ----


def attendance_row(cast: Cast) -> Staged:
    staged = hall(cast)
    return {
        "session_id": staged["session"].pk,
        "citizen_id": staged["outside"].pk,
        "how": "desk",
        "by_hand": False,
        "noted_by_id": facilitator(cast.abiego).pk,
        "came_at": now(),
    }


ATTENDANCES = twisted(
    attendance_row,
    lambda row: insert("assemblies_attendance", row),
    check_in_somebody_twice=("attendance_once_at_a_time", lambda cast, row: {"citizen_id": cast.ana.pk}),
    check_in_a_stranger=(3, lambda cast, row: {"citizen_id": cast.stranger.pk}),
    check_in_a_citizen_of_another_assembly=(3, lambda cast, row: {"citizen_id": cast.chen.pk}),
    check_oneself_in_from_the_sofa=(16, lambda cast, row: {"noted_by_id": row["citizen_id"]}),
)


def came_before_the_vote(cast: Cast, staged: Staged) -> None:
    """Check in after the vote opened, and say that it was before: the database takes the moment itself."""
    row = {
        "session_id": staged["session"].pk,
        "citizen_id": staged["outside"].pk,
        "how": "desk",
        "by_hand": False,
        "noted_by_id": facilitator(cast.abiego).pk,
        "came_at": staged["decision"].opens_at - MINUTE,
    }
    insert("assemblies_attendance", row)
    staged["decision"].cast(by=staged["outside"], choice="yes")


def cast_ballot(cast: Cast, staged: Staged, voter) -> None:
    insert("assemblies_ballot", {"decision_id": staged["decision"].pk, "voter_id": voter.pk, "choice": "yes"})


def leave(cast: Cast, staged: Staged) -> None:
    sql(
        "UPDATE assemblies_attendance SET left_at = %s, left_noted_by_id = citizen_id WHERE citizen_id = %s",
        [staged["decision"].opens_at - MINUTE, cast.bilal.pk],
    )
    assert staged["decision"].electors().filter(pk=cast.bilal.pk).exists(), "they left now, not before the vote"


VOTES = [
    Attempt(
        "vote in session from home",
        3,
        voting,
        attack=lambda cast, s: cast_ballot(cast, s, s["outside"]),
        honest=lambda cast, s: cast_ballot(cast, s, cast.ana),
    ),
    Attempt(
        "come to the hall before the vote, afterwards",
        3,
        voting,
        attack=came_before_the_vote,
        honest=leave,
    ),
    Attempt(
        "end a vote in session as a citizen",
        16,
        voting,
        attack=lambda cast, s: sql(
            "UPDATE assemblies_decision SET ended_by_id = %s WHERE id = %s", [cast.ana.pk, s["decision"].pk]
        ),
        honest=lambda cast, s: s["decision"].end(by=facilitator(cast.abiego)),
    ),
    Attempt(
        "prolong a vote in session",
        3,
        voting,
        attack=lambda cast, s: sql(
            "UPDATE assemblies_decision SET closes_at = closes_at + interval '1 hour' WHERE id = %s",
            [s["decision"].pk],
        ),
        honest=lambda cast, s: s["decision"].end(by=facilitator(cast.abiego)),
    ),
    Attempt(
        "write another electorate into a vote in session",
        3,
        voting,
        attack=lambda cast, s: sql(
            "UPDATE assemblies_decision SET electorate = 3, roll = 3, ended_by_id = %s WHERE id = %s",
            [facilitator(cast.abiego).pk, s["decision"].pk],
        ),
        honest=lambda cast, s: s["decision"].end(by=facilitator(cast.abiego)),
    ),
    Attempt(
        "end a vote that is no vote in session",
        3,
        lambda cast: {"decision": _ordinary(cast)},
        attack=lambda cast, s: sql(
            "UPDATE assemblies_decision SET ended_by_id = %s WHERE id = %s",
            [facilitator(cast.abiego).pk, s["decision"].pk],
        ),
        honest=lambda cast, s: s["decision"].cast(by=cast.ana, choice="no"),
    ),
]


def _ordinary(cast: Cast):
    from tests.cast import call

    decision = call(cast.abiego.propose("Water", "The rain is kept.", by=cast.ana))
    travel_to(decision.opens_at)
    decision.open()
    return decision


# ---- 16: who leads ----


def takeover_row(cast: Cast) -> Staged:
    staged = hall(cast)
    return {"session_id": staged["session"].pk, "citizen_id": facilitator(cast.abiego).pk, "reason": "Ill."} | {
        "at": now()
    }


TAKEOVERS = twisted(
    takeover_row,
    lambda row: insert("assemblies_takeover", row),
    take_a_session_over_as_a_citizen=(16, lambda cast, row: {"citizen_id": cast.ana.pk}),
    take_a_session_over_as_a_stranger=(16, lambda cast, row: {"citizen_id": cast.technician.pk}),
)


def step(statement: str, who) -> object:
    return lambda cast, s: sql(statement, {"who": who(cast).pk, "session": s["session"].pk, "item": s["item"].pk})


def by_ana(cast: Cast):
    return cast.ana


def by_leader(cast: Cast):
    return facilitator(cast.abiego)


CLOSE = """
UPDATE assemblies_attendance SET left_at = now(), left_noted_by_id = citizen_id WHERE session_id = %(session)s
    AND left_at IS NULL;
UPDATE assemblies_session SET closed_at = now(), closed_by_id = %(who)s WHERE id = %(session)s
"""
END_ITEM = "UPDATE assemblies_agendaitem SET ended_at = now(), ended_by_id = %(who)s WHERE id = %(item)s"
LEADING = [
    Attempt("close a session as a citizen", 16, hall, step(CLOSE, by_ana), step(CLOSE, by_leader)),
    Attempt("end a point as a citizen", 16, hall, step(END_ITEM, by_ana), step(END_ITEM, by_leader)),
    Attempt(
        "close a session with people left in the hall",
        17,
        hall,
        step(CLOSE.split(";")[1], by_leader),
        step(CLOSE, by_leader),
    ),
    Attempt(
        "move a session without saying so",
        17,
        hall,
        lambda cast, s: sql("UPDATE assemblies_session SET place = 'Elsewhere' WHERE id = %s", [s["session"].pk]),
        lambda cast, s: s["session"].close(by=facilitator(cast.abiego)),
    ),
]


# ---- 17: what happened stays ----


def past(cast: Cast) -> Staged:
    staged = hall(cast)
    session = staged["session"]
    shown(moved(session, "procedure", "A pause."))
    MinuteNote.objects.write(session, by=facilitator(cast.abiego), text="The door creaks.")
    session.close(by=facilitator(cast.abiego))
    return staged


def minutes_row(cast: Cast) -> Staged:
    session = past(cast)["session"]
    later = opened(call_session(cast.abiego, points=(Point("Minutes"),)))
    begun(later)
    motion = moved(later, "minutes", about=session)
    sql(
        "INSERT INTO assemblies_showofhands (motion_id, by_id, yes, no, abstain, counted_at, entered_at, reason)"
        " VALUES (%s, %s, 3, 0, 0, civic_now(), civic_now(), '')",
        [motion.pk, facilitator(cast.abiego).pk],
    )
    body = b'{"items":[]}'
    return {
        "session_id": session.pk,
        "motion_id": motion.pk,
        "body": body,
        "digest": hashlib.sha256(body).hexdigest(),
        "adopted_at": now(),
    }


def of_another_motion(cast: Cast, row: Staged) -> Staged:
    (other,) = sql("SELECT id FROM assemblies_motion WHERE kind = 'procedure'")[0]
    return {"motion_id": other}


MINUTES = twisted(
    minutes_row,
    lambda row: insert("assemblies_minutes", row),
    adopt_minutes_without_the_hall=(17, of_another_motion),
    seal_minutes_with_another_digest=(17, lambda cast, row: {"digest": "0" * 64}),
    adopt_the_minutes_of_the_session_that_adopts=(
        17,
        lambda cast, row: {
            "session_id": sql("SELECT session_id FROM assemblies_motion WHERE id = %(motion_id)s", row)[0][0]
        },
    ),
)


def sealed(cast: Cast) -> Staged:
    session = past(cast)["session"]
    adopted(cast, session)
    return {"session": session, "open": call_session(cast.abiego)}


def note(session, by) -> None:
    insert(
        "assemblies_minutenote",
        {"session_id": session.pk, "by_id": by.pk, "text": "It was otherwise.", "at": now()},
    )


NOTES = [
    Attempt(
        "write into minutes that were adopted",
        17,
        sealed,
        lambda cast, s: note(s["session"], facilitator(cast.abiego)),
        lambda cast, s: Minutes.objects.get(session=s["session"]),
    ),
    Attempt(
        "write into minutes as a citizen",
        16,
        past,
        lambda cast, s: note(s["session"], cast.ana),
        lambda cast, s: note(s["session"], facilitator(cast.abiego)),
    ),
    Attempt(
        "count more hands than people",
        2,
        hall,
        lambda cast, s: shown(moved(s["session"], "procedure", "A pause."), yes=40),
        lambda cast, s: shown(moved(s["session"], "procedure", "A pause."), yes=4),
    ),
    Attempt(
        "rewrite who was in the hall",
        17,
        hall,
        lambda cast, s: sql("UPDATE assemblies_attendance SET citizen_id = %s", [s["outside"].pk]),
        lambda cast, s: Attendance.objects.filter(citizen=cast.ana)[0].leave(by=cast.ana),
    ),
    Attempt(
        "let the technician check people in",
        16,
        lambda cast: {"session": call_session(cast.abiego)},
        lambda cast, s: (
            travel_to(s["session"].begins_at - HOUR),
            Attendance.objects.check_in(s["session"], cast.ana, by=cast.technician, how="desk"),
        ),
        lambda cast, s: come(s["session"], cast.ana),
    ),
]


def moved_about(cast: Cast) -> None:
    session = call_session(cast.abiego)
    session.reschedule(
        by=facilitator(cast.abiego),
        place="The mill",
        begins_at=session.begins_at,
        ends_at=session.ends_at,
        reason="The roof leaks.",
    )


test_deciding = tried([*DECISIONS, *SECRETLY, *ITEMS, *SESSIONS])
test_being_there = tried([*ATTENDANCES, *VOTES])
test_leading = tried([*TAKEOVERS, *LEADING])
test_keeping = tried(
    [
        *MINUTES,
        *NOTES,
        *kept("assemblies_minutes", 17, sealed),
        *kept("assemblies_minutenote", 17, past),
        *kept("assemblies_showofhands", 2, past),
        *kept("assemblies_rescheduling", 17, moved_about),
        *kept("assemblies_attendance", 17, hall, updates=True),
        *kept("assemblies_motion", 17, past, updates=True),
        *kept("assemblies_session", 17, hall, updates=True),
    ]
)
