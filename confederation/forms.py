"""Forms of the account page."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from assemblies.forms import ActForm


class NameForm(ActForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As it stands on the roll and beside what you put forward."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def zones() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", str(_("as in my assembly"))), *((name, name.replace("_", " ")) for name in names)]


class TimeZoneForm(ActForm):
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zones,
        help_text=_("For times outside an assembly; on the page of a vote they are always those of its assembly."),
    )
