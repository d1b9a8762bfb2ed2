"""The methods of an election in a few words, for a choice between them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHORT = {
    "scottish-stv": _("Ranked, single transferable vote (Scottish rule): for one delegate or several"),
    "meek": _("Ranked, single transferable vote (Meek's rule): for one delegate or several"),
    "irv": _("Ranked, instant runoff: for one delegate"),
    "schulze": _("Ranked, each against each (Schulze): for one delegate"),
    "approval": _("Approval: the most approved are elected"),
}


def method_in_short(method: str) -> str | Promise:
    return SHORT[method]
