"""The minutes of a session: what happened, completed by the minute-taker, adopted by a later session."""

from __future__ import annotations

import hashlib

import pgtrigger
import rfc8785
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import HALL, checked, fixed, lock, refuse
from .agenda_item import AgendaItem
from .citizen import Citizen
from .entry import record
from .motion import Motion
from .office import Office
from .session import IN_SESSION, Session


class MinuteNoteQuerySet(models.QuerySet["MinuteNote"]):
    def write(self, session: Session, *, by: Citizen, text: str, item: AgendaItem | None = None) -> MinuteNote:
        """Write beside a point, or beside the session as a whole, what the facts do not say; the last one stands."""
        at = now()
        if not (by.holds(Office.Kind.MINUTE_TAKER, session.assembly, at) or session.led_by(by, at)):
            raise Refusal(16, _("The minute-taker completes the minutes, or whoever leads the session."))
        words = "\n".join(text.strip().splitlines())
        with act():
            Session.objects.select_for_update().get(pk=session.pk)
            last = self.filter(session=session, item=item).last()
            if last is not None and last.text == words and not hasattr(session, "minutes"):
                return last  # sent twice
            note = self.create(session=session, item=item, by=by, text=words)
            note.refresh_from_db()
            record(
                "minutes.noted",
                session,
                log=session.assembly.log_id,
                by=by,
                at=note.at,
                item=item.pk if item else None,
                text=note.text,
            )
        return note

    def standing(self, session: Session) -> dict[int | None, MinuteNote]:
        """The note that stands beside each point; None for that beside the whole."""
        return {note.item_id: note for note in self.filter(session=session).select_related("by").order_by("pk")}


class MinuteNote(models.Model):
    """What was written beside one point at one moment. Earlier words stay to be seen."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="notes")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, related_name="notes")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=CivicNow())
    text = models.TextField(blank=True, max_length=20_000)

    objects = MinuteNoteQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        triggers = [
            *fixed(17, "What was written into the minutes stays to be seen."),
            checked(
                "written",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "at := civic_now();",
                refuse(
                    17,
                    "EXISTS (SELECT FROM assemblies_minutes m WHERE m.session_id = NEW.session_id)",
                    "The minutes have been adopted: they are not changed, but corrected beside them.",
                ),
                refuse(17, "hall.opened_at IS NULL", "The session has not been opened yet."),
                refuse(
                    16,
                    "NOT holds_office(NEW.by_id, hall.assembly_id, 'minute-taker', at)"
                    " AND NOT leads_session(NEW.by_id, hall.id, at)",
                    "The minute-taker completes the minutes, or whoever leads the session.",
                    FORBIDDEN,
                ),
                refuse(
                    17,
                    "NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_agendaitem i"
                    " WHERE i.id = NEW.item_id AND i.session_id = NEW.session_id)",
                    "A note stands beside a point of its own session.",
                    UNFIT,
                ),
                "NEW.at := at;",
                declare=IN_SESSION,
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def adopt(self, motion: Motion, *, by: Citizen) -> Minutes:
        """Freeze the minutes that this motion adopts, as they read now."""
        from ..minutes import written

        session = motion.about
        if session is None:
            raise Refusal(17, _("Say the minutes of which session are adopted."), status=UNFIT)
        with act():
            Session.objects.select_for_update().get(pk=session.pk)
            if self.filter(session=session).exists():
                raise Refusal(17, _("These minutes have been adopted already."), status=CONFLICT)
            body = rfc8785.dumps(written(session))
            minutes = self.create(session=session, motion=motion, body=body, digest=hashlib.sha256(body).hexdigest())
            minutes.refresh_from_db()
            record(
                "minutes.adopted",
                session,
                log=session.assembly.log_id,
                by=by,
                at=minutes.adopted_at,
                session=motion.session_id,
                motion=motion.pk,
                sha256=minutes.digest,
            )
        return minutes


class Minutes(models.Model):
    """Adopted minutes: the exact bytes that were adopted, by which motion. Nothing changes them."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="minutes")
    motion = models.OneToOneField(Motion, models.PROTECT, related_name="adopts")
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    adopted_at = models.DateTimeField(db_default=CivicNow())

    objects = MinutesQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        verbose_name_plural = "minutes"
        constraints = [models.CheckConstraint(name="minutes_digest", condition=~Q(digest=""))]
        triggers = [
            *fixed(17, "Minutes that were adopted cannot be changed: they are corrected beside them."),
            checked(
                "adopted",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "NEW.adopted_at := civic_now();",
                refuse(
                    17,
                    "NOT EXISTS (SELECT FROM assemblies_motion m JOIN assemblies_showofhands h ON h.id ="
                    " (SELECT max(x.id) FROM assemblies_showofhands x WHERE x.motion_id = m.id)"
                    " JOIN assemblies_session s ON s.id = m.session_id WHERE m.id = NEW.motion_id"
                    " AND m.kind = 'minutes' AND m.about_id = NEW.session_id AND h.yes > h.no"
                    " AND s.closed_at IS NULL AND m.withdrawn_at IS NULL)",
                    "Minutes are adopted by a later session, and by nobody else.",
                    FORBIDDEN,
                ),
                refuse(
                    17,
                    "NEW.digest <> encode(sha256(NEW.body), 'hex')",
                    "The digest of minutes is that of their own words.",
                    UNFIT,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)
