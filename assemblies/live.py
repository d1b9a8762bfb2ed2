"""What the phones of a hall ask every few seconds, and how little it costs to say that nothing has changed.

Every act in a session writes an entry into the log of its assembly, so the numbers of the log's last entries are the
version of everything a hall shows. It is derived from the database at most once a second for all who ask, and kept in
the cache in between: nothing has to be bumped, and a cache that forgets everything has forgotten one second.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from .models import Decision, Entry, Session

FRESH = 1  # seconds for which a version is believed, and a turnout
LAST = 50  # entries whose numbers make the version
KEPT = 60  # seconds for which what was drawn for one version is kept for the others who ask
BETWEEN = (3, 5)  # seconds between two questions of one phone; each waits differently, so that they come one by one


def version(session_pk: int) -> str:
    """A word that changes within a second of anything that happens in that assembly. Raises Session.DoesNotExist."""
    return _kept(f"hall-{session_pk}", FRESH, lambda: derived(session_pk))


def fresh(session_pk: int) -> str:
    """The version now: for whoever has just done something, and for a page that is opened."""
    found = derived(session_pk)
    cache.set(f"hall-{session_pk}", found, FRESH)
    return found


def derived(session_pk: int) -> str:
    """The sum of the last numbers: it grows with an entry that is seen late too, behind one that was numbered later."""
    log = Session.objects.values_list("assembly__log", flat=True).get(pk=session_pk)
    return str(sum(Entry.objects.filter(log=log).order_by("-pk").values_list("pk", flat=True)[:LAST]))


def shared(session_pk: int, version: str, what: str, make: Callable[[], Any]) -> Any:
    """What is the same for everybody at one version, made for the first who asks."""
    return _kept(f"hall-{session_pk}-{version}-{what}", KEPT, make)


def electors(decision: Decision) -> frozenset[int]:
    """Who may vote in a decision that has opened: from then on it does not change."""
    return _kept(f"electors-{decision.pk}", KEPT, lambda: frozenset(decision.electors().values_list("pk", flat=True)))


def turnout(decision: Decision) -> int:
    """How many have voted, a second ago at most."""
    return _kept(f"turnout-{decision.pk}", FRESH, decision.turnout)


def _kept(key: str, seconds: int, make: Callable[[], Any]) -> Any:
    """What the cache holds, or what is made and put there. Django's own `get_or_set` asks the cache once more."""
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, seconds)
    return found


def pause() -> int:
    return random.randint(*BETWEEN)  # noqa: S311  (nobody gains by guessing it)
