"""Needs and surpluses brought in from a CSV file by a steward: looked at first, line by line, then said one by one."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from assemblies.clock import CivicNow, now
from assemblies.models import Assembly, Citizen
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse, unchanged

from ..units import Incomparable, read_amount
from .enterprise import Stewardship
from .good import Good
from .statement import Need, Surplus

MOST_ROWS = 500
COLUMNS = ("what", "good", "quantity", "essential", "first_day", "last_day", "reason")
NOUNS: dict[str, Any] = {"need": Need, "surplus": Surplus}


def read_lines(text: str) -> list[dict[str, str]]:
    """The lines of a CSV with the columns what, good, quantity, essential, first_day, last_day and reason.

    Raises:
        Refusal: the file is empty, lacks a column, is not CSV, or is longer than 500 lines.
    """
    text = text.removeprefix("\ufeff").lstrip()
    if not text or "\x00" in text:
        raise Refusal(13, _("The file is empty, or not a text."), status=UNFIT)
    first = text.splitlines()[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = []
    try:
        reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or []]
        missing = [column for column in COLUMNS[:3] if column not in reader.fieldnames]
        missing += [column for column in ("first_day", "last_day") if column not in reader.fieldnames]
        if missing:
            raise Refusal(
                13, _("The file has no column named %(columns)s.") % {"columns": ", ".join(missing)}, status=UNFIT
            )
        for row in reader:
            lines.append({"line": str(reader.line_num), **{c: str(row.get(c) or "").strip()[:2000] for c in COLUMNS}})
            if len(lines) > MOST_ROWS:
                raise Refusal(13, _("The file is too long: %(n)d lines at most.") % {"n": MOST_ROWS}, status=UNFIT)
    except csv.Error as error:
        raise Refusal(13, _("This file cannot be read: %(why)s.") % {"why": error}, status=UNFIT) from error
    return lines


def understood(line: dict[str, str], goods: dict[str, Good]) -> dict[str, Any]:
    """What a line says, as `state` takes it.

    Raises:
        ValueError: with a sentence, when it says nothing that could be stated.
    """
    if line["what"].lower() not in NOUNS:
        raise ValueError(_("The first column says need or surplus."))
    good = goods.get(line["good"].lower())
    if good is None:
        raise ValueError(_("No good has this name."))
    try:
        quantity, essential = (read_amount(line[name] or "0", good.unit) for name in ("quantity", "essential"))
    except Incomparable as error:
        raise ValueError(_("This good is counted in %(unit)s.") % {"unit": good.unit}) from error
    except ValueError as error:
        raise ValueError(_("This is no amount.")) from error
    if not good.fits(quantity) or not good.fits(essential) or max(quantity, essential) >= Decimal(10) ** 13:
        raise ValueError(_("This good is told apart only so far: see its unit."))
    try:
        begins, last = date.fromisoformat(line["first_day"]), date.fromisoformat(line["last_day"])
        ends = last + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("A day is written 2026-03-01.")) from error
    if ends <= begins:
        raise ValueError(_("The last day comes after the first."))
    said: dict[str, Any] = {
        "good": good,
        "quantity": quantity,
        "begins": begins,
        "ends": ends,
        "reason": line["reason"],
    }
    if line["what"].lower() == "need":
        if essential > quantity:
            raise ValueError(_("No more can be essential than is needed."))
        if essential and not line["reason"]:
            raise ValueError(_("What is essential says why."))
        said["essential"] = essential
    return said


class StatementImport(models.Model):
    """One file and its report by line."""

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="+")
    by = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    report = models.JSONField()
    uploaded_at = models.DateTimeField(db_default=CivicNow())
    entered_at = models.DateTimeField(null=True)

    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        ordering = ["-uploaded_at"]
        triggers = [
            *fixed(13, "A file that was brought in stays on file.", delete_only=True),
            checked(
                "as_looked_at",
                pgtrigger.Update,
                unchanged(13, "What is said is what was looked at.", "assembly_id", "by_id", "uploaded_at"),
                refuse(
                    13,
                    "OLD.entered_at IS NOT NULL OR"
                    " (SELECT jsonb_agg(line - 'verdict' - 'why') FROM jsonb_array_elements(NEW.report) line)"
                    " IS DISTINCT FROM"
                    " (SELECT jsonb_agg(line - 'verdict' - 'why') FROM jsonb_array_elements(OLD.report) line)",
                    "What is said is what was looked at.",
                    FORBIDDEN,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assembly} {self.uploaded_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("statement-import", args=[self.pk])

    @classmethod
    def look_at(cls, assembly: Assembly, text: str, *, by: Citizen) -> StatementImport:
        """The dry run: read the file and report on every line. Nothing is said."""
        remit = set(
            Stewardship.objects.in_force(now())
            .filter(citizen=by, proposal__assembly=assembly)
            .values_list("remits__good", flat=True)
        )
        if not remit - {None}:
            raise Refusal(
                13, _("Only a steward who may speak for %(assembly)s brings in what it says.") % {"assembly": assembly}
            )
        lines = read_lines(text)
        names = {line["good"].lower() for line in lines}
        goods = {good.name: good for good in Good.objects.filter(name__in=names)}
        for line in lines:
            line["verdict"], line["why"] = "say", ""
            try:
                if understood(line, goods)["good"].pk not in remit:
                    line["verdict"], line["why"] = "wrong", _("This good is not in your remit.")
            except ValueError as error:
                line["verdict"], line["why"] = "wrong", str(error)
        made = cls.objects.create(assembly=assembly, by=by, report=lines)
        made.refresh_from_db()
        return made

    def count(self, verdict: str) -> int:
        return sum(line["verdict"] == verdict for line in self.report)

    def enter(self, *, by: Citizen) -> int:
        """Say every line found fit; each is an act of its own, and one that is refused says why in the report."""
        if by.pk != self.by_id:
            raise Refusal(13, _("Who looked at the file says what stands in it."))
        with act():
            mine = StatementImport.objects.select_for_update().get(pk=self.pk)  # locked: it is sent twice at times
            if mine.entered_at is not None:
                raise Refusal(13, _("This file has been entered already."), status=CONFLICT)
            names = {line["good"].lower() for line in mine.report}
            goods = {good.name: good for good in Good.objects.filter(name__in=names)}
            for line in mine.report:
                if line["verdict"] != "say":
                    continue
                said = understood(line, goods)
                try:
                    NOUNS[line["what"].lower()].objects.state(self.assembly, by=by, **said)
                    line["verdict"] = "said"
                except Refusal as refusal:
                    line["verdict"], line["why"] = "refused", str(refusal)
            StatementImport.objects.filter(pk=self.pk).update(report=mine.report, entered_at=CivicNow())
        self.refresh_from_db()
        return self.count("said")
