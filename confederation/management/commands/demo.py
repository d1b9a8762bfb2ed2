"""Load the demo region: real places, invented people, a year lived through the acts that the pages use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from confederation.demo import loading
from confederation.demo.progress import Progress


class Command(BaseCommand):
    help = "Load the demo region into an empty database. Does nothing when it is there."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--municipalities", type=int, metavar="N", help="load only so many of the 731")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is loaded only where it is asked for: set DEMO=1.")
        try:
            with override("en"):
                loaded = loading.load(Progress(self.stdout), most=options["municipalities"])
        except loading.NotEmpty:
            raise CommandError(
                "This database holds assemblies of its own: the demo is loaded into an empty one."
            ) from None
        self.stdout.write("The demo region is loaded." if loaded else "The demo region is there already.")
