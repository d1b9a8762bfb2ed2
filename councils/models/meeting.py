"""Meetings of delegates: a day, an agenda of tasks and relayed texts, who was there, and what was done.

There is no vote in them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse
from mandates.models import Convocation, Mandate

from .council import Council, Seat

if TYPE_CHECKING:
    from .relay import Relay
    from .task import Task


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def call(self, council: Council, *, by: Citizen, at: datetime, place: str) -> Meeting:
        """Call the delegates together. After it each of them owes their assembly a report."""
        if not place.strip():
            raise Refusal(10, _("Say where the delegates meet."), status=UNFIT)
        with act():
            if not is_seated(by, council, now()):
                raise Refusal(4, _("Only a delegate with a mandate in force calls the delegates together."))
            meeting = self.create(confederation_id=council.pk, called_by=by, at=at, place=place.strip())
            meeting.refresh_from_db()
            record(
                "meeting.called",
                meeting,
                log=council.log_id,
                by=by,
                at=meeting.called_at,
                meets_at=meeting.at,
                place=meeting.place,
            )
        return meeting

    def noting(self, task: Task, at: datetime) -> MeetingQuerySet:
        """Those begun by then at which something done under that task can have been said: it, or a text relayed by it,
        was on the agenda."""
        items = AgendaItem.objects.filter(Q(task=task) | Q(relay__action__task=task))
        return self.filter(pk__in=items.values("meeting"), called_off_at=None, at__lte=at)


class Meeting(Convocation):
    """A convocation as its delegates meet: it has tasks and texts before it, actions behind it, and no vote."""

    objects = MeetingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def council(self) -> Council:
        return Council.objects.get(pk=self.confederation_id)

    def seats(self) -> list[Seat]:
        """Who had a seat at its hour, as far as is known now."""
        return self.council.seats(self.at)

    def call_off(self, *, by: Citizen) -> None:
        """Call it off before it begins. No report falls due for it."""
        if by.pk != self.called_by_id:
            raise Refusal(10, _("Whoever called the meeting calls it off."))
        with act():
            called_off = Meeting.objects.filter(pk=self.pk, called_off_at=None, at__gt=CivicNow())
            if not called_off.update(called_off_at=CivicNow()):
                raise Refusal(10, _("What has been held or called off stays so."), status=CONFLICT)
            self.refresh_from_db()
            record("meeting.called_off", self, log=self.confederation.log_id, by=by, at=self.called_off_at)

    def put_on_agenda(self, task: Task, *, by: Citizen) -> AgendaItem:
        """Put a task of this council on the agenda, before the meeting begins."""
        with act():
            item = AgendaItem.objects.create(meeting=self, task=task, by=by)
            item.refresh_from_db()
            record("meeting.agenda", self, log=self.confederation.log_id, by=by, at=item.put_at, task=task.pk)
        return item

    def put_text_on_agenda(self, relay: Relay, *, by: Citizen) -> AgendaItem:
        """Put a text that this council has relayed on the agenda, before the meeting begins. Nobody here adopts it."""
        with act():
            item = AgendaItem.objects.create(meeting=self, relay=relay, by=by)
            item.refresh_from_db()
            record(
                "meeting.agenda_text",
                self,
                log=self.confederation.log_id,
                by=by,
                at=item.put_at,
                shared=relay.shared_id,
            )
        return item

    def attend(self, *, by: Citizen) -> Attendance:
        """Say that one was there. Who has not said so within a week counts as absent."""
        with act():
            if self.attendances.filter(delegate=by).exists():
                raise Refusal(10, _("That you were there is noted already."), status=CONFLICT)
            attendance = Attendance.objects.create(meeting=self, delegate=by)
            attendance.refresh_from_db()
            record("meeting.attended", self, log=self.confederation.log_id, by=by, at=attendance.noted_at)
        return attendance


class AgendaItem(models.Model):
    """One matter of a meeting: a task of its council, or a text that it relayed. None is there to be decided."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    task = models.ForeignKey("councils.Task", models.PROTECT, null=True, related_name="agenda_items")
    relay = models.ForeignKey("councils.Relay", models.PROTECT, null=True, related_name="agenda_items")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    put_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "task"],
                name="agenda_once",
                violation_error_code="article-10",
                violation_error_message=gettext_lazy("This task is on the agenda already."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "relay"],
                name="agenda_text_once",
                violation_error_code="article-10",
                violation_error_message=gettext_lazy("This text is on the agenda already."),
            ),
            models.CheckConstraint(
                name="agenda_of_tasks_and_texts",
                condition=Q(task__isnull=False, relay__isnull=True) | Q(task__isnull=True, relay__isnull=False),
                violation_error_code="article-6",
                violation_error_message=gettext_lazy(
                    "An agenda is made of tasks and relayed texts, and of nothing else."
                ),
            ),
        ]
        triggers = [
            *fixed(10, "What was on an agenda stays on record."),
            checked(
                "put",
                pgtrigger.Insert,
                "SELECT * INTO STRICT c FROM mandates_convocation WHERE id = NEW.meeting_id FOR SHARE;",
                "NEW.put_at := civic_now();",
                refuse(
                    6,
                    "NEW.task_id IS NOT NULL AND c.confederation_id IS DISTINCT FROM"
                    " (SELECT t.council_id FROM councils_task t WHERE t.id = NEW.task_id)",
                    "The agenda of a council is made of its own tasks.",
                    UNFIT,
                ),
                refuse(
                    6,
                    "NEW.relay_id IS NOT NULL AND c.confederation_id IS DISTINCT FROM"
                    " (SELECT s.confederation_id FROM councils_relay r JOIN mandates_sharedtext s ON s.id = r.shared_id"
                    " WHERE r.id = NEW.relay_id)",
                    "A council talks over texts that it has relayed itself.",
                    UNFIT,
                ),
                refuse(
                    4,
                    "NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.by_id"
                    " AND m.confederation_id = c.confederation_id AND mandate_in_force(m.id, NEW.put_at))",
                    "Delegates with a mandate in force make the agenda.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "c.called_off_at IS NOT NULL OR NEW.put_at >= c.at",
                    "The agenda is made before the meeting begins.",
                ),
                declare=[("c", "mandates_convocation%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.task or self.relay)

    def get_absolute_url(self) -> str:
        matter = self.relay.shared if self.relay else self.task
        return matter.get_absolute_url() if matter else ""

    @property
    def noted_under(self) -> int | None:
        """The task under which what was done about it is logged: itself, or the one by which the text was relayed."""
        return self.relay.action.task_id if self.relay else self.task_id


class Attendance(models.Model):
    """That a delegate was at a meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances")
    delegate = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "delegate"],
                name="attendance_of_a_meeting_once",
                violation_error_code="article-10",
                violation_error_message=gettext_lazy("That you were there is noted already."),
            )
        ]
        triggers = [
            *fixed(10, "Who was at a meeting stays on record."),
            checked(
                "noted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT c FROM mandates_convocation WHERE id = NEW.meeting_id FOR SHARE;",
                "NEW.noted_at := civic_now();",
                refuse(
                    4,
                    "NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.delegate_id"
                    " AND m.confederation_id = c.confederation_id AND mandate_in_force(m.id, c.at))",
                    "Only delegates who had a seat at its hour attend a meeting.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "c.called_off_at IS NOT NULL OR NEW.noted_at < c.at OR NEW.noted_at > c.at + interval '168 hours'",
                    "Who was there is noted from the beginning of a meeting on, for a week.",
                ),
                declare=[("c", "mandates_convocation%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.delegate)


def is_seated(citizen: Citizen, council: Council, at: datetime) -> bool:
    return Mandate.objects.in_force(at).filter(delegate=citizen, confederation=council.pk).exists()
