"""The council of a confederation: who sits there is derived, and there is nothing in it to vote with (article 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from assemblies.models import Assembly, Citizen, record
from assemblies.refusal import UNFIT, Refusal, act
from mandates.models import Clause, Confederation, Mandate

if TYPE_CHECKING:
    from .task import Task


@dataclass
class Seat:
    """One delegate's place: it rests on mandates in force and on nothing else.

    At a wider council it rests on those that the assemblies of one narrower confederation, its `part`, gave to the
    same person: `mandates` are in force, `lost` were given for a term that still runs and have ended.
    """

    delegate: Citizen
    part: Confederation | None = None
    stands: bool = True
    mandates: list[Mandate] = field(default_factory=list)
    lost: list[Mandate] = field(default_factory=list)

    @property
    def given(self) -> int:
        """How many assemblies it rested on."""
        return len({mandate.assembly_id for mandate in (*self.mandates, *self.lost)})

    @property
    def behind(self) -> int:
        """How many assemblies stand behind it now."""
        return len({mandate.assembly_id for mandate in self.mandates})


class Council(Confederation):
    """A confederation as its delegates meet in it. It has no rows of its own, so it can hold no power of its own."""

    class Meta:
        proxy = True

    def seats(self, at: datetime) -> list[Seat]:
        """Who sits there at that moment, by name."""
        return [seat for seat in self.places(at) if seat.stands]

    def places(self, at: datetime) -> list[Seat]:
        """All seats behind which an assembly stands at that moment, also those that have lost their majority."""
        seats: dict[tuple[int, int | None], Seat] = {}
        running = Mandate.objects.issued(at).filter(confederation=self.pk, valid_from__lte=at, valid_until__gt=at)
        mandates = running.with_end(at).select_related("delegate", "assembly", "confederation", "part")
        for mandate in mandates.order_by("delegate__name", "delegate", "assembly__name"):
            if mandate.part_id is None and not mandate.binds_now:
                continue
            key = (mandate.delegate_id, mandate.part_id)
            seat = seats.setdefault(key, Seat(mandate.delegate, mandate.part, stands=False))
            (seat.mandates if mandate.binds_now else seat.lost).append(mandate)
            seat.stands = seat.stands or mandate.force_now
        return [seat for seat in seats.values() if seat.mandates]

    def attach_task(
        self,
        *,
        by: Citizen,
        title: str,
        purpose: str,
        clauses: Iterable[Clause],
        place: Assembly | None = None,
        unit: str = "",
        quantities: dict[Clause, Decimal] | None = None,
    ) -> Task:
        """Set up a task under clauses that the delegate holds; it exists only as far as they cover it (article 6)."""
        from .task import Task

        clauses = list(clauses)
        if not clauses:
            raise Refusal(6, _("A task rests on a clause of a mandate: choose at least one."), status=UNFIT)
        powers = {clause.power for clause in clauses}
        if len(powers) > 1:
            raise Refusal(6, _("A task uses one power: choose clauses of the same power."), status=UNFIT)
        if not title.strip():
            raise Refusal(6, _("A task needs a title."), status=UNFIT)
        with act():
            task = Task.objects.create(
                council=self,
                title=title.strip(),
                purpose=purpose.strip(),
                power=powers.pop(),
                place=place,
                unit=unit.strip(),
                opened_by=by,
            )
            task.refresh_from_db()
            record(
                "task.opened",
                task,
                log=self.log_id,
                by=by,
                at=task.opened_at,
                title=task.title,
                purpose=task.purpose,
                power=task.power,
                place=place.slug if place else None,
                unit=task.unit,
            )
            for clause in clauses:
                task.attach(by=by, clause=clause, quantity=(quantities or {}).get(clause))
        return task
