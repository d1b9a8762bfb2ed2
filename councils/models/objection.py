"""Objections of citizens of a mandating assembly to an action, a task or a report; and the answers (article 10)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Case, Min, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse
from mandates.models import Mandate, Report

from .task import Action, Attachment, Task

if TYPE_CHECKING:
    from .halt import Halt


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def with_state(self, at: datetime) -> ObjectionQuerySet:
        """Each with `state_now`, with `answered_at`, and with `may_be_put`: whether a halt can be asked for now."""
        first = Answer.objects.filter(objection=OuterRef("pk"), made_at__lte=at).order_by().values("objection")
        state = Objection.State
        return self.annotate(
            answered_at=Subquery(first.annotate(first=Min("made_at")).values("first")),
            state_now=Case(
                When(settlement__made_at__lte=at, then=Value(state.SETTLED)),
                When(answered_at__isnull=False, then=Value(state.ANSWERED)),
                When(answer_by__gt=at, then=Value(state.WAITING)),
                default=Value(state.UNANSWERED),
                output_field=models.CharField(),
            ),
            may_be_put=holds("objection_may_be_put", "pk", at=at),
        )

    def make(self, about: Action | Task | Report, *, by: Citizen, grounds: str) -> Objection:
        """Object, with grounds. The delegate concerned answers in public, within the charter's term."""
        grounds = grounds.strip()
        if not grounds:
            raise Refusal(
                10, _("Say what you object to, and why: the delegate and the assembly read it."), status=UNFIT
            )
        with act():
            at = now()
            citizenship = by.citizenship(at)
            mandates = concerned(about)
            ours = [m for m in mandates if citizenship and m.assembly_id == citizenship.assembly_id]
            if citizenship is None or not ours:
                raise Refusal(10, _("Citizens of an assembly that mandates for this may object to it."))
            answers = ours[0] if isinstance(about, Task) else answerable(about)
            if self.filter(by=by, **{noun(about): about}).exists():
                raise Refusal(10, _("You have objected to this already."), status=CONFLICT)
            objection = self.create(
                **{noun(about): about},
                assembly_id=citizenship.assembly_id,
                mandate=answers,
                by=by,
                grounds=grounds,
                answer_by=at,
            )
            objection.refresh_from_db()
            record(
                "objection.made",
                objection,
                log=objection.assembly.log_id,
                by=by,
                at=objection.made_at,
                about=f"{noun(about)}/{about.pk}",
                mandate=answers.pk,
                grounds=grounds,
                answer_by=objection.answer_by,
                personal={"delegate": (answers.delegate, answers.delegate.name)},
            )
        return objection


class Objection(models.Model):
    """What a citizen holds against something done in their assembly's name."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("The delegate has time to answer")
        UNANSWERED = "unanswered", gettext_lazy("Not answered in time")
        ANSWERED = "answered", gettext_lazy("Answered")
        SETTLED = "settled", gettext_lazy("Settled: whoever objected accepts the answer")

    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="objections")
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="objections")
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    grounds = models.TextField(gettext_lazy("grounds"), max_length=5000)
    made_at = models.DateTimeField(db_default=CivicNow())
    answer_by = models.DateTimeField()

    # What `with_state` adds.
    answered_at: datetime | None
    state_now: str
    may_be_put: bool

    objects = ObjectionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["answer_by"])]
        constraints = [
            models.CheckConstraint(
                name="objection_about_one_thing",
                condition=Q(action__isnull=False, task__isnull=True, report__isnull=True)
                | Q(action__isnull=True, task__isnull=False, report__isnull=True)
                | Q(action__isnull=True, task__isnull=True, report__isnull=False),
            ),
            models.CheckConstraint(name="objection_has_grounds", condition=~Q(grounds="")),
            *(
                models.UniqueConstraint(
                    fields=["by", what],
                    name=f"objection_to_a_{what}_once",
                    violation_error_code="article-10",
                    violation_error_message=gettext_lazy("You have objected to this already."),
                )
                for what in ("action", "task", "report")
            ),
        ]
        triggers = [
            *fixed(10, "An objection stays on record as it was made."),
            checked(
                "made",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = NEW.mandate_id;",
                refuse(
                    10,
                    "NOT is_citizen(NEW.by_id, NEW.assembly_id, NEW.made_at) OR NOT (CASE"
                    " WHEN NEW.report_id IS NOT NULL THEN m.assembly_id = NEW.assembly_id"
                    " ELSE EXISTS (SELECT FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id"
                    " JOIN mandates_mandate x ON x.id = c.mandate_id WHERE x.assembly_id = NEW.assembly_id"
                    " AND a.task_id = coalesce(NEW.task_id, (SELECT z.task_id FROM councils_action z"
                    " WHERE z.id = NEW.action_id))) END)",
                    "Citizens of an assembly that mandates for this may object to it.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NOT (CASE WHEN NEW.report_id IS NOT NULL THEN EXISTS (SELECT FROM mandates_report r"
                    " WHERE r.id = NEW.report_id AND r.mandate_id = m.id)"
                    " WHEN NEW.action_id IS NOT NULL THEN EXISTS (SELECT FROM councils_action z"
                    " JOIN councils_attachment a ON a.id = z.attachment_id JOIN mandates_clause c ON c.id = a.clause_id"
                    " WHERE z.id = NEW.action_id AND c.mandate_id = m.id)"
                    " ELSE m.assembly_id = NEW.assembly_id AND EXISTS (SELECT FROM councils_attachment a"
                    " JOIN mandates_clause c ON c.id = a.clause_id"
                    " WHERE a.task_id = NEW.task_id AND c.mandate_id = m.id) END)",
                    "The delegate who did it answers for it.",
                    FORBIDDEN,
                ),
                "SELECT later(NEW.made_at, c.answering_period) INTO STRICT NEW.answer_by"
                " FROM mandates_charter c WHERE c.confederation_id = m.confederation_id;",
                declare=[("m", "mandates_mandate%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return _("Objection to: %(what)s") % {"what": self.about}

    def get_absolute_url(self) -> str:
        return reverse("objection", args=[self.pk])

    @property
    def about(self) -> Action | Task | Report:
        found = self.action or self.task or self.report
        assert found is not None  # noqa: S101  the database holds that there is one
        return found

    @property
    def state_words(self) -> str:
        """Its state in words, of an objection fetched `with_state`."""
        return str(self.State(self.state_now).label)

    def tasks(self) -> models.QuerySet[Task]:
        """What a halt for it could be of: the task it is about; for a report, those under that mandate."""
        if self.report_id is not None:
            resting = Attachment.objects.filter(clause__mandate=self.mandate_id)
            return Task.objects.filter(pk__in=resting.values("task"))
        return Task.objects.filter(pk=self.task_id or self.action.task_id)  # type: ignore[union-attr]

    def answer(self, *, by: Citizen, text: str) -> Answer:
        """The delegate answers in public; more than once, if need be."""
        text = text.strip()
        if by.pk != self.mandate.delegate_id:
            raise Refusal(10, _("Only the delegate answers this objection."))
        if not text:
            raise Refusal(10, _("Write your answer."), status=UNFIT)
        with act():
            answer = Answer.objects.create(objection=self, by=by, text=text)
            answer.refresh_from_db()
            record("objection.answered", self, log=self.assembly.log_id, by=by, at=answer.made_at, text=text)
        return answer

    def settle(self, *, by: Citizen) -> Settlement:
        """Accept the answer. Then there is nothing left to put to the assembly."""
        if by.pk != self.by_id:
            raise Refusal(10, _("Only whoever objected says that the answer is enough."))
        with act():
            if not self.answers.exists():
                raise Refusal(10, _("There is no answer yet to accept."), status=CONFLICT)
            if Settlement.objects.filter(objection=self).exists():
                raise Refusal(10, _("You have accepted the answer already."), status=CONFLICT)
            settlement = Settlement.objects.create(objection=self, by=by)
            settlement.refresh_from_db()
            record("objection.settled", self, log=self.assembly.log_id, by=by, at=settlement.made_at)
        return settlement

    def propose_halt(self, *, by: Citizen, task: Task, reasons: str = "") -> Halt:
        """Put it to the assembly: to halt its own part of the task. Nothing else decides that."""
        from .halt import Halt

        return Halt.objects.propose(self, by=by, task=task, reasons=reasons)


def noun(about: Action | Task | Report) -> str:
    return str(about._meta.model_name)


def answerable(about: Action | Report) -> Mandate:
    """The mandate whose delegate answers for it."""
    return about.mandate if isinstance(about, Report) else about.attachment.clause.mandate


def concerned(about: Action | Task | Report) -> list[Mandate]:
    """The mandates whose assemblies' citizens may object to it, those in force first."""
    if isinstance(about, Report):
        return [about.mandate]
    task = about if isinstance(about, Task) else about.task
    resting = Attachment.objects.filter(task=task).values("clause__mandate")
    found = Mandate.objects.filter(pk__in=resting).with_end(now()).select_related("delegate", "assembly")
    return sorted(found, key=lambda mandate: (not mandate.force_now, mandate.pk))


class Answer(models.Model):
    """What the delegate says to an objection."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="answers")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    text = models.TextField(gettext_lazy("answer"), max_length=10_000)
    made_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        ordering = ["made_at"]
        constraints = [models.CheckConstraint(name="answer_has_words", condition=~Q(text=""))]
        triggers = [
            *fixed(10, "What the delegate answered stays as it was said."),
            checked(
                "given",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                refuse(
                    10,
                    "NOT EXISTS (SELECT FROM councils_objection o JOIN mandates_mandate m ON m.id = o.mandate_id"
                    " WHERE o.id = NEW.objection_id AND m.delegate_id = NEW.by_id)",
                    "Only the delegate answers this objection.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}"


class Settlement(models.Model):
    """That whoever objected accepts the answer."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="settlement")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(10, "An answer that was accepted stays accepted."),
            checked(
                "accepted",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                refuse(
                    10,
                    "NOT EXISTS (SELECT FROM councils_objection o WHERE o.id = NEW.objection_id"
                    " AND o.by_id = NEW.by_id)",
                    "Only whoever objected says that the answer is enough.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NOT EXISTS (SELECT FROM councils_answer a WHERE a.objection_id = NEW.objection_id)",
                    "There is no answer yet to accept.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}"
