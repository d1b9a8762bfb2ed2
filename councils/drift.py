"""Drift: figures that tell whether administration is turning into rule, each with its definition and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.models import Decision, PolicyVersion
from mandates.models import Mandate, supervised
from mandates.models.mandate import day_in_words

from .models import Attachment, Council, Objection, Task

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """One line behind a figure: what it is, where it stands, its own value, and the `share` of a whole bar it fills."""

    words: str
    url: str
    value: str
    share: float = 0.0

    @property
    def width(self) -> str:
        """The length of its bar, as an SVG attribute."""
        return f"{self.share * 100:.2f}%"


@dataclass(frozen=True)
class Figure:
    """One figure: its name in addresses, its title, what it counts, its value now, and the rows it is made of."""

    name: str
    title: Any
    definition: Any
    measure: Callable[[list[Row]], str]
    rows: Callable[[Council, datetime], list[Row]]


@dataclass(frozen=True)
class Reading:
    figure: Figure
    rows: list[Row]

    @property
    def value(self) -> str:
        return self.figure.measure(self.rows)


def in_percent(share: float) -> str:
    return _("%(number)s%%") % {"number": round(100 * share)}


def measured(
    counts: Iterable[tuple[str, str, float]], written: Callable[[float], str], whole: float | None = None
) -> list[Row]:
    """Rows with bars, the largest first: each of the `whole`, or of the largest where there is none."""
    found = sorted(counts, key=lambda row: (-row[2], row[0]))
    most = whole or max((row[2] for row in found), default=0) or 1
    return [Row(words, url, written(value), value / most) for words, url, value in found]


def tasks_of_delegates(council: Council, at: datetime) -> list[Row]:
    opened = Task.objects.filter(council=council, opened_at__gt=at - YEAR, opened_at__lte=at)
    counted = opened.order_by().values_list("opened_by", "opened_by__name").annotate(n=Count("pk"))
    total = sum(n for _pk, _name, n in counted) or 1
    return measured(
        ((name, reverse("delegate", args=[pk]), n / total) for pk, name, n in counted),
        in_percent,
        whole=1,
    )


def years_in_office(council: Council, at: datetime) -> list[Row]:
    seated = Mandate.objects.in_force(at).filter(confederation=council).values("delegate")
    mandates = Mandate.objects.issued(at).filter(confederation=council, delegate__in=seated).with_end(at)
    spans: dict[tuple[int, str], list[tuple[datetime, datetime]]] = {}
    for mandate in mandates.select_related("delegate"):
        if mandate.ends_at and mandate.valid_from < at:
            span = (mandate.valid_from, min(mandate.ends_at, at))
            spans.setdefault((mandate.delegate_id, mandate.delegate.name), []).append(span)
    return measured(
        ((name, reverse("delegate", args=[pk]), in_office(held) / 365.25) for (pk, name), held in spans.items()),
        lambda years: number_format(years, decimal_pos=1),
    )


def in_office(spans: list[tuple[datetime, datetime]]) -> float:
    """Days covered by those spans, each day once."""
    total, reached = 0.0, None
    for begins, ends in sorted(spans):
        begins = max(begins, reached) if reached else begins
        if ends > begins:
            total += (ends - begins).total_seconds() / 86400
            reached = ends
    return total


def without_a_young_policy(council: Council, at: datetime) -> list[Row]:
    """Tasks of the last year none of whose clauses rests on a policy adopted or amended in the year before them."""
    young = Attachment.objects.filter(task=OuterRef("pk")).filter(
        Exists(
            PolicyVersion.objects.filter(
                policy=OuterRef("clause__policy"),
                in_force_from__lte=OuterRef("task__opened_at"),
                in_force_from__gt=OuterRef("task__opened_at") - YEAR,
            )
        )
    )
    found = Task.objects.filter(council=council, opened_at__gt=at - YEAR, opened_at__lte=at).filter(~Exists(young))
    return [Row(task.title, task.get_absolute_url(), day_in_words(task.opened_at)) for task in found]


def unanswered_objections(council: Council, at: datetime) -> list[Row]:
    found = Objection.objects.filter(mandate__confederation=council).with_state(at)
    late = (
        found.filter(Q(state_now=Objection.State.UNANSWERED)).select_related("mandate__delegate").order_by("answer_by")
    )
    return [
        Row(
            _("Objection %(number)d, to be answered by %(name)s")
            % {"number": objection.pk, "name": objection.mandate.delegate},
            objection.get_absolute_url(),
            day_in_words(objection.answer_by),
        )
        for objection in late
    ]


def reports_owed(council: Council, at: datetime) -> list[Row]:
    found = supervised(Mandate.objects.issued(at).filter(confederation=council, valid_until__gt=at - YEAR), at)
    late = found.filter(Q(owed_since__isnull=False)).select_related("delegate", "assembly", "confederation")
    return [
        Row(str(mandate), mandate.get_absolute_url(), day_in_words(mandate.owed_since))  # type: ignore[attr-defined]
        for mandate in late.order_by(F("owed_since"))
    ]


def short_of_quorum(council: Council, at: datetime) -> list[Row]:
    """Member assemblies whose votes missed the quorum in the last year, by the share that did."""
    closed = Decision.objects.filter(
        assembly__in=council.territory(at).values("pk"), closes_at__gt=at - YEAR, closed_at__isnull=False
    )
    counted = (
        closed.order_by()
        .values_list("assembly__slug", "assembly__name")
        .annotate(n=Count("pk"), short=Count("pk", filter=Q(outcome=Decision.Outcome.QUORUM_MISSED)))
    )
    return measured(
        ((name, reverse("assembly", args=[slug]), short / n) for slug, name, n, short in counted if short),
        in_percent,
        whole=1,
    )


def widest(rows: list[Row]) -> str:
    return rows[0].value if rows else "–"


def number(rows: list[Row]) -> str:
    return str(len(rows))


FIGURES = {
    figure.name: figure
    for figure in (
        Figure(
            "tasks",
            gettext_lazy("Largest share of tasks set up by one delegate"),
            gettext_lazy(
                "Of all tasks that were set up at this council in the last 365 days, the share that each delegate set"
                " up. The figure is the largest share. Where one delegate sets up most of what is done, the council"
                " has a head."
            ),
            widest,
            tasks_of_delegates,
        ),
        Figure(
            "years",
            gettext_lazy("Longest time in office, in years"),
            gettext_lazy(
                "For each delegate who sits here now, the time in which any mandate for this council was in force,"
                " over all terms, days that overlap counted once. The figure is the longest."
            ),
            widest,
            years_in_office,
        ),
        Figure(
            "unfounded",
            gettext_lazy("Tasks without a policy under a year old"),
            gettext_lazy(
                "Tasks set up in the last 365 days none of whose clauses rests on a policy that its assembly adopted"
                " or amended in the 365 days before. What nobody has decided lately is going on by itself."
            ),
            number,
            without_a_young_policy,
        ),
        Figure(
            "unanswered",
            gettext_lazy("Objections not answered in time"),
            gettext_lazy("Objections whose term has passed, that have no answer and were not settled."),
            number,
            unanswered_objections,
        ),
        Figure(
            "owed",
            gettext_lazy("Reports owed"),
            gettext_lazy(
                "Mandates, in force or ended within the last 365 days, under which a report was due and has not been"
                " given, or was sent back by the assembly and not given again."
            ),
            number,
            reports_owed,
        ),
        Figure(
            "quorum",
            gettext_lazy("Assemblies short of quorum"),
            gettext_lazy(
                "Assemblies of this confederation of whose votes in the last 365 days some missed the quorum, with"
                " the share that did. Where assemblies do not meet, councils are not held to anything."
            ),
            number,
            short_of_quorum,
        ),
    )
}


def readings(council: Council, at: datetime) -> list[Reading]:
    return [Reading(figure, figure.rows(council, at)) for figure in FIGURES.values()]
