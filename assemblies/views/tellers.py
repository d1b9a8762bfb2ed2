"""The tellers' desk of one decision: who is in the hall, papers printed and read, hands counted; and the roll of it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count as Number
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import ActForm, SearchForm
from ..models import Decision, Drawing, HandCount, Office, PaperCount, RollMark
from ..voting import PAPERS_A_SHEET, MarkForm, PaperForm, ReasonForm, SheetForm, ballot_form, hands_form
from .answers import answer, by_name, named, page_of, sent

Channel = RollMark.Channel
FOUND = 10  # names shown of those a teller looks for


def desk_context(request: access.CitizenRequest, decision: Decision, teller: bool) -> dict[str, Any]:
    at = now()
    search = SearchForm(request.GET)
    words = search.words()
    marks = decision.marks.standing()
    waiting = named(decision.electors().exclude(pk__in=marks.values("citizen")), words, "name") if words else None
    hands = marks.filter(channel=Channel.HANDS).select_related("citizen")
    return {
        "decision": decision,
        "assembly": decision.assembly,
        "at": at,
        "phase": decision.phase(at),
        "teller": teller,
        "tellers": [
            office.citizen
            for office in decision.assembly.offices.in_force(at).filter(kind="teller").select_related("citizen")
        ],
        "drawing": Drawing.objects.pending().filter(assembly=decision.assembly, kind=Office.Kind.TELLER).first(),
        "search": search,
        "found": by_name(waiting)[:FOUND] if waiting is not None else None,
        "more": waiting is not None and waiting.count() > FOUND,
        "words": words,
        "present": by_name(hands, "citizen__name"),
        "mine": decision.hand_counts.filter(by=request.user).last(),
        "counts": decision.hand_counts.filter(by=request.user),
        "agreed": HandCount.objects.agreed(decision) is not None,
        "others": decision.hand_counts.exclude(by=request.user).exists(),
        "papers": papers_context(decision),
        "hands_form": hands_form(decision)(),
        "sheet_form": SheetForm(auto_id="sheet_%s"),
        "a_sheet": PAPERS_A_SHEET,
        "paper_form": PaperForm(auto_id="paper_%s"),
        "vote_form": ballot_form(decision)(decision=decision, auto_id="vote_%s"),
        "channels": channels(decision),
    }


def papers_context(decision: Decision) -> dict[str, int]:
    """How many papers are printed, read by anyone, and agreed on; and how many who have not voted have none."""
    read = PaperCount.objects.filter(code__decision=decision).values("code").distinct().count()
    return {
        "printed": decision.paper_codes.count(),
        "read": read,
        "agreed": PaperCount.objects.agreed(decision),
        "left": decision.electors()
        .exclude(pk__in=decision.paper_codes.values("citizen"))
        .exclude(pk__in=decision.marks.standing().values("citizen"))
        .count(),
    }


def channels(decision: Decision) -> list[dict[str, Any]]:
    """How many took part by each channel."""
    counted = dict(decision.marks.standing().order_by().values_list("channel").annotate(Number("pk")))
    return [{"name": channel.label, "n": counted.get(channel.value, 0)} for channel in Channel]


@access.signed_in
@require_safe
def tellers_desk(request: access.CitizenRequest, pk: int) -> HttpResponse:
    decision, teller = access.tellers_desk(request.user, pk)
    context = desk_context(request, decision, teller)
    return answer(request, "assemblies/tellers_desk.html", context, context["search"])


def _again(request: access.CitizenRequest, decision: Decision, teller: bool, form: ActForm, **sheets) -> HttpResponse:
    """The desk with the sheet that was just refused: nothing typed is lost."""
    context = desk_context(request, decision, teller) | {"form": form} | sheets
    return render(request, "assemblies/tellers_desk.html", context, status=form.status)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tellers_drawn(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Announce the lot for the tellers' seats. Whoever asks for it, and whenever, the lot decides."""
    decision, _teller = access.tellers_desk(request.user, pk)
    if request.method == "POST" and Drawing.objects.announce(decision.assembly, Office.Kind.TELLER):
        messages.success(request, _("The lot is announced. It is drawn with the next checkpoint of the record."))
    return redirect("tellers-desk", pk)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def presence(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Mark one person as voting by hand."""
    decision, teller = access.tellers_desk(request.user, pk)
    if request.method != "POST":
        return redirect("tellers-desk", pk)
    form = MarkForm(request.POST, decision=decision)
    if form.acts(lambda: form.mark(request.user)):
        messages.success(
            request, _("%(name)s votes by hand in this decision.") % {"name": form.cleaned_data["citizen"]}
        )
        return redirect("tellers-desk", pk)
    return _again(request, decision, teller, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def presence_hall(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """In session: mark at once those who came without a device, or everyone who has not voted yet."""
    decision, teller = access.tellers_desk(request.user, pk)
    if request.method != "POST":
        return redirect("tellers-desk", pk)
    form = ActForm(request.POST)
    everyone = "everyone" in request.POST
    if form.acts(lambda: RollMark.objects.mark_hall(decision, by=request.user, everyone=everyone)):
        messages.success(request, _("Marked as voting by hand: %(n)d.") % {"n": form.result})
        return redirect("tellers-desk", pk)
    return _again(request, decision, teller, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def presence_withdrawal(request: access.CitizenRequest, pk: int) -> HttpResponse:
    mark, decision = access.hand_mark(request.user, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.acts(
        lambda: mark.withdraw(by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("The mark is withdrawn. It stays to be seen, with your reason."))
        return redirect("tellers-desk", decision.pk)
    return answer(request, "assemblies/presence_withdrawal.html", {"mark": mark, "decision": decision}, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hand_counts(request: access.CitizenRequest, pk: int) -> HttpResponse:
    decision, teller = access.tellers_desk(request.user, pk)
    if request.method != "POST":
        return redirect("tellers-desk", pk)
    form = hands_form(decision)(request.POST)
    if form.acts(lambda: form.enter(decision, by=request.user)):
        agreed = HandCount.objects.agreed(decision) is not None
        messages.success(
            request,
            _("Both tellers have counted the same: it counts.")
            if agreed
            else _("Your count is entered. It counts once the other teller has counted the same."),
        )
        return redirect("tellers-desk", pk)
    return _again(request, decision, teller, form, hands_form=form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Print a sheet of papers for voters who have none. Its codes are shown in this answer and never again."""
    decision, teller = access.tellers_desk(request.user, pk)
    if request.method != "POST":
        return redirect("tellers-desk", pk)
    form = SheetForm(request.POST, auto_id="sheet_%s")
    words = form.cleaned_data["q"] if form.is_valid() else ""
    voters = named(decision.electors(), words, "name") if words else None
    if not form.acts(lambda: form.print(decision, voters, by=request.user)):
        return _again(request, decision, teller, form, sheet_form=form)
    context = {
        "decision": decision,
        "assembly": decision.assembly,
        "papers": form.result,
        "left": papers_context(decision)["left"],
        "a_sheet": PAPERS_A_SHEET,
        "options": decision.proposal.options.all(),
    }
    response = render(request, "assemblies/papers.html", context)
    response["Cache-Control"] = "no-store"
    return response


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def paper_counts(request: access.CitizenRequest, pk: int) -> HttpResponse:
    decision, teller = access.tellers_desk(request.user, pk)
    if request.method != "POST":
        return redirect("tellers-desk", pk)
    form = PaperForm(request.POST, auto_id="paper_%s")
    vote = ballot_form(decision)(request.POST, decision=decision, auto_id="vote_%s")
    if vote.is_valid() and form.acts(lambda: form.read(decision, vote.vote(), by=request.user)):
        messages.success(request, _("Paper %(n)d is read.") % {"n": form.cleaned_data["number"]})
        return redirect("tellers-desk", pk)
    return _again(request, decision, teller, form if form.errors else vote, paper_form=form, vote_form=vote)


@access.signed_in
@require_safe
def decision_roll(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Who took part by which channel: after the close, for the citizens of that assembly alone."""
    decision = access.took_part(request.user, pk)
    form = SearchForm(request.GET)
    channel = decision.marks.standing().filter(citizen=OuterRef("pk")).values("channel")[:1]
    rows = named(decision.electors().annotate(channel=Subquery(channel)), form.words(), "name")
    context = {
        "decision": decision,
        "assembly": decision.assembly,
        "page_obj": page_of(request, by_name(rows), 50),
        "labels": dict(Channel.choices),
        "channels": channels(decision),
        "withdrawn": decision.marks.filter(withdrawn_at__isnull=False).select_related("citizen", "withdrawn_by"),
        "counts": decision.hand_counts.select_related("by"),
    }
    return answer(request, "assemblies/decision_roll.html", context, form)
