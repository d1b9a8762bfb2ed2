"""The description of this API in OpenAPI 3.1, drawn from the nouns and the acts themselves."""

from __future__ import annotations

from copy import copy
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_basic_type, build_object_type
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from .acting import Act
from .noun import NOUNS, Noun
from .problems import PROBLEM, Problem

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A word of your own, at most 200 letters. The same request under the same key is done once: for a day"
    " it gets the answer that it got, and another request under it is refused.",
)
ETAG = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the answer that you have: 304 without a body, as long as it would be the same.",
)

WHY = {
    "400": "It cannot be read: no JSON, or not well formed.",
    "401": "Nobody is signed in, or the token is not in force.",
    "403": "It is not yours to do: `article` and `detail` say why.",
    "404": "There is no such thing, or none that you may know of.",
    "406": "Another kind of answer than JSON was asked for.",
    "409": "Not now: `article` and `detail` say why.",
    "413": "Too large: send less than a megabyte.",
    "415": "Something else than JSON was sent.",
    "422": "Something is filled in wrong: `errors` say what, or `article` and `detail` why.",
    "429": "Too many in this minute: wait as long as `Retry-After` says, in seconds.",
}
READING = ("401", "406", "422", "429")
ACTING = ("400", "401", "403", "406", "409", "413", "415", "422", "429")


class Schema(AutoSchema):
    """One for all views: what each is, its noun and its act say."""

    view: Any

    @property
    def noun(self) -> Noun | None:
        return getattr(self.view, "noun", None)

    @property
    def act(self) -> Act | None:
        return getattr(self.view, "act", None) if self.method == "POST" else None

    @property
    def of_one(self) -> bool:
        return "{key}" in self.path

    def get_operation_id(self) -> str:
        if self.act:
            return "post_" + self.act.scope.replace("/", "_").replace("-", "_")
        name = (self.noun.name if self.noun else self.path.strip("/").rpartition("/")[2]).replace("-", "_")
        return f"get_one_of_{name}" if self.of_one else f"get_{name}"

    def get_tags(self) -> list[str]:
        if self.act:
            return [(self.act.on or self.act.gives).name if self.act.on else self.act.name]
        return [self.noun.name if self.noun else "about"]

    def get_summary(self) -> str:
        if self.act:
            return self.act.words.partition(". ")[0].rstrip(".")
        if self.noun:
            return f"One of the {self.noun.name}" if self.of_one else f"All {self.noun.name}"
        return (self.view.__doc__ or "").strip()

    def get_description(self) -> str:  # type: ignore[override]
        if self.act:
            return f"{self.act.words}\n\nScope of a token: `{self.act.scope}`."
        return self.noun.words if self.noun else self.get_summary()

    def get_auth(self) -> list[dict[str, Any]]:
        both = super().get_auth()
        return both if self.act else [*both, {}]

    def get_override_parameters(self) -> list[Any]:
        parameters: list[Any] = []
        if self.of_one:
            on = self.act.on if self.act else self.noun
            assert on is not None  # noqa: S101
            slug = on.lookup == "slug"
            parameters.append(
                OpenApiParameter(
                    "key",
                    {"type": "string", "maxLength": 150}
                    if slug
                    else {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
                    OpenApiParameter.PATH,
                    description="Its slug." if slug else "Its number.",
                )
            )
        if self.act:
            return [*parameters, IDEMPOTENCY]
        if self.noun:
            query = self.noun.query_of_one if self.of_one else self.noun.query
            parameters += [query] if query().fields else []
        return [*parameters, ETAG]

    def get_request_serializer(self) -> Any:
        return self.act.form if self.act else None

    def get_response_serializers(self) -> Any:
        if self.act:
            return self.act.gives.serializer
        if self.noun:
            return self.noun.serializer
        return None

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        """What is answered when all goes well, and every refusal there can be."""
        codes = ACTING if self.act else READING
        if self.of_one:
            codes = (*codes, "404")
        elif not self.act:
            codes = (*codes, "404") if self.noun else codes
        bodies = {"201" if self.act else "200": self._answered(direction)}
        if not self.act:
            bodies["304"] = {"description": "It is what you have: see `If-None-Match`."}
        problem = self.resolve_serializer(Problem, direction).ref
        for code in sorted(codes):
            bodies[code] = {"content": {PROBLEM: {"schema": problem}}, "description": WHY[code]}
        return bodies

    def _answered(self, direction: Any) -> dict[str, Any]:
        noun = self.act.gives if self.act else self.noun
        if noun is None:
            return self._content(ROOT, "The collections.")
        whole = self.resolve_serializer(noun.serializer, direction).ref
        if self.act:
            made = self._content(whole, "It is done: what was made, or what it was done to as it stands now.")
            location = {"description": "Where that is in this API.", "schema": {"type": "string", "format": "uri"}}
            replayed = {
                "description": "`true` where this is the answer kept under an idempotency key.",
                "schema": {"type": "string"},
            }
            return {**made, "headers": {"Location": location, "Idempotent-Replayed": replayed}}
        if self.of_one:
            return self._content(whole, noun.words)
        link = {"type": ["string", "null"], "format": "uri"}
        page = build_object_type(
            {
                "next": {**link, "description": "The page after this one."},
                "previous": {**link, "description": "The page before this one."},
                "results": {"type": "array", "items": whole, "description": "This page."},
            },
            required=["next", "previous", "results"],
        )
        return self._content(page, noun.words)

    def _content(self, schema: Any, words: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": schema}}, "description": words}


ROOT = build_object_type(
    {
        "collections": {
            "type": "object",
            "additionalProperties": {"type": "string", "format": "uri"},
            "description": "The address of every collection.",
        },
        "openapi": {"type": "string", "format": "uri", "description": "The address of this description."},
    },
    required=["collections", "openapi"],
)


class LinkSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.noun.LinkField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        whole = auto_schema.resolve_serializer(NOUNS[self.target.link.to].serializer, direction).ref
        return {"oneOf": [{"type": "string", "format": "uri"}, whole]}


class PersonSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.noun.PersonField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        says: dict[str, Any] = {"name": {"type": "string", "description": "What they are called."}}
        if self.target.person.numbered:
            says["id"] = {"type": "integer", "description": "Their number, as in the address of their page."}
        return build_object_type(says, required=sorted(says))


class DerivedSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.noun.Derived"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        shown = copy(self.target.shown)
        shown.allow_null = False  # whether it can be nothing, the field around it says
        return auto_schema._map_serializer_field(shown, direction)


class AddressSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.noun.UrlField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return build_basic_type(OpenApiTypes.URI)  # type: ignore[return-value]


class PageSchema(AddressSchema):
    target_class = "confederation.api.noun.PageField"


class WordsSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.noun.Words"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return build_basic_type(str)  # type: ignore[return-value]


class OfSchema(OpenApiSerializerFieldExtension):
    target_class = "confederation.api.acting.Of"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        if self.target.slug:
            return {"type": "string", "minLength": 1, "maxLength": 150}
        return {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "confederation.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of your own, made at /account/tokens/ with what it may do.",
        }
