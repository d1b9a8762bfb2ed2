"""Elections of delegates: called, stood in, put to the vote; and the replacing of a delegate who ended early."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, signed_in, standing
from assemblies.clock import now
from assemblies.refusal import CONFLICT, Refusal
from assemblies.views.answers import answer, named, page_of, sent

from .. import access
from ..election_forms import CandidacyForm, ConfirmForm, ElectionFilter, ElectionForm, ReplacementForm, early_days
from ..models import Candidacy, Election, Mandate
from .clauses import are_filled_in, draw, sheet_with_clauses


@require_safe
def election_list(request: HttpRequest) -> HttpResponse:
    form = ElectionFilter(request.GET)
    at = now()
    found = Election.objects.all()
    if assembly := form.value("assembly"):
        found = found.filter(assembly=assembly)
    match form.value("state"):
        case "standing":
            found = found.standing(at)
        case "ready":
            found = found.ready(at)
        case "put":
            found = found.filter(poll__isnull=False)
    related = found.select_related("assembly", "confederation", "poll__ranking", "poll__question")
    related = related.prefetch_related("poll__ranking__decisions", "poll__question__decisions")
    rows = named(related, form.words(), "assembly__name", "confederation__name")
    page = page_of(request, rows.order_by("-called_at"))
    shown = [{"election": election, "phase": Election.Phase(election.phase(at))} for election in page]
    context = {"page_obj": page, "rows": shown, "assembly": form.value("assembly")}
    return answer(request, "mandates/election_list.html", context, form)


def _election(pk: int) -> Election:
    return get_object_or_404(
        Election.objects.select_related("assembly", "confederation__charter", "called_by", "poll"), pk=pk
    )


@require_safe
def election_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(request, "mandates/election_detail.html", election_context(request, _election(pk)))


def election_context(request: HttpRequest, election: Election) -> dict[str, Any]:
    at = now()
    poll = election.put
    count = poll.count if poll else None
    candidates = election.candidates()
    mandates = {one.candidacy_id: one for one in poll.mandates(at)} if poll else {}
    phase = Election.Phase(election.phase(at))
    rows = [
        {
            "candidacy": one,
            "mandate": mandates.get(one.pk),
            "elected": count is not None and _number(mandates.get(one.pk)) in count.elected,
        }
        for one in candidates
    ]
    for row in rows:
        mandate = row["mandate"]
        row["beyond_terms"] = (
            row["elected"] and phase == Election.Phase.ELECTED and not getattr(mandate, "ends_at", None)
        )
    return {
        "election": election,
        "assembly": election.assembly,
        "at": at,
        "phase": phase,
        "clauses": election.clauses.select_related("policy", "place"),
        "rows": rows,
        "mine": next((one for one in candidates if one.citizen == request.user), None),
        "poll": poll,
        "count": count,
        "standby": poll.standby() if poll else [],
        "standing": standing(request.user, election.assembly, at),
    }


def _number(mandate: Mandate | None) -> int | None:
    """The number on the ballot of whoever would be bound."""
    return mandate.option.number if mandate and mandate.option else None


# ---- calling ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def election_new(request: CitizenRequest, slug: str) -> HttpResponse:
    assembly = access.assembly_to_ask(request.user, slug, 4)
    at = now()
    form, clauses = sheet_with_clauses(request, ElectionForm, assembly, at, acting=("call",), initial=early_days(at))
    if are_filled_in(form, clauses):
        address = form.go(request, lambda: form.call(request.user, clauses.terms()))
        if address:
            messages.success(request, _("The election is called. Whoever wants to can stand."))
            return redirect(address)
    return draw(request, "mandates/election_form.html", form, clauses, at)


# ---- standing ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def candidacy_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Stand oneself: nobody is put up by another."""
    election = _election(pk)
    form = CandidacyForm(sent(request))
    if form.is_bound and (
        address := form.go(
            request, lambda: form.declare(election, by=request.user), elsewhere=election.get_absolute_url()
        )
    ):
        messages.success(request, _("You stand. You can take it back as long as one can stand."))
        return redirect(address)
    return answer(request, "mandates/candidacy_form.html", election_context(request, election), form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def candidacy_withdrawal(request: CitizenRequest, pk: int) -> HttpResponse:
    candidacy = get_object_or_404(
        Candidacy.objects.known_to(request.user).select_related("election__assembly", "citizen"), pk=pk
    )
    form = ConfirmForm(sent(request))
    back = candidacy.election.get_absolute_url()
    if form.is_bound and (address := form.go(request, lambda: candidacy.take_back(by=request.user), elsewhere=back)):
        messages.success(request, _("You no longer stand."))
        return redirect(address)
    context = {"candidacy": candidacy, "election": candidacy.election}
    return answer(request, "mandates/candidacy_withdrawal.html", context, form)


# ---- the vote ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def poll_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """Put both questions to the vote. Once they are, nothing in them changes."""
    election = _election(pk)
    form = ConfirmForm(sent(request))
    if form.is_bound and (
        address := form.go(
            request, lambda: election.put_to_vote(by=request.user), elsewhere=election.get_absolute_url()
        )
    ):
        messages.success(request, _("Both questions are laid before the assembly, and the vote is called."))
        return redirect(address)
    context = election_context(request, election)
    candidates = [row["candidacy"] for row in context["rows"]]
    return answer(request, "mandates/poll_form.html", context | {"text": election.text(candidates)}, form)


# ---- replacing ----


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def replacement_new(request: CitizenRequest, pk: int) -> HttpResponse:
    """A mandate for the rest of a term that ended early: a new question, with the standby list at hand."""
    mandate = access.mandate_to_narrow(request.user, pk)
    at = now()
    if mandate.ends_at is None or mandate.ends_at > at or mandate.valid_until <= at:
        raise Refusal(4, _("Only a mandate that ended before its time is replaced."), status=CONFLICT)
    form = ReplacementForm(sent(request), mandate=mandate, standby=standby_of(mandate), at=at)
    if form.is_bound and (address := form.lay(request, lambda: form.propose(request.user))):
        return redirect(address)
    return answer(request, "mandates/replacement_form.html", {"mandate": mandate}, form)


def standby_of(mandate: Mandate) -> list[Candidacy]:
    """Those who stood in the same election and were not elected, nearest first."""
    return mandate.candidacy.election.poll.standby() if mandate.candidacy else []
