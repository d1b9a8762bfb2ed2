"""Reports: when they fall due, what a delegate writes, and what the assembly says to it (article 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pgtrigger
from django.db import connection, models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Assembly, Citizen, Decision, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, lock, refuse, unchanged

from .confederation import Confederation
from .mandate import MANDATE, Mandate, _lock, day_in_words


class Convocation(models.Model):
    """A day on which the delegates of a confederation meet. After it each of them owes a report."""

    confederation = models.ForeignKey(Confederation, models.PROTECT, related_name="convocations")
    at = models.DateTimeField()
    place = models.CharField(gettext_lazy("place"), max_length=200)
    called_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(db_default=CivicNow())
    called_off_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["confederation", "at"])]
        constraints = [models.CheckConstraint(name="convocation_has_a_place", condition=~Q(place=""))]
        triggers = [
            *fixed(10, "A meeting is called off, never removed.", delete_only=True),
            checked(
                "called",
                pgtrigger.Insert,
                "NEW.called_at := civic_now();",
                refuse(
                    4,
                    "NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.delegate_id = NEW.called_by_id"
                    " AND m.confederation_id = NEW.confederation_id AND mandate_in_force(m.id, NEW.called_at))",
                    "Only a delegate with a mandate in force calls the delegates together.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NEW.at < later(NEW.called_at, interval '24 hours')"
                    " OR NEW.at > later(NEW.called_at, interval '366 days') OR NEW.called_off_at IS NOT NULL",
                    "A meeting is called at least a day ahead, and at most a year.",
                    UNFIT,
                ),
            ),
            checked(
                "called_off",
                pgtrigger.Update,
                unchanged(
                    10,
                    "A meeting keeps its day and its place: call it off and call another.",
                    "confederation_id",
                    "at",
                    "place",
                    "called_by_id",
                    "called_at",
                ),
                refuse(
                    10,
                    "OLD.called_off_at IS NOT NULL OR civic_now() >= OLD.at",
                    "What has been held or called off stays so.",
                ),
                "IF NEW.called_off_at IS NOT NULL THEN NEW.called_off_at := civic_now(); END IF;",
            ),
        ]

    def __str__(self) -> str:
        return _("Meeting on %(day)s") % {"day": day_in_words(self.at)}


# ---- when reports fall due ----


@dataclass(frozen=True)
class Due:
    """A day on which a report falls due: why, from when it can be written, and what became of it."""

    kind: str
    opens_at: datetime
    due_at: datetime
    report: Report | None = None
    missed: bool = False

    def __str__(self) -> str:
        return str(KINDS[self.kind])

    def late(self, at: datetime) -> bool:
        """Its day has passed, and there is no report that stands."""
        return self.due_at <= at and self.report is None


KINDS = {
    "interval": gettext_lazy("by the charter's interval"),
    "meeting": gettext_lazy("after a meeting of the council"),
    "final": gettext_lazy("at the end of the mandate"),
}


def report_days(mandate: Mandate, at: datetime) -> list[Due]:
    """Every day on which a report under this mandate falls due, as known at that moment, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, opens_at, due_at FROM report_days(%s, %s) ORDER BY due_at", [mandate.pk, at])
        rows = cursor.fetchall()
    given: dict[datetime, list[Report]] = {}
    for report in mandate.reports.filter(filed_at__lte=at).with_state(at).order_by("filed_at"):
        given.setdefault(report.due_at, []).append(report)
    return list(_dues(rows, given, at))


def _dues(
    rows: list[tuple[str, datetime, datetime]], given: dict[datetime, list[Report]], at: datetime
) -> Iterator[Due]:
    for kind, opens_at, due_at in rows:
        reports = given.get(due_at, [])
        standing = [report for report in reports if report.state_now != Report.State.SENT_BACK]
        in_time = any(report.filed_at <= due_at for report in reports)
        yield Due(kind, opens_at, due_at, standing[-1] if standing else None, due_at <= at and not in_time)


class MissedReports(Func):
    """How many reports under a mandate were not there on their day."""

    function = "missed_reports"
    template = "(SELECT count(*) FROM %(function)s(%(expressions)s))"
    output_field = models.IntegerField()

    def __init__(self, mandate: str, at: datetime) -> None:
        super().__init__(mandate, Value(at, models.DateTimeField()))


def moment_of(function: str, what: str, at: datetime) -> Func:
    """A moment that the database derives: `report_next_due` of a mandate, or when a proposal `carried_at`."""
    return Func(what, Value(at, models.DateTimeField()), function=function, output_field=models.DateTimeField())


def supervised(mandates: models.QuerySet[Mandate], at: datetime) -> models.QuerySet[Mandate]:
    """Each with `missed`, `owed_since` where a report is late, and `next_due`."""
    return mandates.annotate(
        missed=MissedReports("pk", at),
        owed_since=moment_of("report_owed_since", "pk", at),
        next_due=moment_of("report_next_due", "pk", at),
    )


# ---- reports ----


class ReportQuerySet(models.QuerySet["Report"]):
    def with_state(self, at: datetime) -> ReportQuerySet:
        """Each with `state_now`, what the assembly last said to it, and with `late`."""
        answered = Review.objects.filter(report=OuterRef("pk")).annotate(
            carried_at=moment_of("carried_at", "proposal", at)
        )
        last = answered.filter(carried_at__isnull=False).order_by("-carried_at", "-pk").values("verdict")[:1]
        return self.annotate(
            verdict_now=Subquery(last),
            state_now=Case(
                When(verdict_now="accept", then=Value("accepted")),
                When(verdict_now="send-back", then=Value("sent-back")),
                default=Value("given"),
                output_field=models.CharField(),
            ),
            late=Case(When(filed_at__gt=F("due_at"), then=True), default=False, output_field=models.BooleanField()),
            before_the_assembly=Exists(
                Review.objects.filter(report=OuterRef("pk"), proposal__offered_at__isnull=False)
                .filter(proposal__withdrawn_at=None)
                .exclude(proposal__in=Decision.objects.answered(at).values("proposal"))
            ),
        )

    def file(self, mandate: Mandate, *, by: Citizen, due_at: datetime, text: str) -> Report:
        """Give the report that falls due that day. It stands as it is given; a late one is late for good."""
        text = text.strip()
        if by.pk != mandate.delegate_id:
            raise Refusal(10, _("Only the delegate reports under this mandate."))
        if not text:
            raise Refusal(10, _("Write what was done, and what was not."), status=UNFIT)
        with act():
            _lock(mandate)
            due = next((due for due in report_days(mandate, now()) if due.due_at == due_at), None)
            if due is None or due.opens_at > now():
                raise Refusal(10, _("No report can be given for that day yet, or none is due."), status=UNFIT)
            if due.report is not None:
                raise Refusal(10, _("This report has been given. It stands as it is."), status=CONFLICT)
            report = self.create(mandate=mandate, by=by, due_at=due_at, text=text)
            report.refresh_from_db()
            record(
                "report.filed",
                report,
                log=mandate.confederation.log_id,
                by=by,
                at=report.filed_at,
                mandate=mandate.pk,
                due_at=due_at,
                late=report.filed_at > due_at,
                text=text,
            )
        return report


class Report(models.Model):
    """What a delegate tells the assembly about a stretch of a mandate. It is only added to."""

    class State(models.TextChoices):
        GIVEN = "given", gettext_lazy("given")
        ACCEPTED = "accepted", gettext_lazy("accepted by the assembly")
        SENT_BACK = "sent-back", gettext_lazy("sent back by the assembly")

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="reports")
    due_at = models.DateTimeField()
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    text = models.TextField(gettext_lazy("report"), max_length=20_000)
    filed_at = models.DateTimeField(db_default=CivicNow())

    # What `with_state` adds.
    state_now: str
    late: bool
    before_the_assembly: bool

    objects = ReportQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-filed_at", "-pk"]
        indexes = [models.Index(fields=["mandate", "due_at"])]
        constraints = [models.CheckConstraint(name="report_has_words", condition=~Q(text=""))]
        triggers = [
            *fixed(10, "A report stands as it was given."),
            checked(
                "filed",
                pgtrigger.Insert,
                lock(MANDATE, "NEW.mandate_id"),
                "NEW.filed_at := settled(NEW.mandate_id);",
                refuse(
                    10,
                    "NOT EXISTS (SELECT FROM mandates_mandate m WHERE m.id = NEW.mandate_id"
                    " AND m.delegate_id = NEW.by_id)",
                    "Only the delegate reports under this mandate.",
                    FORBIDDEN,
                ),
                refuse(
                    10,
                    "NOT EXISTS (SELECT FROM report_days(NEW.mandate_id, NEW.filed_at) d"
                    " WHERE d.due_at = NEW.due_at AND d.opens_at <= NEW.filed_at)",
                    "A report answers a day on which one falls due, once what it tells of has begun.",
                    UNFIT,
                ),
                refuse(
                    10,
                    "EXISTS (SELECT FROM mandates_report r WHERE r.mandate_id = NEW.mandate_id"
                    " AND r.due_at = NEW.due_at AND report_verdict(r.id, NEW.filed_at) IS DISTINCT FROM 'send-back')",
                    "This report has been given. It stands as it is.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Report of %(name)s to %(assembly)s, due on %(day)s") % {
            "name": self.mandate.delegate,
            "assembly": self.mandate.assembly,
            "day": day_in_words(self.due_at),
        }

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def assembly(self) -> Assembly:
        return self.mandate.assembly

    @property
    def state_words(self) -> str:
        """Its state in words, of a report fetched `with_state`."""
        return str(self.State(self.state_now).label)

    def propose_review(self, *, by: Citizen, verdict: str, reasons: str = "") -> Review:
        """Ask the assembly to accept this report or to send it back. The question carries the whole of it."""
        if verdict not in Review.Verdict.values:
            raise Refusal(10, _("A report is accepted or sent back."), status=UNFIT)
        names = {"name": self.mandate.delegate, "day": day_in_words(self.due_at)}
        if verdict == Review.Verdict.ACCEPT:
            title, effect = _("Accept the report of %(name)s due on %(day)s"), _("The assembly accepts this report.")
        else:
            title = _("Send back the report of %(name)s due on %(day)s")
            effect = _("The assembly sends this report back: the delegate owes another.")
        with act():
            proposal = Proposal.objects.draft(
                self.assembly,
                (title % names)[:200],
                "\n\n".join(
                    part
                    for part in (
                        reasons.strip(),
                        effect,
                        _("The report of %(name)s, due on %(day)s:") % names,
                        self.text,
                    )
                    if part
                ),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            review = Review.objects.create(report=self, verdict=verdict, proposal=proposal)
            proposal.offer(by=by, naming=[self.mandate.delegate])
            record(
                "report.review_proposed",
                self,
                log=self.assembly.log_id,
                by=by,
                verdict=verdict,
                proposal=proposal.pk,
            )
        return review


class Review(models.Model):
    """The assembly's own word on a report, in effect once its question carries: it is accepted, or sent back."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept", gettext_lazy("accept it")
        SEND_BACK = "send-back", gettext_lazy("send it back")

    report = models.ForeignKey(Report, models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        constraints = [
            models.CheckConstraint(name="review_verdict", condition=Q(verdict__in=["accept", "send-back"])),
        ]
        triggers = [
            *fixed(10, "What was asked about a report stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    10,
                    "NOT is_free_question(NEW.proposal_id, (SELECT m.assembly_id FROM mandates_report r"
                    " JOIN mandates_mandate m ON m.id = r.mandate_id WHERE r.id = NEW.report_id))",
                    "A report is accepted or sent back by a decision of the assembly that mandated.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)


class ReportQuestion(Proposal):
    """Proposals as reports see them: the question about one carries the whole of it."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "carries_the_report",
                pgtrigger.Update,
                "IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN",
                refuse(
                    10,
                    "EXISTS (SELECT FROM mandates_review v JOIN mandates_report r ON r.id = v.report_id"
                    " JOIN mandates_mandate m ON m.id = r.mandate_id JOIN assemblies_citizen d ON d.id = m.delegate_id"
                    " WHERE v.proposal_id = NEW.id"
                    " AND NOT (strpos(NEW.text, r.text) > 0 AND strpos(NEW.text, d.name) > 0))",
                    "The question carries the whole report and names the delegate.",
                    FORBIDDEN,
                ),
                "END IF;",
            ),
        ]
