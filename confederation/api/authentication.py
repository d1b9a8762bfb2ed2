"""Who asks: whoever is signed in, with the token of the form that they send; or a program with a person's own token."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from assemblies.clock import now
from assemblies.models import Citizen

from .models import Token


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer confed_…`"""

    def authenticate(self, request: Any) -> tuple[Citizen, Token] | None:
        scheme, _gap, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        at = now()
        token = Token.objects.of(secret.decode("ascii", "replace").strip(), at)
        if token is None:
            raise AuthenticationFailed(_("This token is not in force: it was revoked, has ended, or never was."))
        token.note_use(at)
        return token.citizen, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="api"'
