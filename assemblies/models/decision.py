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
from ..triggers import ASSEMBLY_ROLL, DECISION_BOX, HALL, at_the_end, checked, fixed, lock, refuse, unchanged
from .assembly import Assembly, Majority
from .citizen import Citizen
from .entry import record
from .office import Office
from .proposal import Method, Proposal

if TYPE_CHECKING:
    from .agenda_item import AgendaItem
    from .ballot import Ballot
    from .count import Count
    from .issuer import Issuer
    from .version import ProposalVersion

RULES = ("threshold", "quorum_per_mille", "quorum_number", "electorate")
FIGURES = ("voters", "channels", "outcome")
YES_NO = ("yes", "no", "abstain")
LONGEST = "interval '90 days'"  # by which a facilitator may put a vote off, or draw it out
PAUSE = timedelta(minutes=10)  # between papers and urn, where nobody says otherwise
IN_THE_HALL = timedelta(hours=3)  # after which a vote in session closes by itself


def in_the_hall(column: str) -> str:
    """A step of a trigger: in session those vote who were checked in when the vote opened. `asked` is the decision."""
    return refuse(
        3,
        f"asked.item_id IS NOT NULL AND NOT was_in({column}, session_of(asked.item_id), asked.opens_at)",
        "In the hall those vote who were checked in when the vote opened.",
        FORBIDDEN,
    )


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
            _studied(proposal, at)
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
                **decision.version_named(),
                opens_at=opens_at,
                closes_at=closes_at,
                **windows,
            )
        return decision

    def open_in_session(self, item: AgendaItem, *, by: Citizen, minutes: int) -> Decision:
        """Open the vote on the proposal of a point that is under way, now, among those who are checked in.

        Deliberation has passed before the session began, and the agenda was its notice. It closes when whoever leads
        the session closes it, and by itself after so many minutes.
        """
        with act():
            proposal = Proposal.objects.select_for_update().filter(items=item.pk).first()
            if proposal is None:
                raise Refusal(1, _("There is no proposal under this point to be decided."), status=CONFLICT)
            if proposal.secret:
                raise Refusal(
                    18,
                    _(
                        "A secret vote is not held in session: papers and urn need days of their own."
                        " It is called from the page of its proposal."
                    ),
                    status=CONFLICT,
                )
            at = now()
            if not by.holds(Office.Kind.FACILITATOR, item.session.assembly, at):
                raise Refusal(
                    1, _("A facilitator of %(assembly)s puts proposals to the vote.") % {"assembly": proposal.assembly}
                )
            _studied(proposal, at)
            decision = self.create(
                assembly=item.session.assembly,
                proposal=proposal,
                item=item,
                method=proposal.method,
                seats=proposal.seats,
                most=proposal.most,
                called_by=by,
                opens_at=at,
                closes_at=at + timedelta(minutes=minutes),
            )
            decision.refresh_from_db()
            record(
                "decision.called",
                decision,
                log=decision.assembly.log_id,
                by=by,
                at=decision.called_at,
                proposal=proposal.pk,
                session=item.session_id,
                **decision.version_named(),
                opens_at=decision.opens_at,
                closes_at=decision.closes_at,
            )
            decision.open()
        return decision


def _studied(proposal: Proposal, at: datetime) -> None:
    """Refuse what lacks the minimum of its study, naming it (article 20)."""
    from .study import missing, parts_in_words

    if parts := missing(proposal, at):
        raise Refusal(
            20,
            _("Its study does not yet say: %(parts)s. The standing orders ask for it before a vote.")
            % {"parts": parts_in_words(parts)},
            status=CONFLICT,
        )


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
    # The point of a session under which it is decided in the hall; its electorate are those checked in at the opening.
    item = models.ForeignKey("assemblies.AgendaItem", models.PROTECT, null=True, related_name="decisions")
    ended_by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")

    opened_at = models.DateTimeField(null=True)
    threshold = models.CharField(max_length=20, choices=Majority.choices, null=True)
    quorum_per_mille = models.PositiveSmallIntegerField(null=True)
    quorum_number = models.PositiveIntegerField(null=True)
    electorate = models.PositiveIntegerField(null=True)
    roll = models.PositiveIntegerField(null=True)  # in session: the whole roll, of which quorum and majority are shares

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
                name="decision_in_session_knows_the_roll",
                condition=Q(item__isnull=True, roll__isnull=True, ended_by__isnull=True)
                | Q(item__isnull=False, opened_at__isnull=True, roll__isnull=True, ended_by__isnull=True)
                | Q(item__isnull=False, opened_at__isnull=False, roll__isnull=False),
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
                "IF NEW.item_id IS NOT NULL THEN",
                "SELECT * INTO STRICT point FROM assemblies_agendaitem WHERE id = NEW.item_id;",
                lock(HALL, "point.session_id"),
                "SELECT * INTO STRICT hall FROM assemblies_session WHERE id = point.session_id;",
                "END IF;",
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
                    "NEW.opens_at < deliberated_at(asked.id, NEW.called_at)",
                    "No vote opens before the deliberation time of the standing orders has passed.",
                ),
                "IF asked.effect <> 'question' THEN",
                refuse(
                    20,
                    "supporters(asked.id, NEW.called_at) < orders.cosigners",
                    "A proposal is put to the vote once it has the co-signers that the standing orders ask for.",
                ),
                refuse(
                    20,
                    "orders.two_readings AND NOT was_read(asked.id, 2)",
                    "The standing orders ask for two readings before a vote.",
                ),
                refuse(
                    20,
                    "sent_back(asked.id)",
                    "The text was sent back to its author: another version comes first.",
                ),
                refuse(
                    20,
                    "amendments_open(newest_version(asked.id)) OR amendments_adopted(newest_version(asked.id))",
                    "Its amendments come first: each is settled, and those adopted are put into the text.",
                ),
                "END IF;",
                refuse(
                    20,
                    "EXISTS (SELECT FROM assemblies_amendment a WHERE a.question_id = asked.id)"
                    " AND (NOT amendment_stands(asked.id)"
                    " OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = asked.id))",
                    "An amendment is voted on once, while the text that it changes is before the assembly.",
                ),
                "IF NEW.item_id IS NOT NULL THEN",
                # Its papers and its urn are each open as long as the standing orders say of a vote.
                refuse(
                    18,
                    "NEW.secret",
                    "A secret vote is not held in session: papers and urn need days of their own."
                    " It is called from the page of its proposal.",
                ),
                # The notice was given with the agenda: see the trigger of its points.
                "NEW.closes_at := NEW.called_at + (NEW.closes_at - NEW.opens_at); NEW.opens_at := NEW.called_at;",
                refuse(
                    1,
                    "hall.assembly_id <> NEW.assembly_id OR point.proposal_id IS DISTINCT FROM NEW.proposal_id"
                    " OR NEW.called_by_id IS NULL"
                    " OR NOT holds_office(NEW.called_by_id, NEW.assembly_id, 'facilitator', NEW.called_at)",
                    "In a session a facilitator puts to the vote what is on its agenda.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "hall.opened_at IS NULL OR hall.closed_at IS NOT NULL"
                    " OR point.started_at IS NULL OR point.ended_at IS NOT NULL",
                    "In a session the point that is under way is put to the vote.",
                ),
                refuse(
                    2,
                    "EXISTS (SELECT FROM assemblies_decision d JOIN assemblies_agendaitem i ON i.id = d.item_id"
                    " WHERE i.session_id = hall.id AND d.closes_at > NEW.called_at)",
                    "Another vote is open in this session: close it first.",
                ),
                refuse(
                    20,
                    "NEW.closes_at > later(NEW.opens_at, interval '3 hours')",
                    "A vote in session closes after three hours at the latest.",
                    UNFIT,
                ),
                "ELSE",
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
                "END IF;",
                refuse(
                    20,
                    "NEW.opens_at > later(greatest(later(NEW.called_at, orders.notice),"
                    f" deliberated_at(asked.id, NEW.called_at)), {LONGEST})",
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
                declare=[
                    ("asked", "assemblies_proposal%ROWTYPE"),
                    ("orders", "assemblies_standingorders%ROWTYPE"),
                    ("point", "assemblies_agendaitem%ROWTYPE"),
                    ("hall", "assemblies_session%ROWTYPE"),
                ],
            ),
            checked(
                "studied",
                pgtrigger.Insert,
                "PERFORM FROM assemblies_proposal WHERE id = NEW.proposal_id FOR UPDATE;",
                refuse(
                    20,
                    "study_missing(NEW.proposal_id, civic_now()) <> '{}'",
                    "Its study does not yet say what the standing orders ask for before a vote:",
                    naming="array_to_string(study_missing(NEW.proposal_id, civic_now()), ', ')",
                ),
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
                    "papers_until",
                    "urn_from",
                    "item_id",
                ),
                refuse(2, "OLD.closed_at IS NOT NULL", "A closed decision is never changed.", FORBIDDEN),
                # A vote in session is ended by whoever leads it: its close is now, and nobody's vote comes after.
                "IF NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id THEN",
                lock(DECISION_BOX, "NEW.id"),
                refuse(
                    3,
                    "NEW.item_id IS NULL OR OLD.opened_at IS NULL OR OLD.ended_by_id IS NOT NULL"
                    " OR NEW.closed_at IS NOT NULL OR civic_now() >= OLD.closes_at",
                    "Only a vote in session that is open is ended by hand.",
                ),
                refuse(
                    16,
                    "NOT coalesce(leads_session(NEW.ended_by_id, session_of(NEW.item_id), civic_now()), FALSE)",
                    "A facilitator leads the session, or the office-holder who has taken it over.",
                    FORBIDDEN,
                ),
                unchanged(
                    3, "The rules and the electorate of a vote are frozen at its opening.", "opened_at", *RULES, "roll"
                ),
                "NEW.closes_at := civic_now(); RETURN NEW;",
                "END IF;",
                unchanged(3, "A decision that has been called keeps its question and its times.", "closes_at"),
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
                "NEW.roll := NULL;",
                "IF NEW.item_id IS NOT NULL THEN NEW.roll := NEW.electorate;"
                " NEW.electorate := (SELECT count(*) FROM assemblies_attendance a JOIN assemblies_agendaitem i"
                " ON i.session_id = a.session_id WHERE i.id = NEW.item_id"
                " AND a.came_at <= NEW.opens_at AND (a.left_at IS NULL OR a.left_at > NEW.opens_at)"
                " AND is_citizen(a.citizen_id, NEW.assembly_id, NEW.opens_at)); END IF;",
                "ELSE",
                unchanged(
                    3,
                    "The rules and the electorate of a vote are frozen at its opening.",
                    "opened_at",
                    *RULES,
                    "roll",
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
                "NEW.outcome := choice_outcome(NEW.voters, coalesce(NEW.roll, NEW.electorate), NEW.quorum_per_mille,"
                " NEW.quorum_number);",
                "ELSE",
                "NEW.outcome := outcome_of(NEW.threshold, NEW.yes, NEW.no, NEW.abstain,"
                " coalesce(NEW.roll, NEW.electorate), NEW.quorum_per_mille, NEW.quorum_number);",
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

    @property
    def version(self) -> ProposalVersion | None:
        """The text that is voted on: the newest when the vote was called, and no other is written while it stands."""
        return self.proposal.versions.filter(written_at__lte=self.called_at).newest()

    def version_named(self) -> dict[str, Any]:
        """The text that is voted on, as the record names it."""
        version = self.version
        return {"version": version.number, "sha256": version.digest} if version else {}

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
        if self.yes is None or self.no is None or self.abstain is None or self.measure is None:
            return None
        return Tally(yes=self.yes, no=self.no, abstain=self.abstain, electorate=self.measure)

    @property
    def measure(self) -> int | None:
        """Of what quorum and an absolute majority are shares: of the whole roll, for a vote in session too."""
        return self.electorate if self.roll is None else self.roll

    @property
    def in_session(self) -> bool:
        return self.item_id is not None

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
        """Who may vote: the citizens when it opens; in session those of them who were checked in (article 3)."""
        if self.item is not None:
            return self.item.session.present(self.opens_at)
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
            self.refresh_from_db(fields=["opened_at", "roll", *RULES])
            if opened:
                facts: dict[str, Any] = {"roll": self.roll} if self.in_session else {}
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
                    **facts,
                )
        return bool(opened)

    def end(self, *, by: Citizen) -> None:
        """End a vote in session, now, and count it. Votes on their way are in, or come too late: none is lost."""
        if self.item is None:
            raise Refusal(3, _("A vote outside a session closes at the time it was called for."), status=CONFLICT)
        self.item.session.only_leader(by)
        with act():
            ended = Decision.objects.filter(pk=self.pk, closed_at=None, ended_by=None).update(ended_by=by)
            if not ended:
                raise Refusal(2, _("This vote is closed already."), status=CONFLICT)
            self.refresh_from_db()
            record("decision.ended", self, log=self.assembly.log_id, by=by, at=self.closes_at)
            self.close()

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
