"""Halts: an assembly stops its own part of a task by decision, at the moment that carries (article 10)."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.utils.translation import gettext as _

from assemblies.clock import holds, now
from assemblies.models import Assembly, Citizen, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, refuse

from .objection import Objection
from .task import Task


class HaltQuerySet(models.QuerySet["Halt"]):
    def in_force(self, at: datetime) -> HaltQuerySet:
        """Those that had carried by then and had not been ended by a decision."""
        return self.filter(holds("halt_in_force", "pk", at=at))

    def propose(self, objection: Objection, *, by: Citizen, task: Task, reasons: str = "") -> Halt:
        assembly = objection.assembly
        with act():
            at = now()
            found = Objection.objects.with_state(at).get(pk=objection.pk)
            if not found.may_be_put:
                sentence = (
                    _("Whoever objected has accepted the answer: there is nothing left to decide.")
                    if found.state_now == Objection.State.SETTLED
                    else _("The delegate has time to answer still.")
                )
                raise Refusal(10, sentence, status=CONFLICT)
            if not objection.tasks().filter(pk=task.pk).exists():
                raise Refusal(10, _("The objection is about another task."), status=UNFIT)
            proposal = Proposal.objects.draft(
                assembly,
                (_("Halt our part of “%(task)s”") % {"task": task})[:200],
                "\n\n".join(
                    part
                    for part in (
                        reasons.strip(),
                        _(
                            "From the close of this vote nothing more is done for %(assembly)s under the task"
                            " “%(task)s”, until the assembly ends the halt."
                        )
                        % {"assembly": assembly, "task": task},
                        _("The objection:\n\n%(grounds)s") % {"grounds": objection.grounds},
                    )
                    if part
                ),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            halt = self.create(objection=objection, task=task, assembly=assembly, proposal=proposal)
            proposal.offer(by=by)
            record(
                "halt.proposed",
                halt,
                log=assembly.log_id,
                by=by,
                task=task.pk,
                objection=objection.pk,
                proposal=proposal.pk,
            )
        return halt


class Halt(models.Model):
    """That an assembly stops its own part of a task. Nobody's part but its own."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="halts")
    task = models.ForeignKey(Task, models.PROTECT, related_name="halts")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    objects = HaltQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["task", "assembly"])]
        triggers = [
            *fixed(10, "What was asked and decided about a task stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "SELECT * INTO STRICT o FROM councils_objection WHERE id = NEW.objection_id;",
                refuse(
                    10,
                    "NEW.assembly_id <> o.assembly_id OR NOT is_free_question(NEW.proposal_id, NEW.assembly_id)",
                    "An assembly halts its own part of a task, by its own decision.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NOT (CASE WHEN o.report_id IS NOT NULL THEN EXISTS (SELECT FROM councils_attachment a"
                    " JOIN mandates_clause c ON c.id = a.clause_id"
                    " WHERE a.task_id = NEW.task_id AND c.mandate_id = o.mandate_id)"
                    " ELSE NEW.task_id = coalesce(o.task_id, (SELECT x.task_id FROM councils_action x"
                    " WHERE x.id = o.action_id)) END)",
                    "The objection is about another task.",
                    UNFIT,
                ),
                refuse(
                    10,
                    "NOT objection_may_be_put(o.id, civic_now())",
                    "What is put to the assembly was not answered in time, or the answer was not accepted.",
                ),
                declare=[("o", "councils_objection%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)

    def get_absolute_url(self) -> str:
        return self.proposal.get_absolute_url()

    def is_in_force(self, at: datetime) -> bool:
        return Halt.objects.in_force(at).filter(pk=self.pk).exists()

    def propose_resumption(self, *, by: Citizen, reasons: str = "") -> Resumption:
        """Ask the assembly to end the halt."""
        with act():
            if not self.is_in_force(now()):
                raise Refusal(10, _("This halt is not in force: there is nothing to end."), status=CONFLICT)
            proposal = Proposal.objects.draft(
                self.assembly,
                (_("Go on with our part of “%(task)s”") % {"task": self.task})[:200],
                "\n\n".join(
                    part
                    for part in (
                        reasons.strip(),
                        _("The halt of the task “%(task)s” for %(assembly)s ends at the close of this vote.")
                        % {"task": self.task, "assembly": self.assembly},
                    )
                    if part
                ),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            resumption = Resumption.objects.create(halt=self, proposal=proposal)
            proposal.offer(by=by)
            record("halt.end_proposed", self, log=self.assembly.log_id, by=by, proposal=proposal.pk)
        return resumption


class Resumption(models.Model):
    """The decision that ends a halt."""

    halt = models.ForeignKey(Halt, models.PROTECT, related_name="resumptions")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        triggers = [
            *fixed(10, "What was asked and decided about a task stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "SELECT * INTO STRICT h FROM councils_halt WHERE id = NEW.halt_id;",
                refuse(
                    10,
                    "NOT is_free_question(NEW.proposal_id, h.assembly_id)",
                    "A halt ends by a decision of the assembly that halted, and by nothing else.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NOT halt_in_force(h.id, civic_now())",
                    "This halt is not in force: there is nothing to end.",
                ),
                declare=[("h", "councils_halt%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)


class HaltQuestion(Proposal):
    """Proposals as this floor sees them: a question about a halt says what it is about, and decides nothing else."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "about_a_halt_alone",
                pgtrigger.Update,
                "IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN",
                refuse(
                    10,
                    "(SELECT count(*) FROM councils_halt h WHERE h.proposal_id = NEW.id)"
                    " + (SELECT count(*) FROM councils_resumption r WHERE r.proposal_id = NEW.id)"
                    " > (CASE WHEN is_free_question(NEW.id, NEW.assembly_id) THEN 1 ELSE 0 END)",
                    "One question decides one thing.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "EXISTS (SELECT FROM councils_halt h JOIN councils_task t ON t.id = h.task_id"
                    " JOIN councils_objection o ON o.id = h.objection_id WHERE h.proposal_id = NEW.id"
                    " AND NOT (strpos(NEW.text, t.title) > 0 AND strpos(NEW.text, o.grounds) > 0))"
                    " OR EXISTS (SELECT FROM councils_resumption r JOIN councils_halt h ON h.id = r.halt_id"
                    " JOIN councils_task t ON t.id = h.task_id WHERE r.proposal_id = NEW.id"
                    " AND strpos(NEW.text, t.title) = 0)",
                    "The question names the task, and the grounds of the objection.",
                    FORBIDDEN,
                ),
                "END IF;",
            ),
        ]
