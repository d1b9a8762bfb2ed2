"""An open vote: who voted how, shown after the close to the citizens of that assembly alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..clock import CivicNow
from ..refusal import FORBIDDEN, UNFIT, Refusal
from ..triggers import DECISION_BOX, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .decision import Decision, in_the_hall
from .proposal import Method

# What a ballot says must be an answer to what the decision asks; `asked` is the decision.
ANSWERS = (
    "IF asked.method = 'yes-no' THEN",
    refuse(2, "NEW.choice IS NULL OR NEW.ranking IS NOT NULL", "This question is answered with yes or no.", UNFIT),
    "ELSE",
    refuse(
        2,
        "NEW.choice IS NOT NULL OR NEW.ranking IS NULL OR cardinality(NEW.ranking) = 0",
        "This question is answered by naming at least one of its options.",
        UNFIT,
    ),
    refuse(
        2,
        "array_ndims(NEW.ranking) <> 1 OR array_lower(NEW.ranking, 1) <> 1"
        " OR cardinality(NEW.ranking) <> (SELECT count(DISTINCT n) FROM unnest(NEW.ranking) n)",
        "A ballot names each option once.",
        UNFIT,
    ),
    refuse(
        2,
        "cardinality(NEW.ranking) <> (SELECT count(*) FROM assemblies_option o"
        " WHERE o.proposal_id = asked.proposal_id AND o.number = ANY (NEW.ranking))",
        "A ballot names options of its own question.",
        UNFIT,
    ),
    refuse(2, "cardinality(NEW.ranking) > asked.most", "This ballot names more options than it may.", UNFIT),
    "IF asked.method = 'approval' THEN",
    "NEW.ranking := ARRAY(SELECT n FROM unnest(NEW.ranking) n ORDER BY n);",
    "END IF;",
    "END IF;",
)


class Ballot(models.Model):
    """One citizen's vote in one decision; the last choice before the close counts.

    `salt` keeps the commitment to this vote, published at the close, from being guessed.
    """

    class Choice(models.TextChoices):
        YES = "yes", gettext_lazy("In favour")
        NO = "no", gettext_lazy("Against")
        ABSTAIN = "abstain", gettext_lazy("Abstain")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="ballots", db_index=False)
    voter = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices, null=True)
    ranking = ArrayField(models.PositiveSmallIntegerField(), null=True)
    salt = models.UUIDField(db_default=models.Func(function="gen_random_uuid", output_field=models.UUIDField()))
    cast_at = models.DateTimeField(db_default=CivicNow())
    changed_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        indexes = [models.Index(fields=["decision", "choice"], name="ballot_tally")]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "voter"],
                name="ballot_one_a_citizen",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("One vote a citizen: yours has been cast."),
            ),
            models.CheckConstraint(name="ballot_choice", condition=Q(choice__in=["yes", "no", "abstain"])),
            models.CheckConstraint(
                name="ballot_one_answer",
                condition=Q(choice__isnull=False, ranking__isnull=True) | Q(choice__isnull=True, ranking__isnull=False),
            ),
        ]
        triggers = [
            *fixed(2, "A vote that was cast is not removed by anyone.", delete_only=True),
            checked(
                "cast",
                pgtrigger.Insert | pgtrigger.Update,
                lock(DECISION_BOX, "NEW.decision_id", shared=True),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "at := civic_now();",
                refuse(
                    18,
                    "asked.secret",
                    "This vote is secret: take a sealed paper, and cast it when the urn is open.",
                ),
                refuse(3, "asked.opened_at IS NULL OR at < asked.opens_at", "This vote has not opened yet."),
                refuse(
                    2,
                    "asked.closed_at IS NOT NULL OR at >= asked.closes_at",
                    "This vote is closed: it is being counted.",
                ),
                refuse(
                    3,
                    "NOT is_citizen(NEW.voter_id, asked.assembly_id, asked.opens_at)",
                    "Only those who were citizens of the assembly when the vote opened vote in it.",
                    FORBIDDEN,
                ),
                in_the_hall("NEW.voter_id"),
                *ANSWERS,
                "IF TG_OP = 'UPDATE' THEN",
                unchanged(
                    2, "A vote keeps its decision and its voter.", "id", "decision_id", "voter_id", "salt", "cast_at"
                ),
                "NEW.changed_at := at;",
                "ELSE NEW.cast_at := at; NEW.changed_at := NULL;",
                "END IF;",
                declare=[("asked", "assemblies_decision%ROWTYPE"), ("at", "timestamptz")],
            ),
            # Nobody votes by device who has voted on paper or is counted by hand: the roll holds one mark a citizen.
            pgtrigger.Trigger(
                name="marks_the_roll",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO assemblies_rollmark (decision_id, citizen_id, channel)"
                " VALUES (NEW.decision_id, NEW.voter_id, 'device'); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}"

    @property
    def said(self) -> str:
        return said(self.choice, self.ranking)

    @property
    def commitment(self) -> str:
        return _commitment(str(self.salt), self.voter_id, self.said)


def said(choice: str | None, ranking: Iterable[int] | None) -> str:
    """A vote as one word: the choice, or the numbers of the options, `2,1,3`."""
    return choice or ",".join(str(number) for number in ranking or ())


def _commitment(salt: str, voter: int, words: str) -> str:
    return hashlib.sha256(f"{salt}:{voter}:{words}".encode()).hexdigest()


PAPERS = """
SELECT encode(c.salt, 'hex'), c.citizen_id, p.choice, p.ranking
FROM papers_agreed(%s) p JOIN assemblies_papercode c ON c.id = p.code_id
"""


def commitments(decision: Decision) -> list[str]:
    """SHA-256 of "salt:voter:vote" for each ballot, sorted: published at the close, opened to their voters alone.

    A vote is its choice, or the numbers of the options as `2,1,3`. Papers on which the tellers agree are among them.
    """
    rows = list(decision.ballots.values_list("salt", "voter_id", "choice", "ranking"))
    with connection.cursor() as cursor:
        cursor.execute(PAPERS, [decision.pk])
        rows += cursor.fetchall()
    return sorted(_commitment(str(salt), voter, said(choice, ranking)) for salt, voter, choice, ranking in rows)


def fitting(decision: Decision, choice: str | None, ranking: Iterable[int] | None) -> list[int] | None:
    """The numbers as they are kept; a refusal in words where the answer does not fit what is asked.

    The same is held in the database (`ANSWERS`).
    """
    if decision.method == Method.YES_NO:
        if choice not in Ballot.Choice.values or ranking is not None:
            raise Refusal(2, _("Choose in favour, against, or abstain."), status=UNFIT)
        return None
    numbers = list(ranking or ())
    if choice is not None or not numbers:
        raise Refusal(2, _("Your ballot is empty: name at least one option."), status=UNFIT)
    options = dict(decision.proposal.options.values_list("number", "title"))
    strange = next((number for number in numbers if number not in options), None)
    if strange is not None:
        raise Refusal(2, _("There is no option number %(number)s.") % {"number": strange}, status=UNFIT)
    twice = next((number for number, times in Counter(numbers).items() if times > 1), None)
    if twice is not None:
        raise Refusal(2, _("You named “%(option)s” twice.") % {"option": options[twice]}, status=UNFIT)
    if decision.most is not None and len(numbers) > decision.most:
        sentence = ngettext(
            "You named %(named)d options; it may be %(most)d at most.",
            "You named %(named)d options; they may be %(most)d at most.",
            decision.most,
        )
        raise Refusal(2, sentence % {"named": len(numbers), "most": decision.most}, status=UNFIT)
    return sorted(numbers) if decision.method == Method.APPROVAL else numbers
