"""Proposals: the list, one, writing a draft, offering it, withdrawing it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..differences import differences
from ..forms import ActForm, OrdersForm, ProposalForm, ProposalSearch, WithdrawalForm
from ..models import Assembly, Citizen, Method, Policy, Proposal, rules_in_words
from ..road import road_of
from ..verdict import method_in_words
from .answers import answer, named, page_of, sent
from .arguments import said_of
from .choices import choices_of
from .studies import studied

Effect = Proposal.Effect


def proposal_list_context(request: HttpRequest, form: ProposalSearch) -> dict[str, Any]:
    at = now()
    rows = Proposal.objects.offered().select_related("assembly", "author").prefetch_related("decisions")
    if assembly := form.value("assembly"):
        rows = rows.filter(assembly=assembly)
    if phase := form.value("phase"):
        rows = rows.in_phase(phase, at)
    page = page_of(request, named(rows, form.words(), "title").order_by("-offered_at", "-pk"))
    return {"page_obj": page, "at": at, "assembly": assembly}


@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    form = ProposalSearch(request.GET)
    return answer(request, "assemblies/proposal_list.html", proposal_list_context(request, form), form)


def proposal_context(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    at = now()
    orders = proposal.assembly.orders(at)
    phase = proposal.phase(at)
    standing = access.standing(request.user, proposal.assembly, at)
    return {
        "proposal": proposal,
        "assembly": proposal.assembly,
        "at": at,
        "phase": phase,
        "standing": standing,
        "mine": proposal.author == request.user,
        "decision": proposal.decision,
        "earlier": proposal.decisions.filter(outcome="quorum_missed").order_by("pk"),
        "earliest": proposal.earliest_opening(at) if phase == Proposal.Phase.WAITING else None,
        "orders": orders,
        "road": road_of(proposal, orders, at),
        "amendment_put": getattr(proposal, "amendment_put", None) if proposal.effect == Effect.QUESTION else None,
        "changes": changes(proposal, at),
        "options": choices_of(proposal),
        "method": method_in_words(proposal.method) if proposal.method != Method.YES_NO else "",
        **studied(proposal),
        **said_of(request.user, proposal, at),
    }


def changes(proposal: Proposal, at) -> list:
    """What it would change of the text in force: a policy's, or the standing orders'."""
    if proposal.effect == Effect.AMENDMENT and proposal.policy:
        before = proposal.offered_at if proposal.phase(at) == Proposal.Phase.CARRIED else None
        version = proposal.policy.version(before or at)
        return differences(version.text, proposal.text) if version else []
    if proposal.effect == Effect.ORDERS and proposal.phase(at) != Proposal.Phase.CARRIED:
        return differences(rules_in_words(proposal.assembly.orders(at)), proposal.text)
    return []


@require_safe
def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = access.proposal(request.user, pk)
    return answer(request, "assemblies/proposal_detail.html", proposal_context(request, proposal))


# ---- writing ----


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: access.CitizenRequest, slug: str) -> HttpResponse:
    """A draft of one of three kinds, or new standing orders (`?effect=`; `policy=` for a change or a repeal)."""
    assembly = access.assembly(slug)
    effect = request.GET.get("effect", Effect.POLICY)
    if effect == Effect.ORDERS:
        return orders_new(request, assembly)
    if effect not in (Effect.POLICY, Effect.AMENDMENT, Effect.REPEAL):
        raise Http404
    policy = _policy(assembly, request.GET.get("policy", "")) if effect != Effect.POLICY else None
    context = {"assembly": assembly, "effect": effect, "policy": policy, "standing": _standing(request, assembly)}
    if effect != Effect.POLICY and policy is None:
        in_force = assembly.policies.in_force(now()).order_by("title")
        return answer(request, "assemblies/proposal_policy.html", context | {"page_obj": page_of(request, in_force)})
    form = ProposalForm(sent(request), effect=effect, initial=_prefilled(effect, policy))
    if request.method == "POST" and form.acts(
        lambda: form.draft(assembly, by=request.user, effect=effect, policy=policy)
    ):
        messages.success(request, _("Your draft is kept. Only you can read it until you offer it."))
        return redirect(form.result)
    return answer(request, "assemblies/proposal_new.html", context, form)


def _standing(request: access.CitizenRequest, assembly: Assembly) -> access.Standing:
    return access.standing(request.user, assembly, now())


def _policy(assembly: Assembly, number: str) -> Policy | None:
    """The chosen policy, one of this assembly's in force; None while none was chosen."""
    if not number:
        return None
    if not (number.isdecimal() and len(number) < 19):
        raise Http404
    return get_object_or_404(assembly.policies.in_force(now()), pk=int(number))


def _prefilled(effect: str, policy: Policy | None) -> dict[str, str]:
    if policy is None:
        return {}
    if effect == Effect.REPEAL:
        return {"title": _("Repeal: %(policy)s") % {"policy": policy}}
    version = policy.version(now())
    return {"title": policy.title, "text": version.text if version else ""}


def orders_new(request: access.CitizenRequest, assembly: Assembly) -> HttpResponse:
    """New standing orders: filled in, then read over in words, then offered."""
    orders = assembly.orders(now())
    form = OrdersForm(sent(request), initial=OrdersForm.values_of(orders))
    context = {"assembly": assembly, "effect": Effect.ORDERS, "orders": orders}
    context |= {"standing": _standing(request, assembly)}
    if request.method == "POST" and "offer" in request.POST:
        if form.acts(lambda: _offer_orders(form, request, assembly)):
            messages.success(request, _("Your proposal is before the assembly."))
            return redirect(form.result)
    elif request.method == "POST" and form.is_valid() and "back" not in request.POST:
        words = rules_in_words(form.rules())
        context |= {"words": words, "changes": differences(rules_in_words(orders), words)}
        return answer(request, "assemblies/orders_check.html", context, form)
    return answer(request, "assemblies/proposal_new.html", context, form)


def _offer_orders(form: OrdersForm, request: access.CitizenRequest, assembly: Assembly) -> Proposal:
    """Offer them, or find what the same person has just offered: whoever sends twice has one."""
    Citizen.objects.select_for_update().get(pk=request.user.pk)
    title, rules = form.cleaned_data["title"], form.rules()
    same = assembly.proposals.waiting().filter(author=request.user, effect=Effect.ORDERS, title=title)
    same = same.filter(text=rules_in_words(rules), decisions=None)
    return same.first() or assembly.propose_orders(rules, by=request.user, title=title)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_edit(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Only a draft is changed; what has been offered stands as it is."""
    proposal = access.proposal(request.user, pk)
    form = ProposalForm(sent(request), effect=proposal.effect, initial={"title": proposal.title, "text": proposal.text})
    del form.fields["secret"]
    if request.method == "POST" and form.acts(lambda: _revise(form, proposal, request.user)):
        messages.success(request, _("Your draft is kept."))
        return redirect(proposal)
    context = {"proposal": proposal, "assembly": proposal.assembly, "phase": proposal.phase(now())}
    return answer(request, "assemblies/proposal_edit.html", context, form)


def _revise(form: ProposalForm, proposal: Proposal, by) -> None:
    text = form.cleaned_data["text"] or proposal.text
    proposal.revise(by=by, title=form.cleaned_data["title"], text=text)


# ---- offering and withdrawing ----


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_offer(request: access.CitizenRequest, pk: int) -> HttpResponse:
    proposal = access.proposal(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: proposal.offer(by=request.user)):
        messages.success(request, _("Your proposal is before the assembly."))
        return redirect(proposal)
    context = {"proposal": proposal, "assembly": proposal.assembly, "earliest": proposal.earliest_opening(now())}
    context |= {"submit": _("Offer it to the assembly"), "cancel": proposal.get_absolute_url()}
    return answer(request, "assemblies/proposal_offer.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_withdrawal(request: access.CitizenRequest, pk: int) -> HttpResponse:
    proposal = access.proposal(request.user, pk)
    form = WithdrawalForm(sent(request))
    if request.method == "POST" and form.acts(lambda: proposal.withdraw(by=request.user, into=form.other())):
        messages.success(request, _("Your proposal is withdrawn."))
        return redirect(proposal)
    context: dict[str, Any] = {"proposal": proposal, "assembly": proposal.assembly}
    context |= {"submit": _("Withdraw it"), "cancel": proposal.get_absolute_url()}
    return answer(request, "assemblies/proposal_withdrawal.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_removal(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Delete a draft that nobody but its author has seen."""
    proposal = access.proposal(request.user, pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: proposal.discard(by=request.user)):
        messages.success(request, _("Your draft is deleted."))
        return redirect(proposal.assembly)
    context: dict[str, Any] = {"proposal": proposal, "assembly": proposal.assembly}
    context |= {"submit": _("Delete the draft"), "cancel": proposal.get_absolute_url()}
    return answer(request, "assemblies/proposal_removal.html", context, form)
