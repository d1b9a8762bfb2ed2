"""The record as Atom feeds; they take the same filters as the pages."""

from __future__ import annotations

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from ..models import Entry, Log
from .filters import RecordFilter
from .reading import Reading, owner_of, read, titles

NEWEST = 50


class RecordFeed(Feed):
    """The newest entries of all logs, or of one."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, origin: str = "") -> tuple[Log | None, RecordFilter]:
        log = get_object_or_404(Log, origin=origin) if origin else None
        return log, RecordFilter(request.GET, within_log=bool(log))

    def title(self, wanted: tuple[Log | None, RecordFilter]) -> str:
        log, _form = wanted
        if log is None:
            return _("The public record")
        return _("The public record of %(name)s") % {"name": owner_of(log) or log.origin}

    def subtitle(self, wanted: tuple[Log | None, RecordFilter]) -> str:
        return _("Every public act, in the order in which it was entered.")

    def link(self, wanted: tuple[Log | None, RecordFilter]) -> str:
        log, _form = wanted
        return reverse("record-log", args=[log.origin]) if log else reverse("record")

    def items(self, wanted: tuple[Log | None, RecordFilter]) -> list[Reading]:
        log, form = wanted
        entries = form.apply(log.entries.all() if log else Entry.objects.all())
        found = read(entries.newest_first().select_related("log").prefetch_related("disclosures")[:NEWEST])
        for reading, title in zip(found, titles(found), strict=True):
            reading.about = title  # a feed is kept by its readers, and a name in it could not be erased
        return found

    def item_title(self, item: Reading) -> str:
        return f"{item.title}: {item.about}"

    def item_description(self, item: Reading) -> str:
        return item.entry.log.origin

    def item_link(self, item: Reading) -> str:
        return reverse("record-entry", args=[item.entry.pk])

    def item_pubdate(self, item: Reading) -> datetime:
        return item.entry.recorded_at

    def item_updateddate(self, item: Reading) -> datetime:
        return item.entry.recorded_at

    def item_author_name(self, item: Reading) -> str | None:
        return None
