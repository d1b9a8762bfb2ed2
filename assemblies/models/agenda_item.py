"""The points of a session's agenda, and the order in which they are taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import HALL, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .entry import record
from .proposal import Proposal
from .session import IN_SESSION, Point, Session, in_open_session, led_by, moment

if TYPE_CHECKING:
    from .decision import Decision
    from .motion import Motion

MOST_MINUTES = 180  # a vote in the hall closes by itself after so long


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def put(self, session: Session, point: Point, *, by: Citizen, position: int) -> AgendaItem:
        proposal = point.proposal
        if proposal is not None:
            ready_at = proposal.deliberated_at(now()) or now()
            if proposal.offered_at is None or session.begins_at < ready_at:
                raise Refusal(
                    20,
                    _("“%(proposal)s” can be decided from %(moment)s on: deliberation comes first.")
                    % {"proposal": proposal, "moment": moment(ready_at)},
                    status=UNFIT,
                )
        return self.create(
            session=session,
            position=position,
            title=point.title.strip() or (proposal.title if proposal else ""),
            text=point.text.strip(),
            proposal=proposal,
            minutes=point.minutes,
            placed_by=by,
        )

    def add(self, session: Session, point: Point, *, by: Citizen) -> AgendaItem:
        """Add a point while the notice of the standing orders still lets everybody know of it."""
        with act():
            Session.objects.select_for_update().get(pk=session.pk)
            last = session.items.aggregate(last=models.Max("position"))["last"] or 0
            item = self.put(session, point, by=by, position=last + 1)
            item.refresh_from_db()
            record(
                "item.placed",
                item,
                log=session.assembly.log_id,
                by=by,
                at=item.placed_at,
                session=session.pk,
                title=item.title,
                proposal=item.proposal_id,
            )
        return item


class AgendaItem(models.Model):
    """One point of the agenda of one session; with a proposal it is decided there."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(gettext_lazy("title"), max_length=200)
    text = models.TextField(blank=True, max_length=5000)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="items")
    minutes = models.PositiveSmallIntegerField(null=True)
    placed_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(db_default=CivicNow())
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    objects = AgendaItemQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="item_one_a_place"),
            models.UniqueConstraint(
                fields=["session", "proposal"],
                name="item_one_a_proposal",
                violation_error_code="article-20",
                violation_error_message=gettext_lazy("This proposal is on the agenda already."),
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="item_one_at_a_time",
                violation_error_code="article-17",
                violation_error_message=gettext_lazy("Another point is under way: end it first."),
            ),
            models.CheckConstraint(name="item_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="item_ends_after_it_starts", condition=Q(ended_at__isnull=True) | Q(started_at__isnull=False)
            ),
        ]
        triggers = [
            *fixed(17, "A point of an agenda stays on record.", delete_only=True),
            checked(
                "placed",
                pgtrigger.Insert,
                lock(HALL, "NEW.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = NEW.session_id;",
                "SELECT * INTO STRICT orders FROM assemblies_standingorders"
                " WHERE id = orders_in_force(hall.assembly_id, civic_now());",
                "NEW.placed_at := civic_now();",
                refuse(
                    16,
                    "NOT holds_office(NEW.placed_by_id, hall.assembly_id, 'facilitator', NEW.placed_at)",
                    "A facilitator of the assembly calls its sessions.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "hall.begins_at < later(NEW.placed_at, orders.notice) - interval '1 minute'"
                    " OR EXISTS (SELECT FROM assemblies_cancellation c WHERE c.session_id = hall.id)",
                    "The agenda is fixed when the notice of the standing orders begins.",
                ),
                refuse(17, "NEW.started_at IS NOT NULL", "A point is placed before it is taken.", FORBIDDEN),
                "IF NEW.proposal_id IS NOT NULL THEN",
                "SELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id FOR SHARE;",
                refuse(
                    1,
                    "asked.assembly_id <> hall.assembly_id OR asked.offered_at IS NULL"
                    " OR asked.withdrawn_at IS NOT NULL OR EXISTS (SELECT FROM assemblies_decision d"
                    " WHERE d.proposal_id = asked.id AND d.outcome IS DISTINCT FROM 'quorum_missed')",
                    "Only a proposal that is before this assembly and not yet put to the vote is placed on its agenda.",
                ),
                refuse(
                    20,
                    "hall.begins_at < deliberated_at(asked.id, NEW.placed_at)",
                    "A proposal is decided after the deliberation time of the standing orders.",
                ),
                "END IF;",
                declare=[
                    *IN_SESSION[:1],
                    ("orders", "assemblies_standingorders%ROWTYPE"),
                    ("asked", "assemblies_proposal%ROWTYPE"),
                ],
            ),
            checked(
                "taken",
                pgtrigger.Update,
                unchanged(
                    17,
                    "A point of an agenda stays as it was placed.",
                    "session_id",
                    "position",
                    "title",
                    "text",
                    "proposal_id",
                    "minutes",
                    "placed_by_id",
                    "placed_at",
                ),
                *in_open_session(),
                refuse(17, "OLD.ended_at IS NOT NULL", "This point has been dealt with."),
                "IF OLD.started_at IS NULL THEN",
                "NEW.started_at := at; NEW.ended_at := NULL; NEW.ended_by_id := NULL;",
                led_by("started_by_id"),
                "ELSE",
                "NEW.started_at := OLD.started_at; NEW.started_by_id := OLD.started_by_id; NEW.ended_at := at;",
                led_by("ended_by_id"),
                refuse(
                    2,
                    "EXISTS (SELECT FROM assemblies_decision d WHERE d.item_id = NEW.id AND d.closes_at > at)",
                    "A vote is still open: close it first.",
                ),
                "END IF;",
                declare=IN_SESSION,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def under_way(self) -> bool:
        return self.started_at is not None and self.ended_at is None

    @property
    def decision(self) -> Decision | None:
        """The vote that was held on it in the session."""
        return self.decisions.order_by("-pk").first()

    def start(self, *, by: Citizen) -> None:
        self._take("item.started", by, {"started_at": None})

    def end(self, *, by: Citizen) -> None:
        self._take("item.ended", by, {"started_at__isnull": False, "ended_at": None})

    def _take(self, kind: str, by: Citizen, still: dict[str, object]) -> None:
        """Begin or end it, once. Two devices may say it at once: the second is told so."""
        self.session.only_leader(by)
        word = "started" if kind == "item.started" else "ended"
        with act():
            if not AgendaItem.objects.filter(pk=self.pk, **still).update(
                **{f"{word}_at": CivicNow(), f"{word}_by": by}
            ):
                raise Refusal(17, _("That has been done already."), status=CONFLICT)
            self.refresh_from_db(fields=["started_at", "started_by", "ended_at", "ended_by"])
            record(
                kind,
                self,
                log=self.session.assembly.log_id,
                by=by,
                at=getattr(self, f"{word}_at"),
                session=self.session_id,
                title=self.title,
            )

    def put_to_vote(self, *, by: Citizen, minutes: int) -> Decision:
        """Open the vote on its proposal here and now: those who are checked in vote (article 3)."""
        from .decision import Decision

        return Decision.objects.open_in_session(self, by=by, minutes=minutes)


def in_order(items: Iterable[AgendaItem], moves: Iterable[Motion]) -> list[AgendaItem]:
    """Points as called; each carried motion takes its point next, before the first that had not begun then."""
    order = sorted(items, key=lambda item: item.position)
    for motion in moves:
        moved = next((item for item in order if item.pk == motion.takes_id), None)
        decided = motion.decided_at
        if moved is None or decided is None:
            continue
        order.remove(moved)
        begun = [n for n, item in enumerate(order) if item.started_at is not None and item.started_at <= decided]
        order.insert(begun[-1] + 1 if begun else 0, moved)
    return order
