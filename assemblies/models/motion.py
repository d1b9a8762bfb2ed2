"""Motions from the floor of a session, and the shows of hands that decide them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .agenda_item import AgendaItem
from .citizen import Citizen
from .entry import record
from .session import IN_SESSION, Session, in_open_session, led_by

LATE = timedelta(minutes=2)  # what is entered so long after it was counted is shown as entered late


class MotionQuerySet(models.QuerySet["Motion"]):
    def move(
        self,
        session: Session,
        *,
        kind: str,
        mover: Citizen,
        by: Citizen,
        text: str = "",
        takes: AgendaItem | None = None,
        about: Session | None = None,
    ) -> Motion:
        """Put a motion from the floor: the mover does, or the desk for them."""
        at = now()
        if by != mover and not session.door_kept_by(by, at):
            raise Refusal(16, _("A motion is put by its mover, or for them at the desk."))
        if not session.present(at).filter(pk=mover.pk).exists():
            raise Refusal(3, _("Only who is checked in moves anything here."))
        item = session.current()
        text = text.strip()
        if kind == Motion.Kind.WORDING and (item is None or item.proposal is None):
            raise Refusal(20, _("A change of wording is moved under a point that has a proposal."), status=CONFLICT)
        if kind in Motion.IN_WORDS and not text:
            raise Refusal(17, _("Say what is moved."), status=UNFIT)
        with act():
            motion = self.create(
                session=session,
                item=item,
                kind=kind,
                mover=mover,
                entered_by=by,
                text=text,
                takes=takes,
                about=about,
            )
            motion.refresh_from_db()
            record(
                "motion.moved",
                motion,
                log=session.assembly.log_id,
                by=by,
                at=motion.moved_at,
                session=session.pk,
                motion=kind,
                text=text,
                personal={"mover": (mover, mover.name)},
            )
        return motion


class Motion(models.Model):
    """Something moved in the hall. It orders the session; it makes no policy, for nothing is deliberated so fast.

    They are voted in the order in which `Kind` names them: what concerns the order of the session first, a text
    after it, and within one kind as they were moved.
    """

    class Kind(models.TextChoices):
        POINT = "point", gettext_lazy("point of order")
        ADJOURN = "adjourn", gettext_lazy("end the session")
        CLOSE = "close", gettext_lazy("end the debate on this point")
        ORDER = "order", gettext_lazy("take another point next")
        PROCEDURE = "procedure", gettext_lazy("another matter of procedure")
        WORDING = "wording", gettext_lazy("other words for the proposal")
        MINUTES = "minutes", gettext_lazy("adopt the minutes of an earlier session")
        CORRECTION = "correction", gettext_lazy("correct minutes that were adopted")

    IN_WORDS = (Kind.POINT, Kind.PROCEDURE, Kind.WORDING, Kind.CORRECTION)

    session = models.ForeignKey(Session, models.PROTECT, related_name="motions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="motions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    mover = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(db_default=CivicNow())
    text = models.TextField(blank=True, max_length=50_000)
    takes = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="+")
    about = models.ForeignKey(Session, models.PROTECT, null=True, related_name="motions_about")
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = MotionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="motion_says_what",
                condition=Q(kind="order", takes__isnull=False, about__isnull=True)
                | Q(kind="minutes", takes__isnull=True, about__isnull=False)
                | Q(kind="correction", takes__isnull=True, about__isnull=False) & ~Q(text="")
                | Q(kind="wording", takes__isnull=True, about__isnull=True, item__isnull=False) & ~Q(text="")
                | Q(kind__in=["point", "procedure"], takes__isnull=True, about__isnull=True) & ~Q(text="")
                | Q(kind__in=["adjourn", "close"], takes__isnull=True, about__isnull=True),
            ),
            models.CheckConstraint(
                name="motion_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False, kind="point") & ~Q(answer=""),
            ),
        ]
        triggers = [
            *fixed(17, "What was moved in a session stays on record.", delete_only=True),
            checked(
                "moved",
                pgtrigger.Insert,
                *in_open_session(shared=False),
                refuse(
                    3,
                    "NOT was_in(NEW.mover_id, hall.id, at) OR NOT is_citizen(NEW.mover_id, hall.assembly_id, at)",
                    "Only who is checked in moves anything here.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NEW.entered_by_id <> NEW.mover_id AND NOT keeps_door(NEW.entered_by_id, hall.id, at)",
                    "A motion is put by its mover, or for them at the desk.",
                    FORBIDDEN,
                ),
                refuse(
                    17,
                    "NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_agendaitem i"
                    " WHERE i.id = NEW.item_id AND i.session_id = hall.id AND i.started_at IS NOT NULL"
                    " AND i.ended_at IS NULL)",
                    "A motion is put under the point that is under way.",
                ),
                refuse(
                    20,
                    "NEW.kind = 'wording' AND NOT EXISTS (SELECT FROM assemblies_agendaitem i"
                    " WHERE i.id = NEW.item_id AND i.proposal_id IS NOT NULL)",
                    "A change of wording is moved under a point that has a proposal.",
                ),
                refuse(
                    17,
                    "NEW.kind = 'order' AND NOT EXISTS (SELECT FROM assemblies_agendaitem i"
                    " WHERE i.id = NEW.takes_id AND i.session_id = hall.id AND i.started_at IS NULL)",
                    "Only a point of this session that has not begun is taken next.",
                ),
                refuse(
                    17,
                    "NEW.kind IN ('minutes', 'correction') AND NOT EXISTS (SELECT FROM assemblies_session s"
                    " WHERE s.id = NEW.about_id AND s.assembly_id = hall.assembly_id AND s.closed_at < hall.opened_at"
                    " AND EXISTS (SELECT FROM assemblies_minutes m WHERE m.session_id = s.id)"
                    " = (NEW.kind = 'correction'))",
                    "Minutes are adopted once, and corrected after that, in a later session of the same assembly.",
                ),
                refuse(
                    17,
                    "NEW.answered_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
                    "A motion is put before anything comes of it.",
                    FORBIDDEN,
                ),
                "NEW.moved_at := at;",
                declare=IN_SESSION,
            ),
            checked(
                "went_on",
                pgtrigger.Update,
                unchanged(
                    17,
                    "A motion stays as it was put.",
                    "session_id",
                    "item_id",
                    "kind",
                    "mover_id",
                    "entered_by_id",
                    "moved_at",
                    "text",
                    "takes_id",
                    "about_id",
                ),
                *in_open_session(shared=False),
                refuse(
                    17,
                    "OLD.withdrawn_at IS NOT NULL OR OLD.answered_at IS NOT NULL"
                    " OR EXISTS (SELECT FROM assemblies_showofhands h WHERE h.motion_id = NEW.id)",
                    "This motion has been dealt with.",
                ),
                "IF NEW.answered_at IS NOT NULL THEN NEW.answered_at := at;",
                led_by("answered_by_id"),
                "ELSE NEW.withdrawn_at := at; END IF;",
                declare=IN_SESSION,
            ),
        ]

    def __str__(self) -> str:
        if self.takes:
            return _("Take “%(item)s” next") % {"item": self.takes}
        if self.kind == self.Kind.MINUTES:
            return _("Adopt the minutes: %(session)s") % {"session": self.about}
        if self.kind in (self.Kind.WORDING, self.Kind.CORRECTION) or not self.text:
            return str(self.Kind(self.kind).label).capitalize()
        return self.text.splitlines()[0][:120]

    @property
    def show(self) -> ShowOfHands | None:
        """The show of hands that stands: the last one entered."""
        return max(self.shows.all(), key=lambda show: show.pk, default=None)

    @property
    def carried(self) -> bool:
        return self.show is not None and self.show.carried

    @property
    def decided_at(self) -> datetime | None:
        return self.show.counted_at if self.show else None

    @property
    def pending(self) -> bool:
        return self.withdrawn_at is None and self.answered_at is None and self.show is None

    def answer_point(self, *, by: Citizen, answer: str) -> None:
        """Whoever leads the session answers a point of order; the answer stands in the minutes."""
        self.session.only_leader(by)
        if self.kind != self.Kind.POINT:
            raise Refusal(17, _("This motion is decided by the hall."), status=CONFLICT)
        if not answer.strip():
            raise Refusal(17, _("Say what the answer is: it stands in the minutes."), status=UNFIT)
        with act():
            if not Motion.objects.filter(pk=self.pk, answered_at=None, withdrawn_at=None).update(
                answered_at=CivicNow(), answered_by=by, answer=answer.strip()
            ):
                raise Refusal(17, _("This motion has been dealt with."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "motion.answered",
                self,
                log=self.session.assembly.log_id,
                by=by,
                at=self.answered_at,
                session=self.session_id,
                answer=self.answer,
            )

    def withdraw(self, *, by: Citizen) -> None:
        if by != self.mover and not self.session.door_kept_by(by, now()):
            raise Refusal(16, _("A motion is taken back by its mover, or for them at the desk."))
        with act():
            if not Motion.objects.filter(pk=self.pk, withdrawn_at=None).update(withdrawn_at=CivicNow()):
                raise Refusal(17, _("This motion has been dealt with."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "motion.withdrawn",
                self,
                log=self.session.assembly.log_id,
                by=by,
                at=self.withdrawn_at,
                session=self.session_id,
            )

    def before(self) -> Motion | None:
        """The motion that is to be voted before this one, if there is any."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT motion_before(%s)", [self.pk])
            (first,) = cursor.fetchone()
        return Motion.objects.filter(pk=first).first()


class ShowOfHandsQuerySet(models.QuerySet["ShowOfHands"]):
    def enter(
        self,
        motion: Motion,
        *,
        by: Citizen,
        yes: int,
        no: int,
        abstain: int,
        counted_at: datetime | None = None,
        reason: str = "",
    ) -> ShowOfHands:
        """What a teller, or whoever leads the session, has counted. The last one stands; a later one says why.

        `counted_at`: when the hands were up, for what is entered late because the network was away.
        """
        from .minutes import Minutes

        session, at = motion.session, now()
        if not session.door_kept_by(by, at):
            raise Refusal(16, _("Hands are counted by a teller, or by whoever leads the session."))
        if min(yes, no, abstain) < 0:
            raise Refusal(2, _("Hands are counted from nought upwards."), status=UNFIT)
        if (first := motion.before()) is not None:
            raise Refusal(17, _("“%(motion)s” is voted on first.") % {"motion": first}, status=CONFLICT)
        reason = reason.strip()
        with act():
            show = self.create(
                motion=motion,
                by=by,
                yes=yes,
                no=no,
                abstain=abstain,
                reason=reason,
                **({"counted_at": counted_at} if counted_at else {}),
            )
            show.refresh_from_db()
            told: dict[str, Any] = {"reason": reason} if reason else {}
            record(
                "hands.shown",
                motion,
                log=session.assembly.log_id,
                by=by,
                at=show.counted_at,
                session=session.pk,
                yes=yes,
                no=no,
                abstain=abstain,
                entered_late=show.late,
                **told,
            )
            if motion.kind == Motion.Kind.MINUTES and show.carried:
                Minutes.objects.adopt(motion, by=by)
        return show


class ShowOfHands(models.Model):
    """One count of the hands on one motion. Each stays; the last one is what the hall decided."""

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="shows")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    yes = models.PositiveIntegerField()
    no = models.PositiveIntegerField()
    abstain = models.PositiveIntegerField()
    counted_at = models.DateTimeField(db_default=CivicNow())
    entered_at = models.DateTimeField(db_default=CivicNow())
    reason = models.CharField(max_length=500, blank=True)

    objects = ShowOfHandsQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = gettext_lazy("shows of hands")
        triggers = [
            *fixed(2, "A show of hands stays as it was entered: it is corrected by another."),
            checked(
                "entered",
                pgtrigger.Insert,
                "SELECT * INTO STRICT moved FROM assemblies_motion WHERE id = NEW.motion_id;",
                *in_open_session("moved.session_id", shared=False),
                refuse(
                    16,
                    "NOT keeps_door(NEW.by_id, hall.id, at)",
                    "Hands are counted by a teller, or by whoever leads the session.",
                    FORBIDDEN,
                ),
                refuse(
                    17,
                    "moved.kind = 'point' OR moved.withdrawn_at IS NOT NULL",
                    "There is nothing to vote on: a point of order is answered, and what was taken back is gone.",
                ),
                refuse(
                    17,
                    "motion_before(NEW.motion_id) IS NOT NULL",
                    "Another motion comes first, in the order in which motions are voted.",
                ),
                "NEW.entered_at := at;",
                "IF NEW.counted_at > at - interval '2 minutes' THEN NEW.counted_at := at; END IF;",
                refuse(
                    17,
                    "NEW.counted_at < hall.opened_at",
                    "Hands are counted while the session is open.",
                    UNFIT,
                ),
                refuse(
                    2,
                    "NEW.yes::bigint + NEW.no + NEW.abstain > (SELECT count(*) FROM assemblies_attendance a"
                    " WHERE a.session_id = hall.id AND a.came_at <= at"
                    " AND (a.left_at IS NULL OR a.left_at > least(NEW.counted_at, at)))",
                    "More hands are counted than people are checked in.",
                ),
                refuse(
                    17,
                    "NEW.reason = '' AND EXISTS (SELECT FROM assemblies_showofhands h"
                    " WHERE h.motion_id = NEW.motion_id)",
                    "Say what is corrected: the earlier count stays on record.",
                    UNFIT,
                ),
                refuse(
                    17,
                    "moved.kind = 'minutes' AND EXISTS (SELECT FROM assemblies_minutes m"
                    " WHERE m.session_id = moved.about_id)",
                    "Minutes that were adopted stay adopted: what is wrong in them is corrected beside them.",
                ),
                declare=[*IN_SESSION, ("moved", "assemblies_motion%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.yes} / {self.no} / {self.abstain}"

    @property
    def carried(self) -> bool:
        return self.yes > self.no

    @property
    def late(self) -> bool:
        return self.entered_at - self.counted_at >= LATE
