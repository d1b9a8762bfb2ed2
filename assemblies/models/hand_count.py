"""Hands counted in the hall, or papers in the urn of a secret vote: by two tellers, until both say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from ..clock import CivicNow
from ..refusal import CONFLICT, UNFIT, Refusal, act
from ..triggers import DECISION_BOX, checked, fixed, lock, refuse
from .ballot import fitting
from .citizen import Citizen
from .decision import Decision
from .entry import record
from .roll_mark import DECLARED, OPEN_TO_TELLERS, RollMark, by_a_teller, only_tellers


class HandCountQuerySet(models.QuerySet["HandCount"]):
    def enter(
        self,
        decision: Decision,
        *,
        by: Citizen,
        yes: int = 0,
        no: int = 0,
        abstain: int = 0,
        reason: str = "",
        ranked: Mapping[str, int] | None = None,
        said_at: datetime | None = None,
    ) -> HandCount:
        """What one teller counted. It counts once another teller has counted the same; a later count corrects.

        In a secret vote among options `ranked` maps what stood on papers in the urn, as `2,1,3`, to how many said it.
        `said_at`: when the hands were up, for what is entered late because the network was away.
        """
        reason = reason.strip()
        if decision.is_choice:
            ranked, yes, no, abstain = _fitting(decision, ranked or {}), sum((ranked or {}).values()), 0, 0
        if min(yes, no, abstain) < 0:
            raise Refusal(2, _("Hands are counted from nought upwards."), status=UNFIT)
        only_tellers(by, decision)
        with act():
            present = RollMark.objects.standing().filter(decision=decision, channel=RollMark.Channel.HANDS).count()
            if yes + no + abstain > present:
                raise Refusal(
                    2,
                    _("%(counted)d hands are counted, but only %(present)d people are marked as voting by hand.")
                    % {"counted": yes + no + abstain, "present": present},
                    status=CONFLICT,
                )
            if not reason and self.filter(decision=decision, by=by).exists():
                raise Refusal(17, _("Say what is corrected: your earlier count stays on record."), status=UNFIT)
            count = self.create(
                decision=decision,
                by=by,
                yes=yes,
                no=no,
                abstain=abstain,
                reason=reason,
                ranked=ranked,
                said_at=said_at,
            )
            count.refresh_from_db()
            told: dict[str, Any] = {"reason": reason} if reason else {}
            told |= {"said_at": said_at} if said_at else {}
            # Not the figures: nobody sees a running tally before the close.
            record(
                "hands.counted",
                decision,
                log=decision.assembly.log_id,
                by=by,
                at=count.counted_at,
                **told,
            )
        return count

    def agreed(self, decision: Decision) -> HandCount | None:
        """The count on which the last two tellers agree, if they do."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count_id FROM hands_agreed(%s)", [decision.pk])
            row = cursor.fetchone()
        return self.get(pk=row[0]) if row else None


def _fitting(decision: Decision, ranked: Mapping[str, int]) -> dict[str, int]:
    """The papers as they are kept: each answer once, in the form in which a ballot has it."""
    if not decision.secret:
        raise Refusal(2, _("Hands answer yes or no. Among options one chooses by device or on paper."), status=UNFIT)
    found: dict[str, int] = {}
    for words, n in ranked.items():
        order = fitting(decision, None, [int(number) for number in words.split(",")])
        key = ",".join(str(number) for number in order or ())
        found[key] = found.get(key, 0) + n
    return found


class HandCount(models.Model):
    """One teller's count in one decision: of hands, or of the papers in the urn of a secret vote.

    Each stays; the last of a teller is what that teller says. In a secret vote among options `yes` is how many papers
    lay in the urn, and `ranked` what stood on them.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="hand_counts")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    yes = models.PositiveIntegerField()
    no = models.PositiveIntegerField()
    abstain = models.PositiveIntegerField()
    reason = models.CharField(max_length=500, blank=True)
    ranked = models.JSONField(null=True)
    counted_at = models.DateTimeField(db_default=CivicNow())
    said_at = models.DateTimeField(null=True)  # when the hands were up, where that is entered late

    objects = HandCountQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="hand_count_whole", condition=Q(yes__gte=0, no__gte=0, abstain__gte=0) & Q(yes__lt=2**31 - F("no"))
            ),
        ]
        triggers = [
            *fixed(2, "A count of hands stays as it was entered: it is corrected by another."),
            checked(
                "entered",
                pgtrigger.Insert,
                lock(DECISION_BOX, "NEW.decision_id"),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                *OPEN_TO_TELLERS,
                by_a_teller("by_id"),
                refuse(2, "asked.method <> 'yes-no' AND NOT asked.secret", "Hands answer yes or no.", UNFIT),
                refuse(
                    2,
                    "(asked.method = 'yes-no') <> (NEW.ranked IS NULL) OR asked.method <> 'yes-no' AND NOT"
                    " urn_paper_fits(asked.id, NEW.ranked, NEW.yes, NEW.no + NEW.abstain)",
                    "Papers in the urn name options of their own question, and are as many as are counted.",
                    UNFIT,
                ),
                refuse(
                    2,
                    "NEW.yes::bigint + NEW.no + NEW.abstain > hands_present(NEW.decision_id)",
                    "More hands are counted than people are marked as voting by hand.",
                ),
                refuse(
                    17,
                    "NEW.reason = '' AND EXISTS (SELECT FROM assemblies_handcount h"
                    " WHERE h.decision_id = NEW.decision_id AND h.by_id = NEW.by_id)",
                    "Say what is corrected: your earlier count stays on record.",
                    UNFIT,
                ),
                refuse(
                    17,
                    "NEW.said_at IS NOT NULL AND (NEW.said_at > at OR asked.item_id IS NULL OR NEW.said_at <"
                    " (SELECT s.opened_at FROM assemblies_session s WHERE s.id = session_of(asked.item_id)))",
                    "What is entered late was counted while the session was open.",
                    UNFIT,
                ),
                "NEW.counted_at := at;",
                declare=DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.yes} / {self.no} / {self.abstain}"

    @property
    def total(self) -> int:
        return self.yes + self.no + self.abstain
