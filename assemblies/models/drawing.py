"""The lot for offices: who stands ready, who is drawn from, and a seed that nobody can know beforehand (article 16).

A drawing is announced with everything that decides it: how many seats, who has one without a lot, and from whom the
rest is drawn. Its seed is the root of the first checkpoint of the assembly's record that holds the announcement, and
the lot is that of RFC 3797. So the seed is fixed after the list, and whoever has both can draw again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..clock import CivicNow, now
from ..counting.lot import LARGEST_POOL, rfc3797_key, select
from ..refusal import CONFLICT, FORBIDDEN, Refusal, act
from ..triggers import ASSEMBLY_ROLL, at_the_end, checked, fixed, lock, refuse, unchanged
from .citizen import Citizen
from .entry import Entry, address, record
from .office import DRAWN_BY_THE_DATABASE, Office
from .tree import Checkpoint

if TYPE_CHECKING:
    from .assembly import Assembly


class WillingnessQuerySet(models.QuerySet["Willingness"]):
    def standing(self) -> WillingnessQuerySet:
        return self.filter(withdrawn_at=None)

    def declare(self, assembly: Assembly, kind: str, *, by: Citizen) -> Willingness:
        """Stand ready for an office. Those who do are drawn from first, and are named with the drawing."""
        if kind not in Office.Kind.values:
            raise Refusal(16, _("There is no such office."))
        with act():
            if not by.is_citizen_of(assembly, now()):
                raise Refusal(16, _("Only citizens of %(assembly)s serve in its offices.") % {"assembly": assembly})
            if self.standing().filter(assembly=assembly, kind=kind, citizen=by).exists():
                raise Refusal(16, _("You stand ready for this office already."), status=CONFLICT)
            willing = self.create(assembly=assembly, kind=kind, citizen=by)
            willing.refresh_from_db()
            record("willingness.declared", willing, log=assembly.log_id, by=by, at=willing.declared_at, office=kind)
        return willing


class Willingness(models.Model):
    """That a citizen stands ready for an office of their assembly, until they take it back."""

    assembly = models.ForeignKey("assemblies.Assembly", models.PROTECT, related_name="willing")
    citizen = models.ForeignKey("assemblies.Citizen", models.PROTECT, related_name="willing_for")
    kind = models.CharField(max_length=20, choices=Office.Kind.choices)
    declared_at = models.DateTimeField(db_default=CivicNow())
    withdrawn_at = models.DateTimeField(null=True)

    objects = WillingnessQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="willingness_kind", condition=Q(kind__in=["facilitator", "registrar", "teller", "minute-taker"])
            ),
            models.UniqueConstraint(
                fields=["assembly", "kind", "citizen"],
                condition=Q(withdrawn_at__isnull=True),
                name="willingness_once",
                violation_error_code="article-16",
                violation_error_message=gettext_lazy("You stand ready for this office already."),
            ),
        ]
        triggers = [
            *fixed(16, "That somebody stood ready stays on record.", delete_only=True),
            checked(
                "declared",
                pgtrigger.Insert,
                "NEW.declared_at := civic_now();",
                refuse(
                    16,
                    "NOT is_citizen(NEW.citizen_id, NEW.assembly_id, NEW.declared_at) OR NEW.withdrawn_at IS NOT NULL",
                    "Only citizens of an assembly serve in its offices.",
                    FORBIDDEN,
                ),
            ),
            checked(
                "withdrawn",
                pgtrigger.Update,
                unchanged(
                    16, "Who stood ready, and for what, stays.", "assembly_id", "citizen_id", "kind", "declared_at"
                ),
                refuse(16, "OLD.withdrawn_at IS NOT NULL", "This was taken back already."),
                "IF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := civic_now(); END IF;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.assembly}"

    def withdraw(self, *, by: Citizen) -> None:
        """Stand ready no more; a drawing that is announced already is not changed by it."""
        if by.pk != self.citizen_id:
            raise Refusal(16, _("Only they themselves take it back."))
        with act():
            if not Willingness.objects.standing().filter(pk=self.pk).update(withdrawn_at=CivicNow()):
                raise Refusal(16, _("This was taken back already."), status=CONFLICT)
            self.refresh_from_db()
            record(
                "willingness.withdrawn",
                self,
                log=self.assembly.log_id,
                by=by,
                at=self.withdrawn_at,
                office=self.kind,
            )


class DrawingQuerySet(models.QuerySet["Drawing"]):
    def pending(self) -> DrawingQuerySet:
        """Those announced of which nobody has been drawn."""
        return self.exclude(Exists(Office.objects.filter(drawing=OuterRef("pk"))))

    def due(self, at: datetime) -> DrawingQuerySet:
        """Those whose checkpoint has been signed and whose lot has not been drawn."""
        return self.pending().filter(announced_at__lte=at, pk__in=self.with_checkpoint().values("pk"))

    def with_checkpoint(self) -> DrawingQuerySet:
        root = models.Func("pk", function="drawing_root", output_field=models.BinaryField())
        return self.annotate(root_now=root).filter(root_now__isnull=False)

    def announce(self, assembly: Assembly, kind: str) -> Drawing | None:
        """Announce the lot for the vacant seats of an office; None where there is nothing to fill or nobody to draw.

        The database makes the list, whatever it is handed.
        """
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASSEMBLY_ROLL, assembly.pk])
                cursor.execute(
                    "SELECT cardinality(sure) + cardinality(pool) FROM office_pool(%s, %s, office_seats(%s), %s)",
                    [assembly.pk, kind, kind, now()],
                )
                (candidates,) = cursor.fetchone()
            if not candidates or self.pending().filter(assembly=assembly, kind=kind).exists():
                return None
            made = self.create(assembly=assembly, kind=kind, seats=1, sure=[], pool=[], by_all=False)
            drawing = self.select_related("assembly").get(pk=made.pk)
            record(
                "drawing.announced",
                drawing,
                log=assembly.log_id,
                at=drawing.announced_at,
                office=kind,
                seats=drawing.seats,
                without_a_lot=len(drawing.sure),
                drawn_from=len(drawing.pool),
                by_all=drawing.by_all,
                list_sha256=drawing.digest(),
                rule=RULE,
                personal={} if drawing.by_all else drawing.named(),
            )
        return drawing


RULE = "RFC 3797; key: the root of the first checkpoint that holds this entry, as a decimal number, then './'"


@dataclass(frozen=True)
class Step:
    """One selection of the lot, as anyone can compute it again."""

    index: int
    digest: str
    remaining: int
    place: int


class Drawing(models.Model):
    """A lot for the vacant seats of an office, announced before its seed can be known.

    `sure` have a seat without a lot, because all who stand ready and served as long ago find room; `pool` are those
    among whom the lot decides, in the order of their number here. With `by_all` fewer stand ready than there are
    seats, and the rest is drawn from the whole roll.
    """

    assembly = models.ForeignKey("assemblies.Assembly", models.PROTECT, related_name="drawings")
    kind = models.CharField(max_length=20, choices=Office.Kind.choices)
    seats = models.PositiveSmallIntegerField()
    sure = ArrayField(models.BigIntegerField())
    pool = ArrayField(models.BigIntegerField())
    by_all = models.BooleanField()
    announced_at = models.DateTimeField(db_default=CivicNow())

    objects = DrawingQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        ordering = ["-announced_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="drawing_kind", condition=Q(kind__in=["facilitator", "registrar", "teller", "minute-taker"])
            ),
        ]
        triggers = [
            *fixed(16, "A drawing stands as it was announced."),
            checked(
                "announced",
                pgtrigger.Insert,
                lock(ASSEMBLY_ROLL, "NEW.assembly_id"),
                "NEW.announced_at := civic_now();",
                "SELECT p.seats, p.sure, p.pool, p.by_all INTO STRICT NEW.seats, NEW.sure, NEW.pool, NEW.by_all"
                " FROM office_pool(NEW.assembly_id, NEW.kind, office_seats(NEW.kind), NEW.announced_at) p;",
                refuse(
                    16,
                    "EXISTS (SELECT FROM assemblies_drawing d WHERE d.assembly_id = NEW.assembly_id"
                    " AND d.kind = NEW.kind AND NOT EXISTS (SELECT FROM assemblies_office o"
                    " WHERE o.drawing_id = d.id))",
                    "A lot for this office is announced already: it is drawn before another is announced.",
                ),
                refuse(
                    16,
                    "cardinality(NEW.sure) + cardinality(NEW.pool) = 0",
                    "Every seat of this office is taken, or nobody is left to draw.",
                ),
            ),
            at_the_end(
                "on_record",
                pgtrigger.Insert,
                refuse(
                    16,
                    "NOT EXISTS (SELECT FROM assemblies_entry e WHERE e.kind = 'drawing.announced'"
                    " AND e.subject = 'drawing/' || NEW.id AND e.recorded_at >= NEW.announced_at AND e.log_id ="
                    " (SELECT a.log_id FROM assemblies_assembly a WHERE a.id = NEW.assembly_id))",
                    "A drawing is announced in the record of its assembly.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return _("Lot for the office of %(office)s in %(assembly)s") % {
            "office": self.get_kind_display(),
            "assembly": self.assembly,
        }

    def get_absolute_url(self) -> str:
        return reverse("drawing", args=[self.pk])

    # ---- the list ----

    def people(self, numbers: list[int]) -> list[Citizen]:
        found = Citizen.objects.in_bulk(numbers)
        return [found[number] for number in numbers]

    def named(self) -> dict[str, tuple[Citizen | None, str]]:
        """Who is on the list, as the record names people: those without a lot, then those drawn from."""
        sure = {f"seat {n}": (one, one.name) for n, one in enumerate(self.people(self.sure), start=1)}
        pool = {f"place {n}": (one, one.name) for n, one in enumerate(self.people(self.pool), start=1)}
        return {**sure, **pool}

    def listed(self) -> str:
        """The list as its digest is taken of: the numbers of the citizens, one a line."""
        return "".join(f"{number}\n" for number in [*self.sure, *self.pool])

    def digest(self) -> str:
        return hashlib.sha256(self.listed().encode()).hexdigest()

    # ---- the seed and the lot ----

    @property
    def entry(self) -> Entry | None:
        """The announcement in the record."""
        found = Entry.objects.filter(kind="drawing.announced", subject=address(self), log=self.assembly.log_id)
        return found.filter(recorded_at__gte=self.announced_at).order_by("pk").first()

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The first checkpoint that holds the announcement; None while it has not been signed."""
        entry = self.entry
        leaf = getattr(entry, "leaf", None) if entry else None
        if leaf is None:
            return None
        found = Checkpoint.objects.filter(log=self.assembly.log_id, size__gt=leaf.index)
        return found.order_by("size").first()

    def key(self, root: bytes) -> str:
        return rfc3797_key([int.from_bytes(root, "big")])

    def steps(self, root: bytes) -> list[Step]:
        """Every selection with its digest, so that one can check it with a pocket calculator."""
        key = self.key(root).encode()
        if len(self.pool) > LARGEST_POOL:
            return []
        places = select(key.decode(), len(self.pool), self.seats - len(self.sure))
        return [
            Step(
                i,
                hashlib.md5(i.to_bytes(2, "big") + key + i.to_bytes(2, "big"), usedforsecurity=False).hexdigest(),
                len(self.pool) - i,
                place + 1,
            )
            for i, place in enumerate(places)
        ]

    def draw(self) -> list[Office]:
        """Fill the seats as the lot falls. Whoever asks for it, and whenever, it falls the same."""
        drawn: list[Office] = []
        with act():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASSEMBLY_ROLL, self.assembly_id])
            for _seat in range(self.seats - self.offices.count()):
                turn = Office.objects.create(
                    assembly=self.assembly, kind=self.kind, drawing=self, **DRAWN_BY_THE_DATABASE
                )
                office = Office.objects.select_related("citizen", "assembly").get(pk=turn.pk)
                record(
                    "office.drawn",
                    office,
                    log=self.assembly.log_id,
                    at=office.valid_from,
                    office=self.kind,
                    drawing=self.pk,
                    seed=office.seed,
                    until=office.valid_until,
                    personal={"citizen": (office.citizen, office.citizen.name)},
                )
                drawn.append(office)
        return drawn
