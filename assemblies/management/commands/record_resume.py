"""Go on with a log that is not signed on because the database was restored to an earlier state.

What was published and is lost stays lost, and the record says so: the entry holds the explanation and the lost
checkpoint. Whoever keeps that checkpoint sees the break, and finds the entry. See docs/RECORD.md.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assemblies.models import Log
from assemblies.record.sequencer import objections, resume, sequence
from assemblies.refusal import Refusal


class Command(BaseCommand):
    help = "Enter in the record what was lost in a restore and why, and sign it on from there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", help="one log, as in assembly/abiego")
        parser.add_argument("--all", action="store_true", help="every log that is not signed on")
        parser.add_argument("--explanation", default="", help="what happened, for everyone to read, for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = objections()
        if not options["log"] and not options["all"]:
            for origin, sentence in stopped.items():
                self.stdout.write(f"{origin}: {sentence}")
            self.stdout.write(
                "Choose one with --log or all with --all, and say what happened with --explanation."
                if stopped
                else "Every log is signed on: there is nothing to resume."
            )
            return
        for origin in [options["log"]] if options["log"] else stopped:
            log = Log.objects.filter(origin=origin).first()
            if log is None:
                raise CommandError(f"{origin} is not in the database: restore it from a copy, or take its file away.")
            try:
                resume(log, options["explanation"])
            except Refusal as refusal:
                raise CommandError(f"{origin}: {refusal}") from refusal
            self.stdout.write(f"{origin}: the explanation is entered, and the record goes on from there.")
        while sequence():
            pass
