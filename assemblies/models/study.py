"""What one needs to judge a question, written by citizens, part by part; every version is kept (article 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse
from .assembly import Assembly
from .citizen import Citizen
from .entry import record
from .office import Office
from .part import Part
from .policy import Policy
from .proposal import Proposal

LONGEST = 20_000
BEING_VOTED_ON = (
    "EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = whose.proposal_id"
    " AND d.opens_at <= at AND d.closes_at > at)"
)


@dataclass(frozen=True)
class Subject:
    """What a study is about: a proposal that was offered, a policy, or an office of an assembly."""

    assembly: Assembly
    proposal: Proposal | None = None
    policy: Policy | None = None
    office: str = ""

    @classmethod
    def of(cls, thing: Proposal | Policy) -> Subject:
        if isinstance(thing, Policy):
            return cls(thing.assembly, policy=thing)
        return cls(thing.assembly, proposal=thing)

    def __str__(self) -> str:
        if self.office:
            return _("The office of %(office)s") % {"office": Office.Kind(self.office).label}
        return str(self.proposal or self.policy)

    @property
    def url(self) -> str:
        """Where its study is read and written."""
        if self.office:
            return reverse("office-study", args=[self.assembly.slug, self.office])
        if self.policy:
            return reverse("policy-study", args=[self.policy.pk])
        return reverse("proposal-study", args=[self.proposal.pk]) if self.proposal else ""

    @property
    def page(self) -> str:
        """The page of the thing itself."""
        thing = self.proposal or self.policy or self.assembly
        return thing.get_absolute_url()


class StudyQuerySet(models.QuerySet["Study"]):
    def of(self, subject: Subject) -> Study | None:
        """The study of that thing, if anything of it is written yet."""
        if subject.office:
            return self.filter(assembly=subject.assembly, office=subject.office).first()
        return self.filter(proposal=subject.proposal, policy=subject.policy, office="").first()

    def write(self, subject: Subject, *, part: str, text: str, by: Citizen) -> StudyPart:
        """Write one part, or write it anew; any citizen of the assembly may, while no vote on it is open."""
        text = "\n".join(text.strip().splitlines())
        if part not in Part.values:
            raise Refusal(20, _("A study has eight parts: choose one of them."), status=UNFIT)
        if not text:
            raise Refusal(20, _("Write something: what was written is not taken away, but written anew."), status=UNFIT)
        if len(text) > LONGEST:
            raise Refusal(20, _("A part of a study has %(n)d characters at most.") % {"n": LONGEST}, status=UNFIT)
        with act():
            if not by.is_citizen_of(subject.assembly, now()):
                raise Refusal(20, _("Citizens of %(assembly)s write what it studies.") % {"assembly": subject.assembly})
            kept = {"assembly": subject.assembly, "proposal": subject.proposal, "policy": subject.policy}
            study, _begun = self.get_or_create(**kept, office=subject.office, defaults={"begun_by": by})
            Study.objects.select_for_update().get(pk=study.pk)
            if subject.proposal and subject.proposal.decisions.open(now()).exists():
                raise Refusal(20, _("While it is voted on, its study stands as it is."), status=CONFLICT)
            last = study.parts.filter(part=part).order_by("pk").last()
            if last is not None and last.text == text:
                return last  # sent twice
            written = StudyPart.objects.create(study=study, part=part, text=text, by=by)
            written.refresh_from_db()
            record(
                "study.written",
                study,
                log=subject.assembly.log_id,
                by=by,
                at=written.at,
                part=part,
                text=text,
                proposal=subject.proposal.pk if subject.proposal else None,
                policy=subject.policy.pk if subject.policy else None,
                office=subject.office or None,
            )
        return written


class Study(models.Model):
    """The study of one proposal, policy or office. What it says are its parts, each as it was written last."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="studies")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="study")
    policy = models.OneToOneField(Policy, models.PROTECT, null=True, related_name="study")
    office = models.CharField(max_length=20, choices=Office.Kind.choices, blank=True)
    begun_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(db_default=CivicNow())

    objects = StudyQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while a part is written; a trigger refuses every update

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                name="study_of_one_thing",
                condition=Q(proposal__isnull=False, policy__isnull=True, office="")
                | Q(proposal__isnull=True, policy__isnull=False, office="")
                | Q(proposal__isnull=True, policy__isnull=True, office__in=Office.Kind.values),
            ),
            models.UniqueConstraint(name="study_one_an_office", fields=["assembly", "office"], condition=~Q(office="")),
        ]
        triggers = [
            *fixed(20, "A study stays as it was begun: it is written on."),
            checked(
                "begun",
                pgtrigger.Insert,
                "NEW.begun_at := civic_now();",
                refuse(
                    20,
                    "NOT is_citizen(NEW.begun_by_id, NEW.assembly_id, NEW.begun_at)",
                    "Citizens of the assembly write what it studies.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_proposal p"
                    " WHERE p.id = NEW.proposal_id AND p.assembly_id = NEW.assembly_id AND p.offered_at IS NOT NULL)",
                    "An assembly studies what is laid before itself: a draft is its author's alone.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.policy_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_policy p"
                    " WHERE p.id = NEW.policy_id AND p.assembly_id = NEW.assembly_id)",
                    "An assembly studies its own policies.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Study: %(thing)s") % {"thing": self.subject}

    def get_absolute_url(self) -> str:
        return self.subject.url

    @property
    def subject(self) -> Subject:
        return Subject(self.assembly, proposal=self.proposal, policy=self.policy, office=self.office)

    def said(self) -> dict[str, StudyPart]:
        """What each part says, as it was written last."""
        newest = self.parts.order_by("part", "-pk").distinct("part").select_related("by")
        return {part.part: part for part in newest}


class StudyPart(models.Model):
    """One part as one citizen wrote it. The newest stands; earlier ones stay to be read."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="parts")
    part = models.CharField(max_length=20, choices=Part.choices)
    text = models.TextField(max_length=LONGEST)
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="study_parts")
    at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["study", "part", "-id"], name="study_part_newest")]
        constraints = [
            models.CheckConstraint(name="study_part_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(name="study_part_has_words", condition=Q(text__regex=r"\S")),
        ]
        triggers = [
            *fixed(20, "What was written in a study stays to be read: it is written anew."),
            checked(
                "written",
                pgtrigger.Insert,
                "SELECT * INTO STRICT whose FROM assemblies_study WHERE id = NEW.study_id FOR NO KEY UPDATE;",
                "at := civic_now();",
                refuse(
                    20,
                    "NOT is_citizen(NEW.by_id, whose.assembly_id, at)",
                    "Citizens of the assembly write what it studies.",
                    FORBIDDEN,
                ),
                refuse(20, BEING_VOTED_ON, "While it is voted on, its study stands as it is."),
                "NEW.at := at;",
                declare=[("whose", "assemblies_study%ROWTYPE"), ("at", "timestamptz")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.text[:60]}"

    def get_absolute_url(self) -> str:
        return f"{self.study.get_absolute_url()}#{self.part}"


def missing(proposal: Proposal, at: datetime) -> list[Part]:
    """The parts that the standing orders ask for before a vote, and that nobody has written, in their order.

    A question, which makes no policy and no orders, is never held up by what nobody wrote.
    """
    asked = Func(
        Value(proposal.pk),
        Value(at, models.DateTimeField()),
        function="study_missing",
        output_field=ArrayField(models.CharField()),
    )
    found = Proposal.objects.filter(pk=proposal.pk).values_list(asked, flat=True).get()
    return [part for part in Part if part.value in found]


def parts_in_words(parts: list[Part]) -> str:
    return ", ".join(str(part.label) for part in parts)
