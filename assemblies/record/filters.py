"""What one may look for in the record."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ..models.entry import EntryQuerySet
from .reading import nouns
from .words import KINDS


def kinds() -> list[tuple[str, object]]:
    """Every kind by its words, under the noun that it begins with."""
    groups: dict[str, list[tuple[str, object]]] = {}
    known = nouns()
    for kind, words in KINDS.items():
        noun = kind.partition(".")[0]
        model = known.get(noun)
        label = str(model._meta.verbose_name_plural).capitalize() if model else noun.capitalize()
        groups.setdefault(label, []).append((kind, words))
    return [("", _("Everything")), *sorted(groups.items(), key=lambda group: group[0])]


class RecordFilter(forms.Form):
    """Filters of the record; what is left empty filters nothing."""

    q = forms.CharField(label=_("Words, or how they begin"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    log = forms.CharField(label=_("Assembly or confederation"), required=False, max_length=150)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    subject = forms.RegexField(
        r"^[a-z]+/\d{1,18}$",
        label=_("About"),
        required=False,
        help_text=_("A thing by its name in the record, as in decision/12."),
        error_messages={"invalid": _("Write a noun, a slash and a number, as in decision/12.")},
    )

    def __init__(self, *args: object, within_log: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = kinds()  # type: ignore[attr-defined]
        if within_log:
            del self.fields["log"]

    def narrows(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def apply(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that fit; none when a filter cannot be read."""
        if not self.is_valid():
            return entries.none()
        wanted = self.cleaned_data
        if words := wanted["q"].strip():
            entries = entries.saying(words)
        if wanted["kind"]:
            entries = entries.filter(kind=wanted["kind"])
        if log := wanted.get("log", "").strip():
            entries = entries.filter(Q(log__origin__icontains=slugify(log, allow_unicode=True)) | Q(log__origin=log))
        if wanted["since"]:
            entries = entries.filter(at__gte=_midnight(wanted["since"]))
        if wanted["until"]:
            entries = entries.filter(at__lt=_midnight(wanted["until"] + timedelta(days=1)))
        if wanted["subject"]:
            entries = entries.filter(subject=wanted["subject"])
        return entries


def _midnight(day: date) -> datetime:
    zone = timezone.get_current_timezone()
    return datetime.combine(day, time(), zone if isinstance(zone, zoneinfo.ZoneInfo) else UTC)
