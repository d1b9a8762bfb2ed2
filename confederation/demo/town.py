"""A place of the demo with its assembly and the people who live there, and what they do again and again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from assemblies.clock import CivicNow, now
from assemblies.models import Assembly, Ballot, Citizen, Decision, Drawing, Letter, Office, Policy, Proposal
from assemblies.record.sequencer import sequence
from assemblies.sweeps import Sweep
from assemblies.tasks import tell_closed, tell_opened
from mandates.models import Confederation, Mandate, Recall, Terms
from mandates.tasks import issues

from .territory import Municipality

TEXTS = Path(__file__).resolve().parent / "texts"
WAVES = (0.05, 0.3, 0.55, 0.9)

Telling = Generator[datetime, None, None]
Cast = tuple[Decision, Citizen, dict[str, Any]]  # in which decision, who, and what they say


@cache
def text(name: str) -> tuple[str, str]:
    """Title and text of `texts/<name>.md`."""
    title, _empty, body = (TEXTS / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# ").strip(), body.strip()


def post(tell: Callable[[Any], object], about: Any) -> None:
    """Write the letters of a fact as the worker would, and note them as sent: nobody is there to receive them."""
    tell(about)
    Letter.objects.filter(sent_at=None).update(sent_at=CivicNow())


def note(sweep: Sweep) -> None:
    """Write down what has come about, as the worker would: nobody else is at it, so nothing need be claimed."""
    for row in sweep.due(now()):
        sweep.act(row)
    Letter.objects.filter(sent_at=None).update(sent_at=CivicNow())


def draw(assembly: Assembly, kind: str) -> None:
    """Announce the lot for an office, sign the record of the assembly, and draw."""
    drawing = Drawing.objects.announce(assembly, kind)
    if drawing is not None:
        sequence(only=assembly.log)
        drawing.draw()


@dataclass
class Town:
    place: Municipality
    assembly: Assembly
    people: list[Citizen]
    chance: Random = field(init=False)
    policies: dict[str, Policy] = field(init=False, default_factory=dict)
    letters_from: datetime | None = None

    def __post_init__(self) -> None:
        self.chance = Random(self.place.code)  # noqa: S311  (the same demo each time)

    def some(self, number: int, *, but: Iterable[Citizen] = ()) -> list[Citizen]:
        """So many of its people, in the order in which they come."""
        away = {one.pk for one in but}
        return self.chance.sample([one for one in self.people if one.pk not in away], number)

    def facilitator(self) -> Citizen:
        """The one who has been in office longest."""
        held = Office.objects.in_force(now()).filter(assembly=self.assembly, kind=Office.Kind.FACILITATOR)
        return held.select_related("citizen").earliest("pk").citizen

    def propose(self, name: str, *, by: int, changes: str = "", repeals: bool = False) -> Proposal:
        """Lay a text before the assembly: a new policy, or a change of one that it has."""
        title, body = text(name)
        if not changes:
            return self.assembly.propose(title, body, by=self.people[by])
        effect = Proposal.Effect.REPEAL if repeals else Proposal.Effect.AMENDMENT
        return self.assembly.propose(title, body, by=self.people[by], effect=effect, policy=self.policies[changes])

    def decide(
        self,
        proposal: Proposal,
        *,
        yes: int,
        no: int = 0,
        abstain: int = 0,
        opens_at: datetime | None = None,
        closes_at: datetime | None = None,
        but: Iterable[Citizen] = (),
    ) -> Generator[datetime, None, Decision]:
        """Put it to the vote, have so many vote in waves, and close it."""
        decision = proposal.put_to_vote(by=self.facilitator(), opens_at=opens_at, closes_at=closes_at)
        yield from self.vote(decision, yes=yes, no=no, abstain=abstain, but=but)
        return decision

    def vote(
        self, decision: Decision, *, yes: int, no: int = 0, abstain: int = 0, but: Iterable[Citizen] = ()
    ) -> Telling:
        """Open it when its time comes, vote, and close it when its time is over."""
        voters = self.some(yes + no + abstain, but=but)
        yield from self.cast([decision], self.answers(decision, voters, yes=yes, no=no))
        yield from self.close([decision])

    def answers(self, decision: Decision, voters: list[Citizen], *, yes: int, no: int) -> list[Cast]:
        """So many of them say yes, so many no; the others abstain."""
        choices = [*[Ballot.Choice.YES] * yes, *[Ballot.Choice.NO] * no]
        choices += [Ballot.Choice.ABSTAIN] * (len(voters) - len(choices))
        self.chance.shuffle(choices)
        return [(decision, voter, {"choice": choice}) for voter, choice in zip(voters, choices, strict=True)]

    def cast(self, decisions: list[Decision], votes: list[Cast]) -> Telling:
        """Open what opens together when its time comes, and cast these votes in waves."""
        opens_at, closes_at = decisions[0].opens_at, decisions[0].closes_at
        yield opens_at
        for decision in decisions:
            decision.open()
            if self.writes(decision):
                post(tell_opened, decision)
        for wave, share in enumerate(WAVES):
            yield opens_at + (closes_at - opens_at) * share
            for decision, voter, vote in votes[wave :: len(WAVES)]:
                decision.cast(by=voter, **vote)

    def close(self, decisions: list[Decision]) -> Telling:
        """Close what closes together when its time is over."""
        yield decisions[0].closes_at
        for decision in decisions:
            decision.close()
            if self.writes(decision):
                post(tell_closed, decision)

    def writes(self, decision: Decision) -> bool:
        """Whether letters about it are recent enough to be found."""
        return self.letters_from is not None and decision.opens_at >= self.letters_from

    def adopt(
        self, name: str, *, by: int, yes: int, no: int = 0, abstain: int = 0, changes: str = "", repeals: bool = False
    ) -> Telling:
        """From the proposal to the policy; it must carry."""
        proposal = self.propose(name, by=by, changes=changes, repeals=repeals)
        yield now() + timedelta(days=4, hours=self.chance.randint(1, 9))
        decision = yield from self.decide(proposal, yes=yes, no=no, abstain=abstain)
        if not changes:
            self.policies[name] = Policy.objects.get(adopted_by=decision)

    def mandate(
        self,
        *,
        by: int,
        delegate: Citizen,
        confederation: Confederation,
        clauses: list[Terms],
        valid_from: datetime,
        valid_until: datetime,
        yes: int,
        no: int = 0,
        abstain: int = 0,
        reasons: str = "",
    ) -> Generator[datetime, None, Mandate]:
        """Bind a delegate by decision."""
        mandate = Mandate.objects.propose(
            self.assembly,
            by=self.people[by],
            delegate=delegate,
            confederation=confederation,
            clauses=clauses,
            valid_from=valid_from,
            valid_until=valid_until,
            reasons=reasons,
        )
        yield now() + timedelta(days=3)
        yield from self.decide(mandate.proposal, yes=yes, no=no, abstain=abstain)
        note(issues)
        return mandate

    def sign(self, recall: Recall, number: int, *, but: Iterable[Citizen] = (), over: timedelta) -> Telling:
        """So many more sign a recall, one after the other over a time."""
        opener = [recall.opened_by] if recall.opened_by else []
        for signer in self.some(number, but=[*opener, recall.mandate.delegate, *but]):
            recall.sign(by=signer)
            yield now() + over / number
