"""Pages by cursor: a list that grows meanwhile neither repeats nor skips; the last page is as quick as the first."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination


class Pages(CursorPagination):
    """Cursors are signed for their own list and order: what a program makes up itself is not found."""

    cursor_query_param = "cursor"

    def __init__(self, order: str, size: int, name: str) -> None:
        self.order, self.page_size = order, size
        self.signer = signing.Signer(salt=f"api-cursor:{name}:{order}")

    def get_page_size(self, request: Any) -> int | None:
        return self.page_size

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        pk = "-pk" if self.order.startswith("-") else "pk"
        return (self.order,) if self.order.lstrip("-") in ("id", "pk") else (self.order, pk)

    def encode_cursor(self, cursor: Cursor) -> str:
        value = self.signer.sign_object([cursor.offset, int(cursor.reverse), cursor.position], compress=True)
        address = self.base_url or ""
        from rest_framework.utils.urls import replace_query_param

        return replace_query_param(address, self.cursor_query_param, value)

    def decode_cursor(self, request: Any) -> Cursor | None:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            offset, reverse, position = self.signer.unsign_object(encoded)
        except (signing.BadSignature, ValueError) as error:
            raise NotFound(_("This page is not of this list: begin again without a cursor.")) from error
        return Cursor(offset=offset, reverse=bool(reverse), position=position)
