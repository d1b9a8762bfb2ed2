"""What this floor's entries in the record are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "task.opened": _("A task was opened"),
    "task.attached": _("A task was attached to a clause"),
    "action.logged": _("An action was logged"),
    "text.relayed": _("A council relayed a text to every assembly"),
    "variance.told": _("Something was done beyond a clause"),
    "objection.made": _("A citizen objected"),
    "objection.answered": _("The delegate answered an objection"),
    "objection.settled": _("Whoever objected accepts the answer"),
    "halt.proposed": _("Halting a task was proposed"),
    "halt.carried": _("An assembly halted its part of a task"),
    "halt.end_proposed": _("Ending a halt was proposed"),
    "halt.ended": _("An assembly goes on with its part of a task"),
    "meeting.called": _("The delegates were called together"),
    "meeting.called_off": _("A meeting was called off"),
    "meeting.agenda": _("A task was put on the agenda of a meeting"),
    "meeting.agenda_text": _("A relayed text was put on the agenda of a meeting"),
    "meeting.attended": _("A delegate was at a meeting"),
}

FACTS = {
    "about": _("About"),
    "answer_by": _("To be answered by"),
    "assemblies": _("Assemblies"),
    "assembly": _("Assembly"),
    "clause": _("Clause"),
    "done_at": _("Done"),
    "evidence": _("Evidence"),
    "kinds": _("How it went beyond the clause"),
    "meeting": _("Meeting"),
    "meets_at": _("Meets"),
    "objection": _("Objection"),
    "place": _("Place"),
    "power": _("Power"),
    "purpose": _("Purpose"),
    "quantity": _("Quantity"),
    "task": _("Task"),
    "unit": _("Unit"),
    "what": _("What was done"),
}
