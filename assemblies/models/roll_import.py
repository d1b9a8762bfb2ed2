"""A roll brought in from a CSV file: looked at first, row by row, then entered by a worker with its progress shown."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models
from django.urls import reverse
from django.utils.translation import gettext as _

from ..clock import CivicNow, now
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, fixed, refuse, unchanged
from .assembly import Assembly
from .citizen import Citizen
from .citizenship import _may_admit, admit
from .entry import record

MOST_ROWS = 20_000
COLUMNS = ("email", "name")
TRIED = ("admit", "refused")


@dataclass(frozen=True)
class Row:
    """What becomes of one line of the file, and why: `admit`, `there` (already) or `wrong`; `refused` if it was."""

    line: int
    email: str
    name: str
    verdict: str
    why: str = ""


def read_roll(text: str) -> list[dict[str, str]]:
    """The lines of a CSV with the columns e-mail and name, in any order; commas or semicolons.

    Raises:
        Refusal: the file is empty, lacks a column, is not CSV, or is longer than 20,000 lines.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Refusal(3, _("The file is empty."), status=UNFIT)
    if "\x00" in text:
        raise Refusal(3, _("This is not a text file."), status=UNFIT)
    text = text.lstrip()
    first = text.splitlines()[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    lines: list[dict[str, str]] = []
    try:
        found = [(name or "").strip().lower().replace("e-mail", "email") for name in reader.fieldnames or []]
        missing = [column for column in COLUMNS if column not in found]
        if missing:
            raise Refusal(
                3, _("The file has no column named %(columns)s.") % {"columns": ", ".join(missing)}, status=UNFIT
            )
        reader.fieldnames = found
        for row in reader:
            lines.append({"line": str(reader.line_num), **{c: (row.get(c) or "").strip() for c in COLUMNS}})
            if len(lines) > MOST_ROWS:
                raise Refusal(3, _("The file is too long: %(n)d lines at most.") % {"n": MOST_ROWS}, status=UNFIT)
    except csv.Error as error:
        raise Refusal(
            3, _("Line %(line)d cannot be read: %(why)s.") % {"line": reader.line_num, "why": error}, status=UNFIT
        ) from error
    return lines


def judge(assembly: Assembly, lines: list[dict[str, str]]) -> list[Row]:
    """Say of each line what entering it would do, changing nothing."""
    at = now()
    seen: dict[str, int] = {}
    known = {
        email.lower(): assembly_id
        for email, assembly_id in Citizen.objects.filter(
            email__in=[line["email"] for line in lines] + [line["email"].lower() for line in lines]
        ).values_list("email", models.F("citizenships__assembly"))
    }
    here = {email.lower() for email in assembly.citizens(at).values_list("email", flat=True)}
    elsewhere = {
        email.lower()
        for email in Citizen.objects.filter(email__in=known, citizenships__valid_until=None)
        .exclude(citizenships=None)
        .values_list("email", flat=True)
    }
    rows = []
    for line in lines:
        number, email, name = int(line["line"]), line["email"], line["name"]
        verdict, why = "admit", ""
        try:
            validate_email(email)
        except ValidationError:
            verdict, why = "wrong", _("This is not an e-mail address.")
        else:
            if not name:
                verdict, why = "wrong", _("The name is missing.")
            elif len(name) > 150 or len(email) > 254:
                verdict, why = "wrong", _("The name or the address is too long.")
            elif email.lower() in seen:
                verdict, why = "wrong", _("The same address stands in line %(n)d.") % {"n": seen[email.lower()]}
            elif email.lower() in here:
                verdict, why = "there", _("Already a citizen here.")
            elif email.lower() in elsewhere:
                verdict, why = "wrong", _("A citizen of another assembly: they apply themselves when they move.")
        seen.setdefault(email.lower(), number)
        rows.append(Row(number, email, name, verdict, why))
    return rows


class RollImportManager(models.Manager["RollImport"]):
    def forget(self, email: str) -> None:
        """Take the lines with that address out of every file, as its person asks."""
        for number in self.filter(report__icontains=email).values_list("pk", flat=True):
            mine = self.select_for_update().get(pk=number)
            for row in mine.report:
                if row["email"].lower() == email.lower():
                    row |= {"email": "", "name": ""}
            mine.save(update_fields=["report"])


class RollImport(models.Model):
    """One file, its report by line, and how far its entering has come."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="roll_imports")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    report = models.JSONField()
    uploaded_at = models.DateTimeField(db_default=CivicNow())
    confirmed_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = RollImportManager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-uploaded_at"]
        triggers = [
            *fixed(3, "A roll that was brought in stays on file.", delete_only=True),
            checked(
                "as_looked_at",
                pgtrigger.UpdateOf("report", "assembly_id", "by_id", "confirmed_at"),
                unchanged(3, "What is entered is what was looked at.", "assembly_id", "by_id", "uploaded_at"),
                # A line whose person had their account erased says nothing any more, and enters nobody.
                refuse(
                    3,
                    "EXISTS (SELECT FROM jsonb_array_elements(OLD.report) WITH ORDINALITY o(line, n)"
                    " FULL JOIN jsonb_array_elements(NEW.report) WITH ORDINALITY w(line, n) USING (n)"
                    " WHERE (o.line - 'verdict' - 'why') IS DISTINCT FROM (w.line - 'verdict' - 'why')"
                    " AND (w.line - 'verdict' - 'why') IS DISTINCT FROM"
                    " (o.line || jsonb_build_object('email', '', 'name', '')) - 'verdict' - 'why')",
                    "What is entered is what was looked at.",
                    FORBIDDEN,
                ),
                refuse(
                    3,
                    "OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at",
                    "This file is being entered already.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly} {self.uploaded_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("roll-import", args=[self.pk])

    @classmethod
    def look_at(cls, assembly: Assembly, text: str, *, by: Citizen) -> RollImport:
        """The dry run: read the file and report on every line. Nobody is entered."""
        _may_admit(by, assembly)
        rows = judge(assembly, read_roll(text))
        return cls.objects.create(assembly=assembly, by=by, report=[asdict(row) for row in rows])

    def count(self, verdict: str) -> int:
        return sum(row["verdict"] == verdict for row in self.report)

    @property
    def total(self) -> int:
        """The lines found fit to be entered, those that were then refused included."""
        return sum(row["verdict"] in TRIED for row in self.report)

    def confirm(self, *, by: Citizen) -> None:
        """Have a worker enter the lines found fit."""
        _may_admit(by, self.assembly)
        if not RollImport.objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=CivicNow()):
            raise Refusal(3, _("This file is being entered already."), status=CONFLICT)
        self.refresh_from_db()

    def enter_some(self, most: int = 50) -> bool:
        """Enter the next lines; each is its own act, so whatever was entered stays. Says whether any are left.

        A line that is refused says so in the report (`refused`, and why) and does not hold up those after it.
        """
        fit = [number for number, row in enumerate(self.report) if row["verdict"] in TRIED]
        for _turn in range(most):
            with act():
                # Locked first: two workers may be at it.
                mine = RollImport.objects.select_for_update().defer("report").get(pk=self.pk)
                if mine.done >= len(fit):
                    break
                self._enter(fit[mine.done])
                mine.done += 1
                mine.save(update_fields=["done"])
                self.done = mine.done
        with act():
            self.refresh_from_db()
            if self.done < len(fit):
                return True
            finished = RollImport.objects.filter(pk=self.pk, finished_at=None).update(finished_at=CivicNow())
            if finished:
                refused = self.count("refused")
                record(
                    "roll.imported",
                    self,
                    log=self.assembly.log_id,
                    by=self.by,
                    entered=len(fit) - refused,
                    refused=refused,
                )
        self.refresh_from_db()
        return False

    def _enter(self, number: int) -> None:
        """Enter one line of the report, or write into it why that was refused."""
        row = self.report[number]
        if not row["email"]:
            return  # its person had their account erased
        try:
            with act():
                citizen = Citizen.objects.filter(email__iexact=row["email"]).first()
                citizen = citizen or Citizen.objects.create_user(row["email"], None, name=row["name"])
                here = citizen.citizenship(now())
                if here is None:
                    admit(citizen, self.assembly, by=self.by)
                elif here.assembly_id != self.assembly_id:
                    raise Refusal(2, _("A citizen of another assembly: they apply themselves when they move."))
        except (Refusal, IntegrityError) as refused:
            row |= {"verdict": "refused", "why": str(refused) if isinstance(refused, Refusal) else _("Not entered.")}
            fresh = RollImport.objects.get(pk=self.pk)
            fresh.report[number] = row
            fresh.save(update_fields=["report"])
