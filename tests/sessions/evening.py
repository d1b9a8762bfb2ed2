"""What the stories of sessions share: a session called in Abiego, opened, and who is in the hall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assemblies.clock import now
from assemblies.models import Assembly, Attendance, Citizen, Motion, Office, Point, Proposal, Session, ShowOfHands
from tests.cast import DAY, Cast, citizen_of, drawn, facilitator, travel_to

HOUR = timedelta(hours=1)


def call_session(assembly: Assembly, *proposals: Proposal, points: tuple[Point, ...] = (), **other: Any) -> Session:
    """A session in eight days, when what is laid before the assembly today can be decided."""
    at = now()
    said: dict[str, Any] = {
        "by": facilitator(assembly),
        "place": "The school",
        "begins_at": at + 8 * DAY,
        "ends_at": at + 8 * DAY + 3 * HOUR,
        "points": [*(Point("", proposal, minutes=20) for proposal in proposals), *points] or [Point("Talk")],
    }
    return Session.objects.call(assembly, **said | other)


def come(session: Session, *citizens: Citizen, by_hand: bool = False) -> list[Attendance]:
    """They come in, and are found by name at the desk."""
    travel_to(session.begins_at - HOUR)
    keeper = facilitator(session.assembly)
    return [
        Attendance.objects.check_in(session, citizen, by=keeper, how="desk", by_hand=by_hand) for citizen in citizens
    ]


def opened(session: Session, *citizens: Citizen) -> Session:
    """The session open, with those in the hall, or with the whole assembly when nobody is named."""
    come(session, *(citizens or session.assembly.citizens(now()).order_by("pk")))
    travel_to(session.begins_at)
    session.open(by=facilitator(session.assembly))
    return session


def evening(cast: Cast, *citizens: Citizen, **other: Any) -> tuple[Session, Proposal]:
    """A session that is open, with one proposal on its agenda and one point beside it."""
    proposal = cast.abiego.propose("Water", "The rain is kept.", by=cast.ana)
    session = call_session(cast.abiego, proposal, points=(Point("Anything else"),), **other)
    return opened(session, *citizens), proposal


def begun(session: Session, n: int = 0):
    """The point of that number, under way."""
    item = session.agenda()[n]
    item.start(by=facilitator(session.assembly))
    return item


def officers(assembly: Assembly, kind: str) -> list[Citizen]:
    """Who holds that office: drawn anew while the lot falls on somebody who has another part in these stories."""
    while True:
        drawn(assembly, kind)
        held = assembly.offices.in_force(now()).filter(kind=kind).select_related("citizen").order_by("pk")
        hit = [office for office in held if office.citizen.name in ("Ana", "Bilal")]
        if not hit:
            return [office.citizen for office in held]
        for office in hit:
            office.lay_down(by=office.citizen)


def tellers(assembly: Assembly) -> list[Citizen]:
    return officers(assembly, Office.Kind.TELLER)


def officer(assembly: Assembly, kind: str) -> Citizen:
    return officers(assembly, kind)[0]


def moved(session: Session, kind: str, text: str = "", *, mover: Citizen | None = None, **other: Any) -> Motion:
    mover = mover or session.present(now()).order_by("pk")[0]
    return Motion.objects.move(session, kind=kind, mover=mover, by=mover, text=text, **other)


def shown(motion: Motion, yes: int = 3, no: int = 0, **other: Any) -> ShowOfHands:
    by = facilitator(motion.session.assembly)
    return ShowOfHands.objects.enter(motion, by=by, yes=yes, no=no, abstain=0, **other)


def adopted(cast: Cast, session: Session) -> Session:
    """The next session, in which the minutes of that one were adopted."""
    later = opened(call_session(cast.abiego, points=(Point("Minutes"),)))
    begun(later)
    shown(moved(later, "minutes", about=session))
    return later


def neighbour(cast: Cast) -> Citizen:
    return citizen_of(cast.abiego)
