"""The views of every noun and act: they find, refuse and answer. What a noun is stands in `nouns/`, acts in `acts/`."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from rest_framework import exceptions, serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from assemblies.access import Reader
from assemblies.clock import now
from assemblies.models import Citizen
from assemblies.refusal import act as one_act

from ..middleware import known_zone
from .acting import Act
from .authentication import TokenAuthentication
from .models import KEPT, KeptAnswer, Token
from .noun import NOUNS, Noun
from .paging import Pages
from .problems import Reused, TooLarge
from .throttling import ActsByPerson, ByAddress, ByPerson

MOST_BYTES = 1024 * 1024
READING = ("GET", "HEAD", "OPTIONS")


class Base(APIView):
    """What all addresses of the API have in common."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes: list[Any] = []
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    throttle_classes = [ByAddress, ByPerson, ActsByPerson]
    http_method_names = ["get", "post", "head", "options"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return conditional_page(super().as_view(**initkwargs))

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge(_("Send less than a megabyte at once."))

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Cookie", "Authorization"])
        if request.method not in READING or (getattr(request, "user", None) and request.user.is_authenticated):
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, no_cache=True)
        return response

    @property
    def reader(self) -> Reader:
        """Who reads. A token reads for its person only where that is among what it may do."""
        if isinstance(self.request.auth, Token) and "read" not in self.request.auth.scopes:
            from django.contrib.auth.models import AnonymousUser

            return AnonymousUser()
        return self.request.user

    def context(self, at: datetime) -> dict[str, Any]:
        return {"request": self.request, "reader": self.reader, "at": at}


def asked(request: Any, form: type[serializers.Serializer]) -> dict[str, Any]:
    """What stands in the query, read by its serializer. A word that is none of its is refused: it would do nothing."""
    known = form().fields
    strange = sorted(set(request.query_params) - set(known))
    if strange:
        raise exceptions.ValidationError({strange[0][:40]: [_("There is no such word in this query.")]}, code="unknown")
    query = form(data={name: request.query_params[name] for name in request.query_params})
    query.is_valid(raise_exception=True)
    return query.validated_data


class Root(Base):
    """The collections of this API."""

    def get(self, request: Any) -> Response:
        asked(request, serializers.Serializer)
        found = {name: request.build_absolute_uri(reverse(f"api:{name}")) for name in NOUNS}
        return Response({"collections": found, "openapi": request.build_absolute_uri(reverse("api:openapi"))})


class Nowhere(Base):
    """What is nowhere is answered as a problem too."""

    schema = None

    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    def get(self, request: Any, rest: str = "") -> Response:
        raise Http404

    post = put = patch = delete = get


class Collection(Base):
    """All of one noun; and where there is an act for it, one more of it."""

    noun: Noun = None  # type: ignore[assignment]
    act: Act | None = None

    def get(self, request: Any) -> Response:
        noun = self.noun
        query = asked(request, noun.query)
        at = query.get("at") or now()
        rows = noun.found(self.reader, at)
        for name, narrowed in noun.filters.items():
            if query.get(name) is not None:
                rows = narrowed.narrow(rows, query[name], at)
        pages = Pages(query["order"], query["size"], noun.name)
        found = pages.paginate_queryset(rows, request, self)
        shown = noun.shown(list(found or ()), self.context(at), query.get("expand", ()))
        return Response({"next": pages.get_next_link(), "previous": pages.get_previous_link(), "results": shown})

    def post(self, request: Any) -> Response:
        if self.act is None:
            raise exceptions.MethodNotAllowed(request.method)
        return done(self, self.act, None)

    @property
    def allowed_methods(self) -> list[str]:
        return [method for method in super().allowed_methods if method != "POST" or self.act]


class One(Base):
    """One of a noun. It is changed by acts alone: there is no PUT, PATCH or DELETE."""

    noun: Noun = None  # type: ignore[assignment]

    def get(self, request: Any, key: Any) -> Response:
        query = asked(request, self.noun.query_of_one)
        at = query.get("at") or now()
        found = get_object_or_404(self.noun.found(self.reader, at), **{self.noun.lookup: key})
        return Response(self.noun.shown([found], self.context(at), query.get("expand", ()))[0])


class Acts(Base):
    """Where an act on one thing is sent."""

    act: Act = None  # type: ignore[assignment]

    def post(self, request: Any, key: Any) -> Response:
        return done(self, self.act, key)


def done(view: Base, act: Act, key: Any) -> Response:
    """Carry an act out, by the person who asks, once for each idempotency key."""
    request = view.request
    by = request.user
    if not isinstance(by, Citizen):
        raise exceptions.NotAuthenticated(_("Sign in, or send a token of your own."))
    if isinstance(request.auth, Token) and act.scope not in request.auth.scopes:
        raise exceptions.PermissionDenied(
            _("This token may not do this: make one with “%(scope)s” among what it may do.") % {"scope": act.scope},
            code="out_of_scope",
        )
    citizenship = by.citizenship(now())
    zone = known_zone(citizenship.assembly.time_zone if citizenship else None)
    with timezone.override(zone), one_act():
        kept = _kept(request, by)
        if kept is not None and kept.body is not None:
            return Response(kept.body, status=201, headers=_headers(kept.location) | {"Idempotent-Replayed": "true"})
        sent = act.form(data=request.data, context={"request": request, "reader": by})
        sent.is_valid(raise_exception=True)
        thing = act.does(by, key, sent.validated_data)
        noun = act.gives
        at = now()
        context = {"request": request, "reader": by, "at": at}
        found = noun.found(by, at).get(pk=thing.pk)
        body = noun.shown([found], context)[0]
        location = body["url"]
        if kept is not None:
            body = json.loads(json.dumps(body, cls=JSONRenderer.encoder_class))
            KeptAnswer.objects.filter(pk=kept.pk).update(body=body, location=location)
    return Response(body, status=201, headers=_headers(location))


def _headers(location: str) -> dict[str, str]:
    return {"Location": location}


def _kept(request: Any, by: Citizen) -> KeptAnswer | None:
    """The place of the answer under this key, held until the act is over; another body under the same is refused."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > 200 or not key.isprintable() or not key.isascii():
        raise exceptions.ValidationError(
            {"Idempotency-Key": [_("A key has at most 200 letters, digits and signs of ASCII.")]}
        )
    sent = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    fingerprint = salted_hmac("api-idempotency", sent, algorithm="sha256").hexdigest()
    KeptAnswer.objects.filter(kept_at__lte=now() - KEPT).delete()
    # The second of two at once waits here until the first is done.
    KeptAnswer.objects.bulk_create([KeptAnswer(citizen=by, key=key, fingerprint=fingerprint)], ignore_conflicts=True)
    kept = KeptAnswer.objects.select_for_update().get(citizen=by, key=key)
    if kept.fingerprint != fingerprint:
        raise Reused(_("This key came with another request before: take a new key for a new act."))
    return kept


__all__ = ["Acts", "Base", "Collection", "Nowhere", "One", "Root"]
