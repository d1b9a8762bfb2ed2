"""Every error as a problem (RFC 9457): a sentence for a person, a code and an article for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, IntegrityError
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from assemblies.refusal import CONFLICT, UNFIT, Refusal, from_database

PROBLEM = "application/problem+json"
UNIQUE, CHECK = "23505", "23514"  # states of PostgreSQL


class Wrong(serializers.Serializer):
    """One thing that was filled in wrong."""

    field = serializers.CharField(help_text="Which field, as `clauses.0.power`; empty where it is none in particular.")
    code = serializers.CharField(help_text="What is wrong with it, for a program.")
    detail = serializers.CharField(help_text="What is wrong with it, as a sentence.")


class Problem(serializers.Serializer):
    """Why it was not done (RFC 9457)."""

    type = serializers.CharField(help_text="The page of the article that says no, or `about:blank`.")
    title = serializers.CharField(help_text="What kind of problem it is, in a few words.")
    status = serializers.IntegerField(help_text="The status of the answer.")
    detail = serializers.CharField(help_text="A sentence for a person: what is the matter, and what to do instead.")
    instance = serializers.CharField(help_text="The address that was asked.")
    code = serializers.CharField(help_text="What kind of problem it is, for a program.")
    article = serializers.IntegerField(
        allow_null=True, help_text="The article of the constitution that refuses it, where one does."
    )
    errors = Wrong(  # type: ignore[assignment]
        many=True, help_text="What was filled in wrong, field by field; empty otherwise."
    )


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"


class Reused(exceptions.APIException):
    status_code = UNFIT
    default_code = "idempotency_key_reused"


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error; None for what nobody foresaw, which stays a fault of ours."""
    request = context["request"]
    refusal = error if isinstance(error, Refusal) else None
    if refusal is None and isinstance(error, DatabaseError):
        refusal = from_database(error)
    set_rollback()
    if refusal is None and isinstance(error, IntegrityError):
        return _unfit(request, error)
    if refusal is not None:
        titles = {403: _("This is not yours to do."), 409: _("Not now."), 422: _("Not like this.")}
        return _answer(
            request,
            refusal.status,
            titles[refusal.status],
            str(refusal),
            refusal.code,
            article=refusal.article,
            type=request.build_absolute_uri(reverse("article", args=[refusal.article])),
        )
    known = _known(error)
    if known is None:
        return None
    if isinstance(known, exceptions.ValidationError):
        wrong = list(_flat(known.detail))
        return _answer(request, UNFIT, _("Something is filled in wrong."), _in_one(wrong), "invalid", errors=wrong)
    code = known.get_codes()
    response = _answer(request, known.status_code, TITLES[known.status_code](), str(known.detail), str(code))
    if wait := getattr(known, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(known, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    return response


def _unfit(request: Any, error: IntegrityError) -> Response | None:
    """What a constraint without words of its own refuses; of what is there already, the other one came first."""
    state = getattr(error.__cause__, "sqlstate", "")
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "invalid"
    if state == UNIQUE:
        sentence = _("The same was done meanwhile: look at it, and decide again.")
        return _answer(request, CONFLICT, _("Not now."), sentence, constraint)
    if state == CHECK:
        sentence = _("These values do not fit together, or lie outside of what can be.")
        return _answer(request, UNFIT, _("Not like this."), sentence, constraint)
    return None


TITLES: dict[int, Any] = {
    400: lambda: _("This cannot be read."),
    401: lambda: _("Say who you are."),
    403: lambda: _("This is not yours to do."),
    404: lambda: _("There is no such thing."),
    405: lambda: _("This address does not take that method."),
    406: lambda: _("There is only JSON here."),
    413: lambda: _("This is too large."),
    415: lambda: _("Send JSON."),
    422: lambda: _("Not like this."),
    429: lambda: _("Too many at once."),
}


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.MethodNotAllowed | exceptions.NotAcceptable | exceptions.Throttled):
        return error
    if isinstance(error, exceptions.APIException):
        return error if error.status_code in TITLES or isinstance(error, exceptions.ValidationError) else None
    if isinstance(error, Http404):
        return exceptions.NotFound(_("Here is nothing, or nothing that you may know of."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
        return TooLarge(_("Send less at once."))
    if isinstance(error, RecursionError | UnicodeDecodeError):
        return exceptions.ParseError(_("This is not JSON that can be read."))
    return None


def _answer(
    request: Any,
    status: int,
    title: str,
    detail: str,
    code: str,
    *,
    article: int | None = None,
    type: str = "about:blank",  # noqa: A002  its name in RFC 9457
    errors: list[dict[str, str]] | None = None,
) -> Response:
    body = {
        "type": type,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "article": article,
        "errors": errors or [],
    }
    return Response(body, status=status, content_type=PROBLEM)


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """What is wrong, field by field, however deep it stands."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(part for part in (path, here) if part))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            inside = isinstance(inner, dict | list)
            yield from _flat(inner, f"{path}.{place}" if inside and path else path)
    elif detail:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _in_one(wrong: list[dict[str, str]]) -> str:
    said = [f"{one['field']}: {one['detail']}" if one["field"] else one["detail"] for one in wrong]
    return " ".join(said) or _("Something is filled in wrong.")
