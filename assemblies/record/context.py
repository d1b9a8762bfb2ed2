"""The checkpoint in the footer of every page: the one over the page's own assembly, or the newest of all.

Asked for only where a template draws it, and at most every few seconds in each process: Redis may be away.
"""

from __future__ import annotations

import re
import time
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ..models import Checkpoint
from .checkpoint import encoded

KEPT_FOR = 5  # seconds
MOST_KEPT = 2000
PLACE = re.compile(r"^/assemblies/([^/]+)/")
kept: dict[str, tuple[float, dict[str, Any] | None]] = {}


def checkpoint(request: HttpRequest) -> dict[str, Any]:
    """`checkpoint` with `.at`, `.digest` and `.origin`; something empty where nothing is signed yet."""
    place = PLACE.match(request.path_info)
    origin = f"assembly/{place[1]}" if place else ""
    return {"checkpoint": SimpleLazyObject(lambda: _recent(origin) or {})}


def _recent(origin: str) -> dict[str, Any] | None:
    since, found = kept.get(origin, (0.0, None))
    if time.monotonic() - since < KEPT_FOR and since:
        return found
    try:
        found = drawn(newest(origin) or (newest("") if origin else None))
    except DatabaseError:  # a page that says so must still be drawn
        return None
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[origin] = time.monotonic(), found
    return found


def newest(origin: str = "") -> Checkpoint | None:
    """The last checkpoint of a log, or of all logs together."""
    rows = Checkpoint.objects.select_related("log")
    if origin:
        return rows.filter(log__origin=origin).order_by("-size").first()
    return rows.order_by("-pk").first()


def drawn(found: Checkpoint | None) -> dict[str, Any] | None:
    """A checkpoint as the footer draws it."""
    if found is None:
        return None
    return {
        "at": found.at,
        "digest": f"{found.log.origin} {found.size} {encoded(bytes(found.root))}",
        "origin": found.log.origin,
    }
