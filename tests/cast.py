"""The same few people in every test, and what it takes to have their assemblies decide.

Ana and Bilal are citizens of Abiego, Chen of Loarre, Dolores of Siétamo; each assembly has neighbours enough beside
them to vote, and facilitators drawn from those neighbours. The comarca links the three, and lies within a region.

    def test_ana_proposes(cast):
        decision = carry(cast.abiego.propose("Bread", "The oven is common.", by=cast.ana))

`cast` is built once for a module, and every test finds it as it was. A test that commits asks for `committed_cast`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction
from django.test import override_settings

from assemblies.clock import now
from assemblies.models import Assembly, Citizen, Decision, Drawing, Office, Policy, Proposal, Rules, admit
from assemblies.record.sequencer import sequence
from councils.models import Council, Task
from mandates.models import Accession, Confederation, Mandate, Power, Terms, propose_accession
from tests.plumbing.database import Clock

clock = Clock()
MINUTE, DAY, YEAR = timedelta(minutes=1), timedelta(days=1), timedelta(days=365)

# Three signatures out of ten citizens put a recall to the vote.
COMARCA = {"powers": [p for p in Power.values if p not in ("build", "represent")], "recall_per_mille": 300}
REGION = {"powers": ["convene", "inform", "procure"], "longest_term": timedelta(days=180), "recall_per_mille": 300}


@dataclass
class Cast:
    """Who and what every test knows."""

    abiego: Assembly
    loarre: Assembly
    sietamo: Assembly
    comarca: Council
    region: Council
    ana: Citizen
    bilal: Citizen
    chen: Citizen
    dolores: Citizen
    stranger: Citizen
    technician: Citizen
    policies: dict[int, Policy] = field(default_factory=dict)

    def facilitator(self, assembly: Assembly) -> Citizen:
        return facilitator(assembly)

    def policy(self, assembly: Assembly) -> Policy:
        """The policy that assembly had adopted before the test began."""
        return self.policies[assembly.pk]

    def neighbours(self, assembly: Assembly, n: int) -> list[Citizen]:
        """So many citizens of that assembly who are nobody in particular: neither named here nor facilitators."""
        known = {self.ana.pk, self.bilal.pk, self.chen.pk, self.dolores.pk}
        known |= set(Office.objects.in_force(now()).filter(assembly=assembly).values_list("citizen", flat=True))
        return list(assembly.citizens(now()).exclude(pk__in=known).order_by("pk")[:n])

    # ---- mandates ----

    def terms(self, assembly: Assembly, **other) -> Terms:
        """A clause to procure at most 100 kg of flour, under that assembly's policy."""
        return Terms(
            **{
                "policy": self.policy(assembly),
                "power": "procure",
                "instruction": "Buy flour with the neighbours",
                "limit": Decimal(100),
                "unit": "kg",
                **other,
            }
        )

    def propose_mandate(self, assembly: Assembly, delegate: Citizen, *terms: Terms, **other) -> Mandate:
        at = now()
        return Mandate.objects.propose(
            assembly,
            **{
                "by": citizen_of(assembly),
                "delegate": delegate,
                "confederation": self.comarca,
                "clauses": terms or [self.terms(assembly)],
                "valid_from": at,
                "valid_until": at + timedelta(days=180),
                **other,
            },
        )

    def mandate(self, assembly: Assembly, delegate: Citizen, *terms: Terms, **other) -> Mandate:
        """A mandate that the assembly has issued: its question carried."""
        mandate = self.propose_mandate(assembly, delegate, *terms, **other)
        carry(mandate.proposal)
        return mandate

    # ---- tasks ----

    def task(self, mandate: Mandate, quantity: int | None = 80, **other) -> Task:
        """A task under the first clause of that mandate."""
        clause = mandate.clauses.first()
        return Council.objects.get(pk=mandate.confederation_id).attach_task(
            **{
                "by": mandate.delegate,
                "title": "Flour for the ovens",
                "purpose": "Bread for everyone until the harvest",
                "clauses": [clause],
                "unit": clause.unit,
                "quantities": {clause: Decimal(quantity)} if quantity else None,
                **other,
            }
        )


def facilitator(assembly: Assembly) -> Citizen:
    """A facilitator of that assembly now; a new one is drawn when the last term has run out."""
    office = Office.objects.in_force(now()).filter(assembly=assembly, kind="facilitator").first()
    if office is None:
        office = drawn(assembly, Office.Kind.FACILITATOR)[0]
    return office.citizen


def drawn(assembly: Assembly, kind: str) -> list[Office]:
    """The vacant seats of that office, filled by the lot: announced, set into the record, and drawn."""
    drawing = Drawing.objects.announce(assembly, kind)
    drawing = drawing or Drawing.objects.pending().filter(assembly=assembly, kind=kind).first()
    if drawing is None:
        return []
    checkpointed(assembly)
    return drawing.draw()


def checkpointed(assembly: Assembly) -> None:
    """A checkpoint over all that stands in the record of that assembly, published where no other test looks."""
    with TemporaryDirectory() as folder, override_settings(PUBLISHED_DIR=Path(folder)):
        sequence(only=assembly.log)


def citizen_of(assembly: Assembly) -> Citizen:
    return assembly.citizens(now()).earliest("pk")


# ---- people ----


def person(name: str, **fields) -> Citizen:
    return Citizen.objects.create(email=f"{name.lower().replace(' ', '.')}@people.example", name=name, **fields)


def people(town: str, n: int) -> list[Citizen]:
    return Citizen.objects.bulk_create(
        Citizen(email=f"neighbour{i}@{town.lower()}.example", name=f"Neighbour {i} of {town}") for i in range(1, n + 1)
    )


def found(name: str, slug: str, neighbours: int = 8, rules: Rules | None = None) -> Assembly:
    """An assembly of so many neighbours, two of whom are drawn as facilitators."""
    return Assembly.objects.found(name, slug=slug, founders=people(slug, neighbours), rules=rules)


def admitted(citizen: Citizen, assembly: Assembly) -> Citizen:
    admit(citizen, assembly, by=facilitator(assembly))
    return citizen


# ---- decisions ----


def call(proposal: Proposal, **times: datetime) -> Decision:
    """Put it to the vote, as a facilitator would."""
    return proposal.put_to_vote(by=facilitator(proposal.assembly), **times)


def travel_to(moment: datetime) -> None:
    """Let the civic clock reach that moment; it never goes back."""
    if now() < moment:
        clock.at(moment)


def called(proposal: Proposal) -> Decision:
    """The decision on it that stands; called now when there is none, or when the last one missed its quorum."""
    decision = proposal.decision
    return call(proposal) if decision is None or decision.outcome == "quorum_missed" else decision


def vote(decision: Decision, yes: int = 3, no: int = 0, abstain: int = 0) -> None:
    """So many citizens, those longest on the roll, vote yes, the next no, the next abstain. Travels to the opening."""
    travel_to(decision.opens_at)
    voters = iter(decision.electors().order_by("pk")[: yes + no + abstain])
    for choice, n in (("yes", yes), ("no", no), ("abstain", abstain)):
        for _ in range(n):
            decision.cast(by=next(voters), choice=choice)


def finish(decision: Decision, *, close: bool = True) -> Decision:
    """Travel past the close, and close unless the workers are to be found asleep."""
    travel_to(decision.closes_at)
    if close:
        decision.close()
    decision.refresh_from_db()
    return decision


def decide(proposal: Proposal, yes: int = 3, no: int = 0, abstain: int = 0, *, close: bool = True) -> Decision:
    """Have the assembly decide it, from the call to the close."""
    decision = called(proposal)
    vote(decision, yes, no, abstain)
    return finish(decision, close=close)


def carry(*proposals: Proposal, close: bool = True) -> list[Decision]:
    """Have each carried, all at once; with `close=False` nobody has written the outcome down."""
    decisions = [called(proposal) for proposal in proposals]
    for decision in decisions:
        vote(decision)
    for decision in decisions:
        finish(decision, close=close)
        assert not close or decision.carried
    return decisions


def lose(proposal: Proposal) -> Decision:
    decision = decide(proposal, yes=1, no=3)
    assert decision.outcome == "lost"
    return decision


def policy_of(decision: Decision) -> Policy:
    return decision.policy_version.policy


def recall_carried(mandate: Mandate, *, close: bool = True):
    """A recall of that mandate, opened, signed by enough, voted on and carried."""
    signers = iter(mandate.assembly.citizens(now()).order_by("pk"))
    recall = mandate.open_recall(by=next(signers), grounds="The flour never came.")
    while recall.decision is None:
        recall.sign(by=next(signers))
    decide(recall.proposal, close=close)
    return recall


# ---- the town ----


def gather(neighbours: int = 8) -> Cast:
    """Found the three assemblies, have them adopt a policy each and join the comarca."""
    abiego, loarre, sietamo = assemblies = (
        found("Abiego", "abiego", neighbours),
        found("Loarre", "loarre", neighbours),
        found("Siétamo", "sietamo", neighbours),
    )
    ana, bilal = admitted(person("Ana"), abiego), admitted(person("Bilal"), abiego)
    chen, dolores = admitted(person("Chen"), loarre), admitted(person("Dolores"), sietamo)
    region = Confederation.objects.found("Alto Aragón", by=ana, **REGION)
    comarca = Confederation.objects.found("Hoya de Huesca", by=ana, within=region, **COMARCA)
    cast = Cast(
        abiego,
        loarre,
        sietamo,
        Council.objects.get(pk=comarca.pk),
        Council.objects.get(pk=region.pk),
        ana,
        bilal,
        chen,
        dolores,
        stranger=person("Stranger"),
        technician=person("Technician", is_staff=True, is_superuser=True),
    )
    joining = [propose_accession(a, comarca, by=citizen_of(a)) for a in assemblies]
    bread = [a.propose("Bread", f"The oven of {a} is common to all.", by=citizen_of(a)) for a in assemblies]
    for decision in carry(*bread, *(accession.proposal for accession in joining))[:3]:
        cast.policies[decision.assembly_id] = policy_of(decision)
    return cast


@pytest.fixture(scope="module")
def gathered(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The cast, built once for a module inside a transaction of its own that is undone after it."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            cast = gather()
        except BaseException:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            raise
    yield cast
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def cast(gathered: Cast, db) -> Cast:
    """The cast, as every test of the module finds it."""
    return copy.deepcopy(gathered)


@pytest.fixture
def committed_cast(transactional_db) -> Cast:
    """The cast on disk, for tests in which several connections meet; in a module without `cast`."""
    return gather()


def founded(confederation: Confederation, *assemblies: Assembly) -> Confederation:
    """The confederation once these assemblies have joined it; two found it."""
    carry(*(propose_accession(a, confederation, by=citizen_of(a)).proposal for a in assemblies))
    return confederation


def accession(assembly: Assembly, confederation: Confederation) -> Accession:
    return Accession.objects.in_force(now()).get(assembly=assembly, confederation=confederation)
