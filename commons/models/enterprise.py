"""What an assembly has and runs together: farms, mills, workshops; who keeps them, under which policies (article 14).

Everything here is born with a question before the assembly and holds from the close of the decision that carried it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import pgtrigger
from django.db import connection, models
from django.db.models import Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, holds, now
from assemblies.models import Assembly, Citizen, Policy, Proposal, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, hold, lock, refuse
from mandates.models import in_a_row
from mandates.models.mandate import day_in_words

from .good import GOOD, PASSING, Good


def moment(function: str, *what: str, at: datetime) -> Func:
    """A moment that the database answers, as known at another."""
    return Func(*what, Value(at, models.DateTimeField()), function=function, output_field=models.DateTimeField())


def ask(assembly: Assembly, title: str, *parts: str, by: Citizen) -> Proposal:
    """Draft a question: what hangs on it is written before it is offered."""
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    return Proposal.objects.draft(assembly, title[:200], text, by=by, effect=Proposal.Effect.QUESTION)


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def standing(self, at: datetime) -> EnterpriseQuerySet:
        """Those that an assembly holds at that moment: founded by then and not closed."""
        return self.with_holder(at).filter(Q(holder__isnull=False))

    def with_holder(self, at: datetime) -> EnterpriseQuerySet:
        """Each with `holder`: the number of the assembly it belongs to at that moment; None before and after."""
        return self.annotate(
            holder=Func(
                "pk",
                Value(at, models.DateTimeField()),
                function="enterprise_holder",
                output_field=models.BigIntegerField(),
            )
        )

    def of(self, assembly: Assembly, at: datetime) -> EnterpriseQuerySet:
        """Those that belong to it then, found among those that it founded or was to be handed."""
        handed = Passing.objects.filter(to=assembly).values("enterprise")
        near = self.filter(Q(assembly=assembly) | Q(pk__in=handed))
        return near.with_holder(at).filter(Q(holder=assembly.pk))

    def propose(
        self,
        assembly: Assembly,
        *,
        by: Citizen,
        name: str,
        kind: str,
        purpose: str,
        policies: Iterable[Policy],
        reasons: str = "",
    ) -> Enterprise:
        """Propose that the assembly take an enterprise into its hands, governed by policies of its own."""
        name, policies = " ".join(name.split()), list(policies)
        if not name or not purpose.strip():
            raise Refusal(14, _("Say what it is called and what it is for."), status=UNFIT)
        if not policies:
            raise Refusal(
                14, _("Choose the policy that governs it; adopt one first where there is none."), status=UNFIT
            )
        titles = in_a_row([f"“{policy}”" for policy in policies], _("%(some)s and %(last)s"))
        with act():
            proposal = ask(
                assembly,
                _("%(name)s: an enterprise of %(assembly)s") % {"name": name, "assembly": assembly},
                reasons,
                _("%(name)s (%(kind)s) belongs to %(assembly)s and to nobody else: %(purpose)s")
                % {"name": name, "kind": self.model.Kind(kind).label, "assembly": assembly, "purpose": purpose.strip()},
                _("It is governed by %(policies)s.") % {"policies": titles},
                by=by,
            )
            enterprise = self.create(
                name=name, kind=kind, purpose=purpose.strip(), assembly=assembly, proposal=proposal
            )
            for policy in policies:
                Governance.objects.create(enterprise=enterprise, policy=policy, proposal=proposal)
            proposal.offer(by=by)
            record(
                "enterprise.proposed",
                enterprise,
                log=assembly.log_id,
                by=by,
                name=name,
                of_kind=kind,
                proposal=proposal.pk,
                policies=[policy.pk for policy in policies],
            )
        return enterprise


class Enterprise(models.Model):
    """A farm, mill or workshop that belongs to one assembly, from the close of the decision that took it up."""

    class Kind(models.TextChoices):
        FARM = "farm", gettext_lazy("farm")
        ORCHARD = "orchard", gettext_lazy("orchard or garden")
        MILL = "mill", gettext_lazy("mill or press")
        WORKSHOP = "workshop", gettext_lazy("workshop")
        CLINIC = "clinic", gettext_lazy("clinic")
        KITCHEN = "kitchen", gettext_lazy("kitchen or oven")
        STORE = "store", gettext_lazy("store")
        WORKS = "works", gettext_lazy("water, power or transport works")
        OTHER = "other", gettext_lazy("something else")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")  # the one that founded it
    name = models.CharField(gettext_lazy("name"), max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    purpose = models.TextField(gettext_lazy("what it is for"), max_length=2000)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    # What `with_holder` adds.
    holder: int | None

    objects = EnterpriseQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="enterprise_has_words", condition=~Q(name="") & ~Q(purpose="")),
            models.CheckConstraint(
                name="enterprise_kind",
                condition=Q(
                    kind__in=["farm", "orchard", "mill", "workshop", "clinic", "kitchen", "store", "works", "other"]
                ),
            ),
        ]
        triggers = [
            *fixed(14, "An enterprise is moved, closed and governed by decisions of its assembly alone."),
            checked(
                "founded",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    14,
                    "NOT is_free_matter(NEW.proposal_id, NEW.assembly_id)",
                    "An enterprise belongs to an assembly by a decision of that assembly.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("enterprise", args=[self.pk])

    def holder_at(self, at: datetime) -> Assembly | None:
        """The assembly it belongs to at that moment; None before the decision carried and after it was closed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT enterprise_holder(%s, %s)", [self.pk, at])
            (pk,) = cursor.fetchone()
        return Assembly.objects.get(pk=pk) if pk else None

    def _held(self, by: Citizen, sentence: str) -> Assembly:
        """The assembly that holds it now, of which `by` must be a citizen."""
        assembly = self.holder_at(now())
        if assembly is None:
            raise Refusal(14, _("This enterprise belongs to no assembly now."), status=CONFLICT)
        if not by.is_citizen_of(assembly, now()):
            raise Refusal(14, sentence % {"assembly": assembly})
        return assembly

    def propose_policy(self, policy: Policy, *, by: Citizen, reasons: str = "") -> Governance:
        """Propose that one more policy govern it. It no longer does when the assembly repeals it."""
        assembly = self._held(by, _("Only citizens of %(assembly)s say which policies govern its enterprises."))
        with act():
            proposal = ask(
                assembly,
                _("A policy for %(name)s") % {"name": self},
                reasons,
                _("%(name)s is governed by “%(policy)s” too.") % {"name": self, "policy": policy},
                by=by,
            )
            governance = Governance.objects.create(enterprise=self, policy=policy, proposal=proposal)
            proposal.offer(by=by)
            record(
                "enterprise.policy_proposed",
                self,
                log=assembly.log_id,
                by=by,
                policy=policy.pk,
                proposal=proposal.pk,
            )
        return governance

    def propose_steward(
        self, citizen: Citizen, *, by: Citizen, valid_until: datetime, remit: Iterable[Good] = (), reasons: str = ""
    ) -> Stewardship:
        """Propose that a citizen keep it until a day, and for which goods they may state what is needed and given."""
        assembly = self._held(by, _("Only citizens of %(assembly)s appoint stewards of its enterprises."))
        if not citizen.is_citizen_of(assembly, now()):
            raise Refusal(14, _("A steward is a citizen of the assembly whose enterprise it is."), status=UNFIT)
        remit = list(remit)
        goods = in_a_row([good.name for good in remit], _("%(some)s and %(last)s"))
        with act():
            proposal = ask(
                assembly,
                _("%(steward)s, steward of %(name)s") % {"steward": citizen, "name": self},
                reasons,
                _(
                    "%(steward)s keeps %(name)s until %(day)s, says in public what it makes and uses,"
                    " and sends its loads."
                )
                % {"steward": citizen, "name": self, "day": day_in_words(valid_until)},
                _("%(steward)s may state for %(assembly)s what is needed and what can be given of %(goods)s.")
                % {"steward": citizen, "assembly": assembly, "goods": goods}
                if remit
                else "",
                by=by,
            )
            stewardship = Stewardship.objects.create(
                enterprise=self, citizen=citizen, proposal=proposal, valid_until=valid_until
            )
            for good in remit:
                Remit.objects.create(stewardship=stewardship, good=good)
            proposal.offer(by=by, naming=[citizen])
            record(
                "steward.proposed",
                stewardship,
                log=assembly.log_id,
                by=by,
                enterprise=self.pk,
                proposal=proposal.pk,
                valid_until=valid_until,
                goods=[good.name for good in remit],
                personal={"steward": (citizen, citizen.name)},
            )
        return stewardship

    def propose_passing(self, *, by: Citizen, to: Assembly | None, reasons: str) -> Passing:
        """Propose to hand it over to another assembly, which takes it by a decision of its own; or to close it."""
        assembly = self._held(by, _("Only citizens of %(assembly)s propose what becomes of its enterprises."))
        if to == assembly:
            raise Refusal(14, _("It belongs to that assembly already."), status=UNFIT)
        words = (
            _("%(name)s passes from %(assembly)s to %(to)s, once that assembly has decided to take it.")
            % {"name": self, "assembly": assembly, "to": to}
            if to
            else _("%(name)s is closed.") % {"name": self}
        )
        title = _("Hand over %(name)s") if to else _("Close %(name)s")
        with act():
            proposal = ask(assembly, title % {"name": self}, reasons, words, by=by)
            passing = Passing.objects.create(enterprise=self, to=to, proposal=proposal)
            proposal.offer(by=by)
            record(
                "enterprise.passing_proposed",
                self,
                log=assembly.log_id,
                by=by,
                proposal=proposal.pk,
                to=to.slug if to else None,
            )
        return passing

    def report(
        self,
        good: Good,
        quantity: Decimal,
        *,
        by: Citizen,
        kind: str,
        day: date,
        note: str = "",
        corrects: Harvest | None = None,
    ) -> Harvest:
        """Say in public what it made or used on a day; or say it again, beside the report that was wrong."""
        with act():
            at = now()
            stewardship = self.stewardships.in_force(at).filter(citizen=by).select_related("proposal__assembly").first()
            if stewardship is None:
                raise Refusal(14, _("What an enterprise makes is reported by a steward in force."))
            if quantity < 0 or not good.fits(quantity):
                raise Refusal(14, _("Say how much, in whole pieces where the good comes in pieces."), status=UNFIT)
            if corrects is not None and corrects.corrected:
                raise Refusal(14, _("This report has been corrected already."), status=CONFLICT)
            harvest = Harvest.objects.create(
                enterprise=self,
                good=good,
                kind=kind,
                quantity=quantity,
                day=day,
                note=note.strip(),
                by=by,
                corrects=corrects,
            )
            harvest.refresh_from_db()
            record(
                "harvest.corrected" if corrects else "harvest.reported",
                harvest,
                log=stewardship.proposal.assembly.log_id,
                by=by,
                at=harvest.reported_at,
                enterprise=self.pk,
                good=good.name,
                what=kind,
                quantity=quantity,
                unit=good.unit,
                day=day.isoformat(),
                note=harvest.note,
                corrects=corrects.pk if corrects else None,
            )
        return harvest


class Governance(models.Model):
    """That a policy governs an enterprise: while it is in force and both are of the same assembly."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="governances")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "policy"],
                name="governance_once",
                violation_error_code="article-14",
                violation_error_message=gettext_lazy("A question names each policy once."),
            )
        ]
        triggers = [
            *fixed(14, "Which policies govern an enterprise is decided by its assembly, and stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "SELECT * INTO STRICT e FROM commons_enterprise WHERE id = NEW.enterprise_id;",
                "place := coalesce(enterprise_holder(e.id, civic_now()), e.assembly_id);",
                refuse(
                    14,
                    "NOT is_fresh_question(NEW.proposal_id, place)"
                    " OR e.proposal_id <> NEW.proposal_id AND NOT is_free_matter(NEW.proposal_id, place)",
                    "Which policies govern an enterprise is decided by the assembly whose it is.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "NOT policy_in_force(NEW.policy_id, civic_now()) OR NOT EXISTS (SELECT FROM assemblies_policy p"
                    " WHERE p.id = NEW.policy_id AND p.assembly_id = place)",
                    "An enterprise is governed by policies in force of its own assembly.",
                    FORBIDDEN,
                ),
                declare=[("e", "commons_enterprise%ROWTYPE"), ("place", "bigint")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.policy}"


class PassingQuerySet(models.QuerySet["Passing"]):
    def with_effect(self, at: datetime) -> PassingQuerySet:
        """Each with `effective_at`: when it took effect, as far as that had happened."""
        return self.annotate(effective_at=moment("passing_at", "pk", at=at))


class Passing(models.Model):
    """That an enterprise is closed, or handed over to an assembly that takes it; each by its own decision."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="passings")
    to = models.ForeignKey(Assembly, models.PROTECT, null=True, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    # What `with_effect` adds.
    effective_at: datetime | None

    objects = PassingQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(14, "What became of an enterprise stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "place := enterprise_holder(NEW.enterprise_id, civic_now());",
                refuse(
                    14,
                    "place IS NULL OR NOT is_free_matter(NEW.proposal_id, place)",
                    "An enterprise is handed over or closed by a decision of the assembly whose it is.",
                    FORBIDDEN,
                ),
                declare=[("place", "bigint")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)

    def propose_acceptance(self, *, by: Citizen, reasons: str = "") -> Acceptance:
        """Propose that the assembly it is handed to take it."""
        if self.to is None:
            raise Refusal(14, _("There is nothing to take: the enterprise is to be closed."), status=CONFLICT)
        if not by.is_citizen_of(self.to, now()):
            raise Refusal(14, _("Only citizens of %(assembly)s propose that it take this.") % {"assembly": self.to})
        if hasattr(self, "acceptance"):
            raise Refusal(14, _("That question is before the assembly already."), status=CONFLICT)
        name = self.enterprise.name
        with act():
            proposal = ask(
                self.to,
                _("Take over %(name)s") % {"name": name},
                reasons,
                _("%(assembly)s takes %(name)s from %(giver)s, once both assemblies have decided so.")
                % {"assembly": self.to, "name": name, "giver": self.proposal.assembly},
                by=by,
            )
            acceptance = Acceptance.objects.create(passing=self, proposal=proposal)
            proposal.offer(by=by)
            record(
                "enterprise.acceptance_proposed",
                self.enterprise,
                log=self.to.log_id,
                by=by,
                proposal=proposal.pk,
            )
        return acceptance


class Acceptance(models.Model):
    """That the other assembly takes it: nobody acts in its place (article 12)."""

    passing = models.OneToOneField(Passing, models.PROTECT, related_name="acceptance")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(14, "What became of an enterprise stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    12,
                    "NOT coalesce(is_free_matter(NEW.proposal_id, (SELECT p.to_id FROM commons_passing p"
                    " WHERE p.id = NEW.passing_id)), false)",
                    "An assembly takes over an enterprise by its own decision.",
                    FORBIDDEN,
                ),
                lock(PASSING, "NEW.passing_id"),
                refuse(
                    14,
                    "EXISTS (SELECT FROM commons_acceptance a WHERE a.passing_id = NEW.passing_id)",
                    "That question is before the assembly already.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)


class StewardshipQuerySet(models.QuerySet["Stewardship"]):
    def in_force(self, at: datetime) -> StewardshipQuerySet:
        """Those under which somebody may speak and act for an enterprise at that moment."""
        return self.filter(holds("stewardship_in_force", "pk", at=at))

    def with_state(self, at: datetime) -> StewardshipQuerySet:
        """Each with `force_now` and `appointed_at`: since when, None while the question has not carried."""
        return self.annotate(
            force_now=holds("stewardship_in_force", "pk", at=at),
            appointed_at=moment("carried_at", "proposal", at=at),
        )


class Stewardship(models.Model):
    """Who keeps an enterprise until a day: appointed by decision, ended by another, by laying it down, or by time."""

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="stewardships")
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="+")
    valid_until = models.DateTimeField()

    # What `with_state` adds.
    force_now: bool
    appointed_at: datetime | None

    objects = StewardshipQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(14, "A steward is appointed and discharged by decision, and it stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                "place := enterprise_holder(NEW.enterprise_id, civic_now());",
                refuse(
                    14,
                    "place IS NULL OR NOT is_free_matter(NEW.proposal_id, place)",
                    "A steward is appointed by a decision of the assembly whose enterprise it is.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "NOT is_citizen(NEW.citizen_id, place, civic_now())",
                    "A steward is a citizen of the assembly whose enterprise it is.",
                    FORBIDDEN,
                ),
                refuse(
                    16,
                    "NEW.valid_until > later(civic_now(), interval '1461 days')",
                    "A stewardship lasts four years at most: then the assembly decides again.",
                    UNFIT,
                ),
                declare=[("place", "bigint")],
            ),
        ]

    def __str__(self) -> str:
        return _("%(steward)s, steward of %(name)s") % {"steward": self.citizen, "name": self.enterprise}

    def get_absolute_url(self) -> str:
        return f"{self.enterprise.get_absolute_url()}#steward-{self.pk}"

    def is_in_force(self, at: datetime) -> bool:
        return Stewardship.objects.in_force(at).filter(pk=self.pk).exists()

    def propose_discharge(self, *, by: Citizen, reasons: str) -> Discharge:
        """Propose that the assembly discharge its steward at once."""
        assembly = self.proposal.assembly
        if not by.is_citizen_of(assembly, now()):
            raise Refusal(14, _("Only citizens of %(assembly)s discharge its stewards.") % {"assembly": assembly})
        if not self.is_in_force(now()):
            raise Refusal(14, _("This stewardship is not in force."), status=CONFLICT)
        with act():
            proposal = ask(
                assembly,
                _("Discharge the steward of %(name)s") % {"name": self.enterprise},
                reasons,
                _("%(steward)s no longer keeps %(name)s.") % {"steward": self.citizen, "name": self.enterprise},
                by=by,
            )
            discharge = Discharge.objects.create(stewardship=self, proposal=proposal)
            proposal.offer(by=by, naming=[self.citizen])
            record("steward.discharge_proposed", self, log=assembly.log_id, by=by, proposal=proposal.pk)
        return discharge

    def lay_down(self, *, by: Citizen) -> Discharge:
        """Stop being the steward, at this moment."""
        if by.pk != self.citizen_id:
            raise Refusal(14, _("Only the steward lays this down; the assembly discharges by decision."))
        with act():
            if not self.is_in_force(now()):
                raise Refusal(14, _("This stewardship is not in force."), status=CONFLICT)
            discharge = Discharge.objects.create(stewardship=self, by=by)
            discharge.refresh_from_db()
            record("steward.laid_down", self, log=self.proposal.assembly.log_id, by=by, at=discharge.laid_down_at)
        return discharge


class Remit(models.Model):
    """That a steward may state, for the assembly, what is needed and what can be given of one good."""

    stewardship = models.ForeignKey(Stewardship, models.PROTECT, related_name="remits")
    good = models.ForeignKey(Good, models.PROTECT, related_name="+")

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stewardship", "good"],
                name="remit_once",
                violation_error_code="article-14",
                violation_error_message=gettext_lazy("A remit names each good once."),
            )
        ]
        triggers = [
            *fixed(14, "What a steward may say for the assembly is decided with the appointment."),
            checked(
                "drafted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT p FROM assemblies_proposal WHERE id ="
                " (SELECT s.proposal_id FROM commons_stewardship s WHERE s.id = NEW.stewardship_id);",
                hold("p.id"),
                refuse(
                    14,
                    "NOT is_fresh_question(p.id, p.assembly_id)",
                    "What a steward may say for the assembly is decided with the appointment.",
                    FORBIDDEN,
                ),
                declare=[("p", "assemblies_proposal%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.good)


class Discharge(models.Model):
    """That a stewardship ends before its day: by a decision of the assembly, or because the steward lays it down."""

    stewardship = models.ForeignKey(Stewardship, models.PROTECT, related_name="discharges")
    proposal = models.OneToOneField(Proposal, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Citizen, models.PROTECT, null=True, related_name="+")
    laid_down_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="discharge_one_way",
                condition=Q(proposal__isnull=True, by__isnull=False) | Q(proposal__isnull=False, by__isnull=True),
            )
        ]
        triggers = [
            *fixed(14, "A steward is appointed and discharged by decision, and it stays on record."),
            checked(
                "drafted",
                pgtrigger.Insert,
                "SELECT * INTO STRICT s FROM commons_stewardship WHERE id = NEW.stewardship_id;",
                "NEW.laid_down_at := CASE WHEN NEW.proposal_id IS NULL THEN civic_now() END;",
                hold("NEW.proposal_id"),
                refuse(
                    14,
                    "NEW.proposal_id IS NOT NULL AND NOT is_free_matter(NEW.proposal_id,"
                    " (SELECT p.assembly_id FROM assemblies_proposal p WHERE p.id = s.proposal_id))",
                    "A steward is discharged by a decision of the assembly that appointed them.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "NEW.proposal_id IS NULL AND (NEW.by_id IS DISTINCT FROM s.citizen_id"
                    " OR NOT stewardship_in_force(s.id, civic_now()))",
                    "Only the steward lays a stewardship down, while it is in force.",
                    FORBIDDEN,
                ),
                declare=[("s", "commons_stewardship%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal or self.stewardship)


class Harvest(models.Model):
    """What an enterprise made or used, as its steward said in public. A mistake is corrected beside it."""

    class Kind(models.TextChoices):
        MADE = "made", gettext_lazy("made")
        USED = "used", gettext_lazy("used")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="harvests")
    good = models.ForeignKey(Good, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    day = models.DateField()
    note = models.CharField(gettext_lazy("note"), max_length=500, blank=True)
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    reported_at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["good", "day"])]
        constraints = [
            models.CheckConstraint(name="harvest_quantity", condition=Q(quantity__gte=0)),
            models.CheckConstraint(name="harvest_kind", condition=Q(kind__in=["made", "used"])),
        ]
        triggers = [
            *fixed(14, "What was reported is never rewritten: report it again as a correction."),
            checked(
                "reported",
                pgtrigger.Insert,
                lock(GOOD, "NEW.good_id"),
                "NEW.reported_at := settled_in(enterprise_holder(NEW.enterprise_id, civic_now()));",
                refuse(
                    14,
                    "EXISTS (SELECT FROM commons_harvest h WHERE h.corrects_id = NEW.corrects_id)",
                    "This report has been corrected already: correct the correction.",
                ),
                refuse(
                    14,
                    "NOT EXISTS (SELECT FROM commons_stewardship s WHERE s.enterprise_id = NEW.enterprise_id"
                    " AND s.citizen_id = NEW.by_id AND stewardship_in_force(s.id, NEW.reported_at))",
                    "What an enterprise makes is reported by a steward in force.",
                    FORBIDDEN,
                ),
                refuse(
                    14,
                    "NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT FROM commons_harvest h"
                    " WHERE h.id = NEW.corrects_id AND (h.enterprise_id, h.good_id, h.kind)"
                    " = (NEW.enterprise_id, NEW.good_id, NEW.kind))",
                    "A correction is about the same good of the same enterprise.",
                    UNFIT,
                ),
                refuse(
                    14,
                    "NEW.day > (later(NEW.reported_at, interval '1 day') AT TIME ZONE 'UTC')::date",
                    "What is reported has been made or used.",
                    UNFIT,
                ),
                refuse(
                    14,
                    "NOT is_whole(NEW.good_id, NEW.quantity)",
                    "This good comes in whole pieces.",
                    UNFIT,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise}: {self.good}"

    def get_absolute_url(self) -> str:
        return f"{self.enterprise.get_absolute_url()}#harvest-{self.pk}"

    @property
    def corrected(self) -> bool:
        """Whether another report stands in its place."""
        return hasattr(self, "correction")
