"""What every request passes through: the browser's guard, the reader's time zone, and refusals turned into pages."""

import zoneinfo
from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from assemblies.clock import now
from assemblies.refusal import Refusal, from_database


class PolicyMiddleware(CSPMiddleware):
    """The content security policy, put together once: the same stands on every page that asks for no other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if settings.DEBUG or "_csp_nonce" in vars(request) or any(name.startswith("_csp") for name in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response


class CitizenTimeZoneMiddleware:
    """Times are shown as the clocks of the citizen's own assembly show them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.session.get("time_zone") if request.session.session_key else None
        if name is None and request.user.is_authenticated:
            citizenship = request.user.citizenship(now())
            name = citizenship.assembly.time_zone if citizenship else ""
            request.session["time_zone"] = name
        with timezone.override(known_zone(name)):
            return self.get_response(request)


def known_zone(name: str | None) -> zoneinfo.ZoneInfo | None:
    """The zone of that name; None, which is the installation's own, where there is none."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


class RefusalMiddleware:
    """A refusal that no form caught becomes a page with its article and sentence, wherever it was raised.

    So does a method that an address does not take, of which Django says nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.write(render_to_string("405.html", request=request))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = exception if isinstance(exception, Refusal) else None
        if refusal is None and isinstance(exception, DatabaseError):
            refusal = from_database(exception)
        if refusal is None:
            return None
        return render(request, "refusal.html", {"refusal": refusal}, status=refusal.status)
