"""Who co-signs a proposal, and when a facilitator sends one back."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .citizen import Citizen
from .entry import record
from .office import Office
from .version import ON_THE_ROAD, ProposalVersion, held, of_the_newest, still_before_it


class SupportQuerySet(models.QuerySet["Support"]):
    def give(self, version: ProposalVersion, *, by: Citizen) -> Support:
        """Co-sign that text. Its author does not: they signed it when they offered it."""
        proposal = version.proposal
        with act():
            support = self.create(version=version, citizen=by)
            support.refresh_from_db()
            facts: dict[str, Any] = {"proposal": proposal.pk, "version": version.number}
            record("support.given", support, log=proposal.assembly.log_id, by=by, at=support.given_at, **facts)
        return support


class Support(models.Model):
    """That a citizen wants the assembly to take a text up."""

    version = models.ForeignKey(ProposalVersion, models.PROTECT, related_name="supports")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_at = models.DateTimeField(null=True)

    objects = SupportQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "citizen"],
                condition=Q(withdrawn_at__isnull=True),
                name="support_one_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("You have co-signed this text already."),
            ),
        ]
        triggers = [
            *fixed(17, "That a text was co-signed stays on record.", delete_only=True),
            checked(
                "given",
                pgtrigger.Insert,
                held(),
                "NEW.given_at := civic_now();",
                of_the_newest(),
                still_before_it(),
                refuse(
                    1,
                    "NOT is_citizen(NEW.citizen_id, asked.assembly_id, NEW.given_at)",
                    "Only citizens of the assembly co-sign what is laid before it.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "NEW.citizen_id IS NOT DISTINCT FROM asked.author_id OR asked.effect = 'question'"
                    " OR NEW.withdrawn_at IS NOT NULL",
                    "Others than its author co-sign a proposal, and nobody a question.",
                    FORBIDDEN,
                ),
                declare=ON_THE_ROAD,
            ),
            checked(
                "taken_back",
                pgtrigger.Update,
                unchanged(17, "That a text was co-signed stays on record.", "version_id", "citizen_id", "given_at"),
                held(),
                still_before_it(),
                refuse(2, "OLD.withdrawn_at IS NOT NULL", "This was taken back already."),
                "NEW.withdrawn_at := civic_now();",
                declare=ON_THE_ROAD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}"

    def get_absolute_url(self) -> str:
        return self.version.proposal.get_absolute_url()

    def withdraw(self, *, by: Citizen) -> None:
        if by != self.citizen:
            raise Refusal(2, _("A signature is taken back by whoever gave it."))
        proposal = self.version.proposal
        with act():
            Support.objects.filter(pk=self.pk).update(withdrawn_at=CivicNow())
            self.refresh_from_db()
            facts: dict[str, Any] = {"proposal": proposal.pk, "version": self.version.number}
            record("support.withdrawn", self, log=proposal.assembly.log_id, by=by, at=self.withdrawn_at, **facts)


class SendingBackQuerySet(models.QuerySet["SendingBack"]):
    def send(self, version: ProposalVersion, *, by: Citizen, reason: str) -> SendingBack:
        """Send a text back to its author, with the reason: it is not voted on until another version is written."""
        proposal, reason = version.proposal, reason.strip()
        if not reason:
            raise Refusal(20, _("Say what its author is to do with it."), status=UNFIT)
        if not by.holds(Office.Kind.FACILITATOR, proposal.assembly, now()):
            raise Refusal(1, _("A facilitator of %(assembly)s sends a text back.") % {"assembly": proposal.assembly})
        if version.sendings_back.exists():
            raise Refusal(20, _("This text has been sent back already."), status=CONFLICT)
        with act():
            sent = self.create(version=version, by=by, reason=reason)
            sent.refresh_from_db()
            facts: dict[str, Any] = {"proposal": proposal.pk, "version": version.number, "reason": reason}
            record("proposal.sent_back", sent, log=proposal.assembly.log_id, by=by, at=sent.sent_at, **facts)
        return sent


class SendingBack(models.Model):
    """That a text went back to its author, and why."""

    version = models.ForeignKey(ProposalVersion, models.PROTECT, related_name="sendings_back")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(db_default=CivicNow())
    reason = models.TextField(max_length=2000)

    objects = SendingBackQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                name="sent_back_once",
                violation_error_code="article-20",
                violation_error_message=gettext_lazy("This text has been sent back already."),
            ),
            models.CheckConstraint(name="sent_back_with_a_reason", condition=~Q(reason="")),
        ]
        triggers = [
            *fixed(17, "That a text was sent back stays on record."),
            checked(
                "sent",
                pgtrigger.Insert,
                held(),
                "NEW.sent_at := civic_now();",
                of_the_newest(),
                still_before_it(),
                refuse(
                    1,
                    "NOT holds_office(NEW.by_id, asked.assembly_id, 'facilitator', NEW.sent_at)",
                    "A facilitator of the assembly sends a text back.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "asked.effect NOT IN ('policy', 'amendment')",
                    "Only the text of a policy is sent back: nothing else can be written anew.",
                ),
                refuse(
                    20,
                    "EXISTS (SELECT FROM assemblies_amendment a JOIN assemblies_decision d"
                    " ON d.proposal_id = a.question_id WHERE a.version_id = newest.id)",
                    "The assembly is voting on its amendments: it is no longer sent back.",
                ),
                declare=ON_THE_ROAD,
            ),
        ]

    def __str__(self) -> str:
        return _("Sent back")

    def get_absolute_url(self) -> str:
        return self.version.get_absolute_url()
