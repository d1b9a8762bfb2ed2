"""What somebody lays before an assembly, to be judged and then voted on as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import connection, models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .assembly import Assembly
from .citizen import Citizen
from .entry import record

if TYPE_CHECKING:
    from .amendment import AmendmentQuerySet
    from .decision import Decision
    from .option import Choice

MOST_SEATS, MOST_OPTIONS = 50, 50


class Method(models.TextChoices):
    """How an assembly answers: yes or no, or by choosing among options; the counting is in `counting.rules`."""

    YES_NO = "yes-no", gettext_lazy("yes or no")
    APPROVAL = "approval", gettext_lazy("approval: the most approved are chosen")
    IRV = "irv", gettext_lazy("ranked: instant runoff, for one")
    SCOTTISH_STV = "scottish-stv", gettext_lazy("ranked: single transferable vote, Scottish rule, for one or several")
    MEEK = "meek", gettext_lazy("ranked: single transferable vote, Meek's rule, for one or several")
    SCHULZE = "schulze", gettext_lazy("ranked: each against each, Schulze's rule, for one")


KEPT = "What was offered is withdrawn, never removed."

# Those under which several can be chosen at once.
FOR_SEVERAL = (Method.APPROVAL, Method.SCOTTISH_STV, Method.MEEK)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def offered(self) -> ProposalQuerySet:
        """Those that everyone may read: drafts are their author's alone."""
        return self.filter(offered_at__isnull=False)

    def waiting(self) -> ProposalQuerySet:
        """Offered, not withdrawn, and not (or not validly) put to the vote."""
        from .decision import Decision

        standing = Decision.objects.exclude(outcome=Decision.Outcome.QUORUM_MISSED)
        return self.offered().filter(withdrawn_at=None).exclude(pk__in=standing.values("proposal"))

    def in_phase(self, phase: str, at: datetime) -> ProposalQuerySet:
        """Those that `Proposal.phase` says are in that phase at that moment."""
        from .decision import Decision

        Phase, decisions, Outcome = Proposal.Phase, Decision.objects.all(), Decision.Outcome  # noqa: N806
        if phase == Phase.DRAFT:
            return self.filter(offered_at=None)
        if phase == Phase.WITHDRAWN:
            return self.filter(withdrawn_at__isnull=False)
        if phase == Phase.WAITING:
            return self.waiting()
        asked = {
            Phase.COMING: decisions.coming(at),
            Phase.OPEN: decisions.open(at),
            Phase.COUNTING: decisions.due_to_close(at),
            Phase.CARRIED: decisions.filter(outcome=Outcome.CARRIED),
            Phase.LOST: decisions.filter(outcome__in=[Outcome.LOST, Outcome.TIED]),
        }
        return self.filter(pk__in=asked[Phase(phase)].values("proposal"))

    def draft(
        self,
        assembly: Assembly,
        title: str,
        text: str,
        *,
        by: Citizen | None,
        effect: str,
        policy=None,
        method: str = Method.YES_NO,
        seats: int = 1,
        most: int | None = None,
        secret: bool = False,
        notice: timedelta = timedelta(),
    ) -> Proposal:
        """Write a draft. Only its author sees it until it is offered.

        Without an author it is a question that a rule puts by itself; a floor above says which.
        """
        if by is not None and not by.is_citizen_of(assembly, now()):
            raise Refusal(1, _("Only citizens of %(assembly)s lay proposals before it.") % {"assembly": assembly})
        title, text = title.strip(), text.strip()
        if effect == Proposal.Effect.REPEAL:
            text = text or _("The policy is repealed.")
        if not title or not text:
            raise Refusal(20, _("A proposal needs a title and a text."), status=UNFIT)
        if (effect in (Proposal.Effect.AMENDMENT, Proposal.Effect.REPEAL)) != (policy is not None):
            raise Refusal(1, _("What amends or repeals a policy names it, and nothing else does."), status=UNFIT)
        with act():
            return self.create(
                assembly=assembly,
                author=by,
                title=title,
                text=text,
                effect=effect,
                policy=policy,
                method=method,
                seats=seats,
                most=most,
                secret=secret,
                notice=notice,
            )

    def draft_choice(
        self,
        assembly: Assembly,
        title: str,
        text: str,
        *,
        by: Citizen,
        options: Iterable[Choice],
        method: str,
        seats: int = 1,
        most: int | None = None,
        secret: bool = False,
    ) -> Proposal:
        """Draft a question with its options, numbered as given. How it is counted is part of what is offered."""
        from .option import Option

        options = list(options)
        fits(method, len(options), seats, most)
        with act():
            proposal = self.draft(
                assembly,
                title,
                text,
                by=by,
                effect=Proposal.Effect.QUESTION,
                method=method,
                seats=seats,
                most=most,
                secret=secret,
            )
            Option.objects.write(proposal, options)
        return proposal

    def lay(
        self, assembly: Assembly, title: str, text: str, *, by: Citizen, effect: str, policy=None, secret: bool = False
    ) -> Proposal:
        with act():
            proposal = self.draft(assembly, title, text, by=by, effect=effect, policy=policy, secret=secret)
            proposal.offer(by=by)
        return proposal


class Proposal(models.Model):
    """A text before an assembly. From the moment it is offered it can be withdrawn, and its text changes by a new
    version alone: see `version`. What is put to the vote is voted on as it stands.

    `effect` says what carries with it: a new policy, a new version of one, its repeal, new standing orders, or a
    question whose effect is drawn on a floor above from the decision itself.
    """

    class Effect(models.TextChoices):
        POLICY = "policy", gettext_lazy("adopts a new policy")
        AMENDMENT = "amendment", gettext_lazy("adopts a new version of a policy")
        REPEAL = "repeal", gettext_lazy("repeals a policy")
        ORDERS = "orders", gettext_lazy("adopts new standing orders")
        QUESTION = "question", gettext_lazy("decides a question")

    class Phase(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        WAITING = "waiting", gettext_lazy("Being deliberated")
        COMING = "coming", gettext_lazy("Vote called")
        OPEN = "open", gettext_lazy("Open for voting")
        COUNTING = "counting", gettext_lazy("Being counted")
        CARRIED = "carried", gettext_lazy("Carried")
        LOST = "lost", gettext_lazy("Not carried")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="proposals")
    author = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="proposals")
    title = models.CharField(gettext_lazy("title"), max_length=200)
    text = models.TextField(gettext_lazy("text"), max_length=50_000)
    effect = models.CharField(max_length=20, choices=Effect.choices, default=Effect.POLICY)
    policy = models.ForeignKey("assemblies.Policy", models.PROTECT, null=True, related_name="proposals")
    method = models.CharField(max_length=20, choices=Method.choices, default=Method.YES_NO, db_default="yes-no")
    seats = models.PositiveSmallIntegerField(default=1, db_default=1)
    most = models.PositiveSmallIntegerField(null=True)  # the most approvals a ballot may name
    secret = models.BooleanField(default=False, db_default=False)  # nobody can tell who voted how (article 18)
    notice = models.DurationField(default=timedelta(), db_default=timedelta())  # of the policy that it would adopt
    drafted_at = models.DateTimeField(db_default=CivicNow())
    offered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["assembly", "-offered_at"])]
        constraints = [
            models.CheckConstraint(
                name="proposal_names_the_policy_it_changes",
                condition=Q(effect__in=["amendment", "repeal"], policy__isnull=False)
                | Q(effect__in=["policy", "orders", "question"], policy__isnull=True),
            ),
            models.CheckConstraint(
                name="proposal_method",
                condition=Q(method="yes-no", seats=1, most__isnull=True)
                | Q(method__in=["irv", "schulze"], seats=1, most__isnull=True, effect="question")
                | Q(
                    method__in=["scottish-stv", "meek"],
                    seats__gte=1,
                    seats__lte=MOST_SEATS,
                    most__isnull=True,
                    effect="question",
                )
                | Q(method="approval", seats__gte=1, seats__lte=MOST_SEATS, effect="question")
                & (Q(most__isnull=True) | Q(most__gte=1)),
            ),
            models.CheckConstraint(
                name="proposal_notice", condition=Q(notice=timedelta()) | Q(notice__gt=timedelta(), effect="policy")
            ),
            models.CheckConstraint(name="proposal_has_words", condition=~Q(title="") & ~Q(text="")),
            models.CheckConstraint(
                name="proposal_withdrawn_after_offered",
                condition=Q(withdrawn_at__isnull=True) | Q(offered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_merged_is_withdrawn",
                condition=Q(merged_into__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ]
        triggers = [
            *fixed(17, KEPT, delete_only=True, when="OLD.offered_at IS NOT NULL"),
            checked(
                "laid",
                pgtrigger.Insert,
                "NEW.drafted_at := civic_now();",
                refuse(1, "NEW.offered_at IS NOT NULL", "A proposal is drafted before it is offered.", FORBIDDEN),
                refuse(
                    1,
                    "NOT EXISTS (SELECT FROM assemblies_assembly a"
                    " WHERE a.id = NEW.assembly_id AND a.founded_at IS NOT NULL)",
                    "An assembly is founded before anything is laid before it.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "NEW.author_id IS NULL AND NEW.effect <> 'question'",
                    "What an assembly adopts, a citizen laid before it.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "NEW.author_id IS NOT NULL AND NOT is_citizen(NEW.author_id, NEW.assembly_id, civic_now())",
                    "Only citizens of the assembly lay proposals before it.",
                    FORBIDDEN,
                ),
                refuse(
                    1,
                    "NEW.policy_id IS NOT NULL AND NOT EXISTS (SELECT FROM assemblies_policy p"
                    " WHERE p.id = NEW.policy_id AND p.assembly_id = NEW.assembly_id)",
                    "An assembly changes its own policies, and no other's.",
                    FORBIDDEN,
                ),
            ),
            checked(
                "moved_on",
                pgtrigger.Update,
                unchanged(
                    1,
                    "A proposal keeps its assembly, author and kind.",
                    "assembly_id",
                    "author_id",
                    "effect",
                    "policy_id",
                    "method",
                    "seats",
                    "most",
                    "secret",
                    "notice",
                    "drafted_at",
                ),
                refuse(
                    1,
                    "OLD.offered_at IS NOT NULL AND ((NEW.title, NEW.offered_at)"
                    " IS DISTINCT FROM (OLD.title, OLD.offered_at) OR NEW.text IS DISTINCT FROM OLD.text"
                    " AND NEW.text IS DISTINCT FROM (SELECT v.text FROM assemblies_proposalversion v"
                    " WHERE v.id = newest_version(NEW.id)))",
                    "What has been offered is voted on as it stands: withdraw it and offer another.",
                    FORBIDDEN,
                ),
                refuse(
                    20,
                    "NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id AND (OLD.withdrawn_at IS NOT NULL"
                    " OR NOT EXISTS (SELECT FROM assemblies_proposal o WHERE o.id = NEW.merged_into_id"
                    " AND o.id <> NEW.id AND o.assembly_id = NEW.assembly_id AND o.offered_at IS NOT NULL"
                    " AND o.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM assemblies_decision d"
                    " WHERE d.proposal_id = o.id AND d.outcome IS DISTINCT FROM 'quorum_missed')))",
                    "A proposal is merged into another that is before the same assembly, as it is withdrawn.",
                ),
                refuse(
                    20,
                    "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL AND amendment_stands(NEW.id)",
                    "The question of an amendment is not taken back: the second reading put it.",
                ),
                refuse(
                    1,
                    "NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at AND (OLD.withdrawn_at IS NOT NULL"
                    " OR EXISTS (SELECT FROM assemblies_decision d WHERE d.proposal_id = NEW.id"
                    " AND d.outcome IS DISTINCT FROM 'quorum_missed'))",
                    "What has been put to the vote can no longer be withdrawn.",
                ),
                "IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN NEW.offered_at := civic_now();",
                refuse(
                    1,
                    "NEW.author_id IS NOT NULL AND NOT is_citizen(NEW.author_id, NEW.assembly_id, NEW.offered_at)",
                    "Only citizens of the assembly lay proposals before it.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "NEW.method <> 'yes-no' AND (SELECT count(*) FROM assemblies_option o"
                    " WHERE o.proposal_id = NEW.id) < greatest(2, NEW.seats)",
                    "To choose there must be at least two options, and as many as are to be chosen.",
                    UNFIT,
                ),
                "END IF;",
                "IF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"
                " THEN NEW.withdrawn_at := civic_now(); END IF;",
            ),
            pgtrigger.Trigger(
                name="first_version",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="IF OLD.offered_at IS NULL AND NEW.offered_at IS NOT NULL THEN"
                " INSERT INTO assemblies_proposalversion (proposal_id, number, text, origin, written_by_id, written_at)"
                " VALUES (NEW.id, 1, NEW.text, 'offered', NEW.author_id, NEW.offered_at); END IF; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk])

    @property
    def decision(self) -> Decision | None:
        """The latest decision on it; an earlier one can only have missed its quorum."""
        return max(self.decisions.all(), key=lambda decision: decision.pk, default=None)

    def phase(self, at: datetime) -> str:
        """Where it stands at that moment; a vote that missed its quorum leaves it before the assembly."""
        if self.withdrawn_at is not None:
            return self.Phase.WITHDRAWN
        if self.offered_at is None:
            return self.Phase.DRAFT
        decision = self.decision
        if decision is None or decision.outcome == decision.Outcome.QUORUM_MISSED:
            return self.Phase.WAITING
        phase = decision.phase(at)
        if phase == decision.Phase.CLOSED:
            return self.Phase.CARRIED if decision.carried else self.Phase.LOST
        return self.Phase(phase)

    def earliest_opening(self, at: datetime) -> datetime:
        """The first moment a vote on it may open, if it were put to the vote at `at`."""
        orders = self.assembly.orders(at)
        return max(at + orders.notice, self.deliberated_at(at) or at + orders.deliberation)

    def deliberated_at(self, at: datetime) -> datetime | None:
        """When its deliberation is over, by the orders of that moment: it begins anew with every text of the author."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT deliberated_at(%s, %s)", [self.pk, at])
            return cursor.fetchone()[0]

    def amendments(self) -> AmendmentQuerySet:
        """All that were ever moved to it, whatever became of them."""
        from .amendment import Amendment

        return Amendment.objects.filter(version__proposal=self)

    def offer(self, *, by: Citizen | None, naming: Iterable[Citizen] = ()) -> None:
        """Lay it before everyone; from now on it stands as it is, and its deliberation time runs.

        `naming` are the people whom its words name, so that their names can be erased from the record.
        """
        if by != self.author:
            raise Refusal(1, _("Only its author may offer a draft."))
        if by is not None and not by.is_citizen_of(self.assembly, now()):
            raise Refusal(1, _("Only citizens of %(assembly)s lay proposals before it.") % {"assembly": self.assembly})
        with act():
            offered = Proposal.objects.filter(pk=self.pk, offered_at=None).update(offered_at=CivicNow())
            if not offered:
                raise Refusal(1, _("This proposal has been offered already."), status=CONFLICT)
            self.refresh_from_db(fields=["title", "text", "offered_at"])
            record(
                "proposal.offered",
                self,
                log=self.assembly.log_id,
                by=by,
                at=self.offered_at,
                title=self.title,
                text=self.text,
                effect=self.effect,
                policy=self.policy_id,
                naming=naming,
                **self._choice(),
            )

    def _choice(self) -> dict[str, Any]:
        """What the record says of a secret vote, and of a question with options."""
        secret = {"secret": True} if self.secret else {}
        if self.method == Method.YES_NO:
            return secret
        options = [str(option) for option in self.options.all()]
        return {"method": self.method, "seats": self.seats, "most": self.most, "options": options, **secret}

    def revise(self, *, by: Citizen, title: str, text: str) -> None:
        """Change a draft. What has been offered cannot be changed."""
        if by != self.author:
            raise Refusal(1, _("Only its author may change a draft."))
        with act():
            Proposal.objects.filter(pk=self.pk).update(title=title.strip(), text=text.strip())
        self.refresh_from_db()

    def discard(self, *, by: Citizen) -> None:
        """Remove a draft, of which nobody knows but its author: nothing public happened, and nothing is recorded."""
        if by != self.author:
            raise Refusal(1, _("Only its author may delete a draft."))
        with act():
            draft = Proposal.objects.select_for_update().get(pk=self.pk)
            if draft.offered_at is not None:
                raise Refusal(17, _("What was offered stays on record: it can be withdrawn."), status=CONFLICT)
            try:
                draft.options.all().delete()
                draft.delete()
            except models.ProtectedError as error:
                sentence = _("Something else rests on this draft: it cannot be deleted.")
                raise Refusal(17, sentence, status=CONFLICT) from error

    def withdraw(self, *, by: Citizen, into: Proposal | None = None) -> None:
        """Take it back before it is put to the vote; `into` names another proposal that takes up what it says."""
        if by != self.author:
            raise Refusal(1, _("Only its author may withdraw a proposal."))
        with act():
            waiting = list(self.amendments().standing().filter(question__isnull=False))
            withdrawn = Proposal.objects.filter(pk=self.pk, offered_at__isnull=False, withdrawn_at=None).update(
                withdrawn_at=CivicNow(), merged_into=into
            )
            if not withdrawn:
                raise Refusal(1, _("This proposal is not before the assembly."), status=CONFLICT)
            self.refresh_from_db()
            for amendment in waiting:
                amendment.drop_question(by=by)
            log = self.assembly.log_id
            if into is None:
                record("proposal.withdrawn", self, log=log, by=by, at=self.withdrawn_at)
            else:
                record("proposal.merged", self, log=log, by=by, at=self.withdrawn_at, into=into.pk)

    def put_to_vote(
        self, *, by: Citizen, opens_at: datetime | None = None, closes_at: datetime | None = None, **windows: Any
    ) -> Decision:
        """Call the vote on it: a facilitator of the assembly does, under the notice of the standing orders.

        A secret vote has two windows: `papers_until` and `urn_from` may say where one ends and the other begins.
        """
        from .decision import Decision
        from .office import Office

        at = now()
        if not by.holds(Office.Kind.FACILITATOR, self.assembly, at):
            raise Refusal(
                1, _("A facilitator of %(assembly)s puts proposals to the vote.") % {"assembly": self.assembly}
            )
        return Decision.objects.call(self, by=by, opens_at=opens_at, closes_at=closes_at, **windows)


def fits(method: str, options: int, seats: int, most: int | None) -> None:
    """Refuse a choice that cannot be counted: too few options, or more chosen than the method can choose."""
    if method not in Method.values or method == Method.YES_NO:
        raise Refusal(2, _("Say how the assembly is to choose among the options."), status=UNFIT)
    if not max(2, seats) <= options <= MOST_OPTIONS:
        raise Refusal(
            2,
            _("There must be between %(least)d and %(most)d options.") % {"least": max(2, seats), "most": MOST_OPTIONS},
            status=UNFIT,
        )
    if seats < 1 or (seats > 1 and method not in FOR_SEVERAL):
        raise Refusal(2, _("By this method one option is chosen."), status=UNFIT)
    if most is not None and (method != Method.APPROVAL or not 1 <= most <= options):
        raise Refusal(
            2, _("Only approvals are limited, to a number between one and the number of options."), status=UNFIT
        )
