"""Questions with options: drafting one, and the count of what was chosen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..counting import formats
from ..models import Count, Decision, Method, Option, Proposal
from ..verdict import method_in_words
from ..voting import ChoiceForm, OptionsForm, rows_of
from .answers import answer, sent

DOWNLOADS = {"blt": "text/plain", "json": "application/json", "csv": "text/csv"}


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def choice_new(request: access.CitizenRequest, slug: str) -> HttpResponse:
    """A draft of a question with options. It is offered from its own page, as every draft is."""
    assembly = access.assembly(slug)
    data = sent(request)
    rows = rows_of(data)
    adding = data is not None and data.get("step") == "more"
    form = ChoiceForm(None if adding else data, rows=rows, initial=data.dict() if adding and data else None)
    if adding and data is not None:
        for name in form.fields:
            form.initial[name] = data.get(name, "")
    elif data is not None and form.acts(lambda: form.draft(assembly, by=request.user)):
        messages.success(request, _("Your draft is kept. Only you can read it until you offer it."))
        return redirect(form.result)
    standing = access.standing(request.user, assembly, now())
    return answer(request, "assemblies/choice_new.html", {"assembly": assembly, "standing": standing}, form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def options_edit(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """The options of one's own draft, written anew."""
    proposal = access.draft_of_a_choice(request.user, pk)
    data, options = sent(request), list(proposal.options.all())
    adding = data is not None and data.get("step") == "more"
    form = OptionsForm(None if adding else data, rows=rows_of(data, len(options) + 1), options=options)
    if adding and data is not None:
        form.initial.update({name: data.get(name, "") for name in form.fields})
    elif data is not None and form.acts(lambda: Option.objects.rewrite(proposal, form.choices(), by=request.user)):
        messages.success(request, _("Your draft is kept. Only you can read it until you offer it."))
        return redirect(proposal)
    return answer(request, "assemblies/options_edit.html", {"proposal": proposal}, form)


# ---- the count ----


@require_safe
def decision_count(request: HttpRequest, pk: int) -> HttpResponse:
    decision, count = access.counted(pk)
    return answer(request, "assemblies/decision_count.html", count_context(decision, count))


def count_context(decision: Decision, count: Count) -> dict[str, Any]:
    result = count.result
    names = {one["number"]: one["name"] for one in result["candidates"]}
    return {
        "decision": decision,
        "assembly": decision.assembly,
        "count": count,
        "result": result,
        "method": method_in_words(decision.method),
        "rows": stage_rows(result, names),
        "whole": whole(result),
        "others": [names[number] for number in count.others()],
        "pairs": _pairs(result, names),
        "approvals": sorted(result["candidates"], key=lambda one: (-one.get("approvals", 0), one["number"])),
        "ties": [
            {
                "stage": number,
                "tied": [names[n] for n in tie["tied"]],
                "chosen": names[tie["chosen"]],
                "excludes": _excludes(result, number, tie),
                "lot": tie["by"] == "lot",
                "earlier": tie["stage"],
            }
            for number, tie in _ties(result)
        ],
    }


def whole(result: dict[str, Any]) -> bool:
    """Whether no vote was ever divided: then the zeros behind the point say nothing."""
    stages = result.get("stages", ())
    votes = [
        vote for stage in stages for vote in (*stage["totals"], stage["non_transferable"], stage["lost_to_rounding"])
    ]
    return all(not vote.partition(".")[2].strip("0") for vote in votes)


def stage_rows(result: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
    """A row an option, a cell a stage: its votes, their change, and whether it was chosen or excluded there."""
    rows = []
    for place, (number, name) in enumerate(names.items()):
        cells = []
        for index, stage in enumerate(result.get("stages", ())):
            change = stage["transfers"][place]
            gone = any(number in earlier["excluded"] for earlier in result["stages"][:index])
            cells.append(
                {
                    "total": None if gone and not float(stage["totals"][place]) else stage["totals"][place],
                    "change": f"+{change}".replace("+-", "−") if index and float(change) else "",
                    "chosen": number in stage["elected"],
                    "excluded": number in stage["excluded"],
                }
            )
        rows.append({"number": number, "name": name, "cells": cells, "chosen": number in result["elected"]})
    return rows


def _pairs(result: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
    """The pairwise matrix, where the rule has one: how many ballots rank the row above the column."""
    return [
        {"number": number, "name": names[number], "cells": row}
        for number, row in enumerate(result.get("pairwise", ()), start=1)
    ]


def _excludes(result: dict[str, Any], number: int | None, tie: dict[str, Any]) -> bool:
    """Whether the tie was about who is excluded, and not about who is chosen."""
    return any(stage["stage"] == number and tie["chosen"] in stage["excluded"] for stage in result.get("stages", ()))


def _ties(result: dict[str, Any]) -> list[tuple[int | None, dict[str, Any]]]:
    if "stages" in result:
        return [(stage["stage"], tie) for stage in result["stages"] for tie in stage["ties"]]
    return [(None, tie) for tie in result.get("ties", ())]


@require_safe
def count_download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The ballots as BLT, or the count as JSON or CSV: enough for anyone to count again."""
    decision, count = access.counted(pk)
    if kind not in DOWNLOADS:
        raise Http404
    if kind == "blt":
        text = formats.write(count.ballot_file(), "blt")
    elif kind == "json":
        text = count.again().as_json(title=str(decision), seed=count.seed)
    else:
        text = count.again().as_csv()
    name = f"{slugify(str(decision))[:60] or 'count'}-{decision.pk}.{kind}"
    return HttpResponse(
        text,
        content_type=f"{DOWNLOADS[kind]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def choices_of(proposal: Proposal) -> list[Option]:
    return list(proposal.options.all()) if proposal.method != Method.YES_NO else []
