"""The speakers' list of a session: hands that went up, who was called, and how long they spoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..speaking import Hand, order
from ..triggers import checked, fixed, refuse, unchanged
from .agenda_item import AgendaItem
from .citizen import Citizen
from .entry import record
from .session import IN_SESSION, Session, in_open_session, led_by


class SpeakingTurnQuerySet(models.QuerySet["SpeakingTurn"]):
    def waiting(self) -> SpeakingTurnQuerySet:
        """Hands that are up: neither called to speak nor withdrawn, or called and not yet speaking."""
        return self.filter(started_at=None, withdrawn_at=None)

    def given(self) -> SpeakingTurnQuerySet:
        return self.filter(started_at__isnull=False)

    def raise_hand(
        self, session: Session, citizen: Citizen, *, by: Citizen, side: str = "", reply: bool = False
    ) -> SpeakingTurn:
        """Ask to speak on the point under way, on one's own phone or at the desk."""
        at = now()
        if by != citizen and not session.door_kept_by(by, at):
            raise Refusal(16, _("A hand is raised by the speaker, or for them at the desk."))
        if not session.present(at).filter(pk=citizen.pk).exists():
            raise Refusal(3, _("Only who is checked in speaks here."))
        item = session.current()
        if item is None:
            raise Refusal(17, _("No point of the agenda is under way."), status=CONFLICT)
        if session.alternates and side not in (session.first_list, session.second_list):
            raise Refusal(
                17,
                _("Say on which list: “%(first)s” or “%(second)s”.")
                % {"first": session.first_list, "second": session.second_list},
                status=UNFIT,
            )
        with act():
            turn = self.create(
                session=session,
                item=item,
                citizen=citizen,
                side=side if session.alternates else "",
                reply=reply,
                raised_by=by,
            )
            turn.refresh_from_db()
            turn._note("turn.asked", by, turn.raised_at)
        return turn


class SpeakingTurn(models.Model):
    """One hand that went up on one point, and what came of it."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="turns")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="turns")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    side = models.CharField(max_length=60, blank=True)
    reply = models.BooleanField(default=False)
    raised_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(db_default=CivicNow())
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    objects = SpeakingTurnQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "citizen"],
                condition=Q(started_at__isnull=True, withdrawn_at__isnull=True),
                name="turn_one_hand_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("Your hand is up already."),
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="turn_one_speaker_at_a_time",
                violation_error_code="article-17",
                violation_error_message=gettext_lazy("Somebody is speaking: let them end first."),
            ),
            models.CheckConstraint(
                name="turn_in_its_order",
                condition=(Q(started_at__isnull=True) | Q(called_at__isnull=False, withdrawn_at__isnull=True))
                & (Q(ended_at__isnull=True) | Q(started_at__isnull=False))
                & (
                    Q(called_at__isnull=True, called_by__isnull=True)
                    | Q(called_at__isnull=False, called_by__isnull=False)
                )
                & (
                    Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                    | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                ),
            ),
        ]
        triggers = [
            *fixed(17, "A hand that went up stays on record.", delete_only=True),
            checked(
                "raised",
                pgtrigger.Insert,
                *in_open_session(),
                refuse(
                    3,
                    "NOT was_in(NEW.citizen_id, hall.id, at) OR NOT is_citizen(NEW.citizen_id, hall.assembly_id, at)",
                    "Only who is checked in speaks here.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NEW.raised_by_id <> NEW.citizen_id AND NOT keeps_door(NEW.raised_by_id, hall.id, at)",
                    "A hand is raised by the speaker, or for them at the desk.",
                    FORBIDDEN,
                ),
                refuse(
                    17,
                    "NOT EXISTS (SELECT FROM assemblies_agendaitem i WHERE i.id = NEW.item_id"
                    " AND i.session_id = NEW.session_id AND i.started_at IS NOT NULL AND i.ended_at IS NULL)",
                    "One speaks on the point that is under way.",
                ),
                refuse(
                    17,
                    "NEW.called_at IS NOT NULL OR NEW.started_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
                    "A hand goes up before anything comes of it.",
                    FORBIDDEN,
                ),
                "NEW.raised_at := at;",
                declare=IN_SESSION,
            ),
            checked(
                "went_on",
                pgtrigger.Update,
                unchanged(
                    17,
                    "A hand that went up stays as it was.",
                    "session_id",
                    "item_id",
                    "citizen_id",
                    "side",
                    "reply",
                    "raised_by_id",
                    "raised_at",
                ),
                *in_open_session(),
                refuse(
                    17,
                    "OLD.ended_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL",
                    "This turn is over.",
                ),
                "IF NEW.withdrawn_at IS NOT NULL THEN",
                refuse(17, "OLD.started_at IS NOT NULL", "This speaker is speaking already."),
                refuse(
                    16,
                    "NEW.withdrawn_by_id IS DISTINCT FROM NEW.citizen_id"
                    " AND NOT coalesce(keeps_door(NEW.withdrawn_by_id, hall.id, at), FALSE)",
                    "A hand is taken down by the speaker, or for them at the desk.",
                    FORBIDDEN,
                ),
                "NEW.withdrawn_at := at;",
                "ELSIF OLD.called_at IS NULL THEN",
                "NEW.called_at := at;",
                led_by("called_by_id"),
                refuse(17, "NEW.started_at IS NOT NULL", "A speaker is called before they speak.", FORBIDDEN),
                "ELSE",
                unchanged(17, "A speaker is called once.", "called_at", "called_by_id"),
                "IF OLD.started_at IS NULL AND NEW.started_at IS NOT NULL THEN NEW.started_at := at;"
                " ELSE NEW.started_at := OLD.started_at; END IF;",
                "IF NEW.ended_at IS NOT NULL THEN NEW.ended_at := at; END IF;",
                "END IF;",
                declare=IN_SESSION,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen}"

    @property
    def spoken(self) -> timedelta:
        """How long they have spoken; nothing before they began."""
        if self.started_at is None:
            return timedelta()
        return (self.ended_at or now()) - self.started_at

    @property
    def speaking(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    def call(self, *, by: Citizen) -> None:
        """Call this speaker: the first of the list, in the order that the session states."""
        self.session.only_leader(by)
        with act():
            Session.objects.select_for_update().get(pk=self.session_id)
            first = next((turn for turn in queue(self.session) if turn.called_at is None), None)
            if first is not None and first.pk != self.pk and self.called_at is None and self.withdrawn_at is None:
                raise Refusal(
                    17,
                    _("%(name)s comes first, by the order of speaking of this session.") % {"name": first.citizen},
                    status=CONFLICT,
                )
            self._go_on("turn.called", by, {"called_at": None, "withdrawn_at": None}, called_by=by)

    def begin(self, *, by: Citizen) -> None:
        self.session.only_leader(by)
        with act():
            self._go_on("turn.started", by, {"called_at__isnull": False, "started_at": None, "withdrawn_at": None})

    def end(self, *, by: Citizen) -> None:
        if by != self.citizen:
            self.session.only_leader(by)
        with act():
            self._go_on("turn.ended", by, {"started_at__isnull": False, "ended_at": None})

    def withdraw(self, *, by: Citizen) -> None:
        """Take the hand down: the speaker does, or the desk for them."""
        if by != self.citizen and not self.session.door_kept_by(by, now()):
            raise Refusal(16, _("A hand is taken down by the speaker, or for them at the desk."))
        with act():
            self._go_on("turn.withdrawn", by, {"started_at": None, "withdrawn_at": None}, withdrawn_by=by)

    def _go_on(self, kind: str, by: Citizen, still: dict[str, object], **more: object) -> None:
        """One step, once: of two that come at the same time the second is told so."""
        field = f"{kind.partition('.')[2]}_at"
        if not SpeakingTurn.objects.filter(pk=self.pk, **still).update(**{field: CivicNow()}, **more):
            raise Refusal(17, _("That has been done already, or the hand was taken down."), status=CONFLICT)
        self.refresh_from_db(fields=["called_at", "called_by", "started_at", "ended_at", "withdrawn_at"])
        self._note(kind, by, getattr(self, field))

    def _note(self, kind: str, by: Citizen, at: object) -> None:
        record(
            kind,
            self,
            log=self.session.assembly.log_id,
            by=by,
            at=at,  # type: ignore[arg-type]
            session=self.session_id,
            item=self.item_id,
            personal={"citizen": (self.citizen, self.citizen.name)},
        )


def _hand(turn: SpeakingTurn) -> Hand:
    return Hand(turn.citizen_id, (turn.raised_at, turn.pk), turn.side, turn.reply)


def queue(session: Session) -> list[SpeakingTurn]:
    """The hands that are up, in the order in which they are called; who has been called comes first."""
    turns = list(session.turns.select_related("citizen", "item"))
    item = session.current()
    waiting = [turn for turn in turns if turn.started_at is None and turn.withdrawn_at is None]
    called = [turn for turn in waiting if turn.called_at is not None]
    spoken = [turn for turn in turns if turn.started_at and item and turn.item_id == item.pk]
    spoken.sort(key=lambda turn: turn.started_at or turn.raised_at)
    asking = {_hand(turn): turn for turn in waiting if turn.called_at is None}
    hands = order(
        list(asking),
        [_hand(turn) for turn in [*spoken, *called]],
        first_time_first=session.speaking == Session.Speaking.FIRST_TIME,
        sides=(session.first_list, session.second_list) if session.alternates else (),
    )
    called.sort(key=lambda turn: turn.called_at or turn.raised_at)
    return called + [asking[hand] for hand in hands]


@dataclass(frozen=True)
class Statistics:
    """Who spoke how often and how long in a session."""

    speakers: int
    speeches: int
    seconds: int
    once: int
    present: int

    @property
    def share(self) -> int:
        """How many of a hundred of those who were in the hall spoke at all."""
        return round(100 * self.speakers / self.present) if self.present else 0


def statistics(session: Session) -> Statistics:
    given = list(session.turns.given())
    times: dict[int, int] = {}
    for turn in given:
        times[turn.citizen_id] = times.get(turn.citizen_id, 0) + 1
    return Statistics(
        speakers=len(times),
        speeches=len(given),
        seconds=int(sum(turn.spoken.total_seconds() for turn in given)),
        once=sum(n == 1 for n in times.values()),
        present=session.attendances.values("citizen").distinct().count(),
    )
