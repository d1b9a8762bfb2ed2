"""Who has used which channel in one decision: device, paper or hands, and one of them only (article 2)."""

from __future__ import annotations

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import DECISION_BOX, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .decision import Decision, in_the_hall
from .entry import record
from .office import Office

# Steps of triggers in which a teller acts while the vote is open: `asked` is the decision, `at` the moment.
NOT_OVER = refuse(
    2, "asked.closed_at IS NOT NULL OR at >= asked.closes_at", "This vote is closed: it is being counted."
)
OPEN_TO_TELLERS = (
    "at := civic_now();",
    refuse(3, "asked.opened_at IS NULL OR at < asked.opens_at", "This vote has not opened yet."),
    NOT_OVER,
)
LEAST_PAPERS = 8  # fewer sealed papers hide nobody
DECLARED = [("asked", "assemblies_decision%ROWTYPE"), ("at", "timestamptz")]


def by_a_teller(column: str) -> str:
    return refuse(
        16,
        f"NEW.{column} IS NULL OR NOT holds_office(NEW.{column}, asked.assembly_id, 'teller', at)",
        "Only tellers of the assembly keep the paper and the hands.",
        FORBIDDEN,
    )


def only_tellers(by: Citizen, decision: Decision) -> None:
    """The same in words, before anything is written; a vote that is due is opened on the way,
    in a transaction of its own: what is refused afterwards does not close it again."""
    if not by.holds(Office.Kind.TELLER, decision.assembly, now()):
        raise Refusal(
            16, _("Only tellers of %(assembly)s keep the paper and the hands.") % {"assembly": decision.assembly}
        )
    if decision.opened_at is None and now() >= decision.opens_at:
        decision.open()


class RollMarkQuerySet(models.QuerySet["RollMark"]):
    def standing(self) -> RollMarkQuerySet:
        return self.filter(withdrawn_at=None)

    def mark_present(self, decision: Decision, citizen: Citizen, *, by: Citizen) -> RollMark:
        """Note that somebody votes by hand in this decision: device and paper are closed to them from now on."""
        only_tellers(by, decision)
        with act():
            if decision.is_choice and not decision.secret:
                raise Refusal(
                    2, _("Hands answer yes or no. Among options one chooses by device or on paper."), status=UNFIT
                )
            if not decision.electors().filter(pk=citizen.pk).exists():
                raise Refusal(3, _("%(name)s has no vote in this decision.") % {"name": citizen}, status=UNFIT)
            earlier = self.standing().filter(decision=decision, citizen=citizen).first()
            if earlier is not None:
                raise Refusal(
                    2,
                    _("%(name)s is marked already: %(channel)s.")
                    % {"name": citizen, "channel": earlier.get_channel_display()},
                    status=CONFLICT,
                )
            mark = self.create(decision=decision, citizen=citizen, channel=RollMark.Channel.HANDS, marked_by=by)
            mark.refresh_from_db()
            record(
                "roll.marked",
                decision,
                log=decision.assembly.log_id,
                by=by,
                at=mark.marked_at,
                channel=mark.channel,
                personal={"citizen": (citizen, citizen.name)},
            )
        return mark

    def mark_hall(self, decision: Decision, *, by: Citizen, everyone: bool) -> int:
        """In session: mark at once those who came without a device, or everyone who has not voted yet, as voting by
        hand. Says how many were marked."""
        only_tellers(by, decision)
        if decision.item is None:
            raise Refusal(2, _("Only in a session is the whole hall marked at once."), status=CONFLICT)
        if decision.is_choice:
            raise Refusal(
                2, _("Hands answer yes or no. Among options one chooses by device or on paper."), status=UNFIT
            )
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [DECISION_BOX, decision.pk])
            waiting = decision.electors().exclude(pk__in=self.standing().filter(decision=decision).values("citizen"))
            if not everyone:
                there = decision.item.session.attendances.at(decision.opens_at).filter(by_hand=True)
                waiting = waiting.filter(pk__in=there.values("citizen"))
            marks = RollMark.objects.bulk_create(
                RollMark(decision=decision, citizen=citizen, channel=RollMark.Channel.HANDS, marked_by=by)
                for citizen in waiting.order_by("pk")
            )
            if not marks:
                raise Refusal(2, _("There is nobody left to be marked."), status=CONFLICT)
            record("roll.hall_marked", decision, log=decision.assembly.log_id, by=by, marked=len(marks))
        return len(marks)


class RollMark(models.Model):
    """One citizen's mark on the roll of one decision: by which channel they take part.

    A device ballot and a counted paper make their mark themselves; those who vote by hand are marked by a teller.
    In a secret vote the mark says that a sealed paper was taken. Beside it stand the SHA-256 of the blinded number
    that was signed, and the answer, so that whoever sends the same number again has the same answer. Any paper could
    have been in that number: neither says anything about the one that was.
    A mark made by mistake is withdrawn with a reason and stays to be seen.
    """

    class Channel(models.TextChoices):
        DEVICE = "device", gettext_lazy("by device")
        PAPER = "paper", gettext_lazy("on paper")
        HANDS = "hands", gettext_lazy("by hand")
        SEALED = "sealed", gettext_lazy("by sealed paper")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="marks", db_index=False)
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    marked_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+", db_index=False)
    marked_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, db_default="")
    blinded = models.BinaryField(max_length=32, null=True)
    answer = models.BinaryField(max_length=384, null=True)

    objects = RollMarkQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "citizen"],
                condition=Q(withdrawn_at__isnull=True),
                name="roll_mark_one_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy(
                    "One vote a citizen: this one takes part by another channel already."
                ),
            ),
            models.CheckConstraint(
                name="roll_mark_channel",
                condition=Q(channel__in=["device", "paper", "hands"], blinded__isnull=True, answer__isnull=True)
                | Q(channel="sealed", blinded__isnull=False, answer__isnull=False),
            ),
            models.CheckConstraint(
                name="roll_mark_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=True, channel="sealed") & ~Q(reason=""),
            ),
        ]
        triggers = [
            *fixed(2, "A mark on the roll of a vote is not removed by anyone.", delete_only=True),
            checked(
                "made",
                pgtrigger.Insert,
                "IF NEW.channel = 'device' THEN",
                refuse(
                    2,
                    "NOT EXISTS (SELECT FROM assemblies_ballot b"
                    " WHERE b.decision_id = NEW.decision_id AND b.voter_id = NEW.citizen_id)",
                    "The roll is marked by a ballot, and not without one.",
                    FORBIDDEN,
                ),
                "ELSIF NEW.channel = 'paper' THEN",
                refuse(
                    2,
                    "NOT EXISTS (SELECT FROM assemblies_papercode c JOIN assemblies_papercount p ON p.code_id = c.id"
                    " WHERE c.decision_id = NEW.decision_id AND c.citizen_id = NEW.citizen_id)",
                    "The roll is marked by a paper that was read, and not without one.",
                    FORBIDDEN,
                ),
                "ELSIF NEW.channel = 'sealed' THEN",
                lock(DECISION_BOX, "NEW.decision_id", shared=True),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "at := civic_now();",
                refuse(
                    18,
                    "NOT EXISTS (SELECT FROM assemblies_issuer i WHERE i.decision_id = asked.id)",
                    "No sealed papers are given out in this vote.",
                ),
                refuse(
                    18,
                    "at >= asked.papers_until OR EXISTS (SELECT FROM assemblies_issuer i"
                    " WHERE i.decision_id = asked.id AND i.destroyed_at IS NOT NULL)",
                    "The time to take a paper is over: the key that signed them is destroyed.",
                ),
                refuse(
                    3,
                    "NOT is_citizen(NEW.citizen_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                refuse(
                    18,
                    "NEW.marked_by_id IS NOT NULL OR length(NEW.blinded) <> 32 OR length(NEW.answer) <> 384",
                    "Of a sealed paper the roll keeps one hash and the answer to it.",
                    UNFIT,
                ),
                "ELSE",
                lock(DECISION_BOX, "NEW.decision_id"),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                *OPEN_TO_TELLERS,
                by_a_teller("marked_by_id"),
                refuse(2, "asked.method <> 'yes-no' AND NOT asked.secret", "Hands answer yes or no.", UNFIT),
                refuse(
                    3,
                    "NOT is_citizen(NEW.citizen_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                in_the_hall("NEW.citizen_id"),
                "END IF;",
                refuse(2, "NEW.withdrawn_at IS NOT NULL", "A mark is made before it is withdrawn.", FORBIDDEN),
                "NEW.marked_at := civic_now();",
                declare=DECLARED,
            ),
            checked(
                "withdrawn",
                pgtrigger.Update,
                unchanged(
                    2,
                    "A mark on the roll is withdrawn or stays as it is.",
                    "decision_id",
                    "citizen_id",
                    "channel",
                    "marked_by_id",
                    "marked_at",
                    "blinded",
                    "answer",
                ),
                lock(DECISION_BOX, "NEW.decision_id"),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "IF OLD.channel = 'sealed' THEN",
                refuse(
                    18,
                    "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.withdrawn_by_id IS NOT NULL"
                    " OR NOT EXISTS (SELECT FROM assemblies_issuer i WHERE i.decision_id = asked.id"
                    f" AND i.destroyed_at IS NOT NULL AND i.papers < {LEAST_PAPERS})",
                    "Whoever took a paper took it, unless too few were taken for the urn to open.",
                    FORBIDDEN,
                ),
                "NEW.withdrawn_at := civic_now();",
                "RETURN NEW;",
                "END IF;",
                "at := civic_now();",
                NOT_OVER,
                by_a_teller("withdrawn_by_id"),
                refuse(
                    2,
                    "OLD.channel <> 'hands' OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL",
                    "Only a standing mark of somebody who votes by hand is withdrawn.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "hands_claimed(NEW.decision_id) > hands_present(NEW.decision_id) - 1",
                    "More hands are counted than would be left: correct the count first.",
                ),
                "NEW.withdrawn_at := at;",
                declare=DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.citizen_id}: {self.get_channel_display()}"

    def withdraw(self, *, by: Citizen, reason: str) -> None:
        """Take back a mark made by mistake; the person can vote by any channel again."""
        reason = reason.strip()
        only_tellers(by, self.decision)
        with act():
            if not reason:
                raise Refusal(17, _("Say why the mark is withdrawn: the correction stays on record."), status=UNFIT)
            updated = RollMark.objects.filter(pk=self.pk, withdrawn_at=None).update(
                withdrawn_at=CivicNow(), withdrawn_by=by, reason=reason
            )
            if not updated:
                raise Refusal(2, _("This mark has been withdrawn already."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "roll.mark_withdrawn",
                self.decision,
                log=self.decision.assembly.log_id,
                by=by,
                at=self.withdrawn_at,
                reason=reason,
                personal={"citizen": (self.citizen, self.citizen.name)},
            )
