"""Loads: one allotment with what was sent of it, sending, the sheet with its code, and the page on the phone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.qr import qr
from assemblies.views.answers import answer, sent

from .. import access
from ..forms import DeliveryForm, LoadForm
from ..models import Allotment, Delivery, send, senders
from ..models import loads as all_loads


@require_safe
def allotment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    allotment, at = access.allotment(pk), now()
    reader = request.user
    context = {
        "at": at,
        "allotment": allotment,
        "gone_ahead": allotment.plan.has_gone_ahead(at),
        "deliveries": all_loads().filter(allotment=allotment),
        "left": max(allotment.quantity - allotment.sent_now, 0),
        "sends": isinstance(reader, Citizen) and senders(allotment, reader),
    }
    return answer(request, "commons/allotment_detail.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_new(request: CitizenRequest, pk: int) -> HttpResponse:
    allotment = access.allotment_to_send(request.user, pk)
    form = DeliveryForm(sent(request), good=allotment.good, people=people_of(allotment))
    ship = lambda: send(allotment, by=request.user, **form.said("quantity", "driver", "note"))  # noqa: E731
    if form.is_bound and (address := form.go(request, ship)):
        messages.success(request, _("It is on its way. Print its sheet, or show the code to the driver."))
        return redirect(address)
    context = {"allotment": allotment, "left": max(allotment.quantity - allotment.sent_now, 0)}
    return answer(request, "commons/delivery_form.html", context, form)


def people_of(allotment: Allotment) -> Any:
    """Who may be named as the driver: citizens of either end."""
    at = now()
    ends = allotment.giver.citizenships.in_force(at) | allotment.receiver.citizenships.in_force(at)
    return Citizen.objects.filter(pk__in=ends.values("citizen"))


@require_safe
def delivery_detail(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = access.delivery(pk)
    return answer(request, "commons/delivery_detail.html", load_context(request, delivery))


def load_context(request: HttpRequest, delivery: Delivery) -> dict[str, Any]:
    reader = request.user if isinstance(request.user, Citizen) else None
    return {
        "delivery": delivery,
        "allotment": delivery.allotment,
        "good": delivery.allotment.good,
        "labels": reader is not None
        and (reader in (delivery.by, delivery.driver) or senders(delivery.allotment, reader)),
        "carries": reader is not None and not hasattr(delivery, "carriage") and delivery.may_carry(reader),
        "receives": reader is not None
        and delivery.arrival is None
        and reader.is_citizen_of(delivery.allotment.receiver, now()),
    }


@signed_in
@require_safe
def delivery_sheet(request: CitizenRequest, pk: int) -> HttpResponse:
    """What goes with the load, to be printed: its code leads a phone to the page where it is confirmed."""
    delivery = access.delivery_to_label(request.user, pk)
    address = request.build_absolute_uri(reverse("load", args=[delivery.code]))
    context = load_context(request, delivery) | {"address": address, "code": qr(address)}
    return answer(request, "commons/delivery_sheet.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: CitizenRequest, code: str) -> HttpResponse:
    """The page on the phone: whoever has the load before them says that they took it on, or what arrived."""
    delivery = access.load(code)
    good = delivery.allotment.good
    form = LoadForm(sent(request), good=good, initial={"quantity": f"{delivery.quantity.normalize():f}"})
    if form.is_bound:
        arrives = request.POST.get("deed") == "arrived"
        deed = form.receive if arrives else form.take_on
        if form.go(request, lambda: deed(delivery, request.user), elsewhere=delivery.get_absolute_url()):
            messages.success(request, _("What arrived is said.") if arrives else _("You have taken it on."))
            return redirect(delivery)
    return answer(request, "commons/load.html", load_context(request, delivery), form)
