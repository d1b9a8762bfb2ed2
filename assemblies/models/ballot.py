"""An open vote: who voted how, shown after the close to the citizens of that assembly alone."""

from __future__ import annotations

import hashlib

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from ..clock import CivicNow
from ..refusal import FORBIDDEN
from ..triggers import DECISION_BOX, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .decision import Decision


class Ballot(models.Model):
    """One citizen's vote in one decision; the last choice before the close counts.

    `salt` keeps the commitment to this vote, published at the close, from being guessed.
    """

    class Choice(models.TextChoices):
        YES = "yes", gettext_lazy("In favour")
        NO = "no", gettext_lazy("Against")
        ABSTAIN = "abstain", gettext_lazy("Abstain")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="ballots", db_index=False)
    voter = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    salt = models.UUIDField(db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()))
    cast_at = models.DateTimeField(db_default=CivicNow())
    changed_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        indexes = [models.Index(fields=["decision", "choice"], name="ballot_tally")]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "voter"],
                name="ballot_one_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("One vote a citizen: yours has been cast."),
            ),
            models.CheckConstraint(name="ballot_choice", condition=Q(choice__in=["yes", "no", "abstain"])),
        ]
        triggers = [
            *fixed(2, "A vote that was cast is not removed by anyone.", delete_only=True),
            checked(
                "cast",
                pgtrigger.Insert | pgtrigger.Update,
                lock(DECISION_BOX, "NEW.decision_id", shared=True),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "at := civic_now();",
                refuse(3, "asked.opened_at IS NULL OR at < asked.opens_at", "This vote has not opened yet."),
                refuse(
                    2,
                    "asked.closed_at IS NOT NULL OR at >= asked.closes_at",
                    "This vote is closed: it is being counted.",
                ),
                refuse(
                    3,
                    "NOT is_citizen(NEW.voter_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                "IF TG_OP = 'UPDATE' THEN",
                unchanged(
                    2, "A vote keeps its decision and its voter.", "id", "decision_id", "voter_id", "salt", "cast_at"
                ),
                "NEW.changed_at := at;",
                "ELSE NEW.cast_at := at; NEW.changed_at := NULL;",
                "END IF;",
                declare=[("asked", "assemblies_decision%ROWTYPE"), ("at", "timestamptz")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}"


def commitments(decision: Decision) -> list[str]:
    """SHA-256 of "salt:voter:choice" for each vote, sorted: published at the close, opened to their voters alone."""
    rows = decision.ballots.values_list("salt", "voter_id", "choice")
    return sorted(hashlib.sha256(f"{salt}:{voter}:{choice}".encode()).hexdigest() for salt, voter, choice in rows)
