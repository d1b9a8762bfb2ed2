"""What the minutes of a session say: put together from its rows, as plain values to be drawn and sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .differences import differences
from .models.minutes import MinuteNote
from .models.motion import Motion
from .models.session import Session
from .models.speaking_turn import statistics
from .verdict import choice_in_words, outcome_in_words

LAST = timedelta(seconds=2)  # before a session closes: the close itself sends everybody home


def written(session: Session) -> dict[str, Any]:
    """The minutes as they read now: whole numbers, words and moments, nothing else (RFC 8785 can hold them)."""
    notes = MinuteNote.objects.standing(session)
    stays = list(session.attendances.all())
    figures = statistics(session)
    items = [_item(item, notes) for item in session.agenda()]
    whole = notes.get(None)
    return {
        "session": session.pk,
        "assembly": session.assembly.name,
        "place": session.place,
        "called_at": _at(session.called_at),
        "called_by": session.called_by.name,
        "begins_at": _at(session.begins_at),
        "opened_at": _at(session.opened_at),
        "opened_by": session.opened_by.name if session.opened_by else "",
        "closed_at": _at(session.closed_at),
        "closed_by": session.closed_by.name if session.closed_by else "",
        "changes": [
            {"at": _at(change.at), "reason": change.reason, "place": change.place, "begins_at": _at(change.begins_at)}
            for change in session.reschedulings.all()
        ],
        "led_by": [
            {"name": one.citizen.name, "at": _at(one.at), "reason": one.reason}
            for one in session.takeovers.select_related("citizen")
        ],
        "present": len({stay.citizen_id for stay in stays}),
        "presence": _presence(session, stays),
        "entered_late": sum(stay.said_at is not None for stay in stays),
        "items": items,
        "motions": [
            _motion(motion)
            for motion in session.motions.filter(item=None).prefetch_related("shows").select_related("mover", "about")
        ],
        "note": whole.text if whole else "",
        "speakers": figures.speakers,
        "speeches": figures.speeches,
        "seconds": figures.seconds,
    }


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _presence(session: Session, stays: list) -> list[dict[str, Any]]:
    """How many were in the hall at its opening, at each vote and at its close."""
    moments = [("opened", session.opened_at)]
    for item in session.items.all():
        moments += [("vote", decision.opens_at) for decision in item.decisions.all()]
    if session.closed_at:
        moments.append(("closed", session.closed_at - LAST))

    def inside(at: datetime) -> int:
        return sum(stay.came_at <= at and (stay.left_at is None or stay.left_at >= at) for stay in stays)

    known = sorted((at, word) for word, at in moments if at is not None)
    return [{"at": _at(at), "what": word, "present": inside(at)} for at, word in known]


def _item(item: Any, notes: dict[int | None, MinuteNote]) -> dict[str, Any]:
    note = notes.get(item.pk)
    return {
        "title": item.title,
        "text": item.text,
        "proposal": item.proposal_id,
        "started_at": _at(item.started_at),
        "ended_at": _at(item.ended_at),
        "speakers": [
            {
                "name": turn.citizen.name,
                "at": _at(turn.started_at),
                "seconds": int(turn.spoken.total_seconds()),
                "reply": turn.reply,
            }
            for turn in item.turns.given().select_related("citizen").order_by("started_at")
        ],
        "motions": [
            _motion(motion) for motion in item.motions.prefetch_related("shows").select_related("mover", "about")
        ],
        "decisions": [_decision(decision) for decision in item.decisions.select_related("proposal").order_by("pk")],
        "note": note.text if note else "",
    }


def _motion(motion: Motion) -> dict[str, Any]:
    show = motion.show
    asked = motion.item.proposal if motion.kind == Motion.Kind.WORDING and motion.item else None
    before = asked.text if asked else ""
    return {
        "kind": motion.kind,
        "mover": motion.mover.name,
        "moved_at": _at(motion.moved_at),
        "title": str(motion),
        "text": motion.text,
        "changes": [[piece.kind, piece.text] for piece in differences(before, motion.text)] if before else [],
        "answer": motion.answer,
        "withdrawn": motion.withdrawn_at is not None,
        "counted": show is not None,
        "yes": show.yes if show else 0,
        "no": show.no if show else 0,
        "abstain": show.abstain if show else 0,
        "carried": motion.carried,
        "late": bool(show and show.late),
        "counted_at": _at(show.counted_at) if show else None,
        "entered_at": _at(show.entered_at) if show else None,
    }


def _decision(decision: Any) -> dict[str, Any]:
    version = getattr(decision, "policy_version", None)
    said: dict[str, Any] = {
        "decision": decision.pk,
        "opens_at": _at(decision.opens_at),
        "closes_at": _at(decision.closes_at),
        "electorate": decision.electorate or 0,
        "roll": decision.roll or 0,
        "voters": decision.voters or 0,
        "outcome": decision.outcome or "",
        "words": choice_in_words(decision) if decision.is_choice and decision.closed_at else outcome_in_words(decision),
        "policy": version.policy_id if version else None,
        "late": decision.hand_counts.filter(said_at__isnull=False).exists(),
        "channels": {name: figures["voters"] for name, figures in (decision.channels or {}).items()},
    }
    if not decision.is_choice:
        said |= {"yes": decision.yes or 0, "no": decision.no or 0, "abstain": decision.abstain or 0}
    return said
