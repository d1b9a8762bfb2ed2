"""Every text that a proposal has had: who wrote it, when, and whether its author did or its amendments."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow
from ..consolidation import Settled, in_order, settle
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse
from .citizen import Citizen
from .entry import record
from .proposal import Proposal

if TYPE_CHECKING:
    from .amendment import Amendment

LONGEST_TEXT = 50_000

# A step of a trigger on the road of a proposal: `asked` is held as it is, `newest` is its newest version.
HOLD = (
    "SELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = {proposal} FOR NO KEY UPDATE;"
    " SELECT * INTO newest FROM assemblies_proposalversion WHERE id = newest_version(asked.id);"
)
ON_THE_ROAD = [("asked", "assemblies_proposal%ROWTYPE"), ("newest", "assemblies_proposalversion%ROWTYPE")]
BEFORE_IT = "The proposal is not before the assembly, or has been put to the vote."


def held(version: str = "NEW.version_id") -> str:
    """PL/pgSQL that holds the proposal of a version until the transaction ends."""
    return HOLD.format(proposal=f"(SELECT v.proposal_id FROM assemblies_proposalversion v WHERE v.id = {version})")  # noqa: S608


def still_before_it() -> str:
    """PL/pgSQL that refuses what comes too early or too late for a proposal."""
    return refuse(
        20,
        "asked.offered_at IS NULL OR asked.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d"
        " WHERE d.proposal_id = asked.id AND d.outcome IS DISTINCT FROM 'quorum_missed')",
        BEFORE_IT,
    )


def of_the_newest() -> str:
    return refuse(
        20,
        "NEW.version_id IS DISTINCT FROM newest.id",
        "The text has changed since: read the newest version first.",
    )


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class ProposalVersionQuerySet(models.QuerySet["ProposalVersion"]):
    def write(self, proposal: Proposal, text: str, *, by: Citizen, reasons: str = "") -> ProposalVersion:
        """Another text by the author. Deliberation, readings and co-signers begin anew: they were of another text."""
        text = text.strip()
        if not text:
            raise Refusal(20, _("A proposal needs a title and a text."), status=UNFIT)
        if by != proposal.author:
            raise Refusal(1, _("Only its author gives a proposal another text."))
        with act():
            lapsed = list(proposal.amendments().standing().filter(question__isnull=False))
            version = self._add(proposal, text, ProposalVersion.Origin.REWRITTEN, by, reasons.strip())
            for amendment in lapsed:
                amendment.drop_question(by=by)
            record(
                "version.written",
                version,
                log=proposal.assembly.log_id,
                by=by,
                at=version.written_at,
                proposal=proposal.pk,
                number=version.number,
                text=text,
                sha256=version.digest,
                reason=version.reasons,
            )
        return version

    def consolidate(self, proposal: Proposal, *, by: Citizen, shown: str = "") -> ProposalVersion:
        """The text with what was accepted or carried, as the preview shows it; the author or a facilitator asks.

        `shown` is the SHA-256 of the text that they were shown: another one is not put before the assembly.
        """
        with act():
            Proposal.objects.select_for_update().get(pk=proposal.pk)
            newest = proposal.versions.newest()
            if newest is None:
                raise Refusal(20, _("This proposal is not before the assembly."), status=CONFLICT)
            settled = newest.settled()
            if shown and shown != digest_of(settled.text):
                raise Refusal(20, _("The amendments have changed since: read the text again."), status=CONFLICT)
            if not settled.text:
                raise Refusal(20, _("Nothing of the text would be left: withdraw the proposal."), status=CONFLICT)
            version = self._add(proposal, settled.text, ProposalVersion.Origin.CONSOLIDATED, by, "")
            record(
                "version.consolidated",
                version,
                log=proposal.assembly.log_id,
                by=by,
                at=version.written_at,
                proposal=proposal.pk,
                number=version.number,
                text=version.text,
                sha256=version.digest,
                amendments=[change.number for change in settled.stands],
                fallen=[change.number for change in settled.falls],
            )
        return version

    def _add(self, proposal: Proposal, text: str, origin: str, by: Citizen, reasons: str) -> ProposalVersion:
        last = proposal.versions.newest()
        version = self.create(
            proposal=proposal,
            number=last.number + 1 if last else 1,
            text=text,
            origin=origin,
            written_by=by,
            reasons=reasons,
        )
        version.refresh_from_db()
        proposal.refresh_from_db(fields=["text"])
        return version

    def newest(self) -> ProposalVersion | None:
        return self.order_by("-number").first()


class ProposalVersion(models.Model):
    """One text of a proposal. The first is what was offered; what is voted on is the newest when the vote is called."""

    class Origin(models.TextChoices):
        OFFERED = "offered", gettext_lazy("as it was offered")
        REWRITTEN = "rewritten", gettext_lazy("written anew by its author")
        CONSOLIDATED = "consolidated", gettext_lazy("with its amendments")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    origin = models.CharField(max_length=20, choices=Origin.choices)
    written_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(db_default=CivicNow())
    reasons = models.TextField(blank=True, max_length=2000, db_default="")

    objects = ProposalVersionQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"],
                name="version_number",
                violation_error_code="article-20",
                violation_error_message=gettext_lazy("Another version of this text was written at this moment."),
            ),
            models.CheckConstraint(name="version_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="version_first_is_offered",
                condition=Q(number=1, origin="offered") | Q(number__gt=1, origin__in=["rewritten", "consolidated"]),
            ),
        ]
        triggers = [
            *fixed(17, "A text that was before the assembly is kept: the next version stands beside it."),
            checked(
                "written",
                pgtrigger.Insert,
                HOLD.format(proposal="NEW.proposal_id"),
                "IF NEW.origin = 'offered' THEN",
                refuse(
                    20,
                    "asked.offered_at IS NULL OR NEW.text IS DISTINCT FROM asked.text",
                    "The first version is what was offered.",
                    FORBIDDEN,
                ),
                "NEW.written_at := asked.offered_at; NEW.written_by_id := asked.author_id; RETURN NEW;",
                "END IF;",
                "NEW.written_at := civic_now();",
                refuse(
                    20,
                    "asked.effect NOT IN ('policy', 'amendment')",
                    "Only the text of a policy changes after it was offered: withdraw it and offer another.",
                ),
                still_before_it(),
                refuse(20, "NEW.number IS DISTINCT FROM newest.number + 1", "Versions of a text follow each other."),
                "IF NEW.origin = 'rewritten' THEN",
                refuse(20, "NEW.text = newest.text", "This is the text as it stands: nothing was changed.", UNFIT),
                refuse(
                    1,
                    "NEW.written_by_id IS DISTINCT FROM asked.author_id"
                    " OR NOT is_citizen(NEW.written_by_id, asked.assembly_id, NEW.written_at)",
                    "Only its author gives a proposal another text, as a citizen of the assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NOT sent_back(asked.id) AND (was_read(asked.id, 2) OR EXISTS (SELECT FROM assemblies_amendment a"
                    " WHERE a.version_id = newest.id AND a.withdrawn_at IS NULL))",
                    "Amendments are before the assembly, or it has read the text twice: its author no longer changes"
                    " it alone.",
                ),
                "ELSE",
                refuse(
                    20,
                    "NEW.written_by_id IS NULL OR NOT (NEW.written_by_id IS NOT DISTINCT FROM asked.author_id"
                    " AND is_citizen(NEW.written_by_id, asked.assembly_id, NEW.written_at)"
                    " OR holds_office(NEW.written_by_id, asked.assembly_id, 'facilitator', NEW.written_at))",
                    "Its author or a facilitator of the assembly puts the amendments into a text.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "sent_back(asked.id) OR amendments_open(newest.id) OR NOT amendments_adopted(newest.id)",
                    "A text is consolidated when every amendment is settled and at least one was accepted or carried.",
                ),
                "END IF;",
                declare=ON_THE_ROAD,
            ),
            pgtrigger.Trigger(
                name="is_the_text",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="UPDATE assemblies_proposal SET text = NEW.text"
                " WHERE id = NEW.proposal_id AND text <> NEW.text; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return _("%(proposal)s, version %(number)d") % {"proposal": self.proposal, "number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("version", args=[self.proposal_id, self.number])

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return digest_of(self.text)

    def listed(self) -> list[Amendment]:
        """The amendments to it that were not taken back, in the stated order, with their votes."""
        rows = self.amendments.standing().select_related("mover", "question", "version")
        standing = list(rows.prefetch_related("question__decisions"))
        by_number = {amendment.number: amendment for amendment in standing}
        order = [by_number[change.number] for change in in_order(self.text, (one.change for one in standing))]
        # Once the list was read out it stays as it was read.
        return sorted(order, key=lambda one: (one.place is None, one.place or 0))

    def settled(self) -> Settled:
        """What becomes of it by what was accepted or carried so far."""
        return settle(self.text, [one.change for one in self.listed() if one.adopted])
