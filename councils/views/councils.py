"""Councils: all of them, one at a moment, and the drafting of a confederation. Nobody votes here."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assemblies.access import CitizenRequest, Reader, signed_in
from assemblies.clock import now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import Refusal
from assemblies.views.answers import answer, by_name, named, page_of, sent
from mandates.models import Accession, Confederation, Mandate

from .. import access
from ..forms import ConfederationForm, CouncilSearch, LogSearch
from ..models import Action, Council

SHOWN = 8


@require_safe
def council_list(request: HttpRequest) -> HttpResponse:
    form = CouncilSearch(request.GET)
    return answer(request, "councils/council_list.html", council_list_context(request, form), form)


def council_list_context(request: HttpRequest, form: CouncilSearch) -> dict[str, Any]:
    at = now()
    found = councils_named(form.words(), at).select_related("within")
    page = page_of(request, by_name(found) if form.words() else by_territory(found))
    shown = [council.pk for council in page]
    return {
        "at": at,
        "page_obj": page,
        "members": counted(Accession.objects.in_force(at).filter(confederation__in=shown)),
        "parts": dict(Council.objects.filter(within__in=shown).order_by().values_list("within").annotate(Count("pk"))),
        "seats": counted(Mandate.objects.in_force(at).filter(confederation__in=shown), "delegate"),
        "may_draft": isinstance(request.user, Citizen) and request.user.citizenship(at) is not None,
    }


def councils_named(words: str, at: datetime) -> QuerySet[Council]:
    """Councils of that name, or of a confederation to which an assembly of that name belongs."""
    if not words:
        return Council.objects.all()
    joined = Accession.objects.in_force(at).filter(assembly__in=named(Assembly.objects.all(), words, "name"))
    found = named(Council.objects.all(), words, "name")
    return Council.objects.filter(Q(pk__in=found.values("pk")) | Q(pk__in=joined.values("confederation")))


def by_territory(found: QuerySet[Council]) -> list[Council]:
    """The widest first, each followed by those within it; `depth` says how far within."""
    within: dict[int | None, list[Council]] = {}
    for council in by_name(found):
        within.setdefault(council.within_id, []).append(council)
    ordered: list[Council] = []

    def descend(outer: int | None, depth: int) -> None:
        for council in within.get(outer, []):
            council.depth = depth  # type: ignore[attr-defined]
            ordered.append(council)
            descend(council.pk, depth + 1)

    descend(None, 0)
    return ordered


def counted(rows: QuerySet, what: str = "pk") -> dict[int, int]:
    """How many of those each confederation has."""
    return dict(rows.order_by().values_list("confederation").annotate(Count(what, distinct=True)))


@require_safe
def council_detail(request: HttpRequest, slug: str) -> HttpResponse:
    council = access.council(slug)
    form = LogSearch(request.GET)
    return answer(request, "councils/council_detail.html", council_context(request, council, form), form)


def council_context(request: HttpRequest, council: Council, form: LogSearch) -> dict[str, Any]:
    """The council as it stands, or as it stood at the moment asked for."""
    present = now()
    at = form.value("at") or present
    places = council.places(at)
    seats = [seat for seat in places if seat.stands]
    tasks = council.tasks.filter(opened_at__lte=at).with_state(at).select_related("place", "council")
    standing, stopped = tasks.filter(Q(standing_now=True)), tasks.filter(Q(standing_now=False))
    parts = by_name(Council.objects.filter(within=council))
    return {
        "council": council,
        "charter": getattr(council, "charter", None),
        "at": at,
        "present": present,
        "past": form.value("at") is not None,
        "seats": seats,
        "fallen": [seat for seat in places if not seat.stands],
        "founded_at": council.founded_at(at),
        "texts": council.texts.offered(at).with_counts(at).order_by("-pk")[:SHOWN],
        "members": by_name(council.members(at)),
        "seated": {mandate.assembly_id for seat in seats for mandate in seat.mandates},
        "parts": parts,
        "part_members": counted(Accession.objects.in_force(at).filter(confederation__within=council)),
        "wider": council.wider(),
        "standing_tasks": standing[:SHOWN],
        "standing_count": standing.count(),
        "stopped_tasks": stopped.order_by(F("stopped_at").desc())[:SHOWN],
        "stopped_count": stopped.count(),
        "page_obj": page_of(request, logged(council, form, at), 15),
        "assembly": form.value("assembly"),
        **reader_context(request.user, council, present),
    }


def logged(council: Council, form: LogSearch, at: datetime) -> QuerySet[Action]:
    """The log of the council's tasks, newest first, as far as it is searched."""
    found = named(Action.objects.filter(task__council=council, logged_at__lte=at), form.words(), "what", "task__title")
    if power := form.value("power"):
        found = found.filter(task__power=power)
    if assembly := form.value("assembly"):
        found = found.filter(attachment__clause__mandate__assembly=assembly)
    return found.select_related("task", "by", "attachment__clause__mandate__assembly")


def reader_context(reader: Reader, council: Council, at: datetime) -> dict[str, Any]:
    """What the reader may do from here: set up tasks as a delegate, ask their own assembly to join or leave."""
    if not isinstance(reader, Citizen):
        return {}
    citizenship = reader.citizenship(at)
    home = citizenship.assembly if citizenship else None
    accession = Accession.objects.in_force(at).filter(assembly=home, confederation=council).first()
    return {
        "seat": access.clauses_to_offer(reader, council, at).exists(),
        "home": home,
        "belongs": home is not None and council.has(home, at),
        "accession": accession,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confederation_new(request: CitizenRequest) -> HttpResponse:
    """Write down a confederation and its charter: it is nothing until assemblies join it by decision."""
    if request.user.citizenship(now()) is None:
        raise Refusal(12, _("Only citizens of an assembly may draft a confederation."))
    form = ConfederationForm(sent(request), initial={"within": request.GET.get("within", "")})

    def draft() -> Confederation:
        return form.draft(request.user)

    if form.is_bound and (address := form.go(request, draft)):
        return redirect(address)
    return answer(request, "councils/council_form.html", {}, form)
