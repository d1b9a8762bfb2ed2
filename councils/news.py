"""What is done under a mandate is news to whoever follows it; and how the letters of this floor are sent."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assemblies import following, telling
from assemblies.telling import Kind

from .models import Action, Objection


def done_under(mandate: Any) -> Q:
    actions = Action.objects.filter(attachment__clause__mandate=mandate).values_list("pk", flat=True)
    objections = Objection.objects.filter(mandate=mandate).values_list("pk", flat=True)
    return following.of("action", actions) | following.of("objection", objections)


following.add("mandate", None, done_under)
telling.add(
    Kind("halt", _("An assembly has halted its part of a task of yours"), at_once=True),
    Kind("halt-ended", _("An assembly goes on with its part of a task of yours"), at_once=True),
    Kind("objection", _("An objection concerns you"), at_once=True),
    Kind("answer", _("Your objection was answered")),
    Kind("objection-unanswered", _("An objection was not answered in time")),
    Kind("meeting", _("Your council meets"), at_once=True),
    Kind("meeting-off", _("Your council does not meet"), at_once=True),
    Kind("text-relayed", _("A text was relayed to your assembly")),
)
