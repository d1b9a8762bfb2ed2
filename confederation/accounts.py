"""How people sign in and sign up: by e-mail, through django-allauth."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Signing up makes an account and nothing more: an assembly admits its citizens itself."""
