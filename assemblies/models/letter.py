"""Letters to citizens, written once for each fact, and sent by the workers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from ..clock import CivicNow
from ..telling import How, default_of, kind_of
from .citizen import Citizen


def address_of(thing: Any) -> str:
    """The whole address of a thing's page, as a letter needs it."""
    return f"{settings.SITE_ADDRESS}{thing.get_absolute_url()}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, at: datetime) -> LetterQuerySet:
        return self.filter(how=How.NOW, sent_at=None, refused_at=None, written_at__lte=at).exclude(body="")

    def gathered(self) -> LetterQuerySet:
        """Those that wait for the next digest of their readers."""
        return self.filter(how=How.DIGEST, digest=None, sent_at=None).exclude(body="")

    def write(self, citizens: Iterable[Citizen], *, about: str, subject: str, body: str, calendar: str = "") -> int:
        """Write the same letter to many, one a person and fact; who has it already is passed over.

        Each is sent at once, gathered for a digest, or only kept to be read, as its reader wishes of this kind.
        """
        from .follow import LetterWish

        kind = kind_of(about)
        wished = dict(LetterWish.objects.filter(kind=kind).values_list("citizen", "how"))
        letters: list[Letter] = [
            Letter(
                citizen=citizen,
                about=about,
                subject=subject,
                body=body,
                calendar=calendar,
                how=wished.get(citizen.pk, default_of(kind)),
            )
            for citizen in citizens
            if not citizen.erased
        ]
        Letter.objects.bulk_create(letters, ignore_conflicts=True, batch_size=2000)
        return len(letters)


class Letter(models.Model):
    """One letter to one person about one fact. No vote's content ever stands in it."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="letters")
    about = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    calendar = models.TextField(blank=True, default="", db_default="")  # an appointment, attached as iCalendar
    how = models.CharField(max_length=10, choices=How.choices, default=How.NOW, db_default="now")
    digest = models.ForeignKey("assemblies.Digest", models.PROTECT, null=True, related_name="letters")
    written_at = models.DateTimeField(db_default=CivicNow())
    sent_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    objects = LetterQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-written_at", "-pk"]
        indexes = [
            models.Index(
                fields=["written_at"], condition=models.Q(sent_at__isnull=True, how="now"), name="letter_to_send"
            ),
            models.Index(
                fields=["citizen"],
                condition=models.Q(digest__isnull=True, how="digest", sent_at__isnull=True),
                name="letter_gathered",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["citizen", "about"], name="letter_one_a_fact")]

    def __str__(self) -> str:
        return self.subject


class Told(models.Model):
    """A fact whose telling is done: nobody is told twice, however often the sweep runs."""

    about = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    def __str__(self) -> str:
        return self.about
