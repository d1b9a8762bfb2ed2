"""What a citizen follows, and the digests in which they were told. Both are theirs alone: nothing of it is recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import following
from ..clock import CivicNow
from ..refusal import CONFLICT, MISSING, Refusal, act
from ..telling import How
from ..triggers import checked, fixed, unchanged
from .citizen import Citizen
from .letter import Letter

MOST = 200
EVERY = timedelta(days=1)
LAST = "(SELECT coalesce(max(id), 0) FROM assemblies_entry)"
SUBJECT = r"^[a-z]{1,40}/[1-9][0-9]{0,17}$"


class FollowQuerySet(models.QuerySet["Follow"]):
    def standing(self) -> FollowQuerySet:
        return self.filter(ended_at=None)

    def begin(self, subject: str, *, by: Citizen) -> Follow:
        """Follow one thing by its address in the record; whoever follows it already still does."""
        found = following.things([subject]).get(subject)
        if found is None:
            raise Refusal(17, _("There is nothing here that could be followed."), status=MISSING)
        with act():
            Citizen.objects.select_for_update().get(pk=by.pk)
            mine = self.standing().filter(citizen=by)
            already = mine.filter(subject=subject).first()
            if already is not None:
                return already
            if mine.count() >= MOST:
                raise Refusal(17, _("You follow many things already: leave some of them first."), status=CONFLICT)
            return self.create(citizen=by, subject=subject)


class Follow(models.Model):
    """That somebody follows one thing, from one moment to another."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="follows")
    subject = models.CharField(max_length=80)
    since = models.DateTimeField(db_default=CivicNow())
    after = models.BigIntegerField(default=0)  # the last entry of the record before it; the database sets it
    ended_at = models.DateTimeField(null=True)

    objects = FollowQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (ended_at)"

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="follow_of_a_thing", condition=Q(subject__regex=SUBJECT)),
            models.UniqueConstraint(
                name="follow_once",
                fields=["citizen", "subject"],
                condition=Q(ended_at__isnull=True),
                violation_error_code="article-17",
                violation_error_message=gettext_lazy("You follow this already."),
            ),
        ]
        triggers = [
            *fixed(17, "What was followed is no longer followed; it is not removed.", delete_only=True),
            checked(
                "begun", pgtrigger.Insert, "NEW.since := civic_now();", f"NEW.after := {LAST};", "NEW.ended_at := NULL;"
            ),
            checked(
                "ended",
                pgtrigger.Update,
                unchanged(17, "One follows it, or no longer.", "citizen_id", "subject", "since", "after"),
                "NEW.ended_at := coalesce(OLD.ended_at, civic_now());",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def end(self, *, by: Citizen) -> None:
        """Follow it no longer."""
        if not Follow.objects.standing().filter(pk=self.pk, citizen=by).update(ended_at=CivicNow()):
            raise Refusal(17, _("You do not follow this."), status=CONFLICT)


class DigestQuerySet(models.QuerySet["Digest"]):
    def due(self, at: datetime) -> models.QuerySet[Citizen]:
        """People for whom something is gathered, or who follow something, a day after that and after their last."""
        waiting = Letter.objects.gathered().filter(citizen=OuterRef("pk")).order_by().values("citizen")
        follows = Follow.objects.standing().filter(citizen=OuterRef("pk")).order_by().values("citizen")
        last = self.filter(citizen=OuterRef("pk")).order_by("-at").values("at")[:1]
        first = Least(
            Subquery(waiting.annotate(first=Min("written_at")).values("first")),
            Subquery(follows.annotate(first=Min("since")).values("first")),
        )
        people = Citizen.objects.filter(Q(Exists(waiting)) | Q(Exists(follows)), is_active=True)
        return people.annotate(digest_due_at=Greatest(Subquery(last), first) + EVERY).filter(digest_due_at__lte=at)

    def write(self, citizen: Citizen) -> Digest:
        """Put together what was gathered for them and what happened to what they follow since the last one.

        When nothing did there is no letter. A digest tells what happened, and never how anybody voted.
        """
        from ..digest import news, words_of

        last = self.filter(citizen=citizen).order_by("-at").first()
        with act():
            letters = list(Letter.objects.gathered().filter(citizen=citizen).order_by("written_at", "pk"))
            digest = self.create(citizen=citizen)
            digest.refresh_from_db()
            entries = news(citizen, last.upto if last else 0, digest.upto)
            if letters or entries:
                subject, body = words_of(letters, entries)
                Letter.objects.write([citizen], about=f"digest/{digest.pk}", subject=subject, body=body)
                Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(digest=digest)
        return digest


class Digest(models.Model):
    """That at one moment somebody was told, in one letter or by none, of all that had happened until then."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="digests")
    at = models.DateTimeField(db_default=CivicNow())
    upto = models.BigIntegerField(default=0)  # the last entry of the record that it knew; the database sets it

    objects = DigestQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        indexes = [models.Index(fields=["citizen", "-at"], name="digest_newest")]
        triggers = [
            *fixed(17, "A digest that was sent was sent."),
            checked("written", pgtrigger.Insert, "NEW.at := civic_now();", f"NEW.upto := {LAST};"),
        ]

    def __str__(self) -> str:
        return f"{self.citizen_id} {self.at}"


class LetterWish(models.Model):
    """How somebody wishes to be told of one kind of thing; where they wished nothing, the kind's own way holds."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="letter_wishes")
    kind = models.CharField(max_length=80)
    how = models.CharField(max_length=10, choices=How.choices)

    privileges = "SELECT, INSERT, UPDATE (how)"

    class Meta:
        constraints = [
            models.CheckConstraint(name="letter_wish_known", condition=Q(how__in=How.values)),
            models.UniqueConstraint(name="letter_wish_one_a_kind", fields=["citizen", "kind"]),
        ]
        triggers = fixed(17, "A wish stands until another takes its place.", delete_only=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.how}"


def wish(citizen: Citizen, kind: str, how: str) -> None:
    """Have letters of one kind sent so from now on."""
    with act():
        LetterWish.objects.update_or_create(citizen=citizen, kind=kind, defaults={"how": how})
