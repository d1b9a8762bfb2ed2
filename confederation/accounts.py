"""How people sign in and sign up: by e-mail, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend

from assemblies.models import Citizen


class AccountAdapter(DefaultAccountAdapter):
    """Signing up makes an account and nothing more: an assembly admits its citizens itself."""


class OfSession(ModelBackend):
    """The person a session names, read anew at every request, in one statement that is written once."""

    def get_user(self, user_id: int) -> Citizen | None:
        citizen = Citizen.objects.numbered(user_id)
        return citizen if citizen is not None and self.user_can_authenticate(citizen) else None


class ByEmail(OfSession, AuthenticationBackend):
    """Signing in, as django-allauth does it."""
