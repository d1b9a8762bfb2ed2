"""From a page of a thing to what the public record says of it."""

from typing import Any

from django import template
from django.urls import reverse

from ..models import Entry
from ..models.entry import address

register = template.Library()


@register.inclusion_tag("assemblies/record/_its_record.html")
def its_record(*things: Any) -> dict[str, Any]:
    """Links to the record of one thing, or of several: what keeps a log of its own has its whole log.

    A thing of which nothing was entered yet has none: nobody may know of a draft from a link.
    """
    every = [one for thing in things for one in ([thing] if hasattr(thing, "pk") else thing or [])]
    subjects = [address(one) for one in every if not hasattr(one, "log_id")]
    entered = set(Entry.objects.filter(subject__in=subjects).values_list("subject", flat=True)) if subjects else set()
    links = []
    for one in every:
        if hasattr(one, "log_id"):
            links.append({"words": str(one), "url": reverse("record-log", args=[one.log.origin])})
        elif (subject := address(one)) in entered:
            links.append({"words": str(one), "url": reverse("record-of", args=subject.split("/"))})
    return {"links": links}


@register.filter
def record_url(thing: Any) -> str:
    """The record of a thing that was entered for certain."""
    return reverse("record-of", args=address(thing).split("/"))
