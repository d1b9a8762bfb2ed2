"""Tests run with the application's rights on tables that the owner made.

The connection signs in as the owner and takes on the application's role at once, so that a fixture may step back
into the owner's shoes (`as_owner`) while the test itself may not alter a table or move the clock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import environ
import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import TransactionTestCase


@contextmanager
def owner() -> Iterator:
    """A cursor of the test's own connection, as the owner: whatever fails inside is undone, the role with it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        yield cursor
        cursor.execute(f"SET ROLE {settings.APP_ROLE}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The databases made and migrated by the owner, then used in the application's role."""
    options = connection.settings_dict["OPTIONS"]
    with django_db_blocker.unblock():
        _remember_seed()
        connection.close()
        options["options"] = f"-c role={settings.APP_ROLE}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _restore_seed)
        yield
    with django_db_blocker.unblock():
        connections.close_all()
        del options["options"]


TABLES = """
    SELECT format('%%I', c.relname), c.relhastriggers, pg_relation_size(c.oid) > 0
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname <> 'django_migrations' ORDER BY 1
"""
COLUMNS = """
    SELECT string_agg(format('%%I', attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


def _tables(cursor, schema: str) -> list[tuple[str, bool, bool]]:
    """Each table's name, whether it may have triggers, and whether it holds or held rows."""
    cursor.execute(TABLES, [schema])
    return cursor.fetchall()


def _remember_seed() -> None:
    """Copy what the migrations wrote (the powers, the content types), so that it stands again after each test."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS seed CASCADE")
        cursor.execute("CREATE SCHEMA seed")
        for table, _, filled in _tables(cursor, "public"):
            if filled:
                cursor.execute(f"CREATE TABLE seed.{table} AS TABLE public.{table}")


def _restore_seed(_test) -> None:
    """Empty what a committing test filled. Only the owner may, and only with the tables' own triggers set aside."""
    with owner() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '15s'")
        tables = _tables(cursor, "public")
        guarded = [table for table, has_triggers, _ in tables if has_triggers]
        for table in guarded:
            cursor.execute(f"ALTER TABLE public.{table} DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(f'public.{table}' for table, _, _ in tables)}")
        cursor.execute("ALTER TABLE urn.ballot DISABLE TRIGGER USER")
        cursor.execute("TRUNCATE urn.ballot")
        cursor.execute("ALTER TABLE urn.ballot ENABLE TRIGGER USER")
        for table, _, _ in _tables(cursor, "seed"):
            cursor.execute(COLUMNS, [f"public.{table}"])
            (columns,) = cursor.fetchone()
            cursor.execute(f"INSERT INTO public.{table} ({columns}) SELECT {columns} FROM seed.{table}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            cursor.execute(f"ALTER TABLE public.{table} ENABLE TRIGGER USER")


@pytest.fixture
def as_owner(db) -> Callable:
    """`with as_owner() as cursor:` runs SQL as the owner, inside the test's own transaction."""
    return owner


class Clock:
    """The town's clock. It may be moved by the owner alone, and never moves by itself into another test."""

    def now(self) -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("SELECT civic_now()")
            return cursor.fetchone()[0]

    def travel(self, step: timedelta) -> datetime:
        """Let `step` pass (or come back, when negative)."""
        with owner() as cursor:
            cursor.execute("SELECT coalesce(sum(shift), interval '0') FROM assemblies_clock")
            self._shift(cursor, cursor.fetchone()[0] + step)
        return self.now()

    def at(self, moment: datetime) -> datetime:
        """Make it `moment` now; the seconds go on from there."""
        with owner() as cursor:
            cursor.execute("SELECT %s - clock_timestamp()", [moment])
            self._shift(cursor, cursor.fetchone()[0])
        return self.now()

    def _shift(self, cursor, shift: timedelta) -> None:
        cursor.execute("DELETE FROM assemblies_clock")
        cursor.execute("INSERT INTO assemblies_clock (shift) VALUES (%s)", [shift])


@pytest.fixture
def clock(db) -> Clock:
    return Clock()


@pytest.fixture
def connect_as_app(db) -> Iterator[Callable]:
    """Open connections truly signed in as the application: raw SQL with its rights and nobody else's.

    They see only what is committed: mark the test `django_db(transaction=True)`.
    """
    config = environ.Env.db_url_config(settings.DATABASE_URLS["app"])
    opened = []

    def connect(**options) -> psycopg.Connection:
        opened.append(
            psycopg.connect(
                dbname=connection.settings_dict["NAME"],
                host=config["HOST"],
                port=config["PORT"] or None,
                user=config["USER"],
                password=config["PASSWORD"] or None,
                **options,
            )
        )
        return opened[-1]

    yield connect
    for standing in opened:
        standing.close()


@pytest.fixture
def app_connection(connect_as_app) -> psycopg.Connection:
    """One such connection, in autocommit: each statement stands or falls alone."""
    return connect_as_app(autocommit=True)
