"""How the installation is: database, Redis, worker, beat, and the oldest due row of every sweep."""

import sys
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import Error, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.defaults import server_error

from assemblies.clock import now
from assemblies.record.sequencer import objections
from assemblies.sweeps import REGISTRY

ALIVE = timedelta(seconds=60)


def pulse(who: str) -> None:
    """Note that `who` (beat or worker) was alive just now. A lost note comes back with the next beat."""
    try:
        cache.set(f"pulse-{who}", timezone.now().timestamp(), timeout=3600)
    except Exception:  # Redis may be away: then it is Redis that health names
        return


def examine() -> dict[str, Any]:
    """What `/health/` says. `well` is false when anything needs a technician."""
    report: dict[str, Any] = {"database": False, "redis": False, "worker": None, "beat": None, "sweeps": {}}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM coalesce((SELECT shift FROM assemblies_clock), '0'))::float")
            (shift,) = cursor.fetchone()
        report["database"] = True
        report["clock_shift_seconds"] = shift
        at = now()
        for name, sweep in REGISTRY.items():
            oldest = sweep.oldest_due(at)
            report["sweeps"][name] = {
                "oldest_due": oldest.isoformat() if oldest else None,
                "late": bool(oldest and at - oldest > sweep.patience),
            }
        report["record"] = {"refuses_to_sign": objections()}
    except Error as error:
        report["database_says"] = type(error).__name__
    try:
        pulses = cache.get_many(["pulse-worker", "pulse-beat"])
        report["redis"] = True
        for who in ("worker", "beat"):
            heard = pulses.get(f"pulse-{who}")
            report[who] = bool(heard and timezone.now().timestamp() - heard < ALIVE.total_seconds())
    except Exception as error:  # whatever Redis says, it is Redis that is not well
        report["redis_says"] = type(error).__name__
    report["well"] = (
        all([report["database"], report["redis"], report["worker"], report["beat"]])
        and not any(sweep["late"] for sweep in report["sweeps"].values())
        and not report.get("record", {}).get("refuses_to_sign")
    )
    return report


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while requests can be served, 503 when they cannot; `well` tells whether the workers keep up too."""
    report = examine()
    return JsonResponse(report, status=200 if report["database"] else 503)


def failed(request: HttpRequest) -> HttpResponse:
    """A request that could not be served: 503 while the database is away or full, 500 for a fault of ours."""
    response = server_error(request)
    if isinstance(sys.exc_info()[1], OperationalError):
        response.status_code = 503
        response["Retry-After"] = "30"
    return response
