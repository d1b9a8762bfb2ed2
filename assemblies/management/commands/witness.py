"""Watch the record of another installation; made for a cron job, which sends its errors to somebody."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assemblies.record.checkpoint import COSIGNATURE, BadNote, read_verifier_key, verifier_key
from assemblies.record.keys import witness_key
from assemblies.record.witness import Unreachable, watch


class Command(BaseCommand):
    help = "Fetch the checkpoints of an installation, check that they continue what was seen before, and co-sign them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="as in https://assembly.example")
        parser.add_argument("--key", action="append", default=[], help="a verifier key known from elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            findings = watch(options["address"], keys=dict(read_verifier_key(key) for key in options["key"]))
        except (Unreachable, BadNote) as error:
            raise CommandError(str(error)) from error
        forks = [finding for finding in findings if finding.fork]
        for finding in findings:
            if not finding.fork and (finding.new or options["verbosity"] > 1):
                self.stdout.write(f"{finding.origin}: {finding.size} entries, co-signed.")
        if any(finding.new for finding in findings):
            name, key = witness_key()
            signer = verifier_key(name, key.public_key().public_bytes_raw(), COSIGNATURE)
            self.stdout.write(f"Co-signed with the key {signer}.")
        for finding in forks:
            self.stderr.write(self.style.ERROR(f"THE LOG HAS FORKED: {finding.origin}: {finding.fork}"))
        if forks:
            raise CommandError(f"{len(forks)} of {len(findings)} logs do not continue what was seen before.")
