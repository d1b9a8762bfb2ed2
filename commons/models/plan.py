"""Plans: how what some can give reaches those who need it, under a task to distribute (articles 6 and 13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import connection, models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, lock, refuse, unchanged
from councils.models import Action, Attachment, Halt, Task
from councils.models.task import HALTED
from mandates.models.mandate import CLAUSE, MANDATE

from .enterprise import moment
from .good import GOOD, WORK, Good
from .statement import Need, Statement, Surplus, measured, quantity_of
from .working import Cancelled, Place, TooManyWays, worked_out

TRIES = 3  # how often a plan is worked out anew when others promise meanwhile what it counted on
NOTICE = timedelta(days=3)  # between a plan worked out and its first load: time for assemblies to look at it


def at_work(task: str, by: str) -> str:
    """SQL: the mandates under which that person carries that task now; a vote that just closed has been waited for."""
    return (
        "FROM councils_attachment a JOIN mandates_clause c ON c.id = a.clause_id"
        f" JOIN mandates_mandate m ON m.id = c.mandate_id WHERE a.task_id = {task} AND m.delegate_id = {by}"
        " AND clause_in_force(c.id, settled(m.id))"
    )


def only_who_carries(task: str, by: str, sentence: str) -> str:
    """PL/pgSQL: plans are asked for and cancelled by delegates who carry the task, for a part that is not halted."""
    return "\n".join(
        [
            refuse(6, f"NOT EXISTS (SELECT {at_work(task, by)})", sentence, FORBIDDEN),
            refuse(
                10,
                f"NOT EXISTS (SELECT {at_work(task, by)}"
                f" AND task_halted_at({task}, m.assembly_id, civic_now()) IS NULL)",
                "The assembly has halted its part of this task.",
            ),
        ]
    )


def carried_by(task: Task, by: Citizen, at: datetime, sentence: str) -> None:
    """The same, for a person to read.

    Raises:
        Refusal: no clause in force of theirs carries the task, or whose part it is has halted it.
    """
    mine = task.attachments.in_force(at).filter(clause__mandate__delegate=by)
    if not mine.exists():
        raise Refusal(6, sentence)
    if not mine.not_halted(at).exists():
        raise Refusal(
            10,
            _("%(assembly)s has halted its part of this task. It goes on when the assembly decides so.")
            % {"assembly": mine.select_related("clause__mandate__assembly")[0].clause.mandate.assembly},
            status=CONFLICT,
        )


@dataclass
class Part:
    """How much is left of one need, one surplus, or one clause, while a plan is written down."""

    what: Any
    grains: int


def parts(rows: Iterable[tuple[Any, int]]) -> list[Part]:
    return [Part(what, grains) for what, grains in rows]


def first_of(rows: list[Part]) -> Part:
    """The first of which something is left.

    Raises:
        Refusal: nothing is left of any, so that the plan does not fit what was said.
    """
    found = next((part for part in rows if part.grains), None)
    if found is None:
        raise Refusal(13, _("The plan does not fit what was said: ask for another."), status=CONFLICT)
    return found


class PlanQuerySet(models.QuerySet["Plan"]):
    def waiting(self) -> PlanQuerySet:
        """Those still to be worked out, or being worked out now."""
        return self.filter(finished_at=None, cancelled_at=None, failed_at=None)

    def standing(self, at: datetime) -> PlanQuerySet:
        """Those worked out by then and not cancelled."""
        return self.filter(finished_at__lte=at).exclude(cancelled_at__lte=at)

    def ask(self, task: Task, good: Good, *, by: Citizen, begins: date, ends: date) -> Plan:
        """Ask for a plan for one good and one time. A worker works it out by what has been said until now."""
        if ends <= begins:
            raise Refusal(13, _("The last day comes after the first."), status=UNFIT)
        with act():
            sentence = _("Only a delegate whose clause in force carries this task asks for a plan.")
            carried_by(task, by, now(), sentence)
            plan = self.create(task=task, good=good, begins=begins, ends=ends, by=by)
            plan.refresh_from_db()
            record(
                "plan.asked",
                plan,
                log=task.council.log_id,
                by=by,
                at=plan.asked_at,
                task=task.pk,
                good=good.name,
                begins=begins.isoformat(),
                ends=ends.isoformat(),
            )
        return plan


class Plan(models.Model):
    """One good shared out for one time. It gives only what assemblies said they can give, through their own clauses."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    good = models.ForeignKey(Good, models.PROTECT, related_name="+")
    begins = models.DateField()
    ends = models.DateField()  # the day after the last
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=CivicNow())
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    goes_ahead_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    findings = models.JSONField(default=dict)

    objects = PlanQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(name="plan_time", condition=Q(ends__gt=F("begins"))),
            models.CheckConstraint(
                name="plan_cancelled_by_somebody",
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
            ),
        ]
        triggers = [
            *fixed(13, "A plan stays on record as it was worked out.", delete_only=True),
            checked(
                "asked",
                pgtrigger.Insert,
                "SELECT * INTO STRICT t FROM councils_task WHERE id = NEW.task_id;",
                "NEW.asked_at := civic_now();",
                refuse(6, "t.power <> 'distribute'", "A plan is worked out under a task to distribute.", UNFIT),
                only_who_carries(
                    "t.id", "NEW.by_id", "Only a delegate whose clause in force carries this task asks for a plan."
                ),
                refuse(
                    13,
                    "NEW.finished_at IS NOT NULL OR NEW.cancelled_at IS NOT NULL OR NEW.failed_at IS NOT NULL",
                    "A plan is asked for before it is worked out.",
                    FORBIDDEN,
                ),
                declare=[("t", "councils_task%ROWTYPE")],
            ),
            checked(
                "worked_out",
                pgtrigger.Update,
                unchanged(
                    13,
                    "A plan is worked out as it was asked for.",
                    "task_id",
                    "good_id",
                    "begins",
                    "ends",
                    "by_id",
                    "asked_at",
                ),
                refuse(
                    13,
                    "(OLD.finished_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL)"
                    " AND (NEW.finished_at, NEW.goes_ahead_at, NEW.failed_at, NEW.findings, NEW.step, NEW.steps)"
                    " IS DISTINCT FROM"
                    " (OLD.finished_at, OLD.goes_ahead_at, OLD.failed_at, OLD.findings, OLD.step, OLD.steps)",
                    "What was worked out stays as it is: ask for another plan.",
                ),
                "IF OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL THEN NEW.finished_at := civic_now();",
                f"NEW.goes_ahead_at := later(NEW.finished_at, interval '{NOTICE.days} days'); END IF;",
                "IF NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at THEN",
                refuse(
                    13,
                    "OLD.cancelled_at IS NOT NULL OR OLD.failed_at IS NOT NULL OR OLD.goes_ahead_at <= civic_now()",
                    "This plan has gone ahead or ended: each assembly can still halt its own part.",
                ),
                "NEW.cancelled_at := civic_now();",
                only_who_carries(
                    "NEW.task_id",
                    "NEW.cancelled_by_id",
                    "Only a delegate whose clause in force carries this task cancels its plans.",
                ),
                "END IF;",
            ),
        ]

    def __str__(self) -> str:
        return _("%(good)s, %(first)s to %(last)s") % {
            "good": self.good.name.capitalize(),
            "first": self.begins.isoformat(),
            "last": self.last_day.isoformat(),
        }

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.pk])

    @property
    def last_day(self) -> date:
        return self.ends - timedelta(days=1)

    @property
    def is_waiting(self) -> bool:
        return self.finished_at is None and self.cancelled_at is None and self.failed_at is None

    def has_gone_ahead(self, at: datetime) -> bool:
        return self.cancelled_at is None and self.goes_ahead_at is not None and self.goes_ahead_at <= at

    def may_be_cancelled(self, at: datetime) -> bool:
        return self.cancelled_at is None and self.failed_at is None and not self.has_gone_ahead(at)

    def halts(self, at: datetime) -> models.QuerySet[Halt]:
        """The halts by which givers have taken their part out of it, each with the moment when it had `carried`."""
        reached = self.allotments.annotate(halt=moment("allotment_halted_at", "pk", at=at)).filter(halt__isnull=False)
        halts = Halt.objects.filter(task=self.task_id, assembly__in=reached.values("surplus__assembly"))
        return (
            halts.annotate(carried=moment("carried_at", "proposal", at=at))
            .filter(carried__in=reached.values("halt"))
            .select_related("assembly", "proposal")
            .order_by("carried")
        )

    def cancel(self, *, by: Citizen) -> None:
        """Stop it: while it is worked out, or until it goes ahead."""
        with act():
            at = now()
            sentence = _("Only a delegate whose clause in force carries this task cancels its plans.")
            carried_by(self.task, by, at, sentence)
            if not self.may_be_cancelled(at):
                sentence = _("This plan has gone ahead or ended: each assembly can still halt its own part.")
                raise Refusal(13, sentence, status=CONFLICT)
            Plan.objects.filter(pk=self.pk).update(cancelled_at=CivicNow(), cancelled_by=by)
            self.refresh_from_db()
            record("plan.cancelled", self, log=self.task.council.log_id, by=by, at=self.cancelled_at)

    # ---- working it out ----

    @contextmanager
    def claim(self) -> Iterator[bool]:
        """Whether this worker has the plan in its hands. Who dies lets go of it: the lock is the connection's."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORK, self.pk])
            (mine,) = cursor.fetchone()
        try:
            yield mine
        finally:
            if mine and connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORK, self.pk])

    def report(self, step: int, steps: int) -> None:
        """Write down how far it has come. Raises `Cancelled` when somebody has cancelled it meanwhile."""
        if not Plan.objects.waiting().filter(pk=self.pk).update(step=step, steps=steps):
            raise Cancelled

    def work_out(self) -> bool:
        """Work it out and write the allotments down, in one transaction at the end. Says whether there is a plan now.

        The arithmetic runs outside any transaction, so that its progress can be seen and it can be cancelled.
        """
        for again in reversed(range(TRIES)):
            try:
                self.report(0, 1)
                places = self.places()
                gives, findings = worked_out(places, self.report, lot=f"plan/{self.pk}")
                self.settle(places, gives, findings)
            except Cancelled:
                self.refresh_from_db()
                return False
            except TooManyWays:
                self._fail(_("Too many places for one plan: ask for one of a narrower council."))
                return False
            except Refusal as refusal:  # another plan has promised meanwhile what this one counted on
                if not again:
                    self._fail(str(refusal))
                    return False
            else:
                return True
        return False

    def settle(self, places: dict[int, Place], gives: Iterable[tuple[int, int, int]], findings: dict[str, Any]) -> None:
        """Write it down whole: who gives whom how many grains, spread over what was said and over clauses."""
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GOOD, self.good_id])
            made = [
                Allotment.objects.create(
                    plan=self, attachment=attachment, surplus=surplus, need=need, quantity=self.quantity(grains)
                )
                for attachment, surplus, need, grains in self.spread(places, gives)
            ]
            done = Plan.objects.waiting().filter(pk=self.pk)
            if not done.update(finished_at=CivicNow(), findings=findings, step=F("steps")):
                raise Cancelled
            self.refresh_from_db()
            record(
                "plan.worked_out",
                self,
                log=self.task.council.log_id,
                at=self.finished_at,
                goes_ahead_at=self.goes_ahead_at,
                allotments=[
                    f"{one.giver.slug} → {one.receiver.slug}: {measured(one.quantity, self.good)}" for one in made
                ],
            )

    def spread(
        self, places: dict[int, Place], gives: Iterable[tuple[int, int, int]]
    ) -> Iterator[tuple[Attachment, Surplus, Need, int]]:
        """What one assembly gives another, in pieces that each fit one statement of either and one clause."""
        wanting = {pk: parts((n, self.grains(n.open_now)) for n in one.needs) for pk, one in places.items()}
        having = {pk: parts((s, self.grains(s.left_now)) for s in one.surpluses) for pk, one in places.items()}
        letting = {pk: parts(one.letting) for pk, one in places.items()}
        for giver, receiver, grains in gives:
            while grains:
                found = [first_of(rows) for rows in (letting[giver], having[giver], wanting[receiver])]
                piece = min(grains, *(part.grains for part in found))
                for part in found:
                    part.grains -= piece
                grains -= piece
                attachment, surplus, need = (part.what for part in found)
                yield attachment, surplus, need, piece

    def _fail(self, why: str) -> None:
        """What was said changed while it was worked out: the plan says so, and another can be asked for."""
        with act():
            if Plan.objects.waiting().filter(pk=self.pk).update(failed_at=CivicNow(), failure=why[:300]):
                self.refresh_from_db()
                record("plan.failed", self, log=self.task.council.log_id, at=self.failed_at, why=self.failure)

    def places(self) -> dict[int, Place]:
        """Every assembly with something to say to it, by its number: as had been said when the plan was asked for, and
        through the clauses that carried its task then and still do."""
        at = self.asked_at
        territory = self.task.council.territory(at)
        found: dict[int, Place] = {}

        def place(assembly: Assembly) -> Place:
            return found.setdefault(assembly.pk, Place(assembly))

        said: Callable[[Any], Any] = lambda rows: (  # noqa: E731
            rows.standing(at)
            .within(self.begins, self.ends)
            .filter(good=self.good, assembly__in=territory)
            .select_related("assembly", "good")
            .order_by("begins", "pk")
        )
        meanwhile = now()
        needs = said(Need.objects).with_open(at, meanwhile)
        for need in needs:
            if need.open_now + need.own_now > 0:
                one = place(need.assembly)
                one.needs.append(need)
                one.own += self.grains(need.own_now)
                one.wanted += self.grains(need.open_now + need.own_now)
                met = max(need.quantity - need.own_now - need.open_now, Decimal(0))
                one.essential += self.grains(max(need.essential - met, Decimal(0)))
        carrying = defaultdict(list)
        attachments = self.task.attachments.filter(attached_at__lte=at).in_force(meanwhile).not_halted(meanwhile)
        attachments = attachments.filter(naming(self.good_id))
        for attachment in attachments.select_related("clause__mandate__assembly").order_by("pk"):
            carrying[attachment.clause.mandate.assembly_id].append(attachment)
        for surplus in said(Surplus.objects).with_left(at, meanwhile):
            if surplus.left_now > 0:
                one = place(surplus.assembly)
                one.surpluses.append(surplus)
                one.supply += self.grains(surplus.left_now)
        for pk, attached in carrying.items():
            if pk in found:
                one = found[pk]
                one.letting = [(attachment, self.room(attachment, one.supply, meanwhile)) for attachment in attached]
        return dict(sorted(found.items()))

    def left_out(self) -> list[Statement]:
        """What was said of a time that only partly lies within the plan's: it is not cut in pieces, and left out."""
        found: list[Statement] = []
        for noun in (Need, Surplus):
            rows: Any = noun.objects.standing(self.asked_at).filter(
                good=self.good, assembly__in=self.task.council.territory(self.asked_at)
            )
            overlapping = rows.filter(begins__lt=self.ends, ends__gt=self.begins)
            beyond = overlapping.exclude(begins__gte=self.begins, ends__lte=self.ends)
            found += beyond.select_related("assembly", "good").order_by("assembly__name", "begins")
        return found

    def grains(self, quantity: Decimal) -> int:
        return int(quantity / self.good.grain)

    def quantity(self, grains: int) -> Decimal:
        return grains * self.good.grain

    def room(self, attachment: Attachment, most: int, at: datetime) -> int:
        """How much of the good the clause lets go still, in smallest amounts; `most` where it has no limit."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT clause_room(%s, %s, %s)", [attachment.clause_id, self.good_id, at])
            (left,) = cursor.fetchone()
        return most if left is None else max(0, min(most, self.grains(left)))


def naming(good: int) -> Func:
    """Whether the clause of an attachment names that good in its instruction: the assembly voted on those words."""
    return Func("clause", Value(good), function="clause_names", output_field=models.BooleanField())


class AllotmentQuerySet(models.QuerySet["Allotment"]):
    def counting(self, at: datetime) -> AllotmentQuerySet:
        """Those of plans that stand, whose clause is in force at that moment and whose giver has not halted its part;
        the others ask for nothing more."""
        return self.filter(holds("allotment_counts", "pk", at=at))

    def with_state(self, at: datetime) -> AllotmentQuerySet:
        """Each with `counts_now`; with `halted_at`, when its giver halted its part, where it did; and with `sent_now`
        and `received_now`: how much has left, and arrived."""
        return self.annotate(
            counts_now=holds("allotment_counts", "pk", at=at),
            halted_at=moment("allotment_halted_at", "pk", at=at),
            sent_now=quantity_of("allotment_sent", "pk"),
            received_now=quantity_of("allotment_received", "pk"),
        )

    def related(self) -> AllotmentQuerySet:
        return self.select_related(
            "plan__good",
            "plan__task__council",
            "surplus__assembly",
            "need__assembly",
            "attachment__clause__mandate__delegate",
            "attachment__clause__mandate__assembly",
        )


class Allotment(models.Model):
    """From one assembly's surplus to another's need: through the giver's own clause, and within its limit."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="allotments")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    surplus = models.ForeignKey(Surplus, models.PROTECT, related_name="allotments")
    need = models.ForeignKey(Need, models.PROTECT, related_name="allotments")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)

    # What `with_state` adds.
    counts_now: bool
    halted_at: datetime | None
    sent_now: Decimal
    received_now: Decimal

    objects = AllotmentQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "attachment", "surplus", "need"], name="allotment_once"),
            models.CheckConstraint(name="allotment_quantity", condition=Q(quantity__gt=0)),
        ]
        triggers = [
            *fixed(13, "What was allotted stays on record: a mandate that ends takes its part with it."),
            checked(
                "allotted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT p FROM commons_plan WHERE id = NEW.plan_id;",
                lock(GOOD, "p.good_id"),
                "SELECT * INTO STRICT a FROM councils_attachment WHERE id = NEW.attachment_id;",
                lock(MANDATE, "(SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id)", shared=True),
                lock(CLAUSE, "a.clause_id"),
                "SELECT * INTO STRICT s FROM commons_surplus WHERE id = NEW.surplus_id;",
                "SELECT * INTO STRICT n FROM commons_need WHERE id = NEW.need_id;",
                "SELECT * INTO STRICT m FROM mandates_mandate WHERE id ="
                " (SELECT c.mandate_id FROM mandates_clause c WHERE c.id = a.clause_id);",
                "moment := settled(m.id);",
                refuse(
                    13,
                    "p.finished_at IS NOT NULL OR p.cancelled_at IS NOT NULL OR p.failed_at IS NOT NULL",
                    "A plan is not added to once it is worked out.",
                    FORBIDDEN,
                ),
                refuse(6, "a.task_id <> p.task_id", "A plan gives through clauses that carry its own task.", FORBIDDEN),
                refuse(
                    8,
                    "NOT clause_in_force(a.clause_id, moment)",
                    "This clause is not in force: its mandate or its policy has ended.",
                ),
                HALTED.format(task="p.task_id", moment="moment"),
                refuse(
                    13,
                    "NOT clause_names(a.clause_id, p.good_id)",
                    "A clause lets go only what its instruction names.",
                    FORBIDDEN,
                ),
                refuse(
                    13,
                    "s.assembly_id <> m.assembly_id",
                    "An assembly gives through its own clause, and through nobody else's.",
                    FORBIDDEN,
                ),
                refuse(
                    13,
                    "s.good_id <> p.good_id OR n.good_id <> p.good_id OR s.assembly_id = n.assembly_id",
                    "A plan takes one good from one assembly to another.",
                    UNFIT,
                ),
                refuse(
                    6,
                    "NOT is_member(n.assembly_id, (SELECT t.council_id FROM councils_task t WHERE t.id = p.task_id),"
                    " moment)",
                    "A council's plan reaches the assemblies of its own confederation.",
                    FORBIDDEN,
                ),
                refuse(
                    13,
                    "NOT surplus_stands(s.id, p.asked_at) OR NOT need_stands(n.id, p.asked_at)"
                    " OR s.begins < p.begins OR s.ends > p.ends OR n.begins < p.begins OR n.ends > p.ends",
                    "A plan goes by what had been said of its time when it was asked for.",
                    FORBIDDEN,
                ),
                refuse(13, "NOT is_whole(p.good_id, NEW.quantity)", "This good comes in whole pieces.", UNFIT),
                refuse(
                    6,
                    "NEW.quantity > coalesce(clause_room(a.clause_id, p.good_id, moment), NEW.quantity)",
                    "The limit of this clause does not cover so much.",
                    UNFIT,
                ),
                refuse(
                    13,
                    "NEW.quantity > surplus_left(s.id, p.asked_at, moment)",
                    "An assembly's own essential need, and what it has promised elsewhere, come first on what it has.",
                    UNFIT,
                ),
                refuse(
                    13,
                    "NEW.quantity > need_open(n.id, p.asked_at, moment)",
                    "Nobody is given more than they need.",
                    UNFIT,
                ),
                declare=[
                    ("p", "commons_plan%ROWTYPE"),
                    ("a", "councils_attachment%ROWTYPE"),
                    ("m", "mandates_mandate%ROWTYPE"),
                    ("s", "commons_surplus%ROWTYPE"),
                    ("n", "commons_need%ROWTYPE"),
                    ("moment", "timestamptz"),
                ],
            ),
            at_the_end(
                "whole",
                pgtrigger.Insert,
                refuse(
                    13,
                    "EXISTS (SELECT FROM commons_plan p WHERE p.id = NEW.plan_id AND p.finished_at IS NULL)",
                    "A plan is written down whole, or not at all.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surplus.assembly} → {self.need.assembly}"

    def get_absolute_url(self) -> str:
        return reverse("allotment", args=[self.pk])

    @property
    def giver(self) -> Assembly:
        return self.surplus.assembly

    @property
    def receiver(self) -> Assembly:
        return self.need.assembly

    @property
    def good(self) -> Good:
        return self.plan.good

    def counts(self, at: datetime) -> bool:
        return Allotment.objects.counting(at).filter(pk=self.pk).exists()

    def is_halted(self, at: datetime) -> bool:
        """Whether its giver has halted its part since the plan was worked out; what was freed then stays free."""
        halted = Allotment.objects.filter(pk=self.pk).annotate(halt=moment("allotment_halted_at", "pk", at=at))
        return halted.filter(halt__isnull=False).exists()


class Deed(Action):
    """Actions as this floor sees them: what a plan has promised under a clause is not used up by something else."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "beside_what_is_allotted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT c FROM mandates_clause WHERE id ="
                " (SELECT a.clause_id FROM councils_attachment a WHERE a.id = NEW.attachment_id);",
                lock(MANDATE, "c.mandate_id", shared=True),
                lock(CLAUSE, "c.id"),
                "moment := settled(c.mandate_id);",
                refuse(
                    6,
                    "NEW.unit = c.unit AND clause_allotted(c.id, moment) > 0"
                    " AND NEW.quantity > clause_limit(c.id, moment) - clause_used(c.id)"
                    " - clause_allotted(c.id, moment)",
                    "What is left of this limit has been allotted by a plan.",
                    UNFIT,
                ),
                declare=[("c", "mandates_clause%ROWTYPE"), ("moment", "timestamptz")],
            ),
        ]
