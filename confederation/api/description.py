"""The OpenAPI description as it is served: made once, and the same for everybody."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.response import Response

from .views import Base, asked


@cache
def description() -> dict[str, Any]:
    return SchemaGenerator(urlconf=None).get_schema(request=None, public=True)


class Description(Base):
    """This description."""

    schema = None

    def get(self, request: Any) -> Response:
        asked(request, serializers.Serializer)
        return Response(description())
