"""What the application's role may do in the database: little, and table by table.

The owner runs migrations and holds everything; the application signs in as another role. A model says what it
allows in `privileges` (default: all but truncate); what only grows is `SELECT, INSERT`. Nobody but the owner can
switch a trigger off, make a table or a temporary one that shadows another, or move the clock.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

EVERYTHING = "SELECT, INSERT, UPDATE, DELETE"

# Read by the application, written by the owner alone.
READ_ONLY = ("assemblies_clock", "django_migrations")

# pgtrigger lets a session name triggers to pass over; here no session can.
NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION "public"._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS 'SELECT false';
"""


def privileges() -> dict[str, str]:
    """Table name to the privileges of the application's role."""
    wanted = {
        model._meta.db_table: getattr(model, "privileges", EVERYTHING)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return wanted | dict.fromkeys(READ_ONLY, "SELECT")


def seal(using: str = "default") -> None:
    """Give the application's role exactly what the models say. Run by the owner after every migration."""
    connection = connections[using]
    quote = connection.ops.quote_name
    role, database = quote(settings.APP_ROLE), quote(connection.settings_dict["NAME"])
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(NEVER_IGNORED)
        cursor.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        for table, allowed in privileges().items():
            if table in existing:
                cursor.execute(f"GRANT {allowed} ON {quote(table)} TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")


def seal_after_migrating(using: str, **_kwargs: Any) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user <> %s AND EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [settings.APP_ROLE] * 2
        )
        (sealing,) = cursor.fetchone()
    if sealing:
        seal(using)
