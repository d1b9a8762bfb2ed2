"""Study circles: five to twelve citizens who meet over a study, and bring back what they found (article 20)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .citizen import Citizen
from .entry import record
from .study import Study

FEWEST, MOST = 5, 12
LONGEST = 20_000
OF_THE_CIRCLE = (
    "SELECT * INTO STRICT circle FROM assemblies_circle WHERE id = NEW.circle_id FOR NO KEY UPDATE;",
    "SELECT * INTO STRICT whose FROM assemblies_study WHERE id = circle.study_id;",
    "at := civic_now();",
)
DECLARED = [
    ("circle", "assemblies_circle%ROWTYPE"),
    ("whose", "assemblies_study%ROWTYPE"),
    ("at", "timestamptz"),
]


def member(column: str) -> str:
    return (
        "EXISTS (SELECT FROM assemblies_circlemember m WHERE m.circle_id = NEW.circle_id"
        f" AND m.citizen_id = NEW.{column} AND m.left_at IS NULL)"
    )


class CircleQuerySet(models.QuerySet["Circle"]):
    def with_people(self) -> CircleQuerySet:
        """Each with how many `people` are in it, and with the beginning of its `next` meeting."""
        inside = CircleMember.objects.standing().filter(circle=OuterRef("pk")).order_by().values("circle")
        coming = CircleMeeting.objects.coming(now()).filter(circle=OuterRef("pk")).order_by("begins_at")
        return self.annotate(
            people=Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0),
            next=Subquery(coming.values("begins_at")[:1]),
        )

    def call(self, study: Study, *, by: Citizen, place: str, begins_at: datetime) -> Circle:
        """Call a circle over a study, with its first meeting; whoever calls it is the first in it."""
        with act():
            _among_citizens(study, by)
            circle = self.create(study=study, called_by=by)
            circle.refresh_from_db()
            CircleMember.objects.create(circle=circle, citizen=by)
            record(
                "circle.called",
                circle,
                log=study.assembly.log_id,
                by=by,
                at=circle.called_at,
                study=study.pk,
                proposal=study.proposal_id,
                policy=study.policy_id,
            )
            circle.meet(by=by, place=place, begins_at=begins_at)
        return circle


class Circle(models.Model):
    """A study circle. Who is in it is known to those who are in it, and to nobody else."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="circles")
    called_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(db_default=CivicNow())

    # What `with_people` adds.
    people: int
    next: datetime | None

    objects = CircleQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while somebody joins; a trigger refuses every update

    class Meta:
        ordering = ["-pk"]
        triggers = [
            *fixed(20, "A circle that was called stays on record."),
            checked(
                "called",
                pgtrigger.Insert,
                "NEW.called_at := civic_now();",
                refuse(
                    20,
                    "NOT EXISTS (SELECT FROM assemblies_study s WHERE s.id = NEW.study_id"
                    " AND is_citizen(NEW.called_by_id, s.assembly_id, NEW.called_at))",
                    "Citizens of the assembly study together.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Study circle %(number)d") % {"number": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("circle", args=[self.pk])

    def has(self, citizen: Citizen) -> bool:
        return self.members.standing().filter(citizen=citizen).exists()

    def meet(self, *, by: Citizen, place: str, begins_at: datetime) -> CircleMeeting:
        """Name another time and place; anyone in the circle may."""
        place = " ".join(place.split())
        if not place:
            raise Refusal(20, _("Say where the circle meets."), status=UNFIT)
        if begins_at <= now():
            raise Refusal(20, _("A circle meets at a time that is still to come."), status=UNFIT)
        with act():
            Circle.objects.select_for_update().get(pk=self.pk)
            _within(self, by)
            same = self.meetings.filter(place=place, begins_at=begins_at).first()
            if same is not None:
                return same  # sent twice
            meeting = CircleMeeting.objects.create(circle=self, by=by, place=place, begins_at=begins_at)
            meeting.refresh_from_db()
            record(
                "circle.meets",
                self,
                log=self.study.assembly.log_id,
                by=by,
                at=meeting.at,
                place=place,
                begins_at=begins_at,
            )
        return meeting

    def join(self, *, by: Citizen) -> CircleMember:
        """Come in, while there are fewer than twelve. The record says nothing of it: what one studies is one's own."""
        with act():
            Circle.objects.select_for_update().get(pk=self.pk)
            _among_citizens(self.study, by)
            if self.has(by):
                raise Refusal(20, _("You are in this circle already."), status=CONFLICT)
            if self.members.standing().count() >= MOST:
                raise Refusal(20, _("This circle is full with twelve: call another one."), status=CONFLICT)
            return CircleMember.objects.create(circle=self, citizen=by)

    def leave(self, *, by: Citizen) -> None:
        with act():
            if not self.members.standing().filter(citizen=by).update(left_at=CivicNow()):
                raise Refusal(20, _("You are not in this circle."), status=CONFLICT)

    def note(self, *, by: Citizen, text: str) -> CircleNote:
        """Bring back what the circle found; it says how many they were."""
        text = "\n".join(text.strip().splitlines())
        if not text:
            raise Refusal(20, _("Write what the circle found."), status=UNFIT)
        if len(text) > LONGEST:
            raise Refusal(20, _("A note has %(n)d characters at most.") % {"n": LONGEST}, status=UNFIT)
        with act():
            Circle.objects.select_for_update().get(pk=self.pk)
            _within(self, by)
            last = self.notes.first()
            if last is not None and (last.text, last.by_id) == (text, by.pk):
                return last  # sent twice
            note = CircleNote.objects.create(circle=self, by=by, text=text, people=0)
            note.refresh_from_db()
            record(
                "circle.noted",
                self,
                log=self.study.assembly.log_id,
                by=by,
                at=note.at,
                text=text,
                people=note.people,
                study=self.study_id,
            )
        return note


def _among_citizens(study: Study, by: Citizen) -> None:
    if not by.is_citizen_of(study.assembly, now()):
        raise Refusal(20, _("Citizens of %(assembly)s study together.") % {"assembly": study.assembly})


def _within(circle: Circle, by: Citizen) -> None:
    if not circle.has(by):
        raise Refusal(20, _("Those who are in the circle say when it meets, and what it found."))


class CircleMemberQuerySet(models.QuerySet["CircleMember"]):
    def standing(self) -> CircleMemberQuerySet:
        return self.filter(left_at=None)


class CircleMember(models.Model):
    """One citizen's time in one circle."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="members")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="circles")
    joined_at = models.DateTimeField(db_default=CivicNow())
    left_at = models.DateTimeField(null=True)

    objects = CircleMemberQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (left_at)"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="circle_one_place_a_citizen",
                fields=["circle", "citizen"],
                condition=Q(left_at__isnull=True),
                violation_error_code="article-20",
                violation_error_message=gettext_lazy("You are in this circle already."),
            )
        ]
        triggers = [
            *fixed(20, "Who was in a circle was in it: one leaves it.", delete_only=True),
            checked(
                "joined",
                pgtrigger.Insert,
                *OF_THE_CIRCLE,
                refuse(
                    20,
                    "NOT is_citizen(NEW.citizen_id, whose.assembly_id, at)",
                    "Citizens of the assembly study together.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "(SELECT count(*) FROM assemblies_circlemember m"  # noqa: S608
                    f" WHERE m.circle_id = NEW.circle_id AND m.left_at IS NULL) >= {MOST}",
                    "This circle is full with twelve: call another one.",
                ),
                refuse(20, "NEW.left_at IS NOT NULL", "One comes into a circle before one leaves it.", FORBIDDEN),
                "NEW.joined_at := at;",
                declare=DECLARED,
            ),
            checked(
                "left",
                pgtrigger.Update,
                unchanged(20, "Who was in a circle was in it: one leaves it.", "circle_id", "citizen_id", "joined_at"),
                refuse(20, "OLD.left_at IS NOT NULL", "Whoever left a circle joins it anew.", FORBIDDEN),
                "NEW.left_at := civic_now();",
            ),
        ]

    def __str__(self) -> str:
        return str(self.circle_id)


class CircleMeetingQuerySet(models.QuerySet["CircleMeeting"]):
    def coming(self, at: datetime) -> CircleMeetingQuerySet:
        return self.filter(begins_at__gt=at)


class CircleMeeting(models.Model):
    """A time and a place at which a circle meets."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="meetings")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    place = models.CharField(gettext_lazy("place"), max_length=200)
    begins_at = models.DateTimeField()
    at = models.DateTimeField(db_default=CivicNow())

    objects = CircleMeetingQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["begins_at", "pk"]
        constraints = [models.CheckConstraint(name="circle_meets_somewhere", condition=~Q(place=""))]
        triggers = [
            *fixed(20, "A meeting of a circle stays as it was named: name another."),
            checked(
                "named",
                pgtrigger.Insert,
                *OF_THE_CIRCLE,
                refuse(20, f"NOT {member('by_id')}", "Those who are in the circle say when it meets.", FORBIDDEN),
                refuse(20, "NEW.begins_at <= at", "A circle meets at a time that is still to come.", UNFIT),
                "NEW.at := at;",
                declare=DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return self.place


class CircleNote(models.Model):
    """What a circle brought back, and how many were in it then."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="notes")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CivicNow())
    text = models.TextField(max_length=LONGEST)
    people = models.PositiveSmallIntegerField()

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(name="circle_note_has_words", condition=Q(text__regex=r"\S"))]
        triggers = [
            *fixed(20, "What a circle brought back stays to be read: write another note."),
            checked(
                "brought_back",
                pgtrigger.Insert,
                *OF_THE_CIRCLE,
                refuse(20, f"NOT {member('by_id')}", "Those who are in the circle say what it found.", FORBIDDEN),
                "NEW.at := at;",
                "NEW.people := (SELECT count(*) FROM assemblies_circlemember m"
                " WHERE m.circle_id = NEW.circle_id AND m.left_at IS NULL);",
                declare=DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_of_few(self) -> bool:
        return self.people < FEWEST
