"""What a digest says: the letters that were gathered, and what the record has about what one follows."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import following
from .models import Citizen, Entry, Follow, Letter
from .record.reading import read

MOST = 40  # lines about what one follows


def news(citizen: Citizen, after: int, upto: int) -> list[Entry]:
    """The entries about what somebody follows, after that one and since they follow it: the oldest `MOST`, and one."""
    follows = list(Follow.objects.standing().filter(citizen=citizen))
    things = following.things(follow.subject for follow in follows)
    wanted = []
    for follow in follows:
        if (found := things.get(follow.subject)) is not None:
            lately = Q(pk__gt=max(after, follow.after), pk__lte=upto)
            wanted.append(following.entries_about(follow.subject, found) & lately)
    if not wanted:
        return []
    loud = reduce(or_, (Q(kind__startswith=word) for word in following.QUIET))
    rows = Entry.objects.filter(reduce(or_, wanted)).exclude(loud).order_by("pk")
    return list(rows.select_related("log").prefetch_related("disclosures").distinct()[: MOST + 1])


def words_of(letters: list[Letter], entries: list[Entry]) -> tuple[str, str]:
    """The subject and the body. Of an entry its kind and what it is about are said, and nothing that stands in it."""
    lines = [f"- {letter.subject}\n{_indented(letter.body)}" for letter in letters]
    for reading in read(entries[:MOST]):
        page = reading.url or reverse("record-entry", args=[reading.entry.pk])
        lines.append(f"- {reading.title}: {reading.about or reading.noun}\n  {settings.SITE_ADDRESS}{page}")
    if len(entries) > MOST:
        lines.append(_("And more: %(address)s") % {"address": settings.SITE_ADDRESS + reverse("follows")})
    count = len(letters) + min(len(entries), MOST)
    subject = ngettext("What happened: %(n)d thing", "What happened: %(n)d things", count) % {"n": count}
    foot = _("What you follow, and which letters come how: %(address)s") % {
        "address": settings.SITE_ADDRESS + reverse("follows")
    }
    return subject, "\n\n".join([*lines, foot])


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
