"""The face-to-face assembly: a session in the hall, from its call to its close."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import HALL, at_the_end, checked, fixed, lock, refuse, unchanged
from .assembly import Assembly
from .citizen import Citizen
from .entry import record
from .office import Office
from .proposal import Proposal

if TYPE_CHECKING:
    from .agenda_item import AgendaItem

DOORS_OPEN = timedelta(hours=2)  # so long before the beginning people are checked in
LONGEST = timedelta(hours=12)

# Steps of triggers in an open session: `hall` is the session, `at` the moment. The lock keeps the moments of those who
# come, and of the votes whose electorate they are, in one order.
IN_SESSION = [("hall", "assemblies_session%ROWTYPE"), ("at", "timestamptz")]


def in_open_session(column: str = "NEW.session_id", *, shared: bool = True) -> list[str]:
    return [
        lock(HALL, column, shared=shared),
        f"SELECT * INTO STRICT hall FROM assemblies_session WHERE id = {column};",  # noqa: S608
        "at := civic_now();",
        refuse(17, "hall.opened_at IS NULL", "The session has not been opened yet."),
        refuse(17, "hall.closed_at IS NOT NULL", "The session is closed."),
    ]


def led_by(column: str) -> str:
    return refuse(
        16,
        f"NEW.{column} IS NULL OR NOT leads_session(NEW.{column}, hall.id, at)",
        "A facilitator leads the session, or the office-holder who has taken it over.",
        FORBIDDEN,
    )


@dataclass(frozen=True)
class Point:
    """One point of an agenda before it stands: its title, a proposal to be decided under it, and its minutes."""

    title: str
    proposal: Proposal | None = None
    text: str = ""
    minutes: int | None = None


class SessionQuerySet(models.QuerySet["Session"]):
    def standing(self) -> SessionQuerySet:
        return self.filter(cancellation=None)

    def coming(self) -> SessionQuerySet:
        return self.standing().filter(opened_at=None)

    def running(self) -> SessionQuerySet:
        return self.filter(opened_at__isnull=False, closed_at=None)

    def over(self) -> SessionQuerySet:
        return self.filter(closed_at__isnull=False)

    def call(
        self,
        assembly: Assembly,
        *,
        by: Citizen,
        place: str,
        begins_at: datetime,
        ends_at: datetime,
        points: Iterable[Point],
        **order: object,
    ) -> Session:
        """Call a session under the notice of the standing orders. `order` is that of speaking: see the fields."""
        from .agenda_item import AgendaItem

        points = list(points)
        if not points:
            raise Refusal(20, _("A session is called with an agenda: at least one point."), status=UNFIT)
        with act():
            at = now()
            if not by.holds(Office.Kind.FACILITATOR, assembly, at):
                raise Refusal(16, _("A facilitator of %(assembly)s calls its sessions.") % {"assembly": assembly})
            earliest = at + assembly.orders(at).notice
            if begins_at < earliest:
                raise Refusal(
                    20,
                    _("A session may begin from %(moment)s on: the standing orders ask for notice.")
                    % {"moment": moment(earliest)},
                    status=UNFIT,
                )
            session = self.create(
                assembly=assembly, called_by=by, place=place.strip(), begins_at=begins_at, ends_at=ends_at, **order
            )
            session.refresh_from_db()
            items = [AgendaItem.objects.put(session, point, by=by, position=n) for n, point in enumerate(points, 1)]
            record(
                "session.called",
                session,
                log=assembly.log_id,
                by=by,
                at=session.called_at,
                place=session.place,
                begins_at=begins_at,
                ends_at=ends_at,
                agenda=[item.title for item in items],
                proposals=[item.proposal_id for item in items if item.proposal_id],
            )
        return session


class Session(models.Model):
    """One meeting of one assembly, face to face.

    Its place and its times are changed by a `Rescheduling`, and it falls away by a `Cancellation`. It begins when it is
    opened and ends when it is closed, by whoever leads it.
    """

    class Speaking(models.TextChoices):
        FIRST_TIME = (
            "first-time",
            gettext_lazy("who has not spoken on the point comes first, then as hands went up"),
        )
        AS_RAISED = "as-raised", gettext_lazy("as hands went up")

    class Phase(models.TextChoices):
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        CALLED = "called", gettext_lazy("Called")
        RUNNING = "running", gettext_lazy("In session")
        OVER = "over", gettext_lazy("Closed")
        ADOPTED = "adopted", gettext_lazy("Minutes adopted")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="sessions")
    called_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(db_default=CivicNow())
    place = models.CharField(gettext_lazy("place"), max_length=200)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # The order of speaking, stated in the call. Two lists take turns where both are named.
    speaking = models.CharField(max_length=20, choices=Speaking.choices, default=Speaking.FIRST_TIME)
    speaking_seconds = models.PositiveIntegerField(default=180)
    first_list = models.CharField(max_length=60, blank=True)
    second_list = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    objects = SessionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-begins_at", "-pk"]
        indexes = [models.Index(fields=["assembly", "-begins_at"])]
        constraints = [
            models.CheckConstraint(
                name="session_has_a_place_and_a_time",
                condition=~Q(place="") & Q(ends_at__gt=F("begins_at")) & Q(ends_at__lte=F("begins_at") + LONGEST),
            ),
            models.CheckConstraint(
                name="session_order_of_speaking",
                condition=Q(speaking__in=["first-time", "as-raised"], speaking_seconds__gte=15)
                & (Q(first_list="", second_list="") | ~Q(first_list="") & ~Q(second_list="")),
            ),
            models.CheckConstraint(
                name="session_opened_and_closed_by_somebody",
                condition=(
                    Q(opened_at__isnull=True, opened_by__isnull=True)
                    | Q(opened_at__isnull=False, opened_by__isnull=False)
                )
                & (
                    Q(closed_at__isnull=True, closed_by__isnull=True)
                    | Q(closed_at__isnull=False, closed_by__isnull=False, opened_at__isnull=False)
                ),
            ),
        ]
        triggers = [
            *fixed(17, "A session is cancelled, never removed.", delete_only=True),
            checked(
                "called",
                pgtrigger.Insert,
                "NEW.called_at := civic_now();",
                refuse(
                    16,
                    "NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at)",
                    "A facilitator of the assembly calls its sessions.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.begins_at < later(NEW.called_at, (SELECT o.notice FROM assemblies_standingorders o"
                    " WHERE o.id = orders_in_force(NEW.assembly_id, NEW.called_at))) - interval '1 minute'",
                    "No session begins before the notice of the standing orders has passed.",
                ),
                refuse(
                    20,
                    "NEW.begins_at > later(NEW.called_at, interval '366 days')",
                    "A session is called at most a year ahead.",
                    UNFIT,
                ),
                refuse(17, "NEW.opened_at IS NOT NULL", "A session is called before it is opened.", FORBIDDEN),
            ),
            checked(
                "moves_on",
                pgtrigger.Update,
                unchanged(
                    17,
                    "A session that has been called keeps its assembly and its order.",
                    "assembly_id",
                    "called_by_id",
                    "called_at",
                    "speaking",
                    "speaking_seconds",
                    "first_list",
                    "second_list",
                ),
                lock(HALL, "NEW.id"),
                refuse(17, "OLD.closed_at IS NOT NULL", "The session is closed.", FORBIDDEN),
                refuse(
                    17,
                    "EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = NEW.id)",
                    "The session was cancelled.",
                ),
                "IF (NEW.place, NEW.begins_at, NEW.ends_at) IS DISTINCT FROM (OLD.place, OLD.begins_at, OLD.ends_at)"
                " THEN",
                refuse(
                    17,
                    "NOT EXISTS (SELECT FROM assemblies_rescheduling r WHERE r.id = (SELECT max(x.id)"
                    " FROM assemblies_rescheduling x WHERE x.session_id = NEW.id)"
                    " AND (r.place, r.begins_at, r.ends_at) = (NEW.place, NEW.begins_at, NEW.ends_at))",
                    "Place and time are changed by a rescheduling that says why.",
                    FORBIDDEN,
                ),
                "END IF;",
                "IF OLD.opened_at IS NULL AND NEW.opened_at IS NOT NULL THEN",
                "NEW.opened_at := civic_now();",
                refuse(
                    20,
                    "NEW.opened_at < NEW.begins_at",
                    "A session is not opened before the time it was called for.",
                ),
                refuse(
                    16,
                    "NOT leads_session(NEW.opened_by_id, NEW.id, NEW.opened_at)",
                    "A facilitator leads the session, or the office-holder who has taken it over.",
                    FORBIDDEN,
                ),
                "ELSE",
                unchanged(17, "A session is opened once.", "opened_at", "opened_by_id"),
                "END IF;",
                "IF NEW.closed_at IS NOT NULL THEN",
                "NEW.closed_at := civic_now();",
                refuse(
                    16,
                    "NOT leads_session(NEW.closed_by_id, NEW.id, NEW.closed_at)",
                    "A facilitator leads the session, or the office-holder who has taken it over.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "EXISTS (SELECT FROM assemblies_decision d JOIN assemblies_agendaitem i ON i.id = d.item_id"
                    " WHERE i.session_id = NEW.id AND d.closes_at > NEW.closed_at)",
                    "A vote is still open: close it first.",
                ),
                "END IF;",
            ),
            at_the_end(
                "leaves_nobody_behind",
                pgtrigger.Update,
                refuse(
                    17,
                    "NEW.closed_at IS NOT NULL AND EXISTS (SELECT FROM assemblies_attendance a"
                    " WHERE a.session_id = NEW.id AND a.left_at IS NULL)",
                    "When a session closes, everybody leaves.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        with timezone.override(self.assembly.time_zone):
            day = date_format(timezone.localtime(self.begins_at), pgettext("date", "j F Y"))
        return _("Session of %(assembly)s on %(day)s") % {"assembly": self.assembly, "day": day}

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.pk])

    @property
    def phase(self) -> str:
        if hasattr(self, "cancellation"):
            return self.Phase.CANCELLED
        if self.opened_at is None:
            return self.Phase.CALLED
        if self.closed_at is None:
            return self.Phase.RUNNING
        return self.Phase.ADOPTED if hasattr(self, "minutes") else self.Phase.OVER

    @property
    def running(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def alternates(self) -> bool:
        return bool(self.first_list and self.second_list)

    def doors_open(self, at: datetime) -> bool:
        """Whether people are checked in now."""
        return self.phase in (self.Phase.CALLED, self.Phase.RUNNING) and at >= self.begins_at - DOORS_OPEN

    def present(self, at: datetime) -> models.QuerySet[Citizen]:
        """Who was in the hall at that moment, and a citizen."""
        there = self.attendances.at(at).values("citizen")
        return self.assembly.citizens(at).filter(pk__in=there)

    def quorum(self, at: datetime) -> int:
        """How many have to take part in a vote in this session: a share of the whole roll, not of the hall."""
        return self.assembly.orders(at).quorum.needed(self.assembly.citizens(at).count())

    def agenda(self) -> list[AgendaItem]:
        """The points in the order in which they are taken: as called, and as the hall has voted to move them."""
        from .agenda_item import in_order
        from .motion import Motion

        items = list(self.items.select_related("proposal__author"))
        moves = [motion for motion in self.motions.filter(kind=Motion.Kind.ORDER) if motion.carried]
        return in_order(items, sorted(moves, key=lambda motion: motion.decided_at or motion.moved_at))

    def current(self) -> AgendaItem | None:
        """The point that is under way."""
        return self.items.filter(started_at__isnull=False, ended_at=None).select_related("proposal").first()

    def led_by(self, citizen: Citizen, at: datetime) -> bool:
        """Whether that person leads the session: a facilitator, or the last office-holder who took it over."""
        if citizen.holds(Office.Kind.FACILITATOR, self.assembly, at):
            return True
        last = self.takeovers.order_by("-pk").first()
        return (
            last is not None
            and last.citizen_id == citizen.pk
            and citizen.offices.in_force(at).filter(assembly=self.assembly).exists()
        )

    def door_kept_by(self, citizen: Citizen, at: datetime) -> bool:
        """Whether that person may check people in: a teller, or whoever leads the session."""
        return citizen.holds(Office.Kind.TELLER, self.assembly, at) or self.led_by(citizen, at)

    def only_leader(self, by: Citizen) -> None:
        if not self.led_by(by, now()):
            raise Refusal(16, _("A facilitator leads the session, or the office-holder who has taken it over."))

    def _still(self) -> Session:
        """The session as it is now, locked."""
        session = Session.objects.select_for_update(of=("self",)).select_related("assembly").get(pk=self.pk)
        if hasattr(session, "cancellation"):
            raise Refusal(17, _("The session was cancelled."), status=CONFLICT)
        return session

    def reschedule(
        self, *, by: Citizen, place: str, begins_at: datetime, ends_at: datetime, reason: str
    ) -> Rescheduling:
        """Move it to another place or time, under notice again where the time changes; everybody is told."""
        with act():
            session = self._still()
            if not by.holds(Office.Kind.FACILITATOR, session.assembly, now()):
                raise Refusal(16, _("A facilitator of %(assembly)s calls its sessions.") % {"assembly": self.assembly})
            if not reason.strip():
                raise Refusal(17, _("Say why: everybody who was called reads it."), status=UNFIT)
            if (session.place, session.begins_at, session.ends_at) == (place.strip(), begins_at, ends_at):
                raise Refusal(17, _("That is where and when it is called for already."), status=CONFLICT)
            change = Rescheduling.objects.create(
                session=session, by=by, place=place.strip(), begins_at=begins_at, ends_at=ends_at, reason=reason.strip()
            )
            change.refresh_from_db()
            Session.objects.filter(pk=self.pk).update(place=change.place, begins_at=begins_at, ends_at=ends_at)
            self.refresh_from_db()
            record(
                "session.rescheduled",
                self,
                log=self.assembly.log_id,
                by=by,
                at=change.at,
                place=change.place,
                begins_at=begins_at,
                ends_at=ends_at,
                reason=change.reason,
            )
        return change

    def cancel(self, *, by: Citizen, reason: str) -> Cancellation:
        """Call it off before it has been opened; everybody is told why."""
        with act():
            session = self._still()
            if not by.holds(Office.Kind.FACILITATOR, session.assembly, now()):
                raise Refusal(16, _("A facilitator of %(assembly)s calls its sessions.") % {"assembly": self.assembly})
            if not reason.strip():
                raise Refusal(17, _("Say why: everybody who was called reads it."), status=UNFIT)
            ending = Cancellation.objects.create(session=session, by=by, reason=reason.strip())
            ending.refresh_from_db()
            record("session.cancelled", self, log=self.assembly.log_id, by=by, at=ending.at, reason=ending.reason)
        return ending

    def open(self, *, by: Citizen) -> None:
        with act():
            session = self._still()
            session.only_leader(by)
            if session.opened_at is not None:
                raise Refusal(17, _("The session was opened already."), status=CONFLICT)
            Session.objects.filter(pk=self.pk).update(opened_at=CivicNow(), opened_by=by)
            self.refresh_from_db()
            record(
                "session.opened",
                self,
                log=self.assembly.log_id,
                by=by,
                at=self.opened_at,
                present=self.present(self.opened_at or now()).count(),
            )

    def close(self, *, by: Citizen) -> None:
        """Close it: the point under way ends, hands that are still up go down, and everybody leaves."""
        with act():
            session = self._still()
            session.only_leader(by)
            if session.opened_at is None:
                raise Refusal(17, _("The session has not been opened yet."), status=CONFLICT)
            if session.closed_at is not None:
                raise Refusal(17, _("The session was closed already."), status=CONFLICT)
            for turn in self.turns.filter(started_at__isnull=False, ended_at=None):
                turn.end(by=by)
            self.turns.waiting().update(withdrawn_at=CivicNow(), withdrawn_by=by)
            if (item := self.current()) is not None:
                item.end(by=by)
            present = self.present(now()).count()
            self.attendances.filter(left_at=None).update(left_at=CivicNow(), left_noted_by=by)
            Session.objects.filter(pk=self.pk).update(closed_at=CivicNow(), closed_by=by)
            self.refresh_from_db()
            record("session.closed", self, log=self.assembly.log_id, by=by, at=self.closed_at, present=present)

    def take_over(self, *, by: Citizen, reason: str) -> Takeover:
        """Lead the session from now on, as another office-holder of the assembly who is in the hall."""
        with act():
            session = self._still()
            if not reason.strip():
                raise Refusal(17, _("Say why: it stands in the minutes."), status=UNFIT)
            last = self.takeovers.order_by("-pk").first()
            if last is not None and last.citizen_id == by.pk:
                raise Refusal(16, _("You have taken the session over already."), status=CONFLICT)
            takeover = Takeover.objects.create(session=session, citizen=by, reason=reason.strip())
            takeover.refresh_from_db()
            record("session.taken_over", self, log=self.assembly.log_id, by=by, at=takeover.at, reason=takeover.reason)
        return takeover


def moment(at: datetime) -> str:
    """The next whole minute, in words: what is said can be typed."""
    minute = (at + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
    return date_format(timezone.localtime(minute), pgettext("date with time", "D j F Y, H:i"))


class Rescheduling(models.Model):
    """That a session was moved to this place and these times, by whom, when and why."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="reschedulings")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CivicNow())
    place = models.CharField(max_length=200)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)

    privileges = "SELECT, INSERT, UPDATE"  # to be locked by a sweep; no row changes

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="rescheduling_says_why", condition=~Q(reason="") & ~Q(place="")),
        ]
        triggers = [
            *fixed(17, "That a session was moved stays on record."),
            checked(
                "moved",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "NEW.at := civic_now();",
                refuse(
                    16,
                    "NOT holds_office(NEW.by_id, hall.assembly_id, 'facilitator', NEW.at)",
                    "A facilitator of the assembly calls its sessions.",
                    FORBIDDEN,
                ),
                refuse(17, "hall.opened_at IS NOT NULL", "A session that was opened is not moved."),
                refuse(
                    20,
                    "NEW.begins_at > later(NEW.at, interval '366 days')",
                    "A session is called at most a year ahead.",
                    UNFIT,
                ),
                # Another hall, the same hour: that can be said until the doors open. Another hour needs notice again.
                refuse(
                    20,
                    "NEW.begins_at <> hall.begins_at AND NEW.begins_at < later(NEW.at, (SELECT o.notice"
                    " FROM assemblies_standingorders o WHERE o.id = orders_in_force(hall.assembly_id, NEW.at)))"
                    " - interval '1 minute'",
                    "A session that is moved to another time needs the notice of the standing orders again.",
                ),
                declare=IN_SESSION[:1],
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Cancellation(models.Model):
    """That a session was called off, by whom, when and why."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="cancellation")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CivicNow())
    reason = models.CharField(max_length=500)

    privileges = "SELECT, INSERT, UPDATE"  # to be locked by a sweep; no row changes

    class Meta:
        constraints = [models.CheckConstraint(name="cancellation_says_why", condition=~Q(reason=""))]
        triggers = [
            *fixed(17, "That a session was cancelled stays on record."),
            checked(
                "cancelled",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "NEW.at := civic_now();",
                refuse(
                    16,
                    "NOT holds_office(NEW.by_id, hall.assembly_id, 'facilitator', NEW.at)",
                    "A facilitator of the assembly calls its sessions.",
                    FORBIDDEN,
                ),
                refuse(17, "hall.opened_at IS NOT NULL", "A session that was opened is closed, not cancelled."),
                declare=IN_SESSION[:1],
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Takeover(models.Model):
    """That an office-holder in the hall leads the session from then on; the last one stands."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="takeovers")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CivicNow())
    reason = models.CharField(max_length=500)

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="takeover_says_why", condition=~Q(reason=""))]
        triggers = [
            *fixed(17, "Who led a session stays on record."),
            checked(
                "taken",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "NEW.at := civic_now();",
                refuse(17, "hall.closed_at IS NOT NULL", "The session is closed."),
                refuse(
                    16,
                    "NOT EXISTS (SELECT FROM assemblies_office o WHERE o.citizen_id = NEW.citizen_id"
                    " AND holds_office(o.citizen_id, hall.assembly_id, o.kind, NEW.at))",
                    "Only who holds an office of the assembly takes a session over.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NOT was_in(NEW.citizen_id, NEW.session_id, NEW.at)",
                    "A session is led by somebody who is in the hall: check in first.",
                ),
                declare=IN_SESSION[:1],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen_id}"
