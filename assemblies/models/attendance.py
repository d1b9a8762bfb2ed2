"""Who is in the hall, from when to when: everybody who came, left, and came back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import HALL, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .citizenship import period
from .entry import record
from .session import IN_SESSION, Session, moment

KEEPS_THE_DOOR = "Who comes and who leaves is noted by a teller, or by whoever leads the session."


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def at(self, at: datetime) -> AttendanceQuerySet:
        return self.filter(Q(left_at=None) | Q(left_at__gt=at), came_at__lte=at)

    def check_in(
        self,
        session: Session,
        citizen: Citizen,
        *,
        by: Citizen,
        how: str,
        by_hand: bool = False,
        said_at: datetime | None = None,
    ) -> Attendance:
        """Note that somebody is in the hall. They vote and speak in this session from now on.

        `by_hand`: they have no device with them. `said_at`: what the list at the door says, when it is entered late.
        """
        at = now()
        if not session.door_kept_by(by, at):
            raise Refusal(16, _(KEEPS_THE_DOOR))
        if not session.doors_open(at):
            raise Refusal(17, _("Nobody is checked in now: the doors of this session are closed."), status=CONFLICT)
        if not citizen.is_citizen_of(session.assembly, at):
            raise Refusal(
                3,
                _("%(name)s is no citizen of %(assembly)s: they may listen, and have no vote here.")
                % {"name": citizen, "assembly": session.assembly},
                status=UNFIT,
            )
        inside = self.at(at).filter(session=session, citizen=citizen).first()
        if inside is not None:
            raise Refusal(
                2,
                _("%(name)s is checked in already, since %(moment)s.")
                % {"name": citizen, "moment": moment(inside.came_at)},
                status=CONFLICT,
            )
        with act():
            attendance = self.create(
                session=session, citizen=citizen, noted_by=by, how=how, by_hand=by_hand, said_at=said_at
            )
            attendance.refresh_from_db()
            late: dict[str, Any] = {"said_at": said_at} if said_at else {}
            record(
                "attendance.begun",
                attendance,
                log=session.assembly.log_id,
                by=by,
                at=attendance.came_at,
                session=session.pk,
                how=how,
                personal={"citizen": (citizen, citizen.name)},
                **late,
            )
        return attendance


class Attendance(models.Model):
    """One stay of one citizen in the hall of one session, over [came_at, left_at)."""

    class How(models.TextChoices):
        CODE = "code", gettext_lazy("by their code")
        DESK = "desk", gettext_lazy("found by name at the desk")

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendances")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="attendances")
    how = models.CharField(max_length=10, choices=How.choices)
    by_hand = models.BooleanField(default=False)
    came_at = models.DateTimeField(db_default=CivicNow())
    noted_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    said_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_noted_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    objects = AttendanceQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["came_at", "pk"]
        constraints = [
            ExclusionConstraint(
                name="attendance_once_at_a_time",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("This person is checked in already."),
                expressions=[
                    (period("came_at", "left_at"), RangeOperators.OVERLAPS),
                    ("session", RangeOperators.EQUAL),
                    ("citizen", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(name="attendance_how", condition=Q(how__in=["code", "desk"])),
            models.CheckConstraint(
                name="attendance_left_whole",
                condition=Q(left_at__isnull=True, left_noted_by__isnull=True)
                | Q(left_at__isnull=False, left_noted_by__isnull=False, left_at__gte=models.F("came_at")),
            ),
        ]
        triggers = [
            *fixed(17, "Who was in the hall stays on record.", delete_only=True),
            checked(
                "came",
                pgtrigger.Insert,
                # One after another: two tables at the door would wait for each other at the constraint.
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "at := civic_now();",
                refuse(
                    17,
                    "hall.closed_at IS NOT NULL OR at < hall.begins_at - interval '2 hours'"
                    " OR EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = hall.id)",
                    "Nobody is checked in now: the doors of this session are closed.",
                ),
                refuse(
                    3,
                    "NOT is_citizen(NEW.citizen_id, hall.assembly_id, at)",
                    "Only citizens of the assembly are checked in.",
                    FORBIDDEN,
                ),
                refuse(16, "NOT keeps_door(NEW.noted_by_id, hall.id, at)", KEEPS_THE_DOOR, FORBIDDEN),
                refuse(17, "NEW.left_at IS NOT NULL", "Somebody comes before they leave.", FORBIDDEN),
                refuse(
                    17,
                    "NEW.said_at > at OR NEW.said_at < hall.begins_at - interval '2 hours'",
                    "What is entered late happened while the doors were open.",
                    UNFIT,
                ),
                "NEW.came_at := at;",
                declare=IN_SESSION,
            ),
            checked(
                "left",
                pgtrigger.Update,
                unchanged(
                    17,
                    "Who came stays as it was noted.",
                    "session_id",
                    "citizen_id",
                    "how",
                    "by_hand",
                    "came_at",
                    "noted_by_id",
                    "said_at",
                ),
                lock(HALL, "NEW.session_id", shared=True),
                "at := civic_now();",
                refuse(17, "OLD.left_at IS NOT NULL", "That they left has been noted already."),
                refuse(
                    16,
                    "NEW.left_noted_by_id IS NULL OR NEW.left_noted_by_id <> NEW.citizen_id"
                    " AND NOT keeps_door(NEW.left_noted_by_id, NEW.session_id, at)",
                    KEEPS_THE_DOOR,
                    FORBIDDEN,
                ),
                "NEW.left_at := at;",
                declare=IN_SESSION[1:],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen}"

    def leave(self, *, by: Citizen) -> None:
        """Note that they leave the hall: whoever keeps the door does, or they themselves. They may come back."""
        if by != self.citizen and not self.session.door_kept_by(by, now()):
            raise Refusal(16, _(KEEPS_THE_DOOR))
        with act():
            left = Attendance.objects.filter(pk=self.pk, left_at=None).update(left_at=CivicNow(), left_noted_by=by)
            if not left:
                raise Refusal(17, _("That they left has been noted already."), status=CONFLICT)
            self.refresh_from_db()
            self.session.turns.waiting().filter(citizen=self.citizen).update(withdrawn_at=CivicNow(), withdrawn_by=by)
            record(
                "attendance.ended",
                self,
                log=self.session.assembly.log_id,
                by=by,
                at=self.left_at,
                session=self.session_id,
                personal={"citizen": (self.citizen, self.citizen.name)},
            )
