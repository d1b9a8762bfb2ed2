"""Small parts of the pages of floor 1."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..differences import Piece
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

OUTCOMES: dict[str, Any] = {
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
        if thing.is_choice and thing.carried:
            words = _("Chosen")
    return format_html('<span class="state {}">{}</span>', KINDS.get(stands, "wait"), words)


@register.filter
def votes(number: str, whole: bool) -> str:
    """Votes of a count with every digit of its rule; without the zeros where no vote was ever divided."""
    return number.partition(".")[0] if whole else number


@register.filter
def of(counts: dict, key: Any) -> int:
    """What a table of numbers says of one thing; 0 where it says nothing."""
    return counts.get(getattr(key, "pk", key), 0)


@register.simple_tag
def changes(pieces: Iterable[Piece]) -> SafeString:
    """What changed in a text: what would go struck through, what would come underlined, each space as it is."""
    marks = {"gone": "<del>{}</del>", "new": "<ins>{}</ins>", "same": "{}"}
    words = format_html_join("", "{}", ((format_html(marks[piece.kind], piece.text),) for piece in pieces))
    return format_html('<div class="changes" dir="auto">{}</div>', words)


@register.simple_tag
def author(citizen: Any) -> SafeString:
    """Who put a question: a person, or nobody, where a rule that the assembly agreed to puts it by itself."""
    if citizen is None:
        return format_html("{}", gettext_lazy("the charter itself"))
    return format_html("<bdi>{}</bdi>", citizen.name)
