"""The list of assemblies, and the page of one."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from .. import access
from ..clock import now
from ..forms import SearchForm
from ..models import Assembly, Citizen, Citizenship, Decision, Proposal, rules_in_words
from .answers import answer, by_name, named, page_of

SHOWN = 10


def assembly_list_context(request: HttpRequest, form: SearchForm) -> dict[str, Any]:
    at = now()
    page = page_of(request, by_name(named(Assembly.objects.founded(), form.words(), "name")))
    shown = [assembly.pk for assembly in page]
    rolls = Citizenship.objects.in_force(at).filter(assembly__in=shown)
    return {
        "page_obj": page,
        "rolls": _counted(rolls),
        "votes": _counted(Decision.objects.open(at).filter(assembly__in=shown)),
    }


def _counted(rows: QuerySet) -> dict[int, int]:
    """How many rows each assembly has."""
    return dict(rows.order_by().values_list("assembly").annotate(Count("pk")))


@require_safe
def assembly_list(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    return answer(request, "assemblies/assembly_list.html", assembly_list_context(request, form), form)


def assembly_context(request: HttpRequest, assembly: Assembly) -> dict[str, Any]:
    at = now()
    reader = request.user
    orders = assembly.orders(at)
    decisions = assembly.decisions.select_related("proposal", "assembly")
    policies = assembly.policies.in_force(at)
    return {
        "assembly": assembly,
        "at": at,
        "standing": access.standing(reader, assembly, at),
        "application": _waiting(reader, assembly),
        "citizens": assembly.citizens(at).count(),
        "orders": orders,
        "orders_text": rules_in_words(orders),
        "offices": assembly.offices.in_force(at).select_related("citizen").order_by("kind", "valid_from"),
        "open": [*decisions.open(at).order_by("closes_at"), *decisions.coming(at).order_by("opens_at")][:30],
        "open_count": decisions.open(at).count(),
        "decided": decisions.over(at).order_by("-closes_at")[:5],
        "waiting": assembly.proposals.waiting().select_related("author").order_by("-offered_at")[:SHOWN],
        "drafts": _drafts(reader, assembly),
        "sessions": assembly.sessions.select_related("assembly", "cancellation", "minutes")[:3],
        "policies": policies.order_by("title")[:SHOWN],
        "policies_count": policies.count(),
    }


def _waiting(reader: access.Reader, assembly: Assembly):
    return reader.applications.waiting().filter(assembly=assembly).first() if isinstance(reader, Citizen) else None


def _drafts(reader: access.Reader, assembly: Assembly):
    if not isinstance(reader, Citizen):
        return Proposal.objects.none()
    return assembly.proposals.filter(author=reader, offered_at=None).order_by("-drafted_at")[:SHOWN]


@require_safe
def assembly_detail(request: HttpRequest, slug: str) -> HttpResponse:
    assembly = access.assembly(slug)
    return answer(request, "assemblies/assembly_detail.html", assembly_context(request, assembly))
