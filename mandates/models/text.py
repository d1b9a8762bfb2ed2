"""Texts that assemblies offer each other: relayed as they are, adopted by each for itself, or not (article 11)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assemblies.clock import holds, now
from assemblies.models import Amendment, Assembly, Citizen, Decision, Policy, PolicyVersion, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import at_the_end, checked, fixed, hold, refuse

from .confederation import Confederation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class SharedTextQuerySet(models.QuerySet["SharedText"]):
    def offered(self, at: datetime) -> SharedTextQuerySet:
        """Those whose offering an assembly had decided by then."""
        return self.filter(holds("text_offered", "pk", at=at))

    def known_to(self, reader: Citizen | AnonymousUser) -> SharedTextQuerySet:
        """Those whose question has been laid before an assembly: everybody may read them."""
        return self.filter(Q(proposal__offered_at__isnull=False) | Q(proposal__author=reader.pk))

    def with_counts(self, at: datetime) -> SharedTextQuerySet:
        """Each with `offered_at`, and with how many assemblies are `bound` by it at that moment."""
        moment = Value(at, models.DateTimeField())
        return self.annotate(
            offered_at=Func("proposal", moment, function="carried_at", output_field=models.DateTimeField()),
            bound=Func("pk", moment, function="text_bound", output_field=models.IntegerField()),
        )

    def offer(
        self,
        assembly: Assembly,
        confederation: Confederation,
        *,
        by: Citizen,
        title: str,
        text: str,
        notice: timedelta = timedelta(),
        amends: SharedText | None = None,
        reasons: str = "",
    ) -> SharedText:
        """Propose that the assembly offer this text to all assemblies of the confederation. Nobody is bound by it."""
        title, text, at = title.strip(), text.strip(), now()
        if not title or not text:
            raise Refusal(20, _("A proposal needs a title and a text."), status=UNFIT)
        if not confederation.has(assembly, at):
            raise Refusal(
                11,
                _("%(assembly)s is not a member of %(confederation)s.")
                % {"assembly": assembly, "confederation": confederation},
                status=CONFLICT,
            )
        if amends is not None and (amends.confederation_id != confederation.pk or not amends.is_offered(at)):
            raise Refusal(11, _("Only a text offered in the same confederation can be amended."), status=UNFIT)
        if amends is not None and amends.notice != notice:
            raise Refusal(11, _("An amendment keeps the notice that the text was adopted with."), status=UNFIT)
        said = _("%(assembly)s offers this text to all assemblies of %(confederation)s; each decides for itself.")
        opening = said % {"assembly": assembly, "confederation": confederation}
        if amends is not None:
            opening += " " + _("It would take the place of “%(title)s”.") % {"title": amends}
        parts = [reasons.strip(), opening, notice_in_words(notice), f"## {title}", text]
        with act():
            proposal = Proposal.objects.draft(
                assembly,
                Truncator(
                    _("Offer to %(confederation)s: %(title)s") % {"confederation": confederation, "title": title}
                ).chars(200),
                "\n\n".join(part for part in parts if part),
                by=by,
                effect=Proposal.Effect.QUESTION,
            )
            shared = self.create(
                confederation=confederation,
                assembly=assembly,
                proposal=proposal,
                title=title,
                text=text,
                notice=notice,
                amends=amends,
            )
            proposal.offer(by=by)
            record(
                "text.proposed",
                shared,
                log=assembly.log_id,
                by=by,
                confederation=confederation.slug,
                proposal=proposal.pk,
                digest=shared.digest,
                notice_days=notice.days,
                amends=amends.pk if amends else None,
            )
        return shared


class SharedText(models.Model):
    """A text that one assembly offers to all of its confederation. It binds those alone that adopt it.

    `notice` is how long before it takes effect an assembly says that it changes the text or gives it up.
    """

    confederation = models.ForeignKey(Confederation, models.PROTECT, related_name="texts")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    title = models.CharField(gettext_lazy("title"), max_length=150)
    text = models.TextField(gettext_lazy("text"), max_length=40_000)
    notice = models.DurationField(default=timedelta(), db_default=timedelta())
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments")

    # What `with_counts` adds.
    offered_at: datetime | None
    bound: int

    objects = SharedTextQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        verbose_name = gettext_lazy("shared text")
        constraints = [
            models.CheckConstraint(name="text_has_words", condition=~Q(title="") & ~Q(text="")),
            models.CheckConstraint(
                name="text_notice", condition=Q(notice__gte=timedelta(), notice__lte=timedelta(days=366))
            ),
        ]
        triggers = [
            *fixed(11, "A text on its way is not rewritten: an assembly offers another."),
            checked(
                "offered",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    11,
                    "NOT is_free_question(NEW.proposal_id, NEW.assembly_id)",
                    "A text is offered by a decision of one assembly, and by nothing else.",
                    FORBIDDEN,
                ),
                refuse(
                    11,
                    "NOT is_member(NEW.assembly_id, NEW.confederation_id, civic_now())",
                    "An assembly offers texts where it is a member.",
                    FORBIDDEN,
                ),
                refuse(
                    11,
                    "NEW.amends_id IS NOT NULL AND NOT EXISTS (SELECT FROM mandates_sharedtext t"
                    " WHERE t.id = NEW.amends_id AND (t.confederation_id, t.notice)"
                    " = (NEW.confederation_id, NEW.notice) AND text_offered(t.id, civic_now()))",
                    "An amendment takes up a text offered in the same confederation, and keeps its notice.",
                    UNFIT,
                ),
            ),
            at_the_end(
                "as_it_is_voted_on",
                pgtrigger.Insert,
                refuse(
                    11,
                    "NOT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = NEW.proposal_id"
                    " AND p.offered_at IS NOT NULL AND strpos(p.text, NEW.text) > 0)",
                    "The assembly votes on the very text that it offers.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("text", args=[self.pk])

    @property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8: who has the same has the same text, byte for byte."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_offered(self, at: datetime) -> bool:
        return SharedText.objects.offered(at).filter(pk=self.pk).exists()

    def ancestors(self) -> list[SharedText]:
        """The texts that it amends, nearest first."""
        found, above = [], self.amends
        while above is not None:
            found.append(above)
            above = above.amends
        return found

    def lineage(self) -> list[int]:
        """Itself and all texts it descends from."""
        return [self.pk, *(one.pk for one in self.ancestors())]

    def policy_of(self, assembly: Assembly, at: datetime) -> Policy | None:
        """The policy in force by which that assembly adopted this text or one that it descends from."""
        proposals = Adoption.objects.filter(shared__in=self.lineage(), assembly=assembly).values("proposal")
        versions = PolicyVersion.objects.filter(decision__proposal__in=proposals)
        return Policy.objects.in_force(at).filter(pk__in=versions.values("policy")).order_by("-pk").first()

    def propose_adoption(self, assembly: Assembly, *, by: Citizen, reservation: str = "") -> Adoption:
        """Propose that an assembly adopt this text, word for word, with a reservation that binds it alone or without.

        Where the assembly had adopted a text that this one amends, this becomes the next version of that policy.
        """
        at, reservation = now(), reservation.strip()
        names = {"assembly": assembly, "confederation": self.confederation}
        if not self.is_offered(at):
            raise Refusal(11, _("No assembly has decided to offer this text yet."), status=CONFLICT)
        if not self.confederation.has(assembly, at):
            raise Refusal(11, _("%(assembly)s is not a member of %(confederation)s.") % names, status=CONFLICT)
        if self.adoptions.in_force(at).filter(assembly=assembly).exists():
            raise Refusal(11, _("%(assembly)s has adopted this text already.") % names, status=CONFLICT)
        if self.adoptions.before_the_assembly(at).filter(assembly=assembly).exists():
            raise Refusal(11, _("This text is before %(assembly)s already.") % names, status=CONFLICT)
        policy = self.policy_of(assembly, at)
        effect = Proposal.Effect.AMENDMENT if policy else Proposal.Effect.POLICY
        title = _("%(title)s (with a reservation)") % {"title": self.title} if reservation else self.title
        with act():
            proposal = Proposal.objects.draft(
                assembly,
                title,
                self.text,
                by=by,
                effect=effect,
                policy=policy,
                notice=timedelta() if policy else self.notice,
            )
            adoption = Adoption.objects.create(
                shared=self, assembly=assembly, proposal=proposal, reservation=reservation
            )
            proposal.offer(by=by)
            record(
                "adoption.proposed",
                adoption,
                log=assembly.log_id,
                by=by,
                shared=self.pk,
                proposal=proposal.pk,
                digest=self.digest,
                reservation=reservation,
            )
        return adoption


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def in_force(self, at: datetime) -> AdoptionQuerySet:
        """Those that carried, while the very same text is what the assembly's policy says."""
        return self.filter(holds("adoption_in_force", "pk", at=at))

    def before_the_assembly(self, at: datetime) -> AdoptionQuerySet:
        """Those whose question is neither answered nor withdrawn."""
        return self.filter(proposal__offered_at__isnull=False, proposal__withdrawn_at=None).exclude(
            proposal__in=Decision.objects.answered(at).values("proposal")
        )

    def carried(self, at: datetime) -> AdoptionQuerySet:
        return self.filter(holds("carried", "proposal", at=at))

    def fates(self, at: datetime) -> list[Fate]:
        """What came of each, in a few queries: the last of each assembly, by its name."""
        moment = Value(at, models.DateTimeField())
        rows = self.select_related("assembly", "shared", "proposal").annotate(
            force_now=holds("adoption_in_force", "pk", at=at),
            binds_from=Func("pk", moment, function="adoption_binds_from", output_field=models.DateTimeField()),
            binds_until=Func("pk", moment, function="adoption_binds_until", output_field=models.DateTimeField()),
        )
        last: dict[int, Adoption] = {}
        for row in rows.prefetch_related("proposal__decisions").order_by("pk"):
            before = last.get(row.assembly_id)
            if before is None or not before.force_now:
                last[row.assembly_id] = row
        return [Fate(row, at) for row in last.values()]


class Adoption(models.Model):
    """That an assembly is asked to adopt a shared text. Only its carried decision on that very text adopts."""

    shared = models.ForeignKey(SharedText, models.PROTECT, related_name="adoptions")
    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    reservation = models.TextField(blank=True, max_length=5000)

    # What `fates` adds.
    force_now: bool
    binds_from: datetime | None
    binds_until: datetime | None

    objects = AdoptionQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        indexes = [models.Index(fields=["shared", "assembly"])]
        triggers = [
            *fixed(11, "What an assembly was asked to adopt, and with what reservation, stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    11,
                    "NOT text_offered(NEW.shared_id, civic_now()) OR NOT is_member(NEW.assembly_id,"
                    " (SELECT t.confederation_id FROM mandates_sharedtext t WHERE t.id = NEW.shared_id), civic_now())",
                    "An assembly adopts what was offered in a confederation that it belongs to.",
                    FORBIDDEN,
                ),
                refuse(
                    11,
                    "NOT EXISTS (SELECT FROM assemblies_proposal p, mandates_sharedtext t WHERE p.id = NEW.proposal_id"
                    " AND t.id = NEW.shared_id AND p.assembly_id = NEW.assembly_id AND p.offered_at IS NULL"
                    " AND (p.effect = 'policy' AND p.notice = t.notice"
                    " OR p.effect = 'amendment' AND adopted_by(p.policy_id, t.id)))",
                    "A shared text is adopted by the assembly's own proposal, with the notice that the text sets.",
                    FORBIDDEN,
                ),
            ),
            at_the_end(
                "word_for_word",
                pgtrigger.Insert,
                refuse(
                    11,
                    "NOT EXISTS (SELECT FROM assemblies_proposal p, mandates_sharedtext t WHERE p.id = NEW.proposal_id"
                    " AND t.id = NEW.shared_id AND p.offered_at IS NOT NULL AND p.text = t.text"
                    " AND strpos(p.title, t.title) = 1)",
                    "A shared text is adopted word for word, or not at all.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly}: {self.shared}"

    def get_absolute_url(self) -> str:
        return self.proposal.get_absolute_url()


class Wording(Amendment):
    """Amendments as this floor sees them: a shared text takes none."""

    class Meta:
        proxy = True
        triggers = [
            checked(
                "not_of_a_shared_text",
                pgtrigger.Insert,
                refuse(
                    11,
                    "EXISTS (SELECT FROM mandates_adoption a JOIN assemblies_proposalversion v"
                    " ON v.proposal_id = a.proposal_id WHERE v.id = NEW.version_id)",
                    "A shared text is adopted word for word: it is amended where it was offered.",
                    FORBIDDEN,
                ),
            ),
        ]


@dataclass(frozen=True)
class Fate:
    """What became of a text in one assembly, as known at a moment."""

    adoption: Adoption
    at: datetime

    @property
    def state(self) -> str:
        """`bound`, `coming` (adopted, not yet binding), `over`, `open` (before the assembly), `rejected`, `dropped`."""
        adoption = self.adoption
        if adoption.force_now:
            return "bound"
        if adoption.binds_from is not None:
            return "coming" if adoption.binds_from > self.at else "over"
        if adoption.proposal.withdrawn_at is not None:
            return "dropped"
        decision = adoption.proposal.decision
        if decision is not None and decision.closed_at is not None and decision.outcome in ("lost", "tied"):
            return "rejected"
        return "open"

    @property
    def decided_at(self) -> datetime | None:
        decision = self.adoption.proposal.decision
        return decision.closes_at if decision is not None and decision.closed_at is not None else None


def notice_in_words(notice: timedelta) -> str:
    if not notice:
        return ""
    return ngettext(
        "Who adopts it can change it or give it up by a decision that takes effect %(n)d day later.",
        "Who adopts it can change it or give it up by a decision that takes effect %(n)d days later.",
        notice.days,
    ) % {"n": notice.days}


def shares(confederation: Confederation, bound: Iterable[int], at: datetime) -> dict[str, int]:
    """How many of the assemblies of a confederation, and of their citizens, are among those `bound`."""
    from assemblies.models import Citizenship

    territory = confederation.territory(at)
    members = set(territory.values_list("pk", flat=True))
    among = members & set(bound)
    rolls = Citizenship.objects.in_force(at)
    return {
        "assemblies": len(members),
        "assemblies_bound": len(among),
        "citizens": rolls.filter(assembly__in=members).count(),
        "citizens_bound": rolls.filter(assembly__in=among).count(),
    }
