"""What can be followed on this floor: assemblies, proposals, policies."""

from typing import Any

from django.db.models import Q

from . import following
from .models import Assembly, Decision, Policy, Proposal
from .models.entry import address


def about_assembly(assembly: Any) -> Q:
    return Q(log=assembly.log_id)


def about_proposal(proposal: Any) -> Q:
    """Itself, the votes on it, its study and the circles over that."""
    found = Q(subject=address(proposal)) | following.of("decision", proposal.decisions.values_list("pk", flat=True))
    study = getattr(proposal, "study", None)
    if study is None:
        return found
    return found | Q(subject=address(study)) | following.of("circle", study.circles.values_list("pk", flat=True))


def about_policy(policy: Any) -> Q:
    """Its versions, and what would change it."""
    asked = list(Proposal.objects.offered().filter(policy=policy).values_list("pk", flat=True))
    votes = Decision.objects.filter(proposal__in=asked).values_list("pk", flat=True)
    found = following.of("policyversion", policy.versions.values_list("pk", flat=True))
    found |= Q(subject=address(policy)) | following.of("proposal", asked) | following.of("decision", votes)
    study = getattr(policy, "study", None)
    return found | Q(subject=address(study)) if study else found


following.add("assembly", Assembly.objects.founded, about_assembly)
following.add("proposal", Proposal.objects.offered, about_proposal)
following.add("policy", Policy.objects.all, about_policy)
