"""Small parts of the pages of floor 1."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ..models import Decision, Proposal

register = template.Library()

KINDS = {
    Proposal.Phase.OPEN: "go",
    Proposal.Phase.CARRIED: "go",
    Proposal.Phase.LOST: "stop",
    Proposal.Phase.WITHDRAWN: "stop",
    Decision.Outcome.TIED: "stop",
    Decision.Outcome.QUORUM_MISSED: "stop",
}

OUTCOMES = {
    Decision.Outcome.CARRIED: gettext_lazy("Carried"),
    Decision.Outcome.LOST: gettext_lazy("Not carried"),
    Decision.Outcome.TIED: gettext_lazy("Tied"),
    Decision.Outcome.QUORUM_MISSED: gettext_lazy("Quorum missed"),
}


@register.simple_tag
def phase(thing: Proposal | Decision, at: datetime) -> SafeString:
    """Where a proposal or a decision stands at that moment, in words with a dot."""
    stands: Any = thing.phase(at)
    words = type(thing).Phase(stands).label
    if isinstance(thing, Decision) and thing.outcome:
        stands, words = thing.outcome, OUTCOMES[thing.outcome]
    return format_html('<span class="state {}">{}</span>', KINDS.get(stands, "wait"), words)


@register.filter
def of(counts: dict, key: Any) -> int:
    """What a table of numbers says of one thing; 0 where it says nothing."""
    return counts.get(getattr(key, "pk", key), 0)
