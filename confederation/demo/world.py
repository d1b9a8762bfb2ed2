"""What the stories of the demo share: the places, the councils, and what has been decided so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from assemblies.models import Assembly, Citizen
from councils.models import Council, Task
from mandates.models import Clause, Confederation, Mandate, Terms

from .people import People
from .territory import AYERBE, LOARRE, RIGLOS
from .town import Town
from .year import Year


@dataclass
class World:
    year: Year
    towns: dict[str, Town]
    people: People
    hoya: Confederation
    wide: Confederation
    comarcas: dict[str, Confederation]
    mandates: dict[str, Mandate] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    @property
    def loarre(self) -> Town:
        return self.towns[LOARRE]

    @property
    def ayerbe(self) -> Town:
        return self.towns[AYERBE]

    @property
    def riglos(self) -> Town:
        return self.towns[RIGLOS]

    @property
    def ana(self) -> Citizen:
        return self.loarre.people[0]

    @property
    def tomas(self) -> Citizen:
        return self.loarre.people[1]

    @property
    def marta(self) -> Citizen:
        return self.loarre.people[2]

    @property
    def guests(self) -> list[Citizen]:
        """Those whom visitors sign in as: they have not voted or signed where that is still to be done."""
        return [self.ana, self.tomas, self.marta]

    def clause(self, whose: str, number: int) -> Clause:
        return self.mandates[whose].clauses.select_related("mandate__delegate", "policy").get(number=number)

    def set_up(
        self,
        name: str,
        whose: str,
        number: int,
        *,
        title: str,
        purpose: str,
        unit: str = "",
        quantity: str | None = None,
        place: Assembly | None = None,
    ) -> None:
        """A delegate attaches a task to a clause."""
        clause = self.clause(whose, number)
        self.tasks[name] = Council.objects.get(pk=clause.mandate.confederation_id).attach_task(
            by=clause.mandate.delegate,
            title=title,
            purpose=purpose,
            clauses=[clause],
            place=place,
            unit=unit,
            quantities={clause: Decimal(quantity)} if quantity else None,
        )

    def join(self, name: str, whose: str, number: int, quantity: str | None = None) -> None:
        """Another delegate lets the task rest on a clause of theirs too."""
        clause = self.clause(whose, number)
        self.tasks[name].attach(
            by=clause.mandate.delegate, clause=clause, quantity=Decimal(quantity) if quantity else None
        )

    def log(self, name: str, whose: str, what: str, quantity: str | None = None, evidence: str = "") -> None:
        """A delegate logs what was done under a task."""
        mandate = self.mandates[whose]
        attachment = self.tasks[name].attachments.get(clause__mandate=mandate)
        attachment.log_action(
            by=mandate.delegate, what=what, quantity=Decimal(quantity) if quantity else None, evidence=evidence
        )


def terms(
    town: Town,
    policy: str,
    power: str,
    instruction: str,
    limit: str | None = None,
    unit: str = "",
    *,
    here: bool = False,
) -> Terms:
    """A clause under one of the town's policies; `here` binds it to the place."""
    return Terms(
        town.policies[policy],
        power,
        instruction,
        Decimal(limit) if limit else None,
        unit,
        town.assembly if here else None,
    )
