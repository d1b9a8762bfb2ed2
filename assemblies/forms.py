"""Forms of floor 1."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Citizen


class SignupForm(forms.Form):
    """What allauth asks beside e-mail and password."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request, user: Citizen) -> None:
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])
