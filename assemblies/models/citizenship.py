"""Who is a citizen where, and since when: applications, admissions, moves, and the roll's whole history."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, Refusal, act
from ..triggers import ASSEMBLY_ROLL, checked, fixed, lock, refuse, unchanged
from .assembly import Assembly
from .citizen import Citizen
from .entry import record
from .letter import Letter, address_of


def period(first: str, last: str) -> Func:
    """The half-open range [from, until) of two columns, for exclusion constraints."""
    return Func(first, last, function="TSTZRANGE", output_field=DateTimeRangeField())


def in_force_q(at: datetime) -> Q:
    """Rows whose [valid_from, valid_until) holds that moment."""
    return Q(valid_from__lte=at) & (Q(valid_until__isnull=True) | Q(valid_until__gt=at))


def not_earlier(article: int, column: str, sentence: str) -> str:
    """PL/pgSQL that refuses a moment which is past, and takes one of the last minute for now."""
    past = refuse(article, f"NEW.{column} < civic_now() - interval '1 minute'", sentence, FORBIDDEN)
    return f"{past} NEW.{column} := greatest(NEW.{column}, civic_now());"


class CitizenshipQuerySet(models.QuerySet["Citizenship"]):
    def in_force(self, at: datetime) -> CitizenshipQuerySet:
        return self.filter(in_force_q(at))


class Citizenship(models.Model):
    """One person's citizenship in one assembly, over [valid_from, valid_until)."""

    class Reason(models.TextChoices):
        MOVED = "moved", gettext_lazy("moved to another assembly")
        LEFT = "left", gettext_lazy("gave it up")
        DIED = "died", gettext_lazy("died")

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="citizenships")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="citizenships")
    valid_from = models.DateTimeField(db_default=CivicNow())
    valid_until = models.DateTimeField(null=True)
    admitted_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    ended_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    objects = CitizenshipQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["assembly", "valid_from"])]
        constraints = [
            ExclusionConstraint(
                name="citizenship_one_in_force_at_a_time",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("One citizenship at a time: this person is a citizen already."),
                expressions=[
                    (period("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                    ("citizen", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(
                name="citizenship_ends_with_a_reason",
                condition=Q(valid_until__isnull=True, end_reason="") | Q(valid_until__isnull=False) & ~Q(end_reason=""),
            ),
        ]
        triggers = [
            *fixed(2, "The roll's history is kept: a citizenship is ended, never removed.", delete_only=True),
            checked(
                "admitted",
                pgtrigger.Insert,
                lock(ASSEMBLY_ROLL, "NEW.assembly_id", shared=True),
                "moment := NEW.valid_from;",
                not_earlier(3, "valid_from", "A citizenship cannot begin in the past."),
                # Who moves is somewhere at every moment: the new one begins as the old one ended, a breath ago, unless
                # a vote has opened in between.
                "IF EXISTS (SELECT FROM assemblies_citizenship c"
                " WHERE c.citizen_id = NEW.citizen_id AND c.valid_until = moment) AND NOT EXISTS"
                " (SELECT FROM assemblies_decision d WHERE d.assembly_id = NEW.assembly_id"
                " AND d.opens_at BETWEEN moment AND NEW.valid_from) THEN NEW.valid_from := moment; END IF;",
                refuse(3, "NEW.valid_until IS NOT NULL", "A citizenship begins without an end.", FORBIDDEN),
                refuse(
                    3,
                    "NOT EXISTS (SELECT FROM assemblies_assembly a WHERE a.id = NEW.assembly_id"
                    " AND a.founded_at IS NULL AND NEW.admitted_by_id IS NULL)"
                    " AND (NEW.admitted_by_id IS NULL OR NEW.admitted_by_id = NEW.citizen_id OR NOT holds_office("
                    "NEW.admitted_by_id, NEW.assembly_id, (SELECT o.admitting_office FROM assemblies_standingorders o"
                    " WHERE o.id = orders_in_force(NEW.assembly_id, civic_now())), civic_now()))",
                    "Citizens are admitted by the office that the standing orders name.",
                    FORBIDDEN,
                ),
                declare=[("moment", "timestamptz")],
            ),
            checked(
                "not_erased",
                pgtrigger.Insert,
                "PERFORM FROM assemblies_citizen WHERE id = NEW.citizen_id FOR KEY SHARE;",
                refuse(
                    2,
                    "EXISTS (SELECT FROM assemblies_erasure e WHERE e.citizen_id = NEW.citizen_id)",
                    "This account was erased: whoever it belonged to makes a new one.",
                ),
            ),
            checked(
                "ended",
                pgtrigger.Update,
                lock(ASSEMBLY_ROLL, "NEW.assembly_id", shared=True),
                unchanged(
                    2,
                    "A citizenship keeps its person, its assembly and its beginning.",
                    "citizen_id",
                    "assembly_id",
                    "valid_from",
                    "admitted_by_id",
                ),
                refuse(2, "OLD.valid_until IS NOT NULL", "This citizenship has ended and stays so.", FORBIDDEN),
                refuse(
                    3,
                    "NEW.ended_by_id IS NULL OR (NEW.ended_by_id <> NEW.citizen_id AND NOT"
                    " holds_office(NEW.ended_by_id, NEW.assembly_id, (SELECT o.admitting_office"
                    " FROM assemblies_standingorders o WHERE o.id = orders_in_force(NEW.assembly_id, civic_now())),"
                    " civic_now()))",
                    "Only the citizen, or the office that keeps the roll, may end a citizenship.",
                    FORBIDDEN,
                ),
                not_earlier(2, "valid_until", "A citizenship cannot end in the past."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen} · {self.assembly}"

    def end(self, *, by: Citizen, reason: str) -> None:
        """End this citizenship now: by the citizen, or by the office that keeps the roll."""
        at = now()
        orders = self.assembly.orders(at)
        if by != self.citizen and not by.holds(orders.admitting_office, self.assembly, at):
            raise Refusal(3, _("Only the citizen, or the office that keeps the roll, may end a citizenship."))
        with act():
            ended = Citizenship.objects.filter(pk=self.pk, valid_until=None).update(
                valid_until=CivicNow(), end_reason=reason, ended_by=by
            )
            if not ended:
                raise Refusal(2, _("This citizenship has ended already."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "citizenship.ended",
                self,
                log=self.assembly.log_id,
                by=by,
                at=self.valid_until,
                reason=reason,
                personal={"citizen": (self.citizen, self.citizen.name)},
            )


class ApplicationQuerySet(models.QuerySet["Application"]):
    def waiting(self) -> ApplicationQuerySet:
        return self.filter(answered_at=None, citizen__erasure=None).order_by("applied_at")


class Application(models.Model):
    """A resident asks an assembly to be admitted as a citizen."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="applications")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="applications")
    statement = models.TextField(gettext_lazy("where you live"), max_length=1000)
    applied_at = models.DateTimeField(db_default=CivicNow())
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    admitted = models.BooleanField(null=True)
    reason = models.TextField(blank=True, max_length=1000)

    objects = ApplicationQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "assembly"],
                condition=Q(answered_at__isnull=True),
                name="application_one_waiting",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("Your application is waiting for an answer."),
            ),
            models.CheckConstraint(
                name="application_answered_whole",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, admitted__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, admitted__isnull=False),
            ),
        ]
        triggers = [
            *fixed(3, "An application is answered, never removed.", delete_only=True),
            checked(
                "made",
                pgtrigger.Insert,
                "NEW.applied_at := civic_now();",
                refuse(3, "NEW.answered_at IS NOT NULL", "An application is made before it is answered.", FORBIDDEN),
            ),
            checked(
                "answered",
                pgtrigger.Update,
                unchanged(3, "An application stays as it was made.", "citizen_id", "assembly_id", "applied_at"),
                # What was written goes when the account is erased, answered or not, and nothing else changes then.
                "IF NEW.statement = '' AND EXISTS"
                " (SELECT FROM assemblies_erasure e WHERE e.citizen_id = OLD.citizen_id)"
                " AND (NEW.answered_at, NEW.answered_by_id, NEW.admitted) IS NOT DISTINCT FROM"
                " (OLD.answered_at, OLD.answered_by_id, OLD.admitted) THEN RETURN NEW; END IF;",
                unchanged(3, "An application stays as it was made.", "statement"),
                refuse(3, "OLD.answered_at IS NOT NULL", "This application has been answered already."),
                refuse(
                    3,
                    "NEW.answered_by_id IS NULL OR NOT holds_office(NEW.answered_by_id, NEW.assembly_id,"
                    " (SELECT o.admitting_office FROM assemblies_standingorders o"
                    " WHERE o.id = orders_in_force(NEW.assembly_id, civic_now())), civic_now())",
                    "Citizens are admitted by the office that the standing orders name.",
                    FORBIDDEN,
                ),
                "NEW.answered_at := civic_now();",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen} → {self.assembly}"

    def admit(self, *, by: Citizen) -> Citizenship:
        """Admit the applicant. A citizenship elsewhere ends as this one begins: one citizen, one voice (article 2)."""
        with act():
            self._answer(by=by, admitted=True)
            return admit(self.citizen, self.assembly, by=by)

    def decline(self, *, by: Citizen, reason: str) -> None:
        """Decline, with a reason the applicant reads."""
        if not reason.strip():
            raise Refusal(3, _("Say why: the applicant has a right to the reason."), status=422)
        with act():
            self._answer(by=by, admitted=False, reason=reason)
            Letter.objects.write(
                [self.citizen],
                about=f"application/{self.pk}",
                subject=_("Your application to %(assembly)s") % {"assembly": self.assembly},
                body=_("%(assembly)s has not admitted you, for this reason:\n\n%(reason)s\n\nYou may apply again.")
                % {"assembly": self.assembly, "reason": reason.strip()},
            )

    def _answer(self, *, by: Citizen, admitted: bool, reason: str = "") -> None:
        Application.objects.select_for_update().get(pk=self.pk)
        _may_admit(by, self.assembly)
        answered = Application.objects.filter(pk=self.pk, answered_at=None).update(
            answered_at=CivicNow(), answered_by=by, admitted=admitted, reason=reason
        )
        if not answered:
            raise Refusal(3, _("This application has been answered already."), status=CONFLICT)
        self.refresh_from_db()


def apply(citizen: Citizen, assembly: Assembly, statement: str) -> Application:
    """Ask to be admitted. Living there is what is asked about; nothing else is (article 3)."""
    at = now()
    if citizen.is_citizen_of(assembly, at):
        raise Refusal(2, _("You are a citizen of %(assembly)s already.") % {"assembly": assembly}, status=CONFLICT)
    if Application.objects.filter(citizen=citizen, assembly=assembly, answered_at=None).exists():
        raise Refusal(2, _("Your application is waiting for an answer."), status=CONFLICT)
    with act():
        return Application.objects.create(citizen=citizen, assembly=assembly, statement=statement.strip())


def _may_admit(by: Citizen, assembly: Assembly) -> None:
    at = now()
    office = assembly.orders(at).admitting_office
    if not by.holds(office, assembly, at):
        raise Refusal(3, _("Citizens are admitted by the office that the standing orders name."))


def admit(citizen: Citizen, assembly: Assembly, *, by: Citizen) -> Citizenship:
    """Enter a person on the roll, ending the citizenship they hold elsewhere at the same moment."""
    with act():
        _may_admit(by, assembly)
        Citizen.objects.select_for_update().get(pk=citizen.pk)
        at = now()
        before = citizen.citizenship(at)
        if before is not None and before.assembly_id == assembly.pk:
            raise Refusal(
                2,
                _("%(name)s is a citizen of %(assembly)s already.") % {"name": citizen, "assembly": assembly},
                status=CONFLICT,
            )
        if before is not None:
            before.end(by=citizen, reason=Citizenship.Reason.MOVED)
        citizenship = Citizenship.objects.create(
            citizen=citizen, assembly=assembly, admitted_by=by, **({"valid_from": before.valid_until} if before else {})
        )
        citizenship.refresh_from_db()
        record(
            "citizenship.begun",
            citizenship,
            log=assembly.log_id,
            by=by,
            at=citizenship.valid_from,
            personal={"citizen": (citizen, citizen.name)},
        )
        welcome(citizenship)
    return citizenship


def welcome(citizenship: Citizenship) -> None:
    """Tell a person that they are a citizen now, and how to sign in if they never have."""
    citizen, assembly = citizenship.citizen, citizenship.assembly
    words = [_("You propose, deliberate and vote here:\n%(address)s") % {"address": address_of(assembly)}]
    if not citizen.has_usable_password():
        way_in = f"{settings.SITE_ADDRESS}{reverse('account_reset_password')}"
        words.append(_("You have an account. Choose its password here:\n%(address)s") % {"address": way_in})
    Letter.objects.write(
        [citizen],
        about=f"citizenship/{citizenship.pk}",
        subject=_("You are a citizen of %(assembly)s") % {"assembly": assembly},
        body="\n\n".join(words),
    )
