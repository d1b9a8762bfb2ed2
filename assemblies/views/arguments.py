"""What is said of a proposal: the list, one with its replies, beside the text, and what citizens do with it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import ActForm, ArgumentFilter, ArgumentForm, HelpForm, ReplyForm
from ..models import Argument, Proposal
from ..models.argument import beside, open_to_arguments
from .answers import answer, page_of, sent

SHOWN = 4  # arguments of both sides on the page of the proposal: two of each
QUESTIONS = 2
BESIDE = 200  # shown beside the text at once

Kind = Argument.Kind


def said_of(reader: access.Reader, proposal: Proposal, at: datetime) -> dict[str, Any]:
    """What the page of a proposal shows of it: the first of both sides, and the first questions."""
    if proposal.offered_at is None:
        return {}
    said = Argument.objects.filter(proposal=proposal).select_related("by", "proposal")
    sides = said.filter(kind__in=Argument.SIDES)
    questions = said.filter(kind=Kind.QUESTION)
    return {
        "arguments": sides.in_turn(reader)[:SHOWN],
        "arguments_count": sides.count(),
        "questions": questions.in_turn(reader)[:QUESTIONS],
        "questions_count": questions.count(),
        "has_passages": said.exclude(position=None).exists(),
        "open_to_arguments": open_to_arguments(proposal, at),
    }


def arguing(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """What every page about arguments needs."""
    at = now()
    return {
        "proposal": proposal,
        "assembly": proposal.assembly,
        "at": at,
        "standing": access.standing(request.user, proposal.assembly, at),
        "open_to_arguments": open_to_arguments(proposal, at),
    }


@require_safe
def argument_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides by turns, or the questions (`?side=`)."""
    proposal = access.offered(pk)
    form = ArgumentFilter(request.GET)
    side = form.value("side") or "sides"
    kinds = Argument.SIDES if side == "sides" else (Kind.QUESTION,)
    rows = Argument.objects.filter(proposal=proposal, kind__in=kinds).select_related("by", "proposal")
    context = arguing(request, proposal) | {"side": side, "page_obj": page_of(request, rows.in_turn(request.user))}
    return answer(request, "assemblies/argument_list.html", context, form)


@require_safe
def passages(request: HttpRequest, pk: int) -> HttpResponse:
    """The text with what is said of its passages beside them."""
    proposal = access.offered(pk)
    rows = Argument.objects.filter(proposal=proposal, position__isnull=False).select_related("by", "proposal")
    shown = list(rows.in_turn(request.user)[:BESIDE])
    there = [argument for argument in shown if argument.passage_stands or argument.passage_moved]
    context = arguing(request, proposal) | {
        "paragraphs": beside(proposal.text, there),
        "changed": [argument for argument in shown if argument not in there],
        "more": rows.count() > BESIDE,
    }
    return answer(request, "assemblies/passages.html", context)


@require_safe
def argument_detail(request: HttpRequest, pk: int) -> HttpResponse:
    argument = access.argument(pk)
    if argument.answers_id is not None:
        return redirect(argument)
    return argument_page(request, argument)


def argument_page(request: HttpRequest, argument: Argument, form: ActForm | None = None) -> HttpResponse:
    """An argument with its replies; what was just sent to it stands in its own form."""
    said = Argument.objects.select_related("by", "proposal__assembly")
    context = arguing(request, argument.proposal) | {
        "argument": said.weighed(request.user).get(pk=argument.pk),
        "page_obj": page_of(request, said.filter(answers=argument).as_made(request.user)),
        "say": form if isinstance(form, ReplyForm) else ReplyForm(),
    }
    return answer(request, "assemblies/argument_detail.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def argument_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Write one; `?kind=` and `?passage=` fill the form in."""
    proposal = access.offered(pk)
    begun = {"kind": request.GET.get("kind", ""), "passage": request.GET.get("passage", "")[:1000]}
    form = ArgumentForm(sent(request), initial=begun)
    if request.method == "POST" and form.acts(lambda: form.make(proposal, request.user)):
        messages.success(request, _("It stands with the proposal, for everyone to read."))
        return redirect(form.result)
    return answer(request, "assemblies/argument_new.html", arguing(request, proposal), form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Reply to an argument, or answer a question."""
    argument = access.argument(pk)
    if request.method != "POST":
        return redirect(argument)
    form = ReplyForm(request.POST)
    if form.acts(lambda: argument.reply(by=request.user, text=form.cleaned_data["text"])):
        messages.success(request, _("Your reply stands below it."))
        return redirect(form.result)
    return argument_page(request, argument, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def help_mark(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Say that it helped, or take that back."""
    argument = access.argument(pk)
    if request.method != "POST":
        return redirect(argument)
    form = HelpForm(request.POST)
    done = form.acts(lambda: form.change(argument, request.user))
    if request.htmx and done:
        found = Argument.objects.weighed(request.user).select_related("proposal__assembly").get(pk=pk)
        context = arguing(request, argument.proposal) | {"argument": found}
        return render(request, "assemblies/_helped.html", context)
    if done:
        return redirect(argument)
    return argument_page(request, argument.answers or argument, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def argument_withdrawal(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Take it back; it is asked once more."""
    argument = access.argument(pk)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: argument.withdraw(by=request.user)):
        messages.success(request, _("It is taken back."))
        return redirect(argument)
    context = arguing(request, argument.proposal) | {"argument": argument, "submit": _("Take it back")}
    context |= {"cancel": argument.get_absolute_url()}
    return answer(request, "assemblies/argument_withdrawal.html", context, form)
