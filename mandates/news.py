"""What can be followed on this floor, mandates and territories; and how its letters are sent."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assemblies import following, telling
from assemblies.models.entry import address
from assemblies.telling import Kind

from .models import Confederation, Mandate, Report


def about_mandate(mandate: Any) -> Q:
    """Itself, the question that issues it, its recalls and its reports."""
    decisions = mandate.proposal.decisions.values_list("pk", flat=True)
    found = Q(subject=address(mandate)) | Q(subject=address(mandate.proposal)) | following.of("decision", decisions)
    found |= following.of("recall", mandate.recalls.values_list("pk", flat=True))
    return found | following.of("report", Report.objects.filter(mandate=mandate).values_list("pk", flat=True))


def known() -> QuerySet[Mandate]:
    """Mandates whose question was laid before its assembly: a draft is its author's alone."""
    near = Mandate.objects.select_related("proposal", "delegate", "assembly", "confederation")
    return near.filter(proposal__offered_at__isnull=False)


following.add("mandate", known, about_mandate)
following.add("confederation", Confederation.objects.all, lambda confederation: Q(log=confederation.log_id))
telling.add(
    Kind("mandate-issued", _("You are mandated"), at_once=True),
    Kind("mandate-narrowed", _("Your mandate is narrowed"), at_once=True),
    Kind("mandate-ended", _("Your mandate has ended"), at_once=True),
    Kind("mandate-expires", _("Your mandate ends soon"), at_once=True),
    Kind("recall-opened", _("A recall of your mandate is opened"), at_once=True),
    Kind("election-called", _("An election is called in your assembly"), at_once=True),
    Kind("election-stood", _("The time to stand in an election is over"), at_once=True),
    Kind("election-decided", _("An election is decided")),
    Kind("report-due", _("A report of yours falls due"), at_once=True),
    Kind("report-late", _("A report of yours is late"), at_once=True),
    Kind("report-reviewed", _("Your assembly has read your report"), at_once=True),
    Kind("text-offered", _("A text waits to be relayed")),
)
