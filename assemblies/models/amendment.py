"""What somebody would have otherwise in a proposal, article by article; accepted by its author, or put to the vote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..consolidation import CHANGE, INSERT, STRIKE, Change, articles, conflict, moot, stands_alone
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .citizen import Citizen
from .decision import Decision
from .entry import record
from .office import Office
from .proposal import Proposal
from .version import ON_THE_ROAD, ProposalVersion, held, of_the_newest, still_before_it


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def standing(self) -> AmendmentQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)

    def move(
        self, version: ProposalVersion, *, by: Citizen, kind: str, article: int, text: str = "", reasons: str = ""
    ) -> Amendment:
        """Move an amendment to that version: any citizen may, from the first reading to the second."""
        text = text.replace("\r\n", "\n").strip() if kind != STRIKE else ""
        change = Change(0, kind, article, text)
        if kind not in (CHANGE, STRIKE, INSERT) or moot(change, articles(version.text)):
            raise Refusal(20, _("This changes nothing: name an article and what it is to say instead."), status=UNFIT)
        if text and not stands_alone(text):
            raise Refusal(
                20,
                _("What comes after these words would be read as part of them: close the code block that they open."),
                status=UNFIT,
            )
        with act():
            proposal = Proposal.objects.select_for_update().get(pk=version.proposal_id)
            amendment = self.create(
                version=version,
                number=(proposal.amendments().aggregate(last=models.Max("number"))["last"] or 0) + 1,
                kind=kind,
                article=article,
                text=text,
                reasons=reasons.strip(),
                mover=by,
            )
            amendment.refresh_from_db()
            record(
                "amendment.moved",
                amendment,
                log=proposal.assembly.log_id,
                by=by,
                at=amendment.moved_at,
                proposal=proposal.pk,
                version=version.number,
                number=amendment.number,
                change=kind,
                article=article,
                text=text,
                reason=amendment.reasons,
            )
        return amendment

    def call_votes(self, version: ProposalVersion, *, by: Citizen) -> list[Decision]:
        """Call the vote on every amendment of the list that has none yet, in its order, at the earliest moment."""
        with act():
            waiting = [one for one in version.listed() if one.question and not one.question.decisions.all()]
            if not waiting:
                raise Refusal(20, _("No amendment of the list waits for its vote."), status=CONFLICT)
            return [one.question.put_to_vote(by=by) for one in waiting if one.question]


class Amendment(models.Model):
    """Other words for one article of one version, one article less, or one more.

    `place` is where it stands in the list that the second reading put to the vote, `question` what is voted on.
    """

    class Kind(models.TextChoices):
        CHANGE = "change", gettext_lazy("gives an article other words")
        STRIKE = "strike", gettext_lazy("strikes an article out")
        INSERT = "insert", gettext_lazy("adds an article")

    class State(models.TextChoices):
        MOVED = "moved", gettext_lazy("Moved")
        WITHDRAWN = "withdrawn", gettext_lazy("Taken back")
        ACCEPTED = "accepted", gettext_lazy("Accepted by the author")
        LISTED = "listed", gettext_lazy("Waits for its vote")
        CALLED = "called", gettext_lazy("Put to the vote")
        CARRIED = "carried", gettext_lazy("Carried")
        LOST = "lost", gettext_lazy("Not carried")
        LAPSED = "lapsed", gettext_lazy("Lapsed with its text")

    version = models.ForeignKey(ProposalVersion, models.PROTECT, related_name="amendments")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    article = models.PositiveIntegerField()
    text = models.TextField(gettext_lazy("text"), blank=True)
    reasons = models.TextField(gettext_lazy("reasons"), blank=True, max_length=5000)
    mover = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    place = models.PositiveIntegerField(null=True)
    question = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="amendment_put")

    objects = AmendmentQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="amendment_number"),
            models.UniqueConstraint(fields=["version", "place"], name="amendment_one_a_place"),
            models.CheckConstraint(
                name="amendment_says_what",
                condition=Q(kind="strike", text="", article__gte=1)
                | Q(kind="change", article__gte=1) & ~Q(text="")
                | Q(kind="insert") & ~Q(text=""),
            ),
            models.CheckConstraint(
                name="amendment_settled_once",
                condition=Q(withdrawn_at__isnull=True, place__isnull=True, question__isnull=True)
                | Q(withdrawn_at__isnull=False, accepted_at__isnull=True, place__isnull=True, question__isnull=True)
                | Q(withdrawn_at__isnull=True, place__isnull=False, accepted_at__isnull=False, question__isnull=True)
                | Q(withdrawn_at__isnull=True, place__isnull=False, accepted_at__isnull=True, question__isnull=False),
            ),
        ]
        triggers = [
            *fixed(17, "What was moved stays on record.", delete_only=True),
            checked(
                "moved",
                pgtrigger.Insert,
                held(),
                "NEW.moved_at := civic_now();",
                of_the_newest(),
                still_before_it(),
                refuse(
                    20,
                    "asked.effect NOT IN ('policy', 'amendment')",
                    "Only the text of a policy is amended.",
                ),
                refuse(
                    1,
                    "NOT is_citizen(NEW.mover_id, asked.assembly_id, NEW.moved_at)",
                    "Only citizens of the assembly move amendments.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "was_read(asked.id, 2) OR sent_back(asked.id)"
                    " OR NOT was_read(asked.id, 1) AND (SELECT o.two_readings FROM assemblies_standingorders o"
                    " WHERE o.id = orders_in_force(asked.assembly_id, NEW.moved_at))",
                    "Amendments are moved after the first reading and before the second.",
                ),
                refuse(
                    20,
                    "NEW.number IS DISTINCT FROM (SELECT coalesce(max(a.number), 0) + 1 FROM assemblies_amendment a"
                    " JOIN assemblies_proposalversion v ON v.id = a.version_id WHERE v.proposal_id = asked.id)",
                    "Amendments are numbered as they come.",
                ),
                refuse(
                    20,
                    "NEW.withdrawn_at IS NOT NULL OR NEW.accepted_at IS NOT NULL OR NEW.place IS NOT NULL",
                    "An amendment is moved before anything comes of it.",
                    FORBIDDEN,
                ),
                declare=ON_THE_ROAD,
            ),
            checked(
                "went_on",
                pgtrigger.Update,
                unchanged(
                    17,
                    "An amendment stays as it was moved.",
                    "version_id",
                    "number",
                    "kind",
                    "article",
                    "text",
                    "reasons",
                    "mover_id",
                    "moved_at",
                ),
                held(),
                of_the_newest(),
                still_before_it(),
                refuse(
                    20,
                    "OLD.place IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"
                    " OR OLD.accepted_at IS NOT NULL AND NEW.place IS NULL",
                    "This amendment has been dealt with.",
                ),
                "IF NEW.place IS NOT NULL THEN",
                refuse(
                    20,
                    "NOT was_read(asked.id, 2) OR NEW.accepted_at IS DISTINCT FROM OLD.accepted_at",
                    "The second reading puts the amendments in their order.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.question_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_proposal q"
                    " WHERE q.id = NEW.question_id AND q.assembly_id = asked.assembly_id AND q.effect = 'question'"
                    " AND q.method = 'yes-no' AND q.secret = asked.secret AND q.withdrawn_at IS NULL"
                    " AND q.offered_at >= newest.written_at AND strpos(q.text, NEW.text) > 0"
                    " AND NOT EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = q.id))",
                    "An amendment is voted on in its own words, by a question of the same assembly.",
                    FORBIDDEN,
                ),
                "ELSE",
                "IF NEW.accepted_at IS NOT NULL THEN NEW.accepted_at := civic_now();"
                " ELSE NEW.withdrawn_at := civic_now(); END IF;",
                "END IF;",
                declare=ON_THE_ROAD,
            ),
        ]

    def __str__(self) -> str:
        return _("Amendment %(number)d") % {"number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("amendment", args=[self.pk])

    @property
    def change(self) -> Change:
        return Change(self.number, self.kind, self.article, self.text)

    @property
    def before(self) -> str:
        """The words of the article as they are; none where one is added."""
        read = articles(self.version.text)
        return "" if self.kind == INSERT or not 1 <= self.article <= len(read) else read[self.article - 1].text

    @property
    def decision(self) -> Decision | None:
        return self.question.decision if self.question else None

    @property
    def adopted(self) -> bool:
        """Accepted by the author, or carried."""
        return self.accepted_at is not None or (self.decision is not None and self.decision.carried)

    def state(self, newest: bool = True) -> str:
        """What came of it; `newest` says whether its version is still the text of the proposal."""
        decision = self.decision
        if self.withdrawn_at is not None:
            return self.State.WITHDRAWN
        if self.accepted_at is not None:
            return self.State.ACCEPTED
        if decision is not None and decision.closed_at is not None:
            return self.State.CARRIED if decision.carried else self.State.LOST
        if not newest:
            return self.State.LAPSED
        if decision is not None:
            return self.State.CALLED
        return self.State.MOVED if self.question_id is None else self.State.LISTED

    def withdraw(self, *, by: Citizen) -> None:
        if by != self.mover:
            raise Refusal(1, _("An amendment is taken back by whoever moved it."))
        self._settle("withdrawn", by)

    def accept(self, *, by: Citizen) -> None:
        """The author takes it into the text; of two that conflict only one."""
        if by != self.version.proposal.author:
            raise Refusal(1, _("An amendment is accepted by the author of the proposal, or put to the vote."))
        read = articles(self.version.text)
        for other in self.version.amendments.filter(accepted_at__isnull=False):
            if conflict(other.change, self.change, read):
                raise Refusal(
                    20,
                    _("It conflicts with amendment %(number)d, which was accepted: let the assembly vote.")
                    % {"number": other.number},
                    status=CONFLICT,
                )
        self._settle("accepted", by)

    def _settle(self, verb: str, by: Citizen) -> None:
        proposal = self.version.proposal
        if not by.is_citizen_of(proposal.assembly, now()):
            raise Refusal(1, _("Only citizens of %(assembly)s do this.") % {"assembly": proposal.assembly})
        with act():
            Amendment.objects.filter(pk=self.pk).update(**{f"{verb}_at": CivicNow()})
            self.refresh_from_db()
            at: datetime | None = getattr(self, f"{verb}_at")
            facts: dict[str, Any] = {"proposal": proposal.pk, "number": self.number}
            record(
                "amendment.accepted" if verb == "accepted" else "amendment.withdrawn",
                self,
                log=proposal.assembly.log_id,
                by=by,
                at=at,
                **facts,
            )

    def put(self, place: int, *, by: Citizen) -> None:
        """Give it its place in the list and, unless it was accepted, lay its question before the assembly."""
        proposal = self.version.proposal
        question = None
        if self.accepted_at is None:
            title = _("Amendment %(number)d: %(proposal)s") % {"number": self.number, "proposal": proposal}
            question = Proposal.objects.draft(
                proposal.assembly,
                title[:200],
                self.in_words(),
                by=by,
                effect=Proposal.Effect.QUESTION,
                secret=proposal.secret,
            )
            question.offer(by=by)
        Amendment.objects.filter(pk=self.pk).update(place=place, question=question)
        self.refresh_from_db()

    def in_words(self) -> str:
        """What is voted on: the article and what it is to say."""
        names = {"number": self.article, "proposal": self.version}
        if self.kind == STRIKE:
            return _("Article %(number)d of “%(proposal)s” is struck out.") % names
        if self.kind == INSERT:
            asks = (
                _("After article %(number)d of “%(proposal)s” comes:")
                if self.article
                else _("Before the first article of “%(proposal)s” comes:")
            )
        else:
            asks = _("Article %(number)d of “%(proposal)s” says instead:")
        return f"{asks % names}\n\n{self.text}"

    def drop_question(self, *, by: Citizen) -> None:
        """Take its question from the assembly: the text that it would have changed is no longer before it."""
        question = self.question
        if question is None or question.decisions.exists() or question.withdrawn_at is not None:
            return
        Proposal.objects.filter(pk=question.pk).update(withdrawn_at=CivicNow())
        question.refresh_from_db()
        log = self.version.proposal.assembly.log_id
        record("proposal.withdrawn", question, log=log, by=by, at=question.withdrawn_at)


class ReadingQuerySet(models.QuerySet["Reading"]):
    def hold(self, version: ProposalVersion, number: int, *, by: Citizen) -> Reading:
        """The first or the second reading of a text. The second puts its amendments in order and to the vote."""
        proposal = version.proposal
        if not by.holds(Office.Kind.FACILITATOR, proposal.assembly, now()):
            raise Refusal(1, _("A facilitator of %(assembly)s holds a reading.") % {"assembly": proposal.assembly})
        with act():
            Proposal.objects.select_for_update().get(pk=proposal.pk)
            under_way = proposal.items.filter(started_at__isnull=False, ended_at=None).first()
            reading = self.create(version=version, number=number, by=by, item=under_way)
            reading.refresh_from_db()
            order = version.listed() if number == Reading.SECOND else []
            for place, amendment in enumerate(order, start=1):
                amendment.put(place, by=by)
            point: dict[str, Any] = {"item": under_way.pk} if under_way else {}
            record(
                "reading.held",
                reading,
                log=proposal.assembly.log_id,
                by=by,
                at=reading.held_at,
                proposal=proposal.pk,
                version=version.number,
                number=number,
                amendments=[one.number for one in order],
                **point,
            )
        return reading


class Reading(models.Model):
    """That a text was read in the assembly: the first time it is heard, the second its amendments are decided."""

    FIRST, SECOND = 1, 2

    version = models.ForeignKey(ProposalVersion, models.PROTECT, related_name="readings")
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    held_at = models.DateTimeField(db_default=CivicNow())
    item = models.ForeignKey("assemblies.AgendaItem", models.PROTECT, null=True, related_name="readings")

    objects = ReadingQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="reading_first_or_second", condition=Q(number__in=[1, 2])),
        ]
        triggers = [
            *fixed(17, "A reading that was held stays on record."),
            checked(
                "held",
                pgtrigger.Insert,
                held(),
                "NEW.held_at := civic_now();",
                "SELECT * INTO STRICT orders FROM assemblies_standingorders"
                " WHERE id = orders_in_force(asked.assembly_id, NEW.held_at);",
                of_the_newest(),
                still_before_it(),
                refuse(
                    1,
                    "NOT holds_office(NEW.by_id, asked.assembly_id, 'facilitator', NEW.held_at)",
                    "A facilitator of the assembly holds a reading.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "was_read(asked.id, NEW.number) OR was_read(asked.id, 2) OR sent_back(asked.id)",
                    "This text has been read already, or was sent back: its author changes it first.",
                ),
                refuse(
                    20,
                    "NEW.number = 2 AND orders.two_readings AND NOT was_read(asked.id, 1)",
                    "The first reading comes before the second.",
                ),
                refuse(
                    20,
                    "supporters(asked.id, NEW.held_at) < orders.cosigners",
                    "A text is read once it has the co-signers that the standing orders ask for.",
                ),
                refuse(
                    20,
                    "NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_agendaitem i"
                    " WHERE i.id = NEW.item_id AND i.proposal_id = asked.id AND i.started_at IS NOT NULL"
                    " AND i.ended_at IS NULL)",
                    "A text is read under its own point, while that is under way.",
                    FORBIDDEN,
                ),
                declare=[*ON_THE_ROAD, ("orders", "assemblies_standingorders%ROWTYPE")],
            ),
            pgtrigger.Trigger(
                name="puts_in_order",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=refuse(
                    20,
                    "NEW.number = 2 AND EXISTS (SELECT FROM assemblies_amendment a"
                    " WHERE a.version_id = NEW.version_id AND a.withdrawn_at IS NULL AND a.place IS NULL)",
                    "The second reading puts every amendment in its place.",
                    FORBIDDEN,
                )
                + " RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return _("First reading") if self.number == self.FIRST else _("Second reading")

    def get_absolute_url(self) -> str:
        return self.version.get_absolute_url()
