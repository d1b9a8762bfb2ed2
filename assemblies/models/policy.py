"""What an assembly has adopted. Every version is the outcome of a carried decision, byte for byte (article 1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from ..clock import holds
from ..refusal import FORBIDDEN
from ..triggers import checked, fixed, refuse
from .assembly import Assembly
from .decision import Decision


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, at: datetime) -> PolicyQuerySet:
        """Policies whose newest version by then is not a repeal, noted or not."""
        return self.filter(holds("policy_in_force", "pk", at=at))


class Policy(models.Model):
    """One matter an assembly has ruled on, through all versions of its text.

    `notice` is what it bound itself to when it adopted it: so long after a decision that changes or repeals it, that
    takes effect.
    """

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="policies")
    title = models.CharField(max_length=200)
    adopted_by = models.OneToOneField(Decision, models.PROTECT, related_name="+")
    notice = models.DurationField(default=timedelta(), db_default=timedelta())

    objects = PolicyQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        verbose_name_plural = gettext_lazy("policies")
        triggers = [
            *fixed(1, "A policy is amended or repealed by a decision of its assembly, and by nothing else."),
            checked(
                "adopted",
                pgtrigger.Insert,
                refuse(
                    1,
                    "NOT EXISTS (SELECT FROM assemblies_decision d JOIN assemblies_proposal p ON p.id = d.proposal_id"
                    " WHERE d.id = NEW.adopted_by_id AND d.assembly_id = NEW.assembly_id AND d.outcome = 'carried'"
                    " AND p.effect = 'policy' AND (p.title, p.notice) = (NEW.title, NEW.notice))",
                    "A policy exists only as the outcome of a carried decision of its assembly.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("policy", args=[self.pk])

    def version(self, at: datetime) -> PolicyVersion | None:
        """The version in force at that moment: None before the first and after a repeal."""
        newest = self.versions.filter(in_force_from__lte=at).order_by("-in_force_from", "-number").first()
        return None if newest is None or newest.repeals else newest


class PolicyVersion(models.Model):
    """One adopted text (or a repeal, whose text is empty), in force from the close of its decision, or from the end of
    the notice after it that the policy asks of its changes."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="policy_version")
    text = models.TextField(blank=True)
    repeals = models.BooleanField(default=False)
    in_force_from = models.DateTimeField()

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "number"],
                name="policy_version_number",
                violation_error_code="article-1",
                violation_error_message=gettext_lazy("Another version of this policy was adopted at this moment."),
            ),
            models.CheckConstraint(
                name="policy_repeal_has_no_text", condition=Q(repeals=True, text="") | Q(repeals=False) & ~Q(text="")
            ),
        ]
        triggers = [
            *fixed(1, "An adopted text is never rewritten: the assembly adopts another."),
            checked(
                "carried",
                pgtrigger.Insert,
                refuse(
                    1,
                    "NOT EXISTS (SELECT FROM assemblies_decision d"
                    " JOIN assemblies_proposal p ON p.id = d.proposal_id"
                    " JOIN assemblies_policy y ON y.id = NEW.policy_id"
                    " WHERE d.id = NEW.decision_id AND d.outcome = 'carried' AND d.assembly_id = y.assembly_id"
                    " AND NEW.in_force_from = CASE WHEN p.effect = 'policy' THEN d.closes_at"
                    " ELSE later(d.closes_at, y.notice) END AND NEW.repeals = (p.effect = 'repeal')"
                    " AND (NEW.repeals OR NEW.text = p.text AND NEW.text = text_voted_on(d.id))"
                    " AND (p.effect = 'policy' AND y.adopted_by_id = d.id"
                    " OR p.effect IN ('amendment', 'repeal') AND p.policy_id = y.id))",
                    "A policy version exists only as the outcome of a carried decision of its assembly on that text.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "NEW.number IS DISTINCT FROM (SELECT coalesce(max(v.number), 0) + 1"
                    " FROM assemblies_policyversion v WHERE v.policy_id = NEW.policy_id)",
                    "Versions of a policy follow each other.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} ({self.number})"

    def get_absolute_url(self) -> str:
        return f"{self.policy.get_absolute_url()}#v{self.number}"


def adopt(decision: Decision) -> PolicyVersion | None:
    """Draw the policy version from a decision that carried, if its proposal asked for one."""
    proposal = decision.proposal
    effect = type(proposal).Effect
    if decision.outcome != Decision.Outcome.CARRIED or proposal.effect not in (
        effect.POLICY,
        effect.AMENDMENT,
        effect.REPEAL,
    ):
        return None
    policy = proposal.policy or Policy.objects.create(
        assembly=decision.assembly, title=proposal.title, adopted_by=decision, notice=proposal.notice
    )
    repeals = proposal.effect == effect.REPEAL
    number = (policy.versions.aggregate(last=models.Max("number"))["last"] or 0) + 1
    return PolicyVersion.objects.create(
        policy=policy,
        number=number,
        decision=decision,
        text="" if repeals else proposal.text,
        repeals=repeals,
        in_force_from=decision.closes_at + (policy.notice if proposal.policy else timedelta()),
    )
