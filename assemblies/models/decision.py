"""One question put to the vote, from its calling to its frozen result; and the open ballots cast in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ..clock import CivicNow, now
from ..counting.majority import THRESHOLDS, Quorum, Tally, Threshold
from ..refusal import CONFLICT, FORBIDDEN, MISSING, UNFIT, Refusal, act, statement
from ..triggers import ASSEMBLY_ROLL, DECISION_BOX, at_the_end, checked, fixed, lock, refuse, unchanged
from .assembly import Assembly, Majority
from .citizen import Citizen
from .entry import record
from .proposal import Method, Proposal

if TYPE_CHECKING:
    from .ballot import Ballot
    from .count import Count
    from .issuer import Issuer

RULES = ("threshold", "quorum_per_mille", "quorum_number", "electorate")
FIGURES = ("voters", "channels", "outcome")
YES_NO = ("yes", "no", "abstain")
LONGEST = "interval '90 days'"  # by which a facilitator may put a vote off, or draw it out
PAUSE = timedelta(minutes=10)  # between papers and urn, where nobody says otherwise


class DecisionQuerySet(models.QuerySet["Decision"]):
    def open(self, at: datetime) -> DecisionQuerySet:
        """Those being voted on at that moment, whether or not a worker has noted it."""
        return self.filter(opens_at__lte=at, closes_at__gt=at)

    def coming(self, at: datetime) -> DecisionQuerySet:
        return self.filter(opens_at__gt=at)

    def over(self, at: datetime) -> DecisionQuerySet:
        return self.filter(closes_at__lte=at)

    def answered(self, at: datetime) -> DecisionQuerySet:
        """Those that are over with an answer, counted or not: a missed quorum is none."""
        return self.over(at).exclude(outcome=Decision.Outcome.QUORUM_MISSED)

    def due_to_open(self, at: datetime) -> DecisionQuerySet:
        """Those whose opening has come and is not yet noted."""
        return self.filter(opens_at__lte=at, opened_at=None)

    def due_to_close(self, at: datetime) -> DecisionQuerySet:
        """Those whose close has come and whose result is not yet frozen."""
        return self.filter(closes_at__lte=at, closed_at=None)

    def call(
        self,
        proposal: Proposal,
        *,
        by: Citizen | None,
        opens_at: datetime | None = None,
        closes_at: datetime | None = None,
        papers_until: datetime | None = None,
        urn_from: datetime | None = None,
    ) -> Decision:
        """Call the vote. The database holds deliberation, notice and the least time a vote stays open."""
        with act():
            proposal = Proposal.objects.select_for_update(of=("self",)).select_related("assembly").get(pk=proposal.pk)
            at = now()
            if proposal.offered_at is None or proposal.withdrawn_at is not None:
                raise Refusal(
                    1, _("Only a proposal that is before the assembly can be put to the vote."), status=CONFLICT
                )
            earliest = proposal.earliest_opening(at)
            opens_at = opens_at or earliest
            period = proposal.assembly.orders(at).voting_period
            closes_at = closes_at or opens_at + (2 * period + PAUSE if proposal.secret else period)
            if proposal.secret:
                papers_until = papers_until or opens_at + (closes_at - opens_at - PAUSE) / 2
                urn_from = urn_from or papers_until + PAUSE
            if opens_at < earliest:
                raise Refusal(
                    20,
                    _("The vote may open from %(moment)s on: deliberation and notice come first.")
                    % {"moment": _moment(earliest)},
                    status=UNFIT,
                )
            decision = self.create(
                assembly=proposal.assembly,
                proposal=proposal,
                method=proposal.method,
                seats=proposal.seats,
                most=proposal.most,
                secret=proposal.secret,
                called_by=by,
                opens_at=opens_at,
                closes_at=closes_at,
                papers_until=papers_until,
                urn_from=urn_from,
            )
            decision.refresh_from_db(fields=["called_at"])
            windows: dict[str, Any] = {"papers_until": papers_until, "urn_from": urn_from} if proposal.secret else {}
            record(
                "decision.called",
                decision,
                log=proposal.assembly.log_id,
                by=by,
                at=decision.called_at,
                proposal=proposal.pk,
                opens_at=opens_at,
                closes_at=closes_at,
                **windows,
            )
        return decision


class Decision(models.Model):
    """One question put to the vote of one assembly.

    Open and closed are functions of `opens_at`, `closes_at` and the clock. At the opening the rules and the size of
    the electorate are copied here; at the close the tally and the outcome are frozen here. `opened_at` and
    `closed_at` only say when that was written down.
    """

    class Outcome(models.TextChoices):
        CARRIED = "carried", gettext_lazy("carried")
        LOST = "lost", gettext_lazy("lost")
        TIED = "tied", gettext_lazy("tied: a tie does not carry")
        QUORUM_MISSED = "quorum_missed", gettext_lazy("quorum missed")

    class Phase(models.TextChoices):
        COMING = "coming", gettext_lazy("Opens later")
        OPEN = "open", gettext_lazy("Open for voting")
        COUNTING = "counting", gettext_lazy("Being counted")
        CLOSED = "closed", gettext_lazy("Decided")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="decisions")
    # How it is counted, as it was offered: copied from the proposal when the vote is called.
    method = models.CharField(max_length=20, choices=Method.choices, default=Method.YES_NO, db_default="yes-no")
    seats = models.PositiveSmallIntegerField(default=1, db_default=1)
    most = models.PositiveSmallIntegerField(null=True)
    secret = models.BooleanField(default=False, db_default=False)
    called_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(db_default=CivicNow())
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # A secret vote has two windows: papers are taken from `opens_at` until, the urn is open from there to the close.
    papers_until = models.DateTimeField(null=True)
    urn_from = models.DateTimeField(null=True)

    opened_at = models.DateTimeField(null=True)
    threshold = models.CharField(max_length=20, choices=Majority.choices, null=True)
    quorum_per_mille = models.PositiveSmallIntegerField(null=True)
    quorum_number = models.PositiveIntegerField(null=True)
    electorate = models.PositiveIntegerField(null=True)

    closed_at = models.DateTimeField(null=True)
    yes = models.PositiveIntegerField(null=True)
    no = models.PositiveIntegerField(null=True)
    abstain = models.PositiveIntegerField(null=True)
    voters = models.PositiveIntegerField(null=True)
    channels = models.JSONField(null=True)  # device, paper, hands: {"yes", "no", "abstain", "voters"} of each
    outcome = models.CharField(max_length=20, choices=Outcome.choices, null=True)

    objects = DecisionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        indexes = [
            models.Index(fields=["assembly", "-closes_at"]),
            models.Index(fields=["opens_at"], condition=Q(opened_at__isnull=True), name="decision_due_to_open"),
            models.Index(fields=["closes_at"], condition=Q(closed_at__isnull=True), name="decision_due_to_close"),
        ]
        constraints = [
            models.CheckConstraint(name="decision_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(
                name="decision_papers_before_the_urn",
                condition=Q(secret=False, papers_until__isnull=True, urn_from__isnull=True)
                | Q(
                    secret=True,
                    papers_until__isnull=False,
                    urn_from__isnull=False,
                    papers_until__gt=F("opens_at"),
                    urn_from__gt=F("papers_until"),
                    closes_at__gt=F("urn_from"),
                ),
            ),
            models.UniqueConstraint(
                name="decision_one_standing_a_proposal",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("This proposal has been put to the vote already."),
                fields=["proposal"],
                condition=Q(outcome__isnull=True) | ~Q(outcome="quorum_missed"),
            ),
            models.CheckConstraint(
                name="decision_opened_whole",
                condition=Q(opened_at__isnull=True, **{f"{name}__isnull": True for name in RULES})
                | Q(opened_at__isnull=False, **{f"{name}__isnull": False for name in RULES}),
            ),
            models.CheckConstraint(
                name="decision_closed_whole",
                condition=Q(closed_at__isnull=True, **{f"{name}__isnull": True for name in FIGURES + YES_NO})
                | Q(closed_at__isnull=False, opened_at__isnull=False, **{f"{name}__isnull": False for name in FIGURES})
                & (
                    Q(method="yes-no", **{f"{name}__isnull": False for name in YES_NO})
                    | ~Q(method="yes-no") & Q(**{f"{name}__isnull": True for name in YES_NO})
                ),
            ),
            models.CheckConstraint(
                name="decision_no_more_votes_than_electors",
                condition=Q(closed_at__isnull=True) | Q(electorate__gte=F("voters")),
            ),
        ]
        triggers = [
            *fixed(1, "A decision is never removed.", delete_only=True),
            checked(
                "called",
                pgtrigger.Insert,
                "SELECT * INTO STRICT asked FROM assemblies_proposal WHERE id = NEW.proposal_id FOR UPDATE;",
                "NEW.called_at := civic_now();",
                "NEW.method := asked.method; NEW.seats := asked.seats; NEW.most := asked.most;"
                " NEW.secret := asked.secret;",
                "SELECT * INTO STRICT orders FROM assemblies_standingorders"
                " WHERE id = orders_in_force(NEW.assembly_id, NEW.called_at);",
                refuse(
                    1,
                    "asked.assembly_id <> NEW.assembly_id OR asked.offered_at IS NULL"
                    " OR asked.withdrawn_at IS NOT NULL",
                    "A decision asks a proposal that is before its own assembly.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "asked.effect <> 'question' AND (NEW.called_by_id IS NULL OR NOT"
                    " holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at))",
                    "A facilitator of the assembly puts proposals to the vote.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.opens_at < later(asked.offered_at, orders.deliberation)",
                    "No vote opens before the deliberation time of the standing orders has passed.",
                ),
                refuse(
                    20,
                    "NEW.opens_at < later(NEW.called_at, orders.notice) - interval '1 minute'",
                    "No vote opens before the notice of the standing orders has passed.",
                ),
                refuse(
                    20,
                    "NEW.closes_at < later(NEW.opens_at, orders.voting_period)",
                    "A vote stays open at least as long as the standing orders say.",
                ),
                refuse(
                    20,
                    "NEW.opens_at > later(greatest(later(NEW.called_at, orders.notice),"
                    f" later(asked.offered_at, orders.deliberation)), {LONGEST})",
                    "A vote is not put off: it opens within ninety days of the earliest day.",
                    UNFIT,
                ),
                refuse(
                    20,
                    "NEW.closes_at > later(NEW.opens_at,"
                    f" greatest(orders.voting_period * CASE WHEN NEW.secret THEN 3 ELSE 1 END, {LONGEST}))",
                    "A vote is not drawn out: it closes within ninety days of its opening.",
                    UNFIT,
                ),
                refuse(
                    18,
                    "NEW.secret AND (NEW.papers_until < later(NEW.opens_at, orders.voting_period)"
                    " OR NEW.closes_at < later(NEW.urn_from, orders.voting_period))",
                    "Papers can be taken, and the urn is open, each as long as the standing orders say of a vote.",
                    UNFIT,
                ),
                refuse(
                    18,
                    "NEW.secret AND NEW.urn_from < NEW.papers_until + interval '1 minute'",
                    "The urn opens after the last paper was taken: who casts at once is known by the hour.",
                    UNFIT,
                ),
                refuse(
                    3,
                    "NEW.opened_at IS NOT NULL OR NEW.closed_at IS NOT NULL",
                    "A decision is called before it opens.",
                    FORBIDDEN,
                ),
                declare=[("asked", "assemblies_proposal%ROWTYPE"), ("orders", "assemblies_standingorders%ROWTYPE")],
            ),
            checked(
                "moves_on",
                pgtrigger.Update,
                unchanged(
                    3,
                    "A decision that has been called keeps its question and its times.",
                    "assembly_id",
                    "proposal_id",
                    "method",
                    "seats",
                    "most",
                    "secret",
                    "called_by_id",
                    "called_at",
                    "opens_at",
                    "closes_at",
                    "papers_until",
                    "urn_from",
                ),
                refuse(2, "OLD.closed_at IS NOT NULL", "A closed decision is never changed.", FORBIDDEN),
                "IF OLD.opened_at IS NULL THEN",
                lock(ASSEMBLY_ROLL, "NEW.assembly_id"),
                refuse(3, "civic_now() < NEW.opens_at", "This vote has not opened yet."),
                refuse(3, "NEW.closed_at IS NOT NULL", "A decision opens before it closes."),
                "NEW.opened_at := civic_now();",
                "SELECT CASE WHEN p.effect = 'orders' THEN o.majority_for_orders ELSE o.majority END,"
                " o.quorum_per_mille, o.quorum_number"
                " INTO STRICT NEW.threshold, NEW.quorum_per_mille, NEW.quorum_number"
                " FROM assemblies_standingorders o, assemblies_proposal p"
                " WHERE o.id = orders_in_force(NEW.assembly_id, NEW.opens_at) AND p.id = NEW.proposal_id;",
                "NEW.electorate := (SELECT count(*) FROM assemblies_citizenship c WHERE c.assembly_id = NEW.assembly_id"
                " AND c.valid_from <= NEW.opens_at AND (c.valid_until IS NULL OR c.valid_until > NEW.opens_at));",
                "ELSE",
                unchanged(
                    3,
                    "The rules and the electorate of a vote are frozen at its opening.",
                    "opened_at",
                    *RULES,
                ),
                lock(DECISION_BOX, "NEW.id"),
                refuse(2, "civic_now() < NEW.closes_at", "This vote has not closed yet."),
                refuse(
                    18,
                    "EXISTS (SELECT FROM assemblies_issuer i WHERE i.decision_id = NEW.id AND i.destroyed_at IS NULL)",
                    "A secret vote is counted after the key that signed its papers is destroyed.",
                ),
                "NEW.closed_at := civic_now();",
                "SELECT sum(c.yes), sum(c.no), sum(c.abstain), sum(c.voters),"
                " jsonb_object_agg(c.channel, to_jsonb(c) - 'channel')"
                " INTO STRICT NEW.yes, NEW.no, NEW.abstain, NEW.voters, NEW.channels FROM channel_count(NEW.id) c;",
                "IF NEW.method <> 'yes-no' THEN",
                "NEW.yes := NULL; NEW.no := NULL; NEW.abstain := NULL;",
                "NEW.outcome := choice_outcome(NEW.voters, NEW.electorate, NEW.quorum_per_mille, NEW.quorum_number);",
                "ELSE",
                "NEW.outcome := outcome_of(NEW.threshold, NEW.yes, NEW.no, NEW.abstain, NEW.electorate,"
                " NEW.quorum_per_mille, NEW.quorum_number);",
                "END IF;",
                "END IF;",
            ),
            at_the_end(
                "carried_is_counted",
                pgtrigger.Update,
                refuse(
                    2,
                    "NEW.outcome = 'carried' AND NEW.method <> 'yes-no'"
                    " AND NOT EXISTS (SELECT FROM assemblies_count c WHERE c.decision_id = NEW.id)",
                    "A vote among options is counted as it closes.",
                    FORBIDDEN,
                ),
            ),
            at_the_end(
                "carried_is_drawn",
                pgtrigger.Update,
                refuse(
                    1,
                    "NEW.outcome = 'carried' AND EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = NEW.proposal_id"
                    " AND p.effect IN ('policy', 'amendment', 'repeal'))"
                    " AND NOT EXISTS (SELECT FROM assemblies_policyversion v WHERE v.decision_id = NEW.id)",
                    "What the assembly adopts is drawn up with the close of its decision.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.proposal.title

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.pk])

    def phase(self, at: datetime) -> str:
        if at < self.opens_at:
            return self.Phase.COMING
        if at < self.closes_at:
            return self.Phase.OPEN
        return self.Phase.CLOSED if self.closed_at else self.Phase.COUNTING

    def window(self, at: datetime) -> str:
        """Of a secret vote: `papers`, `pause` or `urn` while it is open, else an empty word."""
        if not self.secret or self.papers_until is None or self.urn_from is None or self.phase(at) != self.Phase.OPEN:
            return ""
        return "papers" if at < self.papers_until else "pause" if at < self.urn_from else "urn"

    @property
    def papers(self) -> Issuer | None:
        """Who signs sealed papers in a secret vote; nobody where too few could take one."""
        return getattr(self, "issuer", None)

    @property
    def rule(self) -> Threshold | None:
        return THRESHOLDS[self.threshold] if self.threshold else None

    @property
    def quorum(self) -> Quorum | None:
        if self.quorum_per_mille is None or self.quorum_number is None:
            return None
        return Quorum(per_mille=self.quorum_per_mille, number=self.quorum_number)

    @property
    def tally(self) -> Tally | None:
        """The frozen tally; there is none before the close, not even a running one."""
        if self.yes is None or self.no is None or self.abstain is None or self.electorate is None:
            return None
        return Tally(yes=self.yes, no=self.no, abstain=self.abstain, electorate=self.electorate)

    @property
    def is_choice(self) -> bool:
        """Whether it is answered by choosing among options, and not with yes or no."""
        return self.method != Method.YES_NO

    @property
    def counted(self) -> Count | None:
        """The frozen count of a choice that was made."""
        return getattr(self, "count", None)

    @property
    def carried(self) -> bool:
        return self.outcome == self.Outcome.CARRIED

    def electors(self) -> models.QuerySet[Citizen]:
        """Who may vote: the citizens when it opens (article 3)."""
        return self.assembly.citizens(self.opens_at)

    def electorate_size(self, at: datetime) -> int:
        """The frozen size of the electorate, or the size of the roll while it has not opened."""
        if self.electorate is not None:
            return self.electorate
        return self.assembly.citizens(min(at, self.opens_at)).count()

    def turnout(self) -> int:
        """How many have voted so far: the only figure shown before the close. Of a secret vote, who takes part."""
        if self.voters is not None:
            return self.voters
        if self.secret:
            return self.marks.standing().count()
        with connection.cursor() as cursor:
            cursor.execute("SELECT voters FROM decision_count(%s)", [self.pk])
            return cursor.fetchone()[0]

    def ballot_of(self, citizen: Citizen) -> Ballot | None:
        return self.ballots.filter(voter=citizen).first()

    def open(self) -> bool:
        """Copy the rules and count the electorate as they stood at `opens_at`. Says whether it was this call.

        A secret vote is announced here: with its roll, its windows, and the key that signs its papers.
        """
        from .issuer import announced

        with act():
            opened = Decision.objects.filter(pk=self.pk, opened_at=None).update(opened_at=CivicNow())
            self.refresh_from_db(fields=["opened_at", *RULES])
            if opened:
                record(
                    "decision.opened",
                    self,
                    log=self.assembly.log_id,
                    at=self.opens_at,
                    threshold=self.threshold,
                    quorum_per_mille=self.quorum_per_mille,
                    quorum_number=self.quorum_number,
                    electorate=self.electorate,
                    **(announced(self) if self.secret else {}),
                )
        return bool(opened)

    def cast(self, *, by: Citizen, choice: str | None = None, ranking: Iterable[int] | None = None) -> Ballot:
        """Cast a vote, or change it: until the close, one a citizen (article 2). When this returns it is on disk.

        `ranking` holds numbers of options, best first; in an approval vote those approved of, in any order.
        """
        from .ballot import Ballot, fitting

        plain = choice in Ballot.Choice.values and ranking is None
        order = None if plain else fitting(self, choice, ranking)
        try:
            number = self._cast(by, choice, order)
        except Refusal as refusal:
            if refusal.status == MISSING:
                raise
            fitting(self, choice, ranking)
            if self.opened_at is not None or now() < self.opens_at:
                raise
            self.open()
            number = self._cast(by, choice, order)
        return Ballot(pk=number, decision=self, voter=by, choice=choice, ranking=order)

    def _cast(self, by: Citizen, choice: str | None, ranking: list[int] | None) -> int:
        """The vote as one statement, asking nothing beforehand: what it may be and when, the database knows."""
        with statement(), connection.cursor() as cursor:
            cursor.execute("SELECT cast_ballot(%s, %s, %s, %s)", [self.pk, by.pk, choice, ranking])
            (number,) = cursor.fetchone()
        if number is None:
            raise Refusal(3, _("There is no such vote."), status=MISSING)
        return number

    def close(self) -> bool:
        """Freeze tally and outcome, once, and draw the policy version when it carried. Says whether it did so."""
        from .ballot import commitments
        from .count import Count
        from .policy import adopt
        from .sealed_ballot import sealed_figures

        with act():
            if self.opened_at is None:
                self.open()
            if self.secret and self.papers is not None:
                self.papers.close()
            closed = Decision.objects.filter(pk=self.pk, closed_at=None).update(closed_at=CivicNow())
            self.refresh_from_db(fields=["closed_at", *RULES, *FIGURES, *YES_NO])
            if not closed:
                return False
            entry = record(
                "decision.closed",
                self,
                log=self.assembly.log_id,
                at=self.closes_at,
                electorate=self.electorate,
                outcome=self.outcome,
                **self._figures() | (sealed_figures(self) if self.secret else {"ballots": commitments(self)}),
            )
            if self.is_choice and self.carried:
                Count.objects.freeze(self, entry)
            version = adopt(self)
            if version is not None:
                later = version.in_force_from > self.closes_at
                delayed: dict[str, Any] = {"in_force_from": version.in_force_from} if later else {}
                record(
                    "policy.repealed" if version.repeals else "policy.adopted",
                    version,
                    log=self.assembly.log_id,
                    at=self.closes_at,
                    policy=version.policy_id,
                    number=version.number,
                    decision=self.pk,
                    text=version.text,
                    **delayed,
                )
        return True

    def _figures(self) -> dict[str, Any]:
        """The frozen figures as the record has them; the channels beside the device only where they were used."""
        said = ("method", "seats", "voters") if self.is_choice else YES_NO
        beside = {
            f"{channel}_voters": figures["voters"]
            for channel, figures in (self.channels or {}).items()
            if channel != "device" and figures["voters"]
        }
        return {**{name: getattr(self, name) for name in said}, **beside}


def _moment(at: datetime) -> str:
    """The next whole minute: what is said here can be typed and is not too early by seconds."""
    minute = (at + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
    return date_format(timezone.localtime(minute), pgettext("date with time", "D j F Y, H:i"))
