"""What a question before an assembly would do, where it is one of this floor's."""

from __future__ import annotations

from typing import Any

from assemblies.models import Proposal

from .models import Acceptance, Discharge, Enterprise, Governance, Need, Passing, Stewardship, Surplus

# Each noun that a question may decide, and the way from it to the thing that has a page.
NOUNS: tuple[tuple[Any, str], ...] = (
    (Enterprise, ""),
    (Governance, "enterprise"),
    (Passing, "enterprise"),
    (Acceptance, "passing.enterprise"),
    (Stewardship, "enterprise"),
    (Discharge, "stewardship.enterprise"),
    (Need, ""),
    (Surplus, ""),
)


def matter(proposal: Proposal) -> dict[str, Any]:
    """The enterprise, need or surplus that it is about; nothing when the question is not this floor's."""
    if proposal.effect != Proposal.Effect.QUESTION:
        return {}
    for noun, way in NOUNS:
        found = noun.objects.filter(proposal=proposal).first()
        if found is not None:
            thing = found
            for step in way.split(".") if way else ():
                thing = getattr(thing, step)
            return {"matter": "commons", "thing": thing}
    return {}
