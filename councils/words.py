"""What this floor's entries in the record are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "task.opened": _("A task was opened"),
    "task.attached": _("A task was attached to a clause"),
    "action.logged": _("An action was logged"),
    "text.relayed": _("A council relayed a text to every assembly"),
}

FACTS = {
    "assemblies": _("Assemblies"),
    "clause": _("Clause"),
    "done_at": _("Done"),
    "evidence": _("Evidence"),
    "place": _("Place"),
    "power": _("Power"),
    "purpose": _("Purpose"),
    "quantity": _("Quantity"),
    "task": _("Task"),
    "unit": _("Unit"),
    "what": _("What was done"),
}
