"""The tests' own ground: whose rights they run with, and that nothing of one test reaches the next."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import ProgrammingError, connection, transaction

from assemblies.models import Citizen


def roles() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        return cursor.fetchone()


@pytest.mark.django_db
def test_a_test_runs_with_the_rights_of_the_application(as_owner):
    assert roles() == ("confederation_owner", "confederation_app")
    with as_owner() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("confederation_owner",)
    assert roles() == ("confederation_owner", "confederation_app")


@pytest.mark.django_db
def test_a_failure_among_the_owners_words_gives_the_role_back(as_owner):
    with pytest.raises(ZeroDivisionError), as_owner():
        1 / 0  # noqa: B018
    assert roles()[1] == "confederation_app"


@pytest.mark.django_db
def test_the_clock_is_moved_by_the_owner_and_not_by_the_application(clock):
    before = clock.now()
    assert timedelta(days=3) <= clock.travel(timedelta(days=3)) - before < timedelta(days=3, minutes=1)
    clock.at(datetime(2031, 5, 1, 19, tzinfo=UTC))
    assert clock.now().date() == datetime(2031, 5, 1, tzinfo=UTC).date()
    for attack in (
        "UPDATE assemblies_clock SET shift = '1 day'",
        "DELETE FROM assemblies_clock",
        "INSERT INTO assemblies_clock (shift) VALUES ('1 day')",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    assert clock.now().year == 2031


@pytest.mark.django_db(transaction=True)
def test_the_application_signed_in_as_itself_cannot_become_the_owner(app_connection):
    assert app_connection.execute("SELECT session_user").fetchone() == ("confederation_app",)
    for attack in (
        "SET ROLE confederation_owner",
        "SET SESSION AUTHORIZATION confederation_owner",
        "TRUNCATE assemblies_citizen CASCADE",
        "ALTER TABLE assemblies_citizen DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "INSERT INTO assemblies_clock (shift) VALUES ('1 day')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_connection.execute(attack)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_committing_test_leaves_neither_rows_nor_time_nor_a_sleeping_trigger(clock, turn):
    assert not Citizen.objects.exists()
    assert ContentType.objects.exists()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'")
        assert cursor.fetchone() == (0,)
    Citizen.objects.create_user(email=f"{turn}@abiego.example", password="a sentence as a password")
    clock.travel(timedelta(days=400))
