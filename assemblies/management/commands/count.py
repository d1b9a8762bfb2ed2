"""Count a file of ballots: `manage.py count ward.blt --rule scottish-stv --seats 3`."""

from __future__ import annotations

import hashlib
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assemblies.counting import formats, rules
from assemblies.counting.lot import SeededLot
from assemblies.counting.report import report

MALFORMED = 2


def _seats(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of seats")
    return int(text)


class Command(BaseCommand):
    help = "Count a file of ballots (BLT, PrefLib, ABIF) and print every stage."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the ballots; - reads them from standard input")
        parser.add_argument("--rule", required=True, choices=list(rules.RULES), help="how to count")
        parser.add_argument("--seats", type=_seats, help="how many to elect; the file's number, or 1, when left out")
        parser.add_argument(
            "--format", choices=list(formats.READERS), help="the file's format, when its name does not say"
        )
        parser.add_argument(
            "--seed",
            help="the published seed for lots (RFC 3797); the SHA-256 of the file when left out",
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="print the result as JSON")
        shape.add_argument("--csv", action="store_true", help="print the result as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        content = self._content(options["file"])
        try:
            kind = options["format"] or formats.format_of(options["file"])
            file = formats.read(content.decode("utf-8"), kind)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise self._malformed(options["file"], f"line {line}: this is not UTF-8") from None
        except formats.Malformed as error:
            raise self._malformed(options["file"], str(error)) from None
        except ValueError as error:
            raise CommandError(str(error), returncode=MALFORMED) from None
        seats = options["seats"] or (1 if options["rule"] == "irv" else file.seats or 1)
        seed = options["seed"] or hashlib.sha256(content).hexdigest()
        try:
            result = rules.count(options["rule"], file.profile, seats, SeededLot(seed, len(file.profile.candidates)))
        except ValueError as error:
            raise self._malformed(options["file"], str(error)) from None
        if options["json"]:
            self.stdout.write(result.as_json(seed=seed, title=file.title))
        elif options["csv"]:
            self.stdout.write(result.as_csv(), ending="")
        else:
            self.stdout.write(report(result, title=file.title, seed=seed), ending="")

    def _content(self, name: str) -> bytes:
        if name == "-":
            return sys.stdin.buffer.read()
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}", returncode=MALFORMED) from None

    def _malformed(self, name: str, reason: str) -> CommandError:
        return CommandError(f"{name}: {reason}", returncode=MALFORMED)
