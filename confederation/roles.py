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
    seal_urn(using)


# The urn: the application may call these, and touch nothing. They run in a role that reads what it must and no roll.
URN_FUNCTIONS = (
    "urn.cast_ballot(bigint, bytea, bytea, text, bytea)",
    "urn.board(bigint)",
    "urn.said(bigint)",
)
URN_READS = ("assemblies_decision", "assemblies_issuer", "assemblies_option", "assemblies_clock")


def seal_urn(using: str) -> None:
    """Hand the urn to its own role, which nobody signs in as. Without that role (an older server: docs/OPERATING.md)
    its functions run as the owner, and the application still touches nothing."""
    connection = connections[using]
    role, urn = connection.ops.quote_name(settings.APP_ROLE), connection.ops.quote_name(settings.URN_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('urn.ballot') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("REVOKE ALL ON SCHEMA urn FROM PUBLIC")
        cursor.execute("REVOKE ALL ON ALL TABLES IN SCHEMA urn FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA urn TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA urn FROM {role}")
        cursor.execute(
            "SELECT coalesce((SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s), false)",
            [settings.URN_ROLE],
        )
        if cursor.fetchone()[0]:
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA urn TO {urn}")
            for function in URN_FUNCTIONS:
                cursor.execute(f"ALTER FUNCTION {function} OWNER TO {urn}")
            cursor.execute(f"REVOKE CREATE ON SCHEMA urn FROM {urn}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {urn}")
            cursor.execute(f"REVOKE ALL ON urn.ballot FROM {urn}")
            cursor.execute(f"GRANT SELECT, INSERT ON urn.ballot TO {urn}")
            cursor.execute(f"GRANT SELECT ON {', '.join(URN_READS)} TO {urn}")
        for function in URN_FUNCTIONS:
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")


def seal_after_migrating(using: str, **_kwargs: Any) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user <> %s AND EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [settings.APP_ROLE] * 2
        )
        (sealing,) = cursor.fetchone()
    if sealing:
        seal(using)
