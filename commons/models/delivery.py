"""Loads: what was sent, who carried it, what arrived and how. A load that falls short shows, and nobody owes it."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, lock, refuse

from .enterprise import Stewardship
from .good import GOOD
from .plan import Allotment


class Condition(models.TextChoices):
    GOOD = "good", gettext_lazy("in good condition")
    PART = "part", gettext_lazy("partly damaged")
    SPOILT = "spoilt", gettext_lazy("spoilt")


def senders(allotment: Allotment, by: Citizen) -> bool:
    """Whether that person may send a load of it now: the delegate whose clause it is, or a steward of the giver."""
    if allotment.attachment.clause.mandate.delegate_id == by.pk:
        return True
    stewards = Stewardship.objects.in_force(now()).filter(citizen=by, proposal__assembly=allotment.giver)
    return stewards.filter(Q(remits__good=allotment.good) | Q(enterprise__harvests__good=allotment.good)).exists()


def send(
    allotment: Allotment, *, by: Citizen, quantity: Decimal, driver: Citizen | None = None, note: str = ""
) -> Delivery:
    """Send a load of what was allotted. It counts as sent from now on; what arrives is said where it arrives."""
    with act():
        at = now()
        if allotment.is_halted(at):
            raise Refusal(
                10,
                _("%(assembly)s has halted its part since this plan was worked out. Nothing more is sent of it.")
                % {"assembly": allotment.giver},
                status=CONFLICT,
            )
        if not allotment.counts(at):
            raise Refusal(8, _("This allotment no longer counts: its mandate or policy has ended."), status=CONFLICT)
        if not allotment.plan.has_gone_ahead(at):
            raise Refusal(13, _("This plan has not gone ahead yet: assemblies are looking at it."), status=CONFLICT)
        if not senders(allotment, by):
            raise Refusal(13, _("A load is sent by the delegate whose clause it is, or by a steward of the giver."))
        if quantity <= 0 or not allotment.good.fits(quantity):
            raise Refusal(13, _("Say how much, in whole pieces where the good comes in pieces."), status=UNFIT)
        delivery = Delivery.objects.create(
            allotment=allotment, by=by, quantity=quantity, driver=driver, note=note.strip()
        )
        delivery.refresh_from_db()
        record(
            "delivery.sent",
            delivery,
            log=allotment.giver.log_id,
            by=by,
            at=delivery.sent_at,
            allotment=allotment.pk,
            good=allotment.good.name,
            quantity=quantity,
            unit=allotment.good.unit,
            to=allotment.receiver.slug,
            personal={"driver": (driver, driver.name)} if driver else None,
        )
    return delivery


class Delivery(models.Model):
    """One load on its way, or arrived."""

    allotment = models.ForeignKey(Allotment, models.PROTECT, related_name="deliveries")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    note = models.CharField(gettext_lazy("note"), max_length=500, blank=True)
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    driver = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=32, unique=True, db_default="")
    sent_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name_plural = gettext_lazy("deliveries")
        constraints = [models.CheckConstraint(name="delivery_quantity", condition=Q(quantity__gt=0))]
        triggers = [
            *fixed(13, "What was sent stays as it was said."),
            checked(
                "sent",
                pgtrigger.Insert,
                "SELECT * INTO STRICT a FROM commons_allotment WHERE id = NEW.allotment_id;",
                "SELECT * INTO STRICT p FROM commons_plan WHERE id = a.plan_id;",
                lock(GOOD, "p.good_id"),
                "SELECT m.id, m.delegate_id, m.assembly_id INTO STRICT mandate, delegate, giver FROM mandates_mandate m"
                " JOIN mandates_clause c ON c.mandate_id = m.id"
                " JOIN councils_attachment x ON x.clause_id = c.id WHERE x.id = a.attachment_id;",
                "NEW.sent_at := settled(mandate);",
                "NEW.code := replace(gen_random_uuid()::text, '-', '');",
                refuse(
                    10,
                    "allotment_halted_at(a.id, NEW.sent_at) IS NOT NULL",
                    "The assembly has halted its part since this plan was worked out. Nothing more is sent of it.",
                ),
                refuse(
                    8,
                    "NOT allotment_counts(a.id, NEW.sent_at)",
                    "This allotment no longer counts: its mandate or policy has ended.",
                ),
                refuse(
                    13,
                    "p.goes_ahead_at > NEW.sent_at",
                    "A plan goes ahead after assemblies have had time to look at it.",
                ),
                refuse(
                    13,
                    "NEW.by_id <> delegate AND NOT EXISTS (SELECT FROM commons_stewardship s"
                    " WHERE s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.sent_at)"
                    " AND enterprise_holder(s.enterprise_id, NEW.sent_at) = giver AND (EXISTS (SELECT"
                    " FROM commons_remit r WHERE r.stewardship_id = s.id AND r.good_id = p.good_id)"
                    " OR EXISTS (SELECT FROM commons_harvest h"
                    " WHERE h.enterprise_id = s.enterprise_id AND h.good_id = p.good_id)))",
                    "A load is sent by the delegate whose clause it is, or by a steward of the giver.",
                    FORBIDDEN,
                ),
                refuse(
                    13,
                    "NEW.quantity > a.quantity - allotment_sent(a.id)",
                    "No more is sent than was allotted.",
                    UNFIT,
                ),
                refuse(13, "NOT is_whole(p.good_id, NEW.quantity)", "This good comes in whole pieces.", UNFIT),
                declare=[
                    ("a", "commons_allotment%ROWTYPE"),
                    ("p", "commons_plan%ROWTYPE"),
                    ("mandate", "bigint"),
                    ("delegate", "bigint"),
                    ("giver", "bigint"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return _("Load %(number)d: %(good)s from %(giver)s to %(receiver)s") % {
            "number": self.pk,
            "good": self.allotment.good,
            "giver": self.allotment.giver,
            "receiver": self.allotment.receiver,
        }

    def get_absolute_url(self) -> str:
        return reverse("delivery", args=[self.pk])

    @property
    def arrival(self) -> Receipt | None:
        return getattr(self, "receipt", None)

    @property
    def difference(self) -> Decimal | None:
        """How much less arrived than was sent; None while it is on its way."""
        return None if self.arrival is None else self.quantity - self.arrival.quantity

    def ends_meet(self) -> tuple[Assembly, Assembly]:
        return self.allotment.giver, self.allotment.receiver

    def may_carry(self, citizen: Citizen) -> bool:
        """Whether that person may say that they took it on: the driver named on it, or somebody of either end."""
        if self.driver_id is not None:
            return self.driver_id == citizen.pk
        return any(citizen.is_citizen_of(assembly, now()) for assembly in self.ends_meet())

    def carry(self, *, by: Citizen, quantity: Decimal, condition: str = Condition.GOOD) -> Carriage:
        """Say that it was taken on, how much of it, and in what condition."""
        if not self.may_carry(by):
            raise Refusal(13, _("The driver named on the load takes it on; without one, a citizen of either end."))
        self._fits(quantity)
        if hasattr(self, "carriage"):
            raise Refusal(13, _("This load has been taken on already."), status=CONFLICT)
        with act():
            carriage = Carriage.objects.create(delivery=self, by=by, quantity=quantity, condition=condition)
            carriage.refresh_from_db()
            record(
                "delivery.taken_on",
                self,
                log=self.allotment.giver.log_id,
                by=by,
                at=carriage.said_at,
                quantity=quantity,
                condition=condition,
            )
        return carriage

    def receive(self, *, by: Citizen, quantity: Decimal, condition: str = Condition.GOOD, note: str = "") -> Receipt:
        """Say what arrived. What is missing was not given: the need is open again by so much, and nobody owes it."""
        receiver = self.allotment.receiver
        if not by.is_citizen_of(receiver, now()):
            raise Refusal(13, _("What arrived is said by a citizen of %(assembly)s.") % {"assembly": receiver})
        self._fits(quantity)
        if self.arrival is not None:
            raise Refusal(13, _("What arrived of this load has been said already."), status=CONFLICT)
        with act():
            receipt = Receipt.objects.create(
                delivery=self, by=by, quantity=quantity, condition=condition, note=note.strip()
            )
            receipt.refresh_from_db()
            record(
                "delivery.received",
                self,
                log=receiver.log_id,
                by=by,
                at=receipt.said_at,
                sent=self.quantity,
                received=quantity,
                unit=self.allotment.good.unit,
                condition=condition,
                note=receipt.note,
            )
        return receipt

    def _fits(self, quantity: Decimal) -> None:
        if not 0 <= quantity <= self.quantity or not self.allotment.good.fits(quantity):
            raise Refusal(13, _("Say how much of what was sent, or nothing at all."), status=UNFIT)


def confirmed(table: str, sentence: str, who: str) -> pgtrigger.Trigger:
    """What must hold of what is said on the way and on arrival; `who` is the condition under which it is refused."""
    return checked(
        "said",
        pgtrigger.Insert,
        "SELECT * INTO STRICT d FROM commons_delivery WHERE id = NEW.delivery_id;",
        "SELECT p.good_id, s.assembly_id, n.assembly_id INTO STRICT good, giver, receiver FROM commons_allotment a"
        " JOIN commons_plan p ON p.id = a.plan_id JOIN commons_surplus s ON s.id = a.surplus_id"
        " JOIN commons_need n ON n.id = a.need_id WHERE a.id = d.allotment_id;",
        lock(GOOD, "good"),
        "NEW.said_at := civic_now();",
        refuse(13, who, sentence, FORBIDDEN),
        refuse(
            13,
            f"EXISTS (SELECT FROM {table} x WHERE x.delivery_id = d.id)",
            "This has been said of the load already.",
        ),
        refuse(13, "NEW.quantity > d.quantity", "No more arrives than was sent.", UNFIT),
        refuse(13, "NOT is_whole(good, NEW.quantity)", "This good comes in whole pieces.", UNFIT),
        declare=[
            ("d", "commons_delivery%ROWTYPE"),
            ("good", "bigint"),
            ("giver", "bigint"),
            ("receiver", "bigint"),
        ],
    )


class Carriage(models.Model):
    """That a driver took a load on."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="carriage")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    condition = models.CharField(max_length=10, choices=Condition.choices)
    said_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.CheckConstraint(name="carriage_quantity", condition=Q(quantity__gte=0)),
            models.CheckConstraint(name="carriage_condition", condition=Q(condition__in=["good", "part", "spoilt"])),
        ]
        triggers = [
            *fixed(13, "What was said of a load stays as it was said."),
            confirmed(
                "commons_carriage",
                "The driver named on the load takes it on; without one, a citizen of either end.",
                "NEW.by_id IS DISTINCT FROM d.driver_id AND (d.driver_id IS NOT NULL"
                " OR NOT is_citizen(NEW.by_id, giver, NEW.said_at)"
                " AND NOT is_citizen(NEW.by_id, receiver, NEW.said_at))",
            ),
        ]

    def __str__(self) -> str:
        return str(self.delivery)


class Receipt(models.Model):
    """What arrived of a load, and how."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="receipt")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    condition = models.CharField(max_length=10, choices=Condition.choices)
    note = models.CharField(gettext_lazy("note"), max_length=500, blank=True)
    said_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="receipt_quantity", condition=Q(quantity__gte=0)),
            models.CheckConstraint(name="receipt_condition", condition=Q(condition__in=["good", "part", "spoilt"])),
        ]
        triggers = [
            *fixed(13, "What was said of a load stays as it was said."),
            confirmed(
                "commons_receipt",
                "What arrived is said by a citizen of the assembly it was sent to.",
                "NOT is_citizen(NEW.by_id, receiver, NEW.said_at)",
            ),
        ]

    def __str__(self) -> str:
        return str(self.delivery)


def loads() -> QuerySet[Delivery]:
    """Deliveries with all that a page says of them."""
    return Delivery.objects.select_related(
        "by",
        "driver",
        "carriage__by",
        "receipt__by",
        "allotment__plan__good",
        "allotment__plan__task__council",
        "allotment__surplus__assembly",
        "allotment__need__assembly",
        "allotment__attachment__clause__mandate__delegate",
    ).annotate(giver_id=F("allotment__surplus__assembly"), receiver_id=F("allotment__need__assembly"))
