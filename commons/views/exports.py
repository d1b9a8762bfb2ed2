"""What was said and shared, for other programs: CSV, and JSON in the shape of ValueFlows.

ValueFlows (https://www.valueflo.ws) knows intents, commitments and economic events. Its claims and its exchange
agreements are left out: nobody owes anybody anything here (article 13).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from assemblies.clock import now
from assemblies.models import Assembly

from ..models import Allotment, Harvest, Need, Surplus, loads

MOST = 50_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Units in the words of the ontology of units of measure 2.0, which ValueFlows points to.
OM2 = {
    "kg": "om2:kilogram",
    "t": "om2:tonne",
    "l": "om2:litre",
    "m3": "om2:cubicMetre",
    "h": "om2:hour",
    "piece": "om2:one",
    "day": "day of work",
    "tkm": "tonne-kilometre",
    "place": "place for one person",
}


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class Line:
    """What a CSV writer writes to: it hands each line on."""

    def write(self, line: str) -> str:
        return line


def as_csv(name: str, columns: list[str], rows: Iterable[list[Any]]) -> StreamingHttpResponse:
    writer = csv.writer(Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(columns)
        for row in rows:
            yield writer.writerow([safe(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def statements_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What stands now, in the columns that an import reads, with the assembly before them."""
    at = now()

    def rows() -> Iterator[list[Any]]:
        for noun, model in (("need", Need), ("surplus", Surplus)):
            said: Any = model.objects.standing(at).select_related("assembly", "good").order_by("pk")[:MOST]
            for one in said.iterator(chunk_size=500):
                amounts = [one.quantity, getattr(one, "essential", "")]
                yield [
                    one.assembly.slug,
                    noun,
                    one.good.name,
                    *(f"{a.normalize():f} {one.good.unit}" if a != "" else "" for a in amounts),
                    one.begins,
                    one.last_day,
                    one.reason,
                ]

    columns = ["assembly", "what", "good", "quantity", "essential", "first_day", "last_day", "reason"]
    return as_csv("statements.csv", columns, rows())


@require_safe
def loads_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every load with what was sent and what arrived, newest first."""

    def rows() -> Iterator[list[Any]]:
        for one in loads()[:MOST].iterator(chunk_size=500):
            arrival = one.arrival
            yield [
                one.pk,
                one.allotment.giver.slug,
                one.allotment.receiver.slug,
                one.allotment.good.name,
                one.allotment.good.unit,
                one.quantity,
                one.sent_at.isoformat(),
                arrival.quantity if arrival else "",
                arrival.said_at.isoformat() if arrival else "",
                arrival.condition if arrival else "",
            ]

    columns = ["load", "from", "to", "good", "unit", "sent", "sent_at", "received", "received_at", "condition"]
    return as_csv("loads.csv", columns, rows())


@require_safe
def flows_json(request: HttpRequest) -> HttpResponse:
    """Needs and surpluses as intents, allotments as commitments; what was made, used, sent and received as events."""
    at = now()
    agents: dict[str, dict[str, str]] = {}

    def agent(assembly: Assembly) -> str:
        address = request.build_absolute_uri(assembly.get_absolute_url())
        agents[address] = {"@id": address, "@type": "Organization", "name": assembly.name}
        return address

    needs = Need.objects.standing(at).select_related("assembly", "good").order_by("pk")[:MOST]
    surpluses = Surplus.objects.standing(at).select_related("assembly", "good").order_by("pk")[:MOST]
    allotments = Allotment.objects.counting(at).related().order_by("pk")[:MOST]
    graph = [
        *(
            intent(f"urn:need:{one.pk}", one)
            | {"receiver": agent(one.assembly), "essential": measure(one.essential, one)}
            for one in needs
        ),
        *(intent(f"urn:surplus:{one.pk}", one) | {"provider": agent(one.assembly)} for one in surpluses),
        *(
            {
                "@id": f"urn:allotment:{one.pk}",
                "@type": "Commitment",
                "action": "transfer",
                "provider": agent(one.giver),
                "receiver": agent(one.receiver),
                "resourceConformsTo": one.good.name,
                "resourceQuantity": measure(one.quantity, one),
                "satisfies": [f"urn:surplus:{one.surplus_id}", f"urn:need:{one.need_id}"],
                "due": one.plan.last_day.isoformat(),
            }
            for one in allotments
        ),
        *events(agent),
    ]
    context = {
        "@vocab": "https://w3id.org/valueflows/ont/vf#",
        "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    }
    body = {"@context": context, "@graph": [*agents.values(), *graph]}
    return JsonResponse(body, content_type="application/ld+json")


def measure(quantity: Any, one: Any) -> dict[str, str]:
    return {"hasNumericalValue": f"{quantity.normalize():f}", "hasUnit": OM2[one.good.unit]}


def intent(name: str, one: Any) -> dict[str, Any]:
    return {
        "@id": name,
        "@type": "Intent",
        "action": "transfer",
        "resourceConformsTo": one.good.name,
        "resourceQuantity": measure(one.quantity, one),
        "hasBeginning": one.begins.isoformat(),
        "hasEnd": one.last_day.isoformat(),
        "note": one.reason,
    }


def events(agent: Any) -> Iterator[dict[str, Any]]:
    made = Harvest.objects.filter(correction=None).select_related("good", "enterprise__assembly").order_by("pk")
    for harvest in made[:MOST]:
        yield {
            "@id": f"urn:harvest:{harvest.pk}",
            "@type": "EconomicEvent",
            "action": "produce" if harvest.kind == Harvest.Kind.MADE else "consume",
            "provider": agent(harvest.enterprise.assembly),
            "receiver": agent(harvest.enterprise.assembly),
            "resourceConformsTo": harvest.good.name,
            "resourceQuantity": measure(harvest.quantity, harvest),
            "hasPointInTime": harvest.day.isoformat(),
        }
    for load in loads().order_by("pk")[:MOST]:
        event = {
            "@type": "EconomicEvent",
            "provider": agent(load.allotment.giver),
            "receiver": agent(load.allotment.receiver),
            "resourceConformsTo": load.allotment.good.name,
            "fulfills": f"urn:allotment:{load.allotment_id}",
        }
        yield event | {
            "@id": f"urn:load:{load.pk}:sent",
            "action": "dropoff",
            "resourceQuantity": measure(load.quantity, load.allotment),
            "hasPointInTime": load.sent_at.isoformat(),
        }
        if load.arrival:
            yield event | {
                "@id": f"urn:load:{load.pk}:received",
                "action": "transfer",
                "resourceQuantity": measure(load.arrival.quantity, load.allotment),
                "hasPointInTime": load.arrival.said_at.isoformat(),
            }
