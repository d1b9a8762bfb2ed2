"""How much one person, and one address, may ask in a minute; counted in Redis through Django's cache.

A hall behind one address is many people: the address is the generous one.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

MINUTE = 60


class PerMinute(BaseThrottle):
    """So many in each minute of the clock, which is one number to keep for each that asks."""

    rate = ""

    def who(self, request: Any) -> str | None:
        raise NotImplementedError

    def allow_request(self, request: Any, view: Any) -> bool:
        who = self.who(request)
        most = settings.API_RATES[self.rate]
        if who is None:
            return True
        name = hashlib.sha256(f"{self.rate}:{who}".encode()).hexdigest()
        key = f"api-rate:{name}:{int(time.time()) // MINUTE}"
        cache.add(key, 0, 2 * MINUTE)
        try:
            return cache.incr(key) <= most
        except ValueError:  # Redis has lost it between the two.
            return True

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


class ByAddress(PerMinute):
    rate = "address"

    def who(self, request: Any) -> str | None:
        return self.get_ident(request)


class ByPerson(PerMinute):
    rate = "person"

    def who(self, request: Any) -> str | None:
        return str(request.user.pk) if request.user.is_authenticated else None


class ActsByPerson(ByPerson):
    """Acts alone: they are written for good, and read by everybody."""

    rate = "acts"

    def who(self, request: Any) -> str | None:
        return None if request.method in ("GET", "HEAD", "OPTIONS") else super().who(request)
