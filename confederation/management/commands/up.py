import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from confederation.supervisor import Supervisor


class Command(BaseCommand):
    help = "Start everything a town needs on this machine, and keep it running until it is told to stop."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="instead of PORT, or 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"] or int(os.environ.get("PORT") or 8000)
        if not 0 < port < 65536:
            raise CommandError(f"PORT is {port}, and a port is a number from 1 to 65535.")
        supervisor = Supervisor(
            settings.VAR_DIR,
            port,
            demo=settings.DEMO,
            static_root=settings.STATIC_ROOT,
            site_address=settings.SITE_ADDRESS,
        )
        raise SystemExit(supervisor.run())
