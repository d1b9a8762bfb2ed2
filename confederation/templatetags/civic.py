"""The parts that pages are made of. How to call each one: docs/LOOK.md."""

from contextlib import suppress
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from importlib import import_module

import nh3
from django import template
from django.conf import settings
from django.forms import CheckboxInput
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from lucide.templatetags.lucide import lucide
from markdown_it import MarkdownIt

register = template.Library()

# The rooms of the town hall, in the order of the menu; a room whose address does not exist is left out.
PLACES = [
    ("home", gettext_lazy("Home")),
    ("assemblies", gettext_lazy("Assemblies")),
    ("councils", gettext_lazy("Councils")),
    ("commons", gettext_lazy("Commons")),
    ("policies", gettext_lazy("Policies")),
    ("record", gettext_lazy("Record")),
    ("search", gettext_lazy("Search")),
]
OWN_PLACES = [
    ("desk", gettext_lazy("Desk")),
    ("account", gettext_lazy("Account")),
    ("account_email", gettext_lazy("Account")),  # until the account has a page of its own
]


def address(name: str, *args) -> str:
    """The address of that name, or an empty string where there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# ---- words ----


@register.simple_tag
def icon(name: str, css: str = "i") -> SafeString:
    """A Lucide icon, as tall as the words beside it and silent to screen readers."""
    return drawn(str(name), str(css))


@lru_cache(maxsize=256)
def drawn(name: str, css: str) -> SafeString:
    return SafeString(lucide(name, size=None, **{"class": css, "aria_hidden": "true", "focusable": "false"}))


@register.simple_tag
def state(kind: str, words: str) -> SafeString:
    """Words with a dot: `go` under way, `wait` still to come, `done` over, `stop` ended or refused."""
    return format_html('<span class="state {}">{}</span>', kind, words)


@register.simple_tag
def person(citizen) -> SafeString:
    """The name of a person, kept apart from the writing direction of the sentence around it."""
    if citizen is None:
        return format_html('<span class="quiet">{}</span>', _("name withheld"))
    return format_html("<bdi>{}</bdi>", getattr(citizen, "name", None) or str(citizen))


@register.simple_tag
def article(number: int) -> SafeString:
    """'Article 7', linked to its text where the constitution has a page."""
    words = _("Article %(number)s") % {"number": number}
    url = address("article", number)
    return format_html('<a href="{}">{}</a>', url, words) if url else conditional_escape(words)


@register.simple_tag
def guide(office: str) -> SafeString:
    """The short guide to an office, where it is needed; nothing where there is none."""
    url = address("guide", office)
    words = _("How it is done: a short guide")
    return (
        format_html('<a class="guide" href="{}">{} {}</a>', url, drawn("book-open", "i"), words)
        if url
        else SafeString("")
    )


@register.simple_tag
def when(moment: datetime | date | None, *, relative: bool = True, time: bool = True, now: datetime | None = None):
    """A moment in local time, exact for machines, with 'in 3 days' beside it; a dash for None."""
    if moment is None:
        return mark_safe("–")
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    else:
        time = False
    pattern = pgettext("date with time", "D j F Y, H:i") if time else pgettext("date", "j F Y")
    words = format_html('<time datetime="{}">{}</time>', moment.isoformat(), date_format(moment, pattern))
    if not relative:
        return words
    return format_html('{} <span class="ago quiet nowrap">({})</span>', words, distance(moment, now))


def distance(moment: datetime | date, now: datetime | None = None) -> str:
    """How far a moment is from now, in the largest unit that fits: 'in 3 days', '2 hours ago', 'yesterday'."""
    if not isinstance(moment, datetime):
        days = (moment - timezone.localdate(now)).days
        near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
        return near.get(days) or in_days(days)
    seconds = int((moment - (now or timezone.now())).total_seconds())
    minutes, hours, days = abs(seconds) // 60, abs(seconds) // 3600, abs(seconds) // 86400
    if minutes == 0:
        return _("now")
    if hours == 0:
        if seconds > 0:
            return ngettext("in %(n)d minute", "in %(n)d minutes", minutes) % {"n": minutes}
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if days < 2:
        if seconds > 0:
            return ngettext("in %(n)d hour", "in %(n)d hours", hours) % {"n": hours}
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return in_days(days if seconds > 0 else -days)


def in_days(days: int) -> str:
    n = abs(days)
    if n < 60:
        future, past = ("in %(n)d day", "in %(n)d days"), ("%(n)d day ago", "%(n)d days ago")
        return (ngettext(*future, n) if days > 0 else ngettext(*past, n)) % {"n": n}
    if n < 730:
        n = round(n / 30.44)
        future, past = ("in %(n)d month", "in %(n)d months"), ("%(n)d month ago", "%(n)d months ago")
        return (ngettext(*future, n) if days > 0 else ngettext(*past, n)) % {"n": n}
    n = round(n / 365.25)
    future, past = ("in %(n)d year", "in %(n)d years"), ("%(n)d year ago", "%(n)d years ago")
    return (ngettext(*future, n) if days > 0 else ngettext(*past, n)) % {"n": n}


# What a citizen's text may be made of: no pictures, no forms, nothing from another host, nothing that runs.
PROSE = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
PROSE_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "blockquote", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
PROSE_LINKS = {"http", "https", "mailto"}


@register.filter
def markdown(text: str) -> SafeString:
    """A citizen's text as a page shows it; its headings come below those of the page."""
    tokens = PROSE.parse(text)
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 3)}"
    html = PROSE.renderer.render(tokens, PROSE.options, {})
    attributes = {"a": {"href", "title"}, "ol": {"start"}}
    return mark_safe(  # noqa: S308  (this is what cleans it)
        nh3.clean(html, tags=PROSE_TAGS, attributes=attributes, url_schemes=PROSE_LINKS, link_rel="noopener nofollow")
    )


# ---- finding one's way ----


def links(parts) -> list[dict]:
    """Links from things that know their own address, and from a label followed by its address."""
    found, waiting = [], iter(parts)
    for part in waiting:
        own = getattr(part, "get_absolute_url", None)
        found.append({"label": str(part), "url": own() if own else next(waiting, "")})
    return found


@register.inclusion_tag("_places.html", takes_context=True)
def places(context: Context, own: bool = False) -> dict:
    """The main menu, or with `own` the signed-in person's."""
    path = context["request"].path if "request" in context else ""
    found: list[dict] = []
    for name, label in OWN_PLACES if own else PLACES:
        if (url := address(name)) and label not in [place["label"] for place in found]:
            here = path == url if name == "home" else path.startswith(url)
            found.append({"label": label, "url": url, "current": "page" if path == url else "true" if here else ""})
    return {"places": found, "own": own, "user": context.get("user"), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("_trail.html")
def trail(*parts) -> dict:
    """Where this page lies: `{% trail assembly "Proposals" proposals_url %}`."""
    return {"links": links(parts)}


@register.inclusion_tag("_tabs.html", takes_context=True)
def tabs(context: Context, *parts, label: str = "") -> dict:
    """The sides of one thing, each with its own address: `{% tabs "Overview" url "Policies" url %}`."""
    path = context["request"].path if "request" in context else ""
    return {"links": links(parts), "path": path, "label": label or _("Parts of this page")}


@register.inclusion_tag("_pages.html", takes_context=True)
def pages(context: Context, page_obj) -> dict:
    """Links to the other pages of a list, keeping the search and the filters of the address."""
    return {
        "page_obj": page_obj,
        "request": context.get("request"),
        "numbers": page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1),
        "gap": page_obj.paginator.ELLIPSIS,
    }


# ---- forms ----


@register.inclusion_tag("_field.html")
def field(bound, css: str = "") -> dict:
    """One field: its label, help, errors and widget, tied together for screen readers."""
    return {
        "field": bound,
        "css": css,
        "tick": isinstance(bound.field.widget, CheckboxInput),
        "choices": getattr(bound.field.widget, "input_type", "") in ("radio", "checkbox")
        and not isinstance(bound.field.widget, CheckboxInput),
    }


@register.inclusion_tag("_errors.html")
def errors(*forms) -> dict:
    """Everything that is wrong with the forms, above them, each linked to its field."""
    found = []
    for form in forms:
        found += [{"words": words, "target": ""} for words in form.non_field_errors()]
        for bound in form:
            first = f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label
            found += [{"label": bound.label, "words": words, "target": first} for words in bound.errors]
    return {"errors": found}


@register.inclusion_tag("_refusal.html")
def refusal(refused, level: int = 2) -> dict:
    """Why an act was refused, and by which article. `level` is that of its heading; 0 draws none."""
    return {"refusal": refused, "level": level}


@register.inclusion_tag("_signins.html", takes_context=True)
def signins(context: Context) -> dict:
    """Who may be signed in as while the demo runs; nothing otherwise."""
    found = []
    if settings.DEMO:
        with suppress(ImportError):
            found = import_module("confederation.demo.signins").SIGNINS
    return {"signins": found, "csrf_token": context.get("csrf_token")}


# ---- numbers ----


def share_words(share: Fraction) -> str:
    known = {
        Fraction(1, 2): _("more than half"),
        Fraction(3, 5): _("three fifths"),
        Fraction(2, 3): _("two thirds"),
        Fraction(3, 4): _("three quarters"),
        Fraction(4, 5): _("four fifths"),
        Fraction(1): _("all"),
    }
    return known.get(share) or percent(share)


def percent(share: Fraction | float) -> str:
    return _("%(number)s%%") % {"number": number_format(round(float(share) * 100, 1), decimal_pos=1)}


def across(share: Fraction | float) -> str:
    """A length in an SVG attribute: part of the width, never in the reader's decimal comma."""
    return f"{min(1.0, max(0.0, float(share))) * 100:.2f}%"


def line_at(share: Fraction | float) -> dict:
    """A marking line and where its label hangs so that it stays within the bar."""
    return {"x": across(share), "anchor": "start" if share < 0.25 else "end" if share > 0.75 else "middle"}


@register.inclusion_tag("_result_bars.html")
def result_bars(yes: int, no: int, abstain: int = 0, needed_share=None, needed_votes: int | None = None, roll=None):
    """A closed result as a table with bars and the line that had to be reached.

    `needed_share` (Fraction, 'n/d', or float) is of the votes for and against; one half means more than half.
    `needed_votes` is a number of votes in favour, of `roll` where it is given.
    """
    voted = yes + no
    whole = (roll or max(voted, needed_votes)) if needed_votes is not None else voted
    rows: list[dict] = [
        {"key": "for", "label": _("In favour"), "votes": yes},
        {"key": "against", "label": _("Against"), "votes": no},
    ]
    for row in rows:
        share = Fraction(row["votes"], whole) if whole else Fraction(0)
        row |= {"width": across(share), "percent": percent(share) if whole else ""}
    line = caption = None
    if needed_votes is not None and whole:
        line = line_at(Fraction(needed_votes, whole)) | {"label": _("%(n)s needed") % {"n": needed_votes}}
        caption = ngettext(
            "The dashed line marks the %(n)d vote in favour that this decision needs.",
            "The dashed line marks the %(n)d votes in favour that this decision needs.",
            needed_votes,
        ) % {"n": needed_votes}
        if roll:
            caption += " " + _("The bars show shares of the %(roll)s people on the roll.") % {"roll": roll}
    elif needed_share is not None:
        needed = Fraction(needed_share).limit_denominator(1000)
        line = line_at(needed) | {"label": share_words(needed)}
        caption = _("The dashed line marks what this decision needs: %(share)s of the votes for and against.")
        caption %= {"share": share_words(needed)}
    return {"rows": rows, "abstain": abstain, "line": line, "caption": caption}


@register.inclusion_tag("_turnout.html")
def turnout(voted: int, roll: int, quorum: int | None = None) -> dict:
    """How many of the electorate voted, and the quorum as a mark on the bar."""
    return {
        "voted": voted,
        "roll": roll,
        "quorum": quorum,
        "missing": max(0, (quorum or 0) - voted),
        "share": percent(Fraction(voted, roll)) if roll else "",
        "width": across(Fraction(voted, roll) if roll else 0),
        "line": line_at(Fraction(quorum, roll)) if quorum and roll else None,
    }


@register.inclusion_tag("_signatures.html")
def signatures(have: int, needed: int) -> dict:
    """Signatures gathered of those needed."""
    return {"have": have, "needed": needed, "shown": min(have, needed), "missing": max(0, needed - have)}


# ---- lists ----


@register.inclusion_tag("_chain.html")
def chain(steps) -> dict:
    """Where an authority comes from, first to last; each step has `title` and perhaps `url`, `note`, `broken`."""
    return {"steps": steps}


@register.inclusion_tag("_log.html")
def log(entries) -> dict:
    """What happened, newest first; each entry has `at`, `title` and perhaps `url`, `note`."""
    return {"entries": entries}


@register.simple_tag
def facts(*pairs, css: str = "facts") -> SafeString:
    """Names and values in a row: `{% facts "Closes" closes "Voted" voted %}`; css is facts, summary or tiles."""
    rows = zip(pairs[::2], pairs[1::2], strict=True)
    return format_html('<dl class="{}">{}</dl>', css, format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", rows))
