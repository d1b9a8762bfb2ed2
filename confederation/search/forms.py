from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.forms import ReadForm
from assemblies.models import Assembly
from assemblies.views.answers import Unaccent
from mandates.models import Confederation

from .models import Kind


class FindForm(ReadForm):
    """Words, and what narrows them: a kind, a place by its name, a time, and what comes first."""

    q = forms.CharField(
        label=gettext_lazy("Words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("any")), *Kind.choices]
    )
    place = forms.CharField(
        label=gettext_lazy("Assembly or council"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    order = forms.ChoiceField(
        label=gettext_lazy("First"),
        required=False,
        choices=[("", gettext_lazy("what says it most")), ("newest", gettext_lazy("the newest"))],
    )

    def clean_place(self) -> Any:
        """An assembly or a council by its name or its address; case and accents do not matter."""
        name = " ".join(self.cleaned_data["place"].split())
        if not name:
            return None
        plain = Unaccent(Lower(Value(name)))
        for rows in (Assembly.objects.founded(), Confederation.objects.all()):
            found = rows.filter(slug=name.lower()).first() or (
                rows.alias(plain=Unaccent(Lower("name"))).filter(plain=plain).order_by("pk").first()
            )
            if found is not None:
                return found
        raise ValidationError(_("No assembly and no council has this name."), code="unknown")
