#!/usr/bin/env python
"""Run a management command; those that change the schema or the clock sign in as the owner of the database."""

import os
import sys

OWNER_COMMANDS = {"migrate", "makemigrations", "grant", "demo", "clock", "dbshell", "pgtrigger"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confederation.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
