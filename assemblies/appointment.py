"""A session as an appointment in a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from .clock import now
from .models import Session
from .models.letter import address_of


def calendar(session: Session) -> str:
    """The whole calendar with this one event; each change has a higher number, and a cancelled session says so."""
    zone = ZoneInfo(session.assembly.time_zone)
    event = Event()
    event.add("uid", f"session-{session.pk}@{urlsplit(settings.SITE_ADDRESS).hostname}")
    event.add("sequence", session.reschedulings.count() + hasattr(session, "cancellation"))
    event.add("dtstamp", now())
    event.add("summary", _("Assembly of %(assembly)s") % {"assembly": session.assembly})
    event.add("dtstart", session.begins_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("location", session.place)
    event.add("description", "\n".join(f"{n}. {item}" for n, item in enumerate(session.agenda(), 1)))
    event.add("url", address_of(session))
    event.add("status", "CANCELLED" if hasattr(session, "cancellation") else "CONFIRMED")
    book = Calendar()
    book.add("prodid", "-//Confederated assemblies//sessions//")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if hasattr(session, "cancellation") else "PUBLISH")
    book.add_component(event)
    book.add_missing_timezones()
    return book.to_ical().decode()
