"""Decisions: calling a vote, the vote itself, and its result."""

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access, live
from ..clock import now
from ..forms import BallotForm, ScheduleForm, SearchForm
from ..models import Ballot, Citizen, Decision, RollMark
from ..refusal import statement
from ..verdict import choice_in_words, method_in_words, outcome_in_words, rule_in_words
from ..voting import ballot_form
from .answers import answer, by_name, named, page_of, sent
from .studies import studied
from .urn import secret_context

SHARES = {"simple": Fraction(1, 2), "two-thirds": Fraction(2, 3)}


def decision_context(request: HttpRequest, decision: Decision, form: Any = None) -> dict[str, Any]:
    at = now()
    orders = decision.assembly.orders(min(at, decision.opens_at))
    threshold = decision.threshold or orders.threshold_for(decision.proposal.effect).code
    quorum = decision.quorum or orders.quorum
    roll = decision.electorate_size(at)
    phase = decision.phase(at)
    context = {
        "decision": decision,
        "proposal": decision.proposal,
        "version": decision.version,
        "assembly": decision.assembly,
        "at": at,
        "phase": phase,
        "standing": access.standing(request.user, decision.assembly, at),
        "rule": method_in_words(decision.method) if decision.is_choice else rule_in_words(threshold),
        "roll": roll,
        "quorum": quorum.needed(decision.roll or roll),
        "voted": decision.turnout() if phase != Decision.Phase.COMING else 0,
        "ballot_form": form,
        **reader_context(request.user, decision, phase),
    }
    if decision.is_choice:
        context |= choice_context(decision, context["mine"], form)
        context |= {
            "outcome": choice_in_words(decision) if decision.closed_at else "",
            "count": decision.counted,
        }
    context["channels"] = frozen_channels(decision)
    if decision.secret:
        context["secret"] = secret_context(decision, request.user)
    if decision.tally is not None:
        needed = decision.rule.needed(decision.tally) if threshold == "absolute-of-roll" and decision.rule else None
        context |= {"outcome": outcome_in_words(decision), "share": SHARES.get(threshold), "needed": needed}
    return context


def hall_vote_context(request: HttpRequest, decision: Decision, form: Any = None) -> dict[str, Any]:
    """A vote in session as a phone shows it: what it takes to vote, and no more, for a whole hall asks at once."""
    at = now()
    phase = decision.phase(at)
    if phase != Decision.Phase.OPEN:
        return decision_context(request, access.decision(decision.pk), form)
    quorum, electorate = decision.quorum, decision.electorate or 0
    context = {
        "decision": decision,
        "proposal": decision.proposal,
        "assembly": decision.assembly,
        "at": at,
        "phase": phase,
        "roll": electorate,
        "quorum": quorum.needed(decision.measure or 0) if quorum else 0,
        "voted": live.turnout(decision),
        "ballot_form": form,
        **reader_context(request.user, decision, phase),
    }
    return context | choice_context(decision, context["mine"], form) if decision.is_choice else context


def choice_context(decision: Decision, mine: Ballot | None, form: Any) -> dict[str, Any]:
    """What a choice among options needs beside: the options, and the reader's own ballot in words."""
    options = list(decision.proposal.options.all())
    titles = {option.number: option.title for option in options}
    return {
        "options": options,
        "mine_words": [titles[number] for number in mine.ranking or ()] if mine else [],
        "ballot_form": form or ballot_form(decision)(decision=decision, ranking=mine.ranking if mine else None),
    }


def frozen_channels(decision: Decision) -> list[dict[str, Any]]:
    """What each channel brought, where another than the device was used at all."""
    frozen = decision.channels or {}
    if not any(frozen.get(channel, {}).get("voters") for channel in ("paper", "hands")):
        return []
    return [{"name": channel.label} | frozen.get(channel.value, {}) for channel in RollMark.Channel]


def reader_context(reader: access.Reader, decision: Decision, phase: str) -> dict[str, Any]:
    """What concerns the reader's own vote: whether they have one here, and what it is so far."""
    if not isinstance(reader, Citizen):
        return {"may_vote": False, "mine": None}
    mine = decision.ballot_of(reader) if phase != Decision.Phase.COMING else None
    may_vote = mine is not None or is_elector(reader, decision, phase)
    receipt = ""
    if mine and decision.closed_at:
        receipt = mine.commitment
    return {"may_vote": may_vote, "mine": mine, "receipt": receipt}


def is_elector(reader: Citizen, decision: Decision, phase: str) -> bool:
    if decision.in_session and decision.opened_at and phase == Decision.Phase.OPEN:
        return reader.pk in live.electors(decision)
    return decision.electors().filter(pk=reader.pk).exists()


@require_safe
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    decision = access.decision(pk)
    return answer(request, "assemblies/decision_detail.html", decision_context(request, decision))


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Cast a vote or change it. Its address read as a page is that of the decision."""
    if request.method != "POST":
        return redirect(access.decision(pk))
    named = "choice" not in request.POST
    box = access.ballot_box(pk, named=named)
    form = ballot_form(box)(request.POST, decision=box) if named and box.is_choice else BallotForm(request.POST)
    cast = form.acts(lambda: box.cast(by=request.user, **form.vote()), within=statement)
    if cast and not request.htmx:
        messages.success(request, _("Your vote is cast."))
        return redirect(box)
    decision = access.decision(pk)
    if decision.is_choice and not named:
        form = ballot_form(decision)(request.POST, decision=decision)
    if request.htmx and decision.in_session:
        context = hall_vote_context(request, decision, form) | {"cast": cast, "form": form}
        return render(request, "assemblies/_voting.html", context, status=form.status)
    context = decision_context(request, decision, form) | {"cast": cast}
    partial = "assemblies/_secret_voting.html" if decision.secret else "assemblies/_voting.html"
    page = partial if request.htmx else "assemblies/decision_detail.html"
    return render(request, page, context | {"form": form}, status=form.status)


@access.signed_in
@require_safe
def decision_votes(request: access.CitizenRequest, pk: int) -> HttpResponse:
    decision = access.votes(request.user, pk)
    form = SearchForm(request.GET)
    rows = by_name(named(decision.ballots.select_related("voter"), form.words(), "voter__name"), "voter__name")
    context = {"decision": decision, "assembly": decision.assembly, "page_obj": page_of(request, rows, 50)}
    context["options"] = decision.proposal.options.all() if decision.is_choice else []
    return answer(request, "assemblies/decision_votes.html", context | {"choices": Ballot.Choice}, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def decision_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Call the vote: the facilitator names opening and closing, on the clocks of the assembly."""
    proposal = access.proposal(request.user, pk)
    at = now()
    with timezone.override(proposal.assembly.time_zone):
        form = ScheduleForm(
            sent(request),
            earliest=proposal.earliest_opening(at),
            period=proposal.assembly.orders(at).voting_period,
            secret=proposal.secret,
        )
        if request.method == "POST" and form.acts(lambda: proposal.put_to_vote(by=request.user, **form.cleaned_data)):
            messages.success(request, _("The vote is called."))
            return redirect(form.result)
        context = {"proposal": proposal, "assembly": proposal.assembly, "earliest": form.earliest}
        context |= {"standing": access.standing(request.user, proposal.assembly, at)} | studied(proposal)
        return answer(request, "assemblies/decision_new.html", context, form)
