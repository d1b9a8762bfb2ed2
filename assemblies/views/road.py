"""The road of a proposal: its versions and what changed between them, its amendments, readings and co-signers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..consolidation import articles, conflict
from ..differences import differences, rows
from ..forms import (
    ActForm,
    AmendmentForm,
    ComparisonForm,
    ConsolidationForm,
    ReadingForm,
    SendingBackForm,
    SupportForm,
    VersionForm,
)
from ..models import Amendment, Proposal, ProposalVersion, Reading, SendingBack, Support
from ..models.version import digest_of
from ..road import Road, road_of
from .answers import answer, sent


def road_context(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    at = now()
    road = road_of(proposal, proposal.assembly.orders(at), at)
    if road is None:
        raise Http404
    return {
        "proposal": proposal,
        "assembly": proposal.assembly,
        "at": at,
        "phase": proposal.phase(at),
        "standing": access.standing(request.user, proposal.assembly, at),
        "mine": proposal.author == request.user,
        "road": road,
    }


def of_the_road(request: access.CitizenRequest, pk: int) -> tuple[Proposal, Road, dict[str, Any]]:
    proposal = access.offered(pk)
    context = road_context(request, proposal)
    return proposal, context["road"], context


# ---- versions ----


@require_safe
def version_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Every text that it had, and any two of them beside each other."""
    proposal = access.offered(pk)
    form = ComparisonForm(request.GET)
    versions = list(proposal.versions.select_related("written_by").order_by("-number"))
    numbered = {version.number: version for version in versions}
    context: dict[str, Any] = {"proposal": proposal, "assembly": proposal.assembly, "versions": versions}
    new, old = form.value("new") or versions[0].number, form.value("old")
    old = old if old is not None else max(1, new - 1)
    if form.is_valid() and (old not in numbered or new not in numbered):
        raise Http404
    if form.is_valid() and old != new:
        pieces = differences(numbered[old].text, numbered[new].text)
        beside = form.value("view") == "beside"
        context |= {"old": old, "new": new, "beside": beside, "changes": pieces}
        context |= {"rows": rows(pieces) if beside else []}
    return answer(request, "assemblies/version_list.html", context, form)


@require_safe
def version_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version = access.version(pk, number)
    proposal = version.proposal
    newest = proposal.versions.newest()
    context = {"proposal": proposal, "assembly": proposal.assembly, "version": version, "newest": newest}
    return answer(request, "assemblies/version_detail.html", context)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def version_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Another text by the author."""
    proposal, road, context = of_the_road(request, pk)
    form = VersionForm(sent(request), initial={"text": road.newest.text})

    def write() -> ProposalVersion:
        values = form.cleaned_data
        if road.newest.number > 1 and (road.newest.text, road.newest.written_by) == (values["text"], request.user):
            return road.newest  # whoever sends twice has one
        return ProposalVersion.objects.write(proposal, values["text"], by=request.user, reasons=values["reasons"])

    if request.method == "POST" and form.acts(write):
        messages.success(request, _("Your text is before the assembly. Its deliberation begins anew."))
        return redirect(proposal)
    return answer(request, "assemblies/version_new.html", context, form)


# ---- amendments ----


@require_safe
def amendment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All amendments in the stated order, which of them conflict, and the text that those adopted so far make."""
    proposal = access.offered(pk)
    context = road_context(request, proposal)
    road = context["road"]
    read = articles(road.newest.text)
    settled = road.newest.settled()
    numbers = {one.number: one for one in road.amendments}
    gone = proposal.amendments().exclude(pk__in=[one.pk for one in road.amendments])
    context |= {
        "listed": [
            {
                "amendment": one,
                "state": one.State(one.state()).label,
                "conflicts": [other for other in road.amendments if conflict(one.change, other.change, read)],
                "fallen": one.change in settled.falls,
                "rival": numbers.get(rival.number) if (rival := settled.falls.get(one.change)) else None,
            }
            for one in road.amendments
        ],
        "gone": [
            {"amendment": one, "state": one.State(one.state(newest=False)).label}
            for one in gone.select_related("mover", "question", "version").prefetch_related("question__decisions")
        ],
        "settled": settled,
        "changes": differences(road.newest.text, settled.text) if settled.stands else [],
    }
    return answer(request, "assemblies/amendment_list.html", context)


@require_safe
def amendment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    amendment = access.amendment(pk)
    context = road_context(request, amendment.version.proposal)
    road = context["road"]
    newest = road.newest.pk == amendment.version_id
    read = articles(amendment.version.text)
    others = [one for one in road.amendments if newest and conflict(one.change, amendment.change, read)]
    context |= {
        "amendment": amendment,
        "newest": newest,
        "state": amendment.state(newest),
        "label": amendment.State(amendment.state(newest)).label,
        "changes": differences(amendment.before, amendment.text),
        "conflicts": others,
        "moved_by_me": amendment.mover == request.user,
    }
    return answer(request, "assemblies/amendment_detail.html", context)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Choose an article, then say what it is to read (`?article=`, and `?adds=1` for one after it)."""
    proposal, road, context = of_the_road(request, pk)
    read = articles(road.newest.text)
    context |= {"articles": read}
    chosen = request.POST if request.method == "POST" else request.GET
    number, adds = chosen.get("article", ""), bool(chosen.get("adds"))
    if not number and request.method != "POST":
        return answer(request, "assemblies/amendment_article.html", context)
    if not (number.isdecimal() and len(number) < 6 and (0 if adds else 1) <= int(number) <= len(read)):
        raise Http404
    article = read[int(number) - 1] if int(number) else None
    words = "" if adds or article is None else article.text
    begins = {"text": words, "version": road.newest.number, "article": int(number), "adds": "1" if adds else ""}
    form = AmendmentForm(sent(request), initial=begins)
    if request.method == "POST" and form.acts(lambda: form.move(proposal, by=request.user)):
        messages.success(request, _("Your amendment is moved. Everyone can read it, with your name."))
        return redirect(form.result)
    context |= {"article": article, "adds": adds}
    return answer(request, "assemblies/amendment_new.html", context, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_acceptance(request: access.CitizenRequest, pk: int) -> HttpResponse:
    amendment = access.amendment(pk)
    question = _("Accept this amendment?")
    said = [
        _("It comes into the text without a vote, unless one that conflicts with it goes further and carries."),
        _("The text changes when all amendments are settled, and lies open again before the vote."),
    ]
    done = _("The amendment is accepted.")
    return _confirmed(
        request, amendment, question, said, _("Accept it"), done, lambda: amendment.accept(by=request.user)
    )


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_withdrawal(request: access.CitizenRequest, pk: int) -> HttpResponse:
    amendment = access.amendment(pk)
    question = _("Take this amendment back?")
    said = [_("It is not put to the vote. It stays readable, as taken back.")]
    done = _("Your amendment is taken back.")
    return _confirmed(
        request, amendment, question, said, _("Take it back"), done, lambda: amendment.withdraw(by=request.user)
    )


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def amendment_votes(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Call the votes on all amendments of the list that have none yet."""
    proposal, road, _context = of_the_road(request, pk)
    question = _("Put these amendments to the vote?")
    said = [f"{one.place}. {one}: {one.get_kind_display()}" for one in road.uncalled]
    said.append(_("Each is voted on by itself. Of two that conflict and carry, the first of the list stands."))
    return _confirmed(
        request,
        proposal,
        question,
        said,
        _("Call the votes"),
        _("The votes on the amendments are called."),
        lambda: Amendment.objects.call_votes(road.newest, by=request.user),
    )


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def consolidation(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """The text with its amendments, read over before it is put before the assembly."""
    proposal, road, context = of_the_road(request, pk)
    settled = road.newest.settled()
    form = ConsolidationForm(sent(request), initial={"shown": digest_of(settled.text)})

    def consolidate() -> ProposalVersion:
        return ProposalVersion.objects.consolidate(proposal, by=request.user, shown=form.cleaned_data["shown"])

    if request.method == "POST" and form.acts(consolidate):
        messages.success(request, _("The text with its amendments is before the assembly."))
        return redirect(form.result)
    context |= {"settled": settled, "changes": differences(road.newest.text, settled.text)}
    return answer(request, "assemblies/consolidation.html", context, form)


# ---- readings, co-signers, sent back ----


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reading_new(request: access.CitizenRequest, pk: int) -> HttpResponse:
    proposal, road, _context = of_the_road(request, pk)
    number = road.next_reading or (Reading.SECOND if 1 in road.read or not road.two_readings else Reading.FIRST)
    form = ReadingForm(sent(request), initial={"number": number})
    second = number == Reading.SECOND
    question = _("Hold the second reading?") if second else _("Hold the first reading?")
    said = [_("That it was read stands in the record, with your name.")]
    if second:
        said.append(_("No amendment is moved any more, and none is accepted or taken back."))
        said += [f"{place}. {one}: {one.get_kind_display()}" for place, one in enumerate(road.amendments, start=1)]
        said.append(_("Those that were not accepted are voted on in this order."))
    else:
        said.append(_("From now on amendments can be moved."))
    return _confirmed(
        request,
        proposal,
        question,
        said,
        _("Hold the reading"),
        _("The reading is in the record."),
        lambda: Reading.objects.hold(road.newest, form.cleaned_data["number"], by=request.user),
        form,
    )


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Co-sign it, or take that back."""
    proposal, road, _context = of_the_road(request, pk)
    mine = next((one for one in road.supports if one.citizen == request.user), None)
    form = SupportForm(sent(request), initial={"wants": "withdraw" if mine else "give"})

    def settle() -> None:
        gives = form.cleaned_data["wants"] == "give"
        if gives and mine is None:
            Support.objects.give(road.newest, by=request.user)
        elif not gives and mine is not None:
            mine.withdraw(by=request.user)

    if mine is not None:
        question, submit = _("Take your signature back?"), _("Take it back")
        said, done = [_("Without enough co-signers it is not taken up.")], _("Your signature is taken back.")
    else:
        question, submit, done = _("Co-sign this proposal?"), _("Co-sign it"), _("You have co-signed it.")
        said = [
            _("Everyone can read that you co-sign it, with your name."),
            _("To sign is not to vote: it asks the assembly to take the text up."),
            _("If its author changes the text, you are asked anew."),
        ]
    return _confirmed(request, proposal, question, said, submit, done, settle, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sending_back(request: access.CitizenRequest, pk: int) -> HttpResponse:
    proposal, road, context = of_the_road(request, pk)
    form = SendingBackForm(sent(request))

    def send() -> SendingBack:
        return SendingBack.objects.send(road.newest, by=request.user, reason=form.cleaned_data["reason"])

    if request.method == "POST" and form.acts(send):
        messages.success(request, _("The text is sent back to its author."))
        return redirect(proposal)
    return answer(request, "assemblies/sending_back.html", context, form)


def _confirmed(
    request: access.CitizenRequest,
    thing: Proposal | Amendment,
    question: str,
    consequences: list[str],
    submit: str,
    done: str,
    act: Any,
    form: ActForm | None = None,
) -> HttpResponse:
    """One question a page: done when it was sent, and shown with what follows from it."""
    form = form or ActForm(sent(request))
    if request.method == "POST" and form.acts(act):
        messages.success(request, done)
        return redirect(thing)
    proposal = thing.version.proposal if isinstance(thing, Amendment) else thing
    context = {
        "thing": thing,
        "proposal": proposal,
        "assembly": proposal.assembly,
        "question": question,
        "consequences": consequences,
        "submit": submit,
        "cancel": thing.get_absolute_url(),
    }
    return answer(request, "assemblies/road_step.html", context, form)
