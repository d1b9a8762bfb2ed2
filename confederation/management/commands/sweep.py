"""Run every sweep once: for a cron job, or where no worker runs."""

from django.core.management.base import BaseCommand

from assemblies.sweeps import run_all


class Command(BaseCommand):
    help = "Run every sweep once: open, close, note and tell what is due."

    def handle(self, *args: object, **options: object) -> None:
        for name, done in run_all().items():
            self.stdout.write(f"{name}: {done}")
