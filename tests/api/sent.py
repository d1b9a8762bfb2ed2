"""What is sent to every act of the API, filled in well, in the town of `tests.access.everything`."""

from __future__ import annotations

from typing import Any

from assemblies.clock import now
from assemblies.models import Willingness
from assemblies.models.assembly import Rules
from confederation.api import acts  # noqa: F401  all of them are known
from confederation.api.acting import ACTS
from councils.models import Relay, able_to_relay
from mandates.models import report_days
from tests.access.everything import Everything, outside
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
        **on_the_ground(town),
        **in_the_hall(town),
        **binding(town),
        **of_enterprises(town),
    }


def on_the_ground(town: Everything) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Drafts, the roll, offices, standing orders, and what the tellers do."""
    slug = town.cast.abiego.slug
    rules = vars(Rules()) | {
        name: f"P{days}DT00H00M00S"
        for name, days in {"deliberation": 14, "notice": 2, "voting_period": 2, "office_term": 365}.items()
    }
    voting = town.voting.agenda()[0].decisions.get().pk
    if not Willingness.objects.standing().filter(citizen=town.cast.ana, kind="registrar").exists():
        Willingness.objects.declare(town.cast.abiego, "registrar", by=town.cast.ana)
    return {
        "proposals/revisions": (town.draft.pk, {"title": "A well", "text": "A deep well is dug."}),
        "proposals/options": (town.choice.pk, {"options": [{"title": "Fig"}, {"title": "Quince"}]}),
        "proposals/removals": (town.draft.pk, {}),
        "applications": (None, {"assembly": slug, "statement": "I live by the wash house."}),
        "applications/admissions": (town.application.pk, {}),
        "applications/rejections": (town.application.pk, {"reason": "Nobody lives there."}),
        "citizenships/endings": (town.cast.ana.citizenship(now()).pk, {"reason": "left"}),
        "assemblies/willingness": (slug, {"office": "teller"}),
        "assemblies/unwillingness": (slug, {"office": "registrar"}),
        "offices/resignations": (town.office.pk, {}),
        "standing-orders": (None, {"assembly": slug, "title": "Two weeks", **rules}),
        "decisions/presences": (town.open.pk, {"citizen": town.cast.bilal.pk}),
        "decisions/hall-presences": (voting, {"everyone": True}),
        "decisions/presence-withdrawals": (
            town.open.pk,
            {"citizen": town.mark.citizen_id, "reason": "It was her sister."},
        ),
        "decisions/hand-counts": (town.open.pk, {"yes": 1, "no": 0, "abstain": 0}),
        "decisions/paper-counts": (
            town.open.pk,
            {"number": town.paper.number, "code": town.paper.code, "choice": "yes"},
        ),
        "decisions/closings": (voting, {}),
    }


def in_the_hall(town: Everything) -> dict[str, tuple[Any, dict[str, Any]]]:
    slug, hall, coming = town.cast.abiego.slug, town.hall.pk, town.meeting.pk
    turn, motion, point = town.hall.turns.get(), town.hall.motions.get().pk, town.hall.agenda()[0].pk
    when = {"place": "The mill", "begins_at": f"{day(20)}T17:00:00Z", "ends_at": f"{day(20)}T20:00:00Z"}
    return {
        "sessions": (None, {"assembly": slug, **when, "agenda": [{"title": "The well", "minutes": 20}]}),
        "sessions/items": (coming, {"title": "The well", "minutes": 5}),
        "sessions/reschedulings": (coming, {**when, "reason": "The roof leaks."}),
        "sessions/cancellations": (coming, {"reason": "It hails."}),
        "sessions/openings": (town.due.pk, {}),
        "sessions/closings": (hall, {}),
        "sessions/takeovers": (hall, {"reason": "The other one is ill."}),
        "sessions/attendances": (hall, {"citizen": outside(town.hall).pk}),
        "sessions/departures": (hall, {"citizen": turn.citizen_id}),
        "sessions/notes": (hall, {"text": "The door creaks no more."}),
        "items/beginnings": (town.hall.agenda()[1].pk, {}),
        "items/endings": (point, {}),
        "items/decisions": (point, {"minutes": 10}),
        "turns": (None, {"session": hall}),
        "turns/calls": (turn.pk, {}),
        "turns/beginnings": (turn.pk, {}),
        "turns/endings": (turn.pk, {}),
        "turns/withdrawals": (turn.pk, {}),
        "motions": (None, {"session": hall, "kind": "procedure", "text": "Open the window."}),
        "motions/answers": (motion, {"answer": "It is open."}),
        "motions/withdrawals": (motion, {}),
        "motions/shows": (motion, {"yes": 2, "no": 1, "abstain": 0}),
    }


def binding(town: Everything) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Mandates, elections, confederations, and what assemblies say to councils."""
    cast, seen = town.cast, town.oversight
    assert seen.meeting is not None
    slug, comarca = cast.abiego.slug, cast.comarca.slug
    clause = {
        "policy": cast.policy(cast.abiego).pk,
        "power": "procure",
        "instruction": "Buy salt",
        "limit": "10",
        "unit": "kg",
    }
    bound = {"assembly": slug, "confederation": comarca, "clauses": [clause]}
    term = {"valid_from": moment(0), "valid_until": moment(100)}
    return {
        "mandates": (None, {**bound, **term, "delegate": cast.ana.pk}),
        "mandates/replacements": (town.recalled.pk, {"delegate": cast.ana.pk}),
        "narrowings": (
            None,
            {
                "mandate": town.mandate.pk,
                "reasons": "Less is enough.",
                "clauses": [{"clause": town.mandate.clauses.get().pk, "limit": "90"}],
            },
        ),
        "reports/reviews": (seen.report.pk, {"verdict": "send-back", "reasons": "It is short."}),
        "elections": (None, {**bound, **term, "stand_until": moment(10), "method": "irv"}),
        "elections/polls": (town.ready.pk, {}),
        "candidacies/withdrawals": (town.candidacy.pk, {}),
        "confederations": (None, {"name": "Somontano", "powers": ["convene", "inform"]}),
        "confederations/measures": (town.ribera.slug, {"leaning_per_mille": 500, "quiet_days": 60}),
        "halts/resumptions": (seen.halt.pk, {"reasons": "It keeps."}),
        "texts/relays": (
            town.shared.pk,
            {"attachment": able_to_relay(cast.bilal, town.shared, now()).earliest("pk").pk},
        ),
        "meetings/texts": (seen.meeting.pk, {"relay": Relay.objects.earliest("pk").pk}),
        "meetings/cancellations": (seen.meeting.pk, {}),
    }


def of_enterprises(town: Everything) -> dict[str, tuple[Any, dict[str, Any]]]:
    cast, market_ = town.cast, town.market
    slug, barley, policy = cast.abiego.slug, market.barley(cast).pk, cast.policy(cast.abiego).pk
    return {
        "enterprises": (
            None,
            {"assembly": slug, "name": "The press", "kind": "mill", "purpose": "It presses.", "policies": [policy]},
        ),
        "enterprises/policies": (market_.farm.pk, {"policy": town.closed.policy_version.policy_id}),
        "passings": (None, {"enterprise": market_.farm.pk, "to": cast.loarre.slug, "reasons": "They have water."}),
        "passings/acceptances": (market_.passing.pk, {"reasons": "We have the water for it."}),
        "stewardships": (
            None,
            {"enterprise": market_.farm.pk, "citizen": cast.ana.pk, "valid_until": moment(200), "remit": [barley]},
        ),
        "stewardships/discharges": (market_.stewardship.pk, {"reasons": "Nothing was reported."}),
        "stewardships/resignations": (market_.stewardship.pk, {}),
        "plans": (None, {"task": market_.task.pk, "good": barley, "begins": day(0), "ends": day(100)}),
        "plans/cancellations": (market_.waiting.pk, {}),
        "deliveries/carriages": (market_.load.pk, {"quantity": "50"}),
    }


def address(scope: str, key: Any) -> str:
    noun, _, act = scope.partition("/")
    return f"{ROOT}{noun}/{key}/{act}/" if act else f"{ROOT}{noun}/"


def scopes() -> set[str]:
    return {act.scope for act in ACTS}
