"""The road of a proposal, as its facts tell it: what happened, with who and when, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Amendment, Citizen, Proposal, ProposalVersion, Reading, SendingBack, StandingOrders, Support

Effect = Proposal.Effect
AMENDABLE = (Effect.POLICY, Effect.AMENDMENT)


@dataclass(frozen=True)
class Step:
    """Something that happened to a proposal."""

    at: datetime
    title: str
    by: Citizen | None = None
    note: str = ""
    url: str = ""


@dataclass
class Road:
    """Where a proposal stands on its road; `newest` is its text now, `steps` what happened, oldest first."""

    proposal: Proposal
    newest: ProposalVersion
    versions: list[ProposalVersion]
    steps: list[Step]
    supports: list[Support]
    needed: int
    read: set[int]
    two_readings: bool
    sent_back: bool
    amendments: list[Amendment]

    @property
    def amendable(self) -> bool:
        return self.proposal.effect in AMENDABLE

    @property
    def open(self) -> list[Amendment]:
        return [one for one in self.amendments if one.state() in OPEN]

    @property
    def adopted(self) -> list[Amendment]:
        return [one for one in self.amendments if one.adopted]

    @property
    def uncalled(self) -> list[Amendment]:
        return [one for one in self.amendments if one.state() == Amendment.State.LISTED]

    @property
    def missing(self) -> int:
        return max(0, self.needed - len(self.supports))

    @property
    def may_be_amended(self) -> bool:
        after_the_first = not self.two_readings or 1 in self.read
        return self.amendable and after_the_first and 2 not in self.read and not self.sent_back

    @property
    def may_be_rewritten(self) -> bool:
        return self.amendable and (self.sent_back or (2 not in self.read and not self.amendments))

    @property
    def next_reading(self) -> int:
        """The reading that a facilitator may hold now; 0 where there is none."""
        if self.sent_back or self.missing or 2 in self.read:
            return 0
        if self.two_readings:
            return 2 if 1 in self.read else 1
        return 2 if self.open else 0

    @property
    def consolidates(self) -> bool:
        return bool(self.adopted) and not self.open and not self.sent_back

    @property
    def clear(self) -> bool:
        """Whether nothing stands between it and the call of its vote but time."""
        waits = self.sent_back or self.missing or self.open or self.adopted
        return not waits and (not self.two_readings or 2 in self.read)

    @property
    def next(self) -> str:
        """What comes next, as a sentence."""
        if self.sent_back:
            return _("It was sent back: its author writes another version, or withdraws it.")
        if self.missing:
            return ngettext("%(n)d more co-signer takes it up.", "%(n)d more co-signers take it up.", self.missing) % {
                "n": self.missing
            }
        if self.two_readings and 1 not in self.read:
            return _("A facilitator holds its first reading; after that amendments are moved.")
        if 2 not in self.read and (self.open or self.two_readings):
            return _("Amendments are moved and accepted; the second reading puts the others to the vote.")
        if self.open:
            return _("The assembly votes on its amendments.")
        if self.adopted:
            return _("The amendments that were accepted or carried are put into the text.")
        return _("Its text is settled: a facilitator puts it to the vote.")


OPEN = (Amendment.State.MOVED, Amendment.State.LISTED, Amendment.State.CALLED)


def road_of(proposal: Proposal, orders: StandingOrders, at: datetime) -> Road | None:
    """The road of what was offered; None for a draft, and for a question, which has none."""
    versions = list(proposal.versions.select_related("written_by").order_by("number"))
    if not versions or proposal.effect == Effect.QUESTION:
        return None
    newest = versions[-1]
    since = max(version.number for version in versions if version.origin != ProposalVersion.Origin.CONSOLIDATED)
    supports = Support.objects.filter(version__proposal=proposal, version__number__gte=since, withdrawn_at=None)
    here = proposal.assembly.citizens(at).values("pk")
    supports = supports.filter(citizen__in=here).select_related("citizen", "version").order_by("pk")
    once = {support.citizen_id: support for support in supports}
    for version in versions:
        version.proposal = proposal
    numbers = {version.pk: version.number for version in versions}
    readings = list(Reading.objects.filter(version__in=versions).select_related("by").order_by("pk"))
    sent = list(SendingBack.objects.filter(version__in=versions).select_related("by").order_by("pk"))
    amendments = newest.listed()
    for amendment in amendments:
        amendment.version = newest
    return Road(
        proposal=proposal,
        newest=newest,
        versions=versions,
        steps=sorted(_steps(proposal, versions, readings, sent), key=lambda step: step.at),
        supports=list(once.values()),
        needed=orders.cosigners,
        read={reading.number for reading in readings if numbers[reading.version_id] >= since},
        two_readings=orders.two_readings,
        sent_back=any(one.version_id == newest.pk for one in sent),
        amendments=amendments,
    )


def _steps(
    proposal: Proposal, versions: list[ProposalVersion], readings: list[Reading], sent: list[SendingBack]
) -> list[Step]:
    steps = []
    for version in versions:
        named = {"number": version.number, "origin": version.get_origin_display()}
        title = _("Offered") if version.number == 1 else _("Version %(number)d, %(origin)s") % named
        url = version.get_absolute_url()
        steps.append(Step(version.written_at, title, version.written_by, version.reasons, url))
    steps += [Step(reading.held_at, str(reading), reading.by) for reading in readings]
    steps += [Step(one.sent_at, str(one), one.by, one.reason) for one in sent]
    for decision in proposal.decisions.all():
        url = decision.get_absolute_url()
        steps.append(Step(decision.called_at, _("Put to the vote"), decision.called_by, url=url))
        if decision.outcome:
            steps.append(Step(decision.closes_at, str(decision.Outcome(decision.outcome).label).capitalize(), url=url))
    if proposal.withdrawn_at is not None:
        into = proposal.merged_into
        title = _("Merged into “%(proposal)s”") % {"proposal": into} if into else _("Withdrawn")
        url = into.get_absolute_url() if into else ""
        steps.append(Step(proposal.withdrawn_at, title, proposal.author, url=url))
    return steps
