"""What a question before an assembly would do, where it is one of this floor's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from assemblies.access import Reader
from assemblies.models import Proposal

from .models import (
    Accession,
    Adoption,
    Departure,
    Election,
    Mandate,
    Narrowing,
    Poll,
    Recall,
    Report,
    Review,
    SharedText,
)
from .views.mandates import mandate_card


def matter(reader: Reader, proposal: Proposal, at: datetime) -> dict[str, Any]:
    """What it decides: an election, mandate, narrowing, recall, review, text, adoption, accession, departure; and more.

    `matter` names the kind; without it the question is not this floor's.
    """
    if proposal.effect != Proposal.Effect.QUESTION:
        adoption = (
            Adoption.objects.select_related("shared__confederation", "assembly").filter(proposal=proposal).first()
        )
        return {"matter": "adoption", "adoption": adoption, "shared": adoption.shared} if adoption else {}
    shared = SharedText.objects.select_related("confederation", "assembly", "amends").filter(proposal=proposal).first()
    if shared is not None:
        return {"matter": "text", "shared": shared}
    poll = Poll.objects.filter(Q(ranking=proposal) | Q(question=proposal)).first()
    if poll is not None:
        election = poll.election
        other = poll.question if proposal == poll.ranking else poll.ranking
        return {
            "matter": "election",
            "election": election,
            "clauses": election.clauses.select_related("policy", "place"),
            "phase_of_election": Election.Phase(election.phase(at)),
            "sibling": other.decision or other,
        }
    mandates = Mandate.objects.with_end(at).select_related(
        "assembly", "delegate", "confederation__charter", "proposal__author"
    )
    issued = mandates.filter(proposal=proposal).first()
    if issued is not None:
        return {"matter": "mandate", **mandate_card(reader, issued, at)}
    recall = Recall.objects.with_phase(at).select_related("opened_by").filter(proposal=proposal).first()
    if recall is not None:
        concerned = mandates.get(pk=recall.mandate_id)
        return {
            "matter": "recall",
            **mandate_card(reader, concerned, at),
            "recall": recall,
            "statements": recall.statements.select_related("by"),
        }
    review = Review.objects.select_related("report").filter(proposal=proposal).first()
    if review is not None:
        card = mandate_card(reader, mandates.get(pk=review.report.mandate_id), at)
        return {"matter": "review", **card, "report": Report.objects.with_state(at).get(pk=review.report_id)}
    narrowing = Narrowing.objects.prefetch_related("clauses__clause").filter(proposal=proposal).first()
    if narrowing is not None:
        card = mandate_card(reader, mandates.get(pk=narrowing.mandate_id), at)
        return {"matter": "narrowing", **card, "narrowing": narrowing}
    return membership(proposal, at)


def membership(proposal: Proposal, at: datetime) -> dict[str, Any]:
    accession = Accession.objects.select_related("confederation__charter").filter(proposal=proposal).first()
    if accession is not None:
        return {"matter": "accession", "confederation": accession.confederation}
    related = Departure.objects.select_related("accession__confederation__charter")
    departure = related.filter(proposal=proposal).first()
    if departure is None:
        return {}
    confederation = departure.accession.confederation
    reach = [confederation.pk, *(wider.pk for wider in confederation.wider())]
    held = Mandate.objects.in_force(at).filter(assembly=proposal.assembly_id, confederation__in=reach)
    held = held.with_end(at).select_related("delegate", "assembly", "confederation", "proposal")
    return {"matter": "departure", "confederation": confederation, "held": held}
