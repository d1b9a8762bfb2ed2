"""What is sent to every act of the API, filled in well, in the town of `tests.access.everything`."""

from __future__ import annotations

from typing import Any

from assemblies.clock import now
from confederation.api import acts  # noqa: F401  all of them are known
from confederation.api.acting import ACTS
from mandates.models import report_days
from tests.access.everything import Everything
from tests.cast import DAY, accession
from tests.commons import market

ROOT = "/api/v1/"


def day(days: int) -> str:
    return f"{now() + days * DAY:%Y-%m-%d}"


def moment(days: int) -> str:
    return f"{now() + days * DAY:%Y-%m-%dT%H:%M:%SZ}"


def sent(town: Everything) -> dict[str, tuple[Any, dict[str, Any]]]:
    """For every act by its scope: what it is done to, where that stands in the address, and the body."""
    cast, seen = town.cast, town.oversight
    slug, comarca, barley = cast.abiego.slug, cast.comarca.slug, market.barley(cast).pk
    (due, *_later) = [one for one in report_days(town.mandate, now()) if one.opens_at <= now() and one.report is None]
    attachment = town.task.attachments.get(clause__mandate=town.mandate).pk
    clause = {"clause": town.mandate.clauses.get().pk, "quantity": "10"}
    said = {"good": barley, "quantity": "1200", "begins": day(0), "ends": day(100), "reason": "Bread."}
    assert seen.meeting is not None
    assert seen.held is not None
    return {
        "proposals": (None, {"assembly": slug, "title": "A bench", "text": "A bench stands there.", "offer": True}),
        "proposals/offers": (town.draft.pk, {}),
        "proposals/withdrawals": (town.waiting.pk, {}),
        "decisions": (None, {"proposal": town.waiting.pk}),
        "decisions/ballots": (town.open.pk, {"choice": "yes"}),
        "recalls": (None, {"mandate": town.mandate.pk, "grounds": "The flour never came."}),
        "recalls/signatures": (town.recall.pk, {}),
        "recalls/statements": (town.recall.pk, {"text": "The miller was ill."}),
        "mandates/resignations": (town.mandate.pk, {"reason": "I am tired."}),
        "candidacies": (None, {"election": town.standing.pk, "statement": "I know the mill."}),
        "reports": (None, {"mandate": town.mandate.pk, "due_at": due.due_at.isoformat(), "text": "Five kilos."}),
        "adoptions": (None, {"text": town.shared.pk, "reservation": ""}),
        "texts": (None, {"assembly": slug, "confederation": comarca, "title": "Salt", "text": "Salt is shared."}),
        "accessions": (None, {"assembly": slug, "confederation": town.ribera.slug}),
        "accessions/departures": (accession(cast.abiego, cast.comarca).pk, {"reasons": "We bake alone."}),
        "tasks": (
            None,
            {
                "council": comarca,
                "title": "Salt",
                "clauses": [clause],
                "unit": "kg",
            },
        ),
        "attachments": (None, {"task": town.task.pk, "clause": town.theirs.clauses.get().pk, "quantity": "20"}),
        "actions": (None, {"attachment": attachment, "what": "Bought more flour", "quantity": "1"}),
        "variances": (None, {"attachment": attachment, "what": "A sack nobody weighed", "done_at": moment(-2)}),
        "objections": (None, {"task": town.task.pk, "grounds": "Nobody asked for flour."}),
        "objections/answers": (seen.objection.pk, {"text": "There was no wheat."}),
        "objections/settlements": (seen.objection.pk, {}),
        "halts": (None, {"objection": seen.objection.pk, "task": town.task.pk}),
        "meetings": (None, {"council": comarca, "at": moment(5), "place": "The square"}),
        "meetings/agenda": (seen.meeting.pk, {"task": town.task.pk}),
        "meetings/attendances": (seen.held.pk, {}),
        "goods": (None, {"name": "olive oil", "kind": "produce", "unit": "l"}),
        "harvests": (
            None,
            {"enterprise": town.market.farm.pk, "good": barley, "kind": "made", "quantity": "1500", "day": day(-1)},
        ),
        "needs": (None, {"assembly": slug, **said, "essential": "100"}),
        "surpluses": (None, {"assembly": slug, **said}),
        "deliveries": (None, {"allotment": town.market.allotment.pk, "quantity": "20"}),
        "deliveries/receipts": (town.market.arriving.pk, {"quantity": "50", "condition": "good"}),
    }


def address(scope: str, key: Any) -> str:
    noun, _, act = scope.partition("/")
    return f"{ROOT}{noun}/{key}/{act}/" if act else f"{ROOT}{noun}/"


def scopes() -> set[str]:
    return {act.scope for act in ACTS}
