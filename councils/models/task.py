"""Tasks, the clauses they rest on, and the log of what was done (articles 6 and 10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import connection, models
from django.db.models import Exists, Func, Max, OuterRef, Prefetch, Q, Subquery, Sum, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, lock, refuse
from mandates.models import Clause, Ending, Mandate, Power, amount
from mandates.models.mandate import CLAUSE, MANDATE

from .council import Council

if TYPE_CHECKING:
    from .meeting import Meeting

DAY = timedelta(hours=24)

# The part of an assembly that has halted a task stands still: no action under its clauses, and no clause joins.
HALTED = refuse(
    10,
    "task_halted_at({task}, m.assembly_id, {moment}) IS NOT NULL",
    "The assembly has halted its part of this task.",
)


def _not_halted(task: Task, mandate: Mandate, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_halted_at(%s, %s, %s)", [task.pk, mandate.assembly_id, at])
        (halted_at,) = cursor.fetchone()
    if halted_at is not None:
        raise Refusal(
            10,
            _("%(assembly)s has halted its part of this task. It goes on when the assembly decides so.")
            % {"assembly": mandate.assembly},
            status=CONFLICT,
        )


def _clause_end(clause: str, at: datetime) -> Func:
    """When the clause stopped being in force, as known at that moment."""
    return Func(clause, Value(at, models.DateTimeField()), function="clause_end", output_field=models.DateTimeField())


def _halted_at(at: datetime) -> Func:
    """Since when the assembly of an attachment's clause has halted its part of the task; NULL while it has not."""
    return Func(
        "task",
        "clause__mandate__assembly",
        Value(at, models.DateTimeField()),
        function="task_halted_at",
        output_field=models.DateTimeField(),
    )


class TaskQuerySet(models.QuerySet["Task"]):
    def standing(self, at: datetime) -> TaskQuerySet:
        """Tasks that rest on a clause in force at that moment."""
        return self.filter(pk__in=Attachment.objects.in_force(at).values("task"))

    def with_state(self, at: datetime) -> TaskQuerySet:
        """Each with `standing_now`; with `stopped_at`, since when nothing carries it, where nothing does; and with
        `halted_now`, whether every assembly whose clause still carries it has halted its part."""
        resting = Attachment.objects.filter(task=OuterRef("pk"), attached_at__lte=at)
        ends = resting.order_by().values("task").annotate(last=Max(_clause_end("clause", at))).values("last")
        carrying = Attachment.objects.in_force(at).filter(task=OuterRef("pk"))
        return self.annotate(
            standing_now=Exists(carrying),
            stopped_at=Subquery(ends),
            halted_now=Exists(carrying) & ~Exists(carrying.not_halted(at)),
        )


class Task(models.Model):
    """Something delegates coordinate together, for those assemblies whose clauses are attached, and no one else."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="tasks")
    title = models.CharField(gettext_lazy("title"), max_length=200)
    purpose = models.TextField(gettext_lazy("purpose"), blank=True, max_length=5000)
    power = models.CharField(max_length=20, choices=Power.choices)
    place = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=30, blank=True)
    opened_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=CivicNow())

    # What `with_state` adds.
    standing_now: bool
    stopped_at: datetime | None
    halted_now: bool

    objects = TaskQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(name="task_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="task_power", condition=Q(power__in=Power.values)),
        ]
        triggers = [
            *fixed(10, "A task stays on record as it was set up."),
            checked("dated", pgtrigger.Insert, "NEW.opened_at := civic_now();"),
            at_the_end(
                "rests_on_a_clause",
                pgtrigger.Insert,
                refuse(
                    6,
                    "NOT EXISTS (SELECT FROM councils_attachment a"
                    " WHERE a.task_id = NEW.id AND a.by_id = NEW.opened_by_id)",
                    "A task exists only while attached to a clause of a mandate in force.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    def is_standing(self, at: datetime) -> bool:
        return self.attachments.in_force(at).exists()

    def stopped(self, at: datetime) -> tuple[datetime, list[tuple[Attachment, str]]] | None:
        """Since when the task stands still and what ended each of its attachments; None while it stands."""
        if self.is_standing(at):
            return None
        ends = []
        for attachment in self.attachments.select_related("clause__mandate__assembly", "clause__mandate__delegate"):
            ended_at, why = attachment.end(at)
            ends.append((ended_at, attachment, why))
        if not ends:
            return None
        return max(end[0] for end in ends), [(attachment, why) for _at, attachment, why in ends]

    def uncovered(self, clause: Clause, at: datetime, quantity: Decimal | None = None) -> Refusal | None:
        """Why that clause does not cover this task at that moment; None when it does."""
        mandate = clause.mandate
        if mandate.confederation_id != self.council_id:
            return Refusal(6, _("This clause belongs to a mandate for another council."))
        if not clause.is_in_force(at):
            return Refusal(8, _("This clause is not in force: its mandate or its policy has ended."), status=CONFLICT)
        if clause.power != self.power:
            return Refusal(
                6,
                _("This clause gives the power to %(has)s, and the task needs the power to %(needs)s.")
                % {"has": clause.get_power_display(), "needs": self.get_power_display()},
                status=UNFIT,
            )
        if clause.place_id is not None and clause.place_id != self.place_id:
            return Refusal(
                6,
                _("This clause holds only in %(place)s, and the task does not stay there.") % {"place": clause.place},
                status=UNFIT,
            )
        limit = clause.limit_at(at)
        if limit is None:
            return (
                None if quantity is None or quantity > 0 else Refusal(6, _("Say how much, or nothing."), status=UNFIT)
            )
        if self.unit != clause.unit:
            return Refusal(
                6,
                _("This clause is limited in %(clause)s; the task counts %(task)s.")
                % {"clause": clause.unit, "task": self.unit or _("nothing")},
                status=UNFIT,
            )
        remaining = left(limit, clause)
        if quantity is None or quantity <= 0:
            return Refusal(6, _("Say how much of the limit the task is to use."), status=UNFIT)
        if quantity > remaining:
            return Refusal(
                6,
                _("The limit leaves %(remaining)s %(unit)s, and the task asks for %(asked)s.")
                % {"remaining": amount(remaining), "unit": clause.unit, "asked": amount(quantity)},
                status=UNFIT,
            )
        return None

    def attach(self, *, by: Citizen, clause: Clause, quantity: Decimal | None = None) -> Attachment:
        """Let the task rest on one more clause, held by the delegate who attaches it."""
        with act():
            at = now()
            if clause.mandate.delegate_id != by.pk:
                raise Refusal(6, _("Delegates attach clauses of their own mandates."))
            refusal = self.uncovered(clause, at, quantity)
            if refusal is not None:
                raise refusal
            _not_halted(self, clause.mandate, at)
            if self.attachments.filter(clause=clause).exists():
                raise Refusal(6, _("The task rests on this clause already."), status=CONFLICT)
            attachment = Attachment.objects.create(task=self, clause=clause, by=by, quantity=quantity)
            attachment.refresh_from_db()
            record(
                "task.attached",
                self,
                log=self.council.log_id,
                by=by,
                at=attachment.attached_at,
                clause=clause.pk,
                mandate=clause.mandate_id,
                quantity=quantity,
            )
        return attachment


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def in_force(self, at: datetime) -> AttachmentQuerySet:
        """Those made by then whose clause is in force at that moment."""
        return self.filter(attached_at__lte=at).filter(holds("clause_in_force", "clause", at=at))

    def not_halted(self, at: datetime) -> AttachmentQuerySet:
        """Those whose assembly has not halted its part of the task by a decision in force at that moment."""
        return self.annotate(_halted_at=_halted_at(at)).filter(_halted_at__isnull=True)

    def with_authority(self, at: datetime) -> AttachmentQuerySet:
        """Each with `force_now`, `ended_at` and `halted_at`, and with all that its authority rests on, in a few
        queries."""
        mandates = Mandate.objects.with_end(at).select_related("assembly", "delegate", "confederation", "proposal")
        clauses = Clause.objects.with_limit(at).select_related("policy", "place")
        return (
            self.filter(attached_at__lte=at)
            .annotate(
                force_now=holds("clause_in_force", "clause", at=at),
                ended_at=_clause_end("clause", at),
                halted_at=_halted_at(at),
            )
            .select_related("by")
            .prefetch_related(
                Prefetch("clause", clauses),
                Prefetch("clause__mandate", mandates),
                "clause__mandate__proposal__decisions",
                "clause__policy__versions",
            )
        )


class Attachment(models.Model):
    """That a task rests on a clause, and how much of its limit it is to use."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="attachments")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    attached_at = models.DateTimeField(db_default=CivicNow())

    # What `with_authority` adds.
    force_now: bool
    ended_at: datetime | None
    halted_at: datetime | None

    objects = AttachmentQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["attached_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "clause"],
                name="attachment_once",
                violation_error_code="article-6",
                violation_error_message=gettext_lazy("The task rests on this clause already."),
            ),
            models.CheckConstraint(name="attachment_quantity", condition=Q(quantity__isnull=True) | Q(quantity__gt=0)),
        ]
        triggers = [
            *fixed(6, "What a task rested on stays on record."),
            checked(
                "covered",
                pgtrigger.Insert,
                "SELECT * INTO STRICT c FROM mandates_clause WHERE id = NEW.clause_id;",
                lock(MANDATE, "c.mandate_id", shared=True),
                lock(CLAUSE, "c.id"),
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;",
                "SELECT * INTO STRICT t FROM councils_task WHERE id = NEW.task_id;",
                "NEW.attached_at := settled(c.mandate_id);",
                "allowed := clause_limit(c.id, NEW.attached_at);",
                HALTED.format(task="t.id", moment="NEW.attached_at"),
                refuse(
                    6,
                    "m.confederation_id <> t.council_id",
                    "A task rests on clauses of mandates for its own council.",
                    FORBIDDEN,
                ),
                refuse(6, "m.delegate_id <> NEW.by_id", "Delegates attach clauses of their own mandates.", FORBIDDEN),
                refuse(
                    8,
                    "NOT clause_in_force(c.id, NEW.attached_at)",
                    "This clause is not in force: its mandate or its policy has ended.",
                ),
                refuse(6, "c.power <> t.power", "This clause gives another power than the task needs.", UNFIT),
                refuse(
                    6,
                    "c.place_id IS NOT NULL AND c.place_id IS DISTINCT FROM t.place_id",
                    "This clause holds only in its own place.",
                    UNFIT,
                ),
                refuse(
                    6,
                    "allowed IS NOT NULL AND (c.unit <> t.unit OR NEW.quantity IS NULL"
                    " OR NEW.quantity > allowed - clause_used(c.id))",
                    "The limit of this clause does not cover the task.",
                    UNFIT,
                ),
                declare=[
                    ("c", "mandates_clause%ROWTYPE"),
                    ("m", "mandates_mandate%ROWTYPE"),
                    ("t", "councils_task%ROWTYPE"),
                    ("allowed", "numeric"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} ← {self.clause}"

    @property
    def why(self) -> str:
        """What ended it, of an attachment fetched `with_authority`; empty while it is in force."""
        clause, mandate = self.clause, self.clause.mandate
        if self.force_now:
            return ""
        if mandate.ends_at == self.ended_at:
            return mandate.how_it_ends
        if mandate.binds_now and not mandate.force_now:
            return str(_("too few assemblies stand behind the seat"))
        return str(_("the clause was struck") if clause.struck_at else _("its policy was repealed"))

    def end(self, at: datetime) -> tuple[datetime, str]:
        """When and why this attachment stopped carrying the task."""
        mandate_end = self.clause.mandate.end(at)
        if mandate_end is not None and mandate_end[1] <= at:
            return mandate_end[1], str(Ending.Kind(mandate_end[0]).label)
        if self.clause.mandate.fallen(at):
            return self._ended_at(at), str(_("too few assemblies stand behind the seat"))
        return self._ended_at(at), str(_("the clause was struck, or its policy repealed"))

    def _ended_at(self, at: datetime) -> datetime:
        moments = Clause.objects.annotate(ended=_clause_end("pk", at)).values_list("ended", flat=True)
        return moments.get(pk=self.clause_id) or at

    def log_action(
        self,
        *,
        by: Citizen,
        what: str,
        quantity: Decimal | None = None,
        done_at: datetime | None = None,
        evidence: str = "",
        place: Assembly | None = None,
        meeting: Meeting | None = None,
    ) -> Action:
        """Log what was done, in public and for good. A quantity counts against the clause's limit."""
        what = what.strip()
        clause = self.clause
        if not what:
            raise Refusal(10, _("Say what was done."), status=UNFIT)
        if by.pk != clause.mandate.delegate_id:
            raise Refusal(10, _("Only the delegate bound by this clause logs actions under it."))
        if quantity is not None and quantity <= 0:
            raise Refusal(10, _("What was done is more than nothing: say how much, or leave it away."), status=UNFIT)
        if quantity is not None and not (clause.unit or self.task.unit):
            raise Refusal(10, _("Nothing is counted under this task: leave the quantity away."), status=UNFIT)
        if place is not None and clause.place_id is not None and place.pk != clause.place_id:
            raise Refusal(6, _("This clause holds only in %(place)s.") % {"place": clause.place}, status=UNFIT)
        with act():
            at = now()
            if not clause.is_in_force(at):
                raise Refusal(
                    8, _("This clause is not in force: its mandate or its policy has ended."), status=CONFLICT
                )
            _not_halted(self.task, clause.mandate, at)
            if done_at is not None and self.attached_at - DAY <= done_at <= at:
                if not clause.is_in_force(done_at):
                    raise Refusal(
                        8,
                        _(
                            "The clause was not in force when this was done. A day later it can be told as done beyond"
                            " the clause, and it is flagged."
                        ),
                        status=CONFLICT,
                    )
                _not_halted(self.task, clause.mandate, done_at)
            limit = clause.limit_at(at)
            if limit is not None:
                if quantity is None:
                    raise Refusal(
                        10,
                        _("This clause has a limit: say how many %(unit)s.") % {"unit": clause.unit},
                        status=UNFIT,
                    )
                remaining = left(limit, clause)
                if quantity > remaining:
                    raise Refusal(
                        6,
                        _("The limit leaves %(remaining)s %(unit)s; this action would use %(asked)s.")
                        % {
                            "remaining": amount(remaining),
                            "unit": clause.unit,
                            "asked": amount(quantity),
                        },
                        status=UNFIT,
                    )
            action = Action.objects.create(
                task=self.task,
                attachment=self,
                by=by,
                what=what,
                quantity=quantity,
                unit=clause.unit or self.task.unit if quantity is not None else "",
                evidence=evidence.strip(),
                place=place,
                meeting=meeting,
                **({"done_at": done_at} if done_at else {}),
            )
            action.refresh_from_db()
            beside: dict[str, Any] = {"place": place.slug} if place else {}
            if meeting is not None:
                beside["meeting"] = meeting.pk
            record(
                "action.logged",
                action,
                log=self.task.council.log_id,
                by=by,
                at=action.logged_at,
                task=self.task_id,
                clause=clause.pk,
                what=action.what,
                quantity=action.quantity,
                unit=action.unit,
                done_at=action.done_at,
                evidence=action.evidence,
                **beside,
            )
        return action


class Action(models.Model):
    """One thing done under a task. The log is only added to."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="actions")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="actions")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    what = models.TextField(gettext_lazy("what was done"), max_length=5000)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(max_length=30, blank=True)
    evidence = models.URLField(blank=True, max_length=500)
    # Where it was done, when that is said; and the meeting it is a note of.
    place = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")
    meeting = models.ForeignKey("councils.Meeting", models.PROTECT, null=True, related_name="notes")
    done_at = models.DateTimeField(db_default=CivicNow())
    logged_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-logged_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="action_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="action_quantity_has_a_unit",
                condition=Q(quantity__isnull=True, unit="") | Q(quantity__isnull=False, quantity__gt=0) & ~Q(unit=""),
            ),
        ]
        triggers = [
            *fixed(10, "What was logged is never rewritten: log another action that corrects it."),
            checked(
                "within_the_clause",
                pgtrigger.Insert,
                "SELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;",
                "SELECT * INTO STRICT c FROM mandates_clause WHERE id = a.clause_id;",
                lock(MANDATE, "c.mandate_id", shared=True),
                lock(CLAUSE, "c.id"),
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id = c.mandate_id;",
                "NEW.logged_at := settled(c.mandate_id);",
                "allowed := clause_limit(c.id, NEW.logged_at);",
                HALTED.format(task="NEW.task_id", moment="NEW.logged_at"),
                refuse(6, "a.task_id <> NEW.task_id", "An action is logged under its own task.", FORBIDDEN),
                refuse(
                    10,
                    "m.delegate_id <> NEW.by_id",
                    "Only the delegate bound by this clause logs actions under it.",
                    FORBIDDEN,
                ),
                refuse(
                    8,
                    "NOT clause_in_force(c.id, NEW.logged_at)",
                    "This clause is not in force: its mandate or its policy has ended.",
                ),
                refuse(
                    10,
                    "NEW.done_at > NEW.logged_at OR NEW.done_at < a.attached_at - interval '24 hours'",
                    "An action is logged after it was done, and done after its task was set up.",
                    UNFIT,
                ),
                # A day may pass before it is logged, but not from before the mandate, the seat or the policy stood.
                refuse(
                    8,
                    "NOT clause_in_force(c.id, NEW.done_at)",
                    "The clause was not in force when this was done: tell of it as done beyond the clause.",
                ),
                HALTED.format(task="NEW.task_id", moment="NEW.done_at"),
                refuse(
                    6,
                    "NEW.place_id <> c.place_id",
                    "This clause holds only in its own place: nothing is done under it elsewhere.",
                    UNFIT,
                ),
                refuse(
                    10,
                    "NEW.meeting_id IS NOT NULL AND NOT EXISTS (SELECT FROM councils_agendaitem i"
                    " JOIN mandates_convocation k ON k.id = i.meeting_id WHERE i.meeting_id = NEW.meeting_id"
                    " AND NEW.task_id = coalesce(i.task_id, (SELECT y.task_id FROM councils_relay r"
                    " JOIN councils_action y ON y.id = r.action_id WHERE r.id = i.relay_id))"
                    " AND k.at <= NEW.logged_at AND k.called_off_at IS NULL)",
                    "The notes of a meeting are actions under the tasks of its agenda.",
                    UNFIT,
                ),
                refuse(
                    10,
                    "allowed IS NOT NULL AND (NEW.quantity IS NULL OR NEW.unit <> c.unit)",
                    "This clause has a limit: an action under it says how much.",
                    UNFIT,
                ),
                refuse(
                    6,
                    "allowed IS NOT NULL AND NEW.quantity > allowed - clause_used(c.id)",
                    "This action would go beyond the limit of its clause.",
                    UNFIT,
                ),
                declare=[
                    ("a", "councils_attachment%ROWTYPE"),
                    ("c", "mandates_clause%ROWTYPE"),
                    ("m", "mandates_mandate%ROWTYPE"),
                    ("allowed", "numeric"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]

    def get_absolute_url(self) -> str:
        return f"{self.task.get_absolute_url()}#action-{self.pk}"


def used_of(clauses: Iterable[Clause]) -> dict[int, Decimal]:
    """How much of each clause's limit has been used, by the clause's number in the database: what the log holds, and
    what was told outside it."""
    from .variance import Variance

    totals: dict[int, Decimal] = {}
    for told in (Action, Variance):
        found = told.objects.filter(attachment__clause__in=clauses).order_by().values("attachment__clause")
        for clause, total in found.annotate(total=Sum("quantity")).values_list("attachment__clause", "total"):
            totals[clause] = totals.get(clause, Decimal(0)) + (total or Decimal(0))
    return totals


def used(clause: Clause) -> Decimal:
    """How much of the clause's limit has been used."""
    return used_of([clause]).get(clause.pk, Decimal(0))


def left(limit: Decimal, clause: Clause) -> Decimal:
    """What the limit leaves; nothing where more was told than it allows."""
    return max(Decimal(0), limit - used(clause))
