"""Recalls: opened, signed, answered; the vote itself is the assembly's."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.forms import SearchForm
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, named, page_of, sent

from .. import access
from ..forms import RecallFilter, RecallForm, SignatureForm, StatementForm
from ..models import Mandate, Recall

NAMES = 100


@require_safe
def recall_list(request: HttpRequest) -> HttpResponse:
    form = RecallFilter(request.GET)
    found = Recall.objects.filter(mandate__in=Mandate.objects.known_to(request.user)).with_phase(now())
    if assembly := form.value("assembly"):
        found = found.filter(mandate__assembly=assembly)
    if state := form.value("state"):
        under_way = Q(phase_now__in=Recall.UNDER_WAY)
        found = found.filter(under_way if state == "under-way" else ~under_way)
    related = found.select_related("mandate__delegate", "mandate__assembly", "mandate__confederation")
    rows = named(related, form.words(), "mandate__delegate__name", "mandate__assembly__name")
    context = {"page_obj": page_of(request, rows.order_by("-opened_at", "-pk")), "assembly": assembly}
    return answer(request, "mandates/recall_list.html", context, form)


@require_safe
def recall_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return recall_page(request, access.recall(request.user, pk))


def recall_page(
    request: HttpRequest, recall: Recall, *, sign: SignatureForm | None = None, say: StatementForm | None = None
) -> HttpResponse:
    """The page of a recall, with the sheet that was just sent, if one was."""
    sheets = {"sign": sign or SignatureForm(), "say": say or StatementForm()}
    context = recall_context(request, recall) | sheets
    return answer(request, "mandates/recall_detail.html", context, sign or say)


def recall_context(request: HttpRequest, recall: Recall) -> dict[str, Any]:
    at = now()
    citizen = access.is_citizen(request.user, recall.assembly, at)
    mine = recall.signatures.filter(citizen=request.user.pk).first()
    return {
        "recall": recall,
        "mandate": recall.mandate,
        "at": at,
        "phase": recall.Phase(recall.phase_now),
        "decision": recall.decision,
        "statements": recall.statements.select_related("by"),
        "citizen": citizen,
        "mine": mine,
        "own": request.user == recall.mandate.delegate,
        "names": recall.signatures.select_related("citizen").order_by("signed_at")[:NAMES] if citizen else None,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def recall_new(request: CitizenRequest, pk: int) -> HttpResponse:
    mandate = access.mandate_to_recall(request.user, pk)
    under_way = mandate.recalls.under_way(now()).first()
    if under_way is not None and under_way.opened_by_id == request.user.pk and request.method != "POST":
        return redirect(under_way)
    if request.method != "POST" and not mandate.stands(now()):
        raise Refusal(7, _("This mandate is not in force: there is nothing to recall."), status=CONFLICT)
    form = RecallForm(sent(request))

    def open_recall() -> Recall:
        return mandate.open_recall(by=request.user, grounds=form.cleaned_data["grounds"])

    if form.is_bound and (address := form.go(request, open_recall)):
        return redirect(address)
    context = {"mandate": mandate, "under_way": under_way}
    return answer(request, "mandates/recall_form.html", context, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def signatures(request: CitizenRequest, pk: int) -> HttpResponse:
    """Sign it; or read who has, as a citizen of the same assembly."""
    if request.method != "POST":
        return signature_list(request, access.signatures(request.user, pk))
    recall = access.recall(request.user, pk)
    form = SignatureForm(request.POST)

    def sign() -> None:
        recall.sign(by=request.user)

    address = form.go(request, sign, elsewhere=recall.get_absolute_url())
    if address or recall.signatures.filter(citizen=request.user).exists():
        messages.success(request, _("Your signature stands under this recall."))
        return redirect(recall)
    return recall_page(request, recall, sign=form)


def signature_list(request: CitizenRequest, recall: Recall) -> HttpResponse:
    form = SearchForm(request.GET)
    found = named(recall.signatures.select_related("citizen"), form.words(), "citizen__name")
    context = {"recall": recall, "page_obj": page_of(request, found.order_by("signed_at", "pk"), NAMES)}
    return answer(request, "mandates/signature_list.html", context, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def statements(request: CitizenRequest, pk: int) -> HttpResponse:
    """The delegate is heard."""
    recall = access.recall(request.user, pk)
    if request.method != "POST":
        return redirect(recall)
    form = StatementForm(request.POST)

    def speak() -> None:
        if Recall.Phase(recall.phase_now) not in Recall.UNDER_WAY:
            raise Refusal(7, _("This recall is over: there is nothing to answer any more."), status=CONFLICT)
        recall.answer(by=request.user, text=form.cleaned_data["text"])

    if address := form.go(request, speak, elsewhere=recall.get_absolute_url()):
        messages.success(request, _("Your statement stands beside the grounds."))
        return redirect(address)
    return recall_page(request, recall, say=form)
