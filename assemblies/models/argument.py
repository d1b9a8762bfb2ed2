"""What citizens say for and against a proposal and ask about it, and what of it has helped others (article 20)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .assembly import Assembly
from .citizen import Citizen
from .entry import record
from .proposal import Proposal

# Between the words of a passage as a page draws them, the text may have space and marks of Markdown.
MARKS = r"[\s*_`#>~]*"
LONGEST_PASSAGE = 1000


class ArgumentQuerySet(models.QuerySet["Argument"]):
    def readable(self) -> ArgumentQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)

    def weighed(self, reader: Any = None) -> ArgumentQuerySet:
        """Each with `helped`, how many it has helped, with `replied`, and whether it has helped the reader."""
        mine = Help.objects.filter(argument=OuterRef("pk"), withdrawn_at=None, citizen=getattr(reader, "pk", None))
        return self.annotate(
            helped=_how_many(Help.objects.filter(argument=OuterRef("pk"), withdrawn_at=None), "argument"),
            replied=_how_many(Argument.objects.readable().filter(answers=OuterRef("pk")), "answers"),
            helped_reader=Exists(mine),
            gone=Case(
                When(withdrawn_at__isnull=False, then=True), default=Value(False), output_field=models.BooleanField()
            ),
        )

    def in_turn(self, reader: Any = None) -> ArgumentQuerySet:
        """Both sides by turns: of each the argument that has helped most, then of each the second, and so on.

        Of the two that stand in the same place the one that has helped more comes first, of equals the earlier. What
        was taken back comes last, by the same rule.
        """
        order = [F("helped").desc(), F("made_at").asc(), F("pk").asc()]
        place = Window(RowNumber(), partition_by=[F("gone"), F("kind")], order_by=order)
        return self.weighed(reader).annotate(place=place).order_by(F("gone"), F("place"), *order)

    def as_made(self, reader: Any = None) -> ArgumentQuerySet:
        """In the order in which they were made, as replies are read; what was taken back comes last."""
        return self.weighed(reader).order_by(F("gone"), F("made_at"), F("pk"))

    def make(self, proposal: Proposal, *, by: Citizen, kind: str, text: str, passage: str = "") -> Argument:
        """Argue for or against a proposal, or ask about it: about all of it, or about the passage that is quoted."""
        if kind not in (Argument.Kind.FOR, Argument.Kind.AGAINST, Argument.Kind.QUESTION):
            raise Refusal(20, _("Say whether it speaks for the proposal or against it, or asks."), status=UNFIT)
        quote, position = found_in(proposal.text, passage) if passage.strip() else ("", None)
        return self.write(proposal, by=by, kind=kind, text=text, quote=quote, position=position)

    def write(self, proposal: Proposal, *, by: Citizen, text: str, **fields: Any) -> Argument:
        text = "\n".join(text.strip().splitlines())
        if not text:
            raise Refusal(20, _("Write what you have to say."), status=UNFIT)
        if not by.is_citizen_of(proposal.assembly, now()):
            raise Refusal(20, _("Citizens of %(assembly)s argue about what is before it.") % _names(proposal))
        with act():
            argument = self.create(proposal=proposal, by=by, text=text, **fields)
            argument.refresh_from_db(fields=["made_at"])
            facts: dict[str, Any] = {"passage": argument.quote} if argument.quote else {}
            facts |= {"answers": argument.answers_id} if argument.answers_id else {}
            record(
                "argument.made",
                argument,
                log=proposal.assembly.log_id,
                by=by,
                at=argument.made_at,
                proposal=proposal.pk,
                side=argument.kind,
                text=text,
                **facts,
            )
        return argument


def _how_many(rows: models.QuerySet, of: str) -> Coalesce:
    """How many rows there are of each, as a question of its own: joined with another it would count pairs."""
    return Coalesce(models.Subquery(rows.order_by().values(of).annotate(n=Count("pk")).values("n")), 0)


def _names(proposal: Proposal) -> dict[str, Assembly]:
    return {"assembly": proposal.assembly}


def found_in(text: str, passage: str) -> tuple[str, int]:
    """The words of a passage as the text has them, and where they begin.

    Raises:
        Refusal: when they are not there, or at more than one place.
    """
    words = re.findall(r"[^\W_]+|[^\w\s*`#>~]", passage[: 2 * LONGEST_PASSAGE])
    found = list(re.finditer(MARKS.join(map(re.escape, words)), text)) if words else []
    if not found:
        raise Refusal(20, _("These words do not stand in the text: copy the passage from it."), status=UNFIT)
    if len(found) > 1:
        raise Refusal(20, _("These words stand in the text more than once: copy more of them."), status=UNFIT)
    return found[0][0], found[0].start()


class Argument(models.Model):
    """One thing said for or against a proposal, asked about it, or replied to either. It is never rewritten.

    It is about all of the text, or about the passage `quote` that began at `position` when it was written.
    """

    class Kind(models.TextChoices):
        FOR = "for", gettext_lazy("For")
        AGAINST = "against", gettext_lazy("Against")
        QUESTION = "question", gettext_lazy("Question")
        REPLY = "reply", gettext_lazy("Reply")

    SIDES = (Kind.FOR, Kind.AGAINST)

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="arguments")
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quote = models.TextField(blank=True, max_length=4 * LONGEST_PASSAGE)
    position = models.PositiveIntegerField(null=True)
    text = models.TextField(gettext_lazy("text"), max_length=5000)
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_at = models.DateTimeField(null=True)

    # What `weighed` adds.
    helped: int
    replied: int
    helped_reader: bool
    gone: bool

    objects = ArgumentQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id, withdrawn_at)"

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["proposal", "kind"])]
        constraints = [
            models.CheckConstraint(name="argument_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="argument_kind",
                condition=Q(kind__in=["for", "against", "question"], answers__isnull=True)
                | Q(kind="reply", answers__isnull=False, quote=""),
            ),
            models.CheckConstraint(
                name="argument_passage",
                condition=Q(quote="", position__isnull=True) | ~Q(quote="") & Q(position__isnull=False),
            ),
        ]
        triggers = [
            *fixed(20, "What was said stays on record: it can be taken back.", delete_only=True),
            checked(
                "made",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                "SELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id;",
                refuse(
                    20,
                    "NOT is_citizen(NEW.by_id, asked.assembly_id, NEW.made_at)",
                    "Citizens of the assembly argue about what is before it.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "asked.offered_at IS NULL OR asked.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
                    "Only what is before the assembly is argued about.",
                ),
                refuse(
                    20,
                    "EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = NEW.proposal_id"
                    " AND d.closes_at <= NEW.made_at AND d.outcome IS DISTINCT FROM 'quorum_missed')",
                    "This has been voted on: what is still to be said belongs to another proposal.",
                ),
                refuse(
                    20,
                    "NEW.quote <> '' AND substr(asked.text, NEW.position + 1, char_length(NEW.quote)) <> NEW.quote",
                    "A passage is quoted as it stands in the text.",
                    UNFIT,
                ),
                refuse(
                    20,
                    "NEW.answers_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_argument a"
                    " WHERE a.id = NEW.answers_id AND a.proposal_id = NEW.proposal_id AND a.answers_id IS NULL"
                    " AND a.withdrawn_at IS NULL)",
                    "Replies are to an argument or a question about the same proposal that was not taken back.",
                ),
                declare=[("asked", "assemblies_proposal%ROWTYPE")],
            ),
            checked(
                "taken_back",
                pgtrigger.Update,
                unchanged(
                    20,
                    "What was said is not rewritten.",
                    "proposal_id",
                    "answers_id",
                    "kind",
                    "quote",
                    "position",
                    "text",
                    "by_id",
                    "made_at",
                ),
                refuse(20, "OLD.withdrawn_at IS NOT NULL", "This was taken back already."),
                "IF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;",
            ),
        ]

    def __str__(self) -> str:
        return _("%(kind)s: %(proposal)s") % {"kind": self.get_kind_display(), "proposal": self.proposal}

    def get_absolute_url(self) -> str:
        if self.answers_id:
            return f"{reverse('argument', args=[self.answers_id])}#reply-{self.pk}"
        return reverse("argument", args=[self.pk])

    @property
    def assembly(self) -> Assembly:
        return self.proposal.assembly

    @property
    def passage_stands(self) -> bool:
        """Whether the text still has the passage where it was when this was written."""
        if self.position is None:
            return True
        return self.proposal.text[self.position :].startswith(self.quote)

    @property
    def passage_moved(self) -> bool:
        """Whether the passage stands elsewhere in the text now."""
        return not self.passage_stands and self.quote in self.proposal.text

    def reply(self, *, by: Citizen, text: str) -> Argument:
        """Answer it, or reply to it. Replies have no replies."""
        if self.answers_id is not None:
            raise Refusal(20, _("Replies go one level deep: reply to the argument itself."), status=CONFLICT)
        return Argument.objects.write(self.proposal, by=by, text=text, kind=Argument.Kind.REPLY, answers=self)

    def withdraw(self, *, by: Citizen) -> None:
        """Take it back. It stays readable as taken back, and nothing rests on it any more."""
        if by.pk != self.by_id:
            raise Refusal(20, _("Only its author takes it back."))
        with act():
            if not Argument.objects.readable().filter(pk=self.pk).update(withdrawn_at=CivicNow()):
                raise Refusal(20, _("This was taken back already."), status=CONFLICT)
            self.refresh_from_db(fields=["withdrawn_at"])
            record("argument.withdrawn", self, log=self.assembly.log_id, by=by, at=self.withdrawn_at)

    def mark_helpful(self, *, by: Citizen) -> Help:
        """Say that it helped one to judge. How many say so is public; who does stands nowhere, the record included."""
        if not by.is_citizen_of(self.assembly, now()):
            raise Refusal(20, _("Citizens of %(assembly)s say what has helped them to judge.") % _names(self.proposal))
        if by.pk == self.by_id:
            raise Refusal(20, _("Others say whether it has helped them."))
        if Help.objects.filter(argument=self, citizen=by, withdrawn_at=None).exists():
            raise Refusal(20, _("You have marked this already."), status=CONFLICT)
        with act():
            return Help.objects.create(argument=self, citizen=by)

    def unmark(self, *, by: Citizen) -> None:
        """Take the mark back."""
        with act():
            standing = Help.objects.filter(argument=self, citizen=by, withdrawn_at=None)
            if not standing.update(withdrawn_at=CivicNow()):
                raise Refusal(20, _("You have not marked this."), status=CONFLICT)


class Help(models.Model):
    """That an argument helped a citizen to judge. It is counted and not named, and can be taken back."""

    argument = models.ForeignKey(Argument, models.PROTECT, related_name="helps")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE (id, withdrawn_at)"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["argument", "citizen"],
                condition=Q(withdrawn_at__isnull=True),
                name="help_once",
                violation_error_code="article-20",
                violation_error_message=gettext_lazy("You have marked this already."),
            ),
        ]
        triggers = [
            *fixed(20, "A mark is taken back, not removed.", delete_only=True),
            checked(
                "marked",
                pgtrigger.Insert,
                "SELECT * INTO STRICT said FROM assemblies_argument WHERE id = NEW.argument_id;",
                refuse(
                    20,
                    "NOT is_citizen(NEW.citizen_id, (SELECT p.assembly_id FROM assemblies_proposal p"
                    " WHERE p.id = said.proposal_id), civic_now())",
                    "Citizens of the assembly say what has helped them to judge.",
                    FORBIDDEN,
                ),
                refuse(20, "NEW.citizen_id = said.by_id", "Others say whether it has helped them.", FORBIDDEN),
                refuse(20, "said.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL", "This was taken back."),
                declare=[("said", "assemblies_argument%ROWTYPE")],
            ),
            checked(
                "unmarked",
                pgtrigger.Update,
                unchanged(20, "A mark stays with its citizen and its argument.", "argument_id", "citizen_id"),
                refuse(20, "OLD.withdrawn_at IS NOT NULL", "This mark was taken back already."),
                "IF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.argument_id)


def open_to_arguments(proposal: Proposal, at: datetime) -> bool:
    """Whether something can still be said about it: it is before the assembly, and no vote on it is over."""
    phase = proposal.phase(at)
    return phase in (Proposal.Phase.WAITING, Proposal.Phase.COMING, Proposal.Phase.OPEN)


def beside(text: str, arguments: Iterable[Argument]) -> list[tuple[str, list[Argument]]]:
    """The text by its paragraphs, and beside each what is said of a passage that begins in it.

    What is said of words that are no longer there is left out.
    """
    ends = [match.end() for match in re.finditer(r"\n[ \t]*\n\s*", text)] + [len(text)]
    found: list[tuple[str, list[Argument]]] = []
    begins = 0
    placed = [(a.position if a.passage_stands else text.find(a.quote), a) for a in arguments if a.position is not None]
    for end in ends:
        if text[begins:end].strip():
            said = [argument for place, argument in placed if place is not None and begins <= place < end]
            found.append((text[begins:end], said))
        begins = end
    return found
