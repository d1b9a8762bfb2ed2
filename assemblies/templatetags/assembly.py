"""Small parts of the pages of floor 1."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..differences import Piece
from ..models import AgendaItem, Decision, Follow, Proposal, Session, SpeakingTurn

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
    return format_html('<div class="changes" dir="auto">{}</div>', marked(pieces))


@register.simple_tag
def marked(pieces: Iterable[Piece]) -> SafeString:
    """Pieces of two texts, marked for the eye, and in words for whoever hears them."""
    hidden = '<span class="visually-hidden">{}</span>'
    said = {
        "gone": (gettext_lazy("[goes:"), f"{hidden}<del>{{}}</del>{hidden}"),
        "new": (gettext_lazy("[comes:"), f"{hidden}<ins>{{}}</ins>{hidden}"),
    }
    return format_html_join(
        "",
        "{}",
        (
            (format_html(said[piece.kind][1], said[piece.kind][0], piece.text, "]"),)
            if piece.kind in said
            else (piece.text,)
            for piece in pieces
        ),
    )


@register.inclusion_tag("assemblies/_follow.html", takes_context=True)
def follow(context: Any, thing: Any) -> dict[str, Any]:
    """A button to follow a thing, or that one does; nothing for whoever is not signed in."""
    user = context.get("user")
    subject = f"{thing._meta.concrete_model._meta.model_name}/{thing.pk}"  # a proxy is followed as what it stands for
    shown = bool(user and user.is_authenticated)
    mine = shown and Follow.objects.standing().filter(citizen=user, subject=subject).exists()
    return {"shown": shown, "subject": subject, "mine": mine, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def author(citizen: Any) -> SafeString:
    """Who put a question: a person, or nobody, where a rule that the assembly agreed to puts it by itself."""
    if citizen is None:
        return format_html("{}", gettext_lazy("the charter itself"))
    return format_html("<bdi>{}</bdi>", citizen.name)


# ---- sessions ----

SESSION_KINDS: dict[str, str] = {
    Session.Phase.RUNNING: "go",
    Session.Phase.CANCELLED: "stop",
    Session.Phase.OVER: "done",
    Session.Phase.ADOPTED: "done",
}


@register.simple_tag
def session_phase(session: Session) -> SafeString:
    """Where a session stands, in words with a dot."""
    phase = session.phase
    return format_html('<span class="state {}">{}</span>', SESSION_KINDS.get(phase, "wait"), session.Phase(phase).label)


@register.simple_tag
def hall_meter(present: int, quorum: int) -> str:
    """How many are in the hall, and whether they reach the quorum."""
    there = ngettext("%(n)d in the hall.", "%(n)d in the hall.", present) % {"n": present}
    if present >= quorum:
        return f"{there} " + _("The quorum of %(quorum)d is reached.") % {"quorum": quorum}
    missing = ngettext(
        "For the quorum of %(quorum)d, %(n)d more is needed.",
        "For the quorum of %(quorum)d, %(n)d more are needed.",
        quorum - present,
    )
    return f"{there} " + missing % {"quorum": quorum, "n": quorum - present}


@register.inclusion_tag("assemblies/_hall_bar.html")
def hall_bar(present: int, roll: int | None, quorum: int) -> dict[str, Any]:
    """The same as a bar that fills up to the quorum."""
    most = max(present, quorum, roll or 0, 1)
    return {"present": present, "quorum": quorum, "most": most, "words": hall_meter(present, quorum)}


@register.simple_tag
def speaking_order(session: Session) -> str:
    """The order of speaking as the session states it."""
    words = [str(session.Speaking(session.speaking).label)]
    if session.alternates:
        lists = {"first": session.first_list, "second": session.second_list}
        words.append(_("the lists “%(first)s” and “%(second)s” take turns") % lists)
    minutes = session.speaking_seconds // 60
    words.append(ngettext("%(n)d minute each", "%(n)d minutes each", minutes) % {"n": minutes})
    sentence = "; ".join(words)
    return f"{sentence[:1].upper()}{sentence[1:]}."


@register.simple_tag
def spoken(seconds: int) -> str:
    """A length of time as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.simple_tag
def clock_time(moment: datetime | None) -> str:
    """The time of day, within a page that says the day."""
    return date_format(timezone.localtime(moment), "H:i") if moment else "–"


@register.simple_tag
def time_box(item: AgendaItem, at: datetime) -> str:
    """How long a point has taken, and of how long."""
    if item.started_at is None:
        return ""
    taken = int((at - item.started_at).total_seconds() // 60)
    if not item.minutes:
        return ngettext("%(n)d minute so far", "%(n)d minutes so far", taken) % {"n": taken}
    return ngettext("%(n)d of %(most)d minute so far", "%(n)d of %(most)d minutes so far", item.minutes) % {
        "n": taken,
        "most": item.minutes,
    }


@register.inclusion_tag("assemblies/_turn_button.html", takes_context=True)
def turn_button(context: Any, turn: SpeakingTurn, step: str, label: str) -> dict[str, Any]:
    """A button for one step of a speaker's turn."""
    return {"turn": turn, "step": step, "label": label, "csrf_token": context.get("csrf_token")}
