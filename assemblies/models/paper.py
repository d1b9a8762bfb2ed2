"""Votes on paper: a code printed once for each voter, and papers read by two tellers until both read the same."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, UNFIT, Refusal, act
from ..triggers import DECISION_BOX, FORBIDDEN, checked, fixed, lock, refuse
from .ballot import ANSWERS, Ballot, fitting, said
from .citizen import Citizen
from .decision import Decision, in_the_hall
from .entry import record
from .office import Office
from .roll_mark import DECLARED, OPEN_TO_TELLERS, RollMark, by_a_teller, only_tellers

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another by hand; five bits each
LENGTH = 12


@dataclass(frozen=True)
class Paper:
    """A ballot paper as it is printed, once: its number, whose it is, and the code that is kept nowhere else."""

    number: int
    citizen: Citizen
    code: str


def plain(code: str) -> str:
    """A code as it is hashed, however it was typed."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


class PaperCodeQuerySet(models.QuerySet["PaperCode"]):
    def print(
        self, decision: Decision, *, by: Citizen, citizens: Iterable[Citizen] | None = None, most: int | None = None
    ) -> list[Paper]:
        """Draw a code for each voter (or for those given) who has none and has not voted. It is told only here.

        With `most`, for so many of them: the first by name.
        """
        with act():
            at = now()
            if not (
                by.holds(Office.Kind.TELLER, decision.assembly, at)
                or by.holds(Office.Kind.FACILITATOR, decision.assembly, at)
            ):
                raise Refusal(16, _("Papers are printed by a teller or a facilitator."))
            if at >= decision.closes_at:
                raise Refusal(2, _("This vote is closed: it is being counted."), status=CONFLICT)
            electors = decision.electors().order_by("name", "pk")
            if citizens is not None:
                electors = electors.filter(pk__in=[citizen.pk for citizen in citizens])
            electors = electors.exclude(pk__in=self.filter(decision=decision).values("citizen")).exclude(
                pk__in=decision.marks.standing().values("citizen")
            )
            codes = {elector: "".join(secrets.choice(LETTERS) for _n in range(LENGTH)) for elector in electors[:most]}
            salts = {elector: secrets.token_bytes(16) for elector in codes}
            rows = PaperCode.objects.bulk_create(
                PaperCode(
                    decision=decision,
                    citizen=elector,
                    salt=salts[elector],
                    digest=hashlib.sha256(salts[elector] + code.encode()).hexdigest(),
                    printed_by=by,
                )
                for elector, code in codes.items()
            )
            if not rows:
                raise Refusal(2, _("Everyone who may still vote has a paper already."), status=CONFLICT)
            record("papers.printed", decision, log=decision.assembly.log_id, by=by, papers=len(rows))
        return [
            Paper(row.pk, row.citizen, "-".join(code[i : i + 4] for i in range(0, LENGTH, 4)))
            for row, code in zip(rows, codes.values(), strict=True)
        ]


class PaperCode(models.Model):
    """That a paper was printed for one voter. Only the salted hash of its code is kept."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="paper_codes", db_index=False)
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    salt = models.BinaryField(max_length=16)
    digest = models.CharField(max_length=64)
    printed_by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(db_default=CivicNow())

    objects = PaperCodeQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "citizen"],
                name="paper_one_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("One paper a citizen: this one has theirs."),
            ),
        ]
        triggers = [
            *fixed(2, "A paper that was printed stays on record."),
            checked(
                "printed",
                pgtrigger.Insert,
                lock(DECISION_BOX, "NEW.decision_id", shared=True),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "at := civic_now();",
                refuse(
                    18,
                    "asked.secret",
                    "This vote is secret, and a paper with a code has a name to it: the tellers keep an urn.",
                ),
                refuse(
                    2,
                    "asked.closed_at IS NOT NULL OR at >= asked.closes_at",
                    "This vote is closed: it is being counted.",
                ),
                refuse(
                    16,
                    "NOT holds_office(NEW.printed_by_id, asked.assembly_id, 'teller', at)"
                    " AND NOT holds_office(NEW.printed_by_id, asked.assembly_id, 'facilitator', at)",
                    "Papers are printed by a teller or a facilitator.",
                    FORBIDDEN,
                ),
                refuse(
                    3,
                    "NOT is_citizen(NEW.citizen_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                in_the_hall("NEW.citizen_id"),
                "NEW.printed_at := at;",
                declare=DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PaperCountQuerySet(models.QuerySet["PaperCount"]):
    def read(
        self,
        decision: Decision,
        *,
        by: Citizen,
        number: int,
        code: str,
        choice: str | None = None,
        ranking: Iterable[int] | None = None,
        reason: str = "",
    ) -> PaperCount:
        """What one teller reads on a paper. It counts once another teller reads the same; a later reading corrects."""
        reason = reason.strip()
        order = fitting(decision, choice, ranking)
        only_tellers(by, decision)
        with act():
            paper = PaperCode.objects.select_related("citizen").filter(pk=number, decision=decision).first()
            proof = plain(code)
            if paper is None or hashlib.sha256(bytes(paper.salt) + proof.encode()).hexdigest() != paper.digest:
                raise Refusal(
                    2, _("No paper of this vote has this number and code. Compare both with the paper."), status=UNFIT
                )
            other = (
                decision.marks.standing().filter(citizen=paper.citizen).exclude(channel=RollMark.Channel.PAPER).first()
            )
            if other is not None:
                raise Refusal(
                    2,
                    _("This voter has taken part %(channel)s: the paper is set aside.")
                    % {"channel": other.get_channel_display()},
                    status=CONFLICT,
                )
            if not reason and self.filter(code=paper, by=by).exists():
                raise Refusal(17, _("You have read this paper. To correct it, say what was wrong."), status=CONFLICT)
            reading = self.create(code=paper, by=by, choice=choice, ranking=order, reason=reason, proof=proof)
            reading.refresh_from_db()
            told: dict[str, Any] = {"reason": reason} if reason else {}
            # Not the vote: nobody sees a running tally before the close.
            record(
                "paper.read",
                decision,
                log=decision.assembly.log_id,
                by=by,
                at=reading.counted_at,
                number=number,
                **told,
            )
        return reading

    def agreed(self, decision: Decision) -> int:
        """How many papers two tellers have read alike."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM papers_agreed(%s)", [decision.pk])
            return cursor.fetchone()[0]


class PaperCount(models.Model):
    """One teller's reading of one paper. Each stays; the last of a teller is what that teller says.

    `proof` is the code as it stands on the paper. The database checks it against the hash and forgets it.
    """

    code = models.ForeignKey(PaperCode, models.PROTECT, related_name="readings")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Ballot.Choice.choices, null=True)
    ranking = ArrayField(models.PositiveSmallIntegerField(), null=True)
    reason = models.CharField(max_length=500, blank=True)
    proof = models.CharField(max_length=40, null=True)
    counted_at = models.DateTimeField(db_default=CivicNow())

    objects = PaperCountQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="paper_choice", condition=Q(choice__in=["yes", "no", "abstain"])),
            models.CheckConstraint(
                name="paper_one_answer",
                condition=Q(choice__isnull=False, ranking__isnull=True) | Q(choice__isnull=True, ranking__isnull=False),
            ),
            models.CheckConstraint(name="paper_forgets_its_code", condition=Q(proof__isnull=True)),
        ]
        triggers = [
            *fixed(2, "A reading of a paper stays as it was entered: it is corrected by another."),
            checked(
                "read",
                pgtrigger.Insert,
                "SELECT * INTO STRICT paper FROM assemblies_papercode WHERE id = NEW.code_id;",
                lock(DECISION_BOX, "paper.decision_id"),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = paper.decision_id;",
                *OPEN_TO_TELLERS,
                by_a_teller("by_id"),
                refuse(
                    2,
                    "NEW.proof IS NULL OR paper.digest <>"
                    " encode(sha256(paper.salt || convert_to(NEW.proof, 'UTF8')), 'hex')",
                    "A paper is read with the code that is printed on it.",
                    FORBIDDEN,
                ),
                "NEW.proof := NULL;",
                *ANSWERS,
                refuse(
                    3,
                    "NOT is_citizen(paper.citizen_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                in_the_hall("paper.citizen_id"),
                refuse(
                    17,
                    "NEW.reason = '' AND EXISTS (SELECT FROM assemblies_papercount p"
                    " WHERE p.code_id = NEW.code_id AND p.by_id = NEW.by_id)",
                    "You have read this paper. To correct it, say what was wrong.",
                ),
                "NEW.counted_at := at;",
                declare=[*DECLARED, ("paper", "assemblies_papercode%ROWTYPE")],
            ),
            # The first reading marks the roll: device and hands are closed to this voter from now on.
            pgtrigger.Trigger(
                name="marks_the_roll",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO assemblies_rollmark (decision_id, citizen_id, channel, marked_by_id)"
                " SELECT c.decision_id, c.citizen_id, 'paper', NEW.by_id FROM assemblies_papercode c"
                " WHERE c.id = NEW.code_id AND NOT EXISTS (SELECT FROM assemblies_rollmark m"
                " WHERE m.decision_id = c.decision_id AND m.citizen_id = c.citizen_id AND m.channel = 'paper');"
                " RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.said}"

    @property
    def said(self) -> str:
        return said(self.choice, self.ranking)
