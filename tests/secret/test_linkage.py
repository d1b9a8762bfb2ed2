"""Who cast which ballot, guessed from everything the database's owner can see: no better than chance.

Beside it stands a table that keeps the mark on the roll and the ballot in one transaction, as many systems do: there
the same guesses find every voter, so the guesses are good ones (SECURITY section 2.1).
"""

from __future__ import annotations

import random

import pytest
from django.db import connection, transaction

from tests.plumbing.database import owner
from tests.secret.voter import cast, electors, hall, opened, secret_question, take, to_the_urn

pytestmark = pytest.mark.django_db(transaction=True)

VOTERS = 64


def rows(statement: str, *params) -> list[tuple]:
    with owner() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


# Each guess pairs a mark on the roll with a ballot. Transaction numbers are compared as text: xid has no order.
GUESSES = {
    "written in one transaction": "a.x = b.x",
    "written in the next transaction": "b.x::text::bigint = a.x::text::bigint + 1",
    "in the same place of the two tables": "a.place = b.place",
    "in the same place by transaction": "a.turn = b.turn",
}


def linked(marks: str, ballots: str, params: list) -> dict[str, list[tuple]]:
    """For each guess, the pairs of (voter, ballot) that it yields."""
    numbered = (
        "SELECT who, xmin AS x, row_number() OVER (ORDER BY ctid) AS place,"
        " row_number() OVER (ORDER BY xmin::text::bigint, ctid) AS turn FROM"
    )
    with owner() as cursor:
        found = {}
        for name, guess in GUESSES.items():
            cursor.execute(
                f"WITH a AS ({numbered} {marks}), b AS ({numbered} {ballots})"
                f" SELECT a.who, b.who FROM a JOIN b ON {guess}",
                params,
            )
            found[name] = [(one if isinstance(one, int) else int(one), bytes(two)) for one, two in cursor.fetchall()]
    return found


def right(pairs: list[tuple], truth: dict[int, bytes]) -> int:
    return sum(truth[voter] == ballot for voter, ballot in pairs)


def test_no_guess_is_better_than_chance():
    """A guess that always names somebody is right about once, whoever many vote; five times is one in three hundred."""
    decision = opened(secret_question(hall(VOTERS, "ayerbe-64")))
    voters = electors(decision, VOTERS)
    came = random.Random(4)
    came.shuffle(voters)  # to take their paper
    papers = dict(zip((voter.pk for voter in voters), take(decision, *voters), strict=True))
    decision = to_the_urn(decision)
    order = list(papers)
    came.shuffle(order)  # and to cast it
    truth = {}
    for voter in order:
        choice = came.choice(["yes", "no"])
        cast(decision, papers[voter], choice)
        truth[voter] = bytes.fromhex(papers[voter].seal(choice).hash)
    found = linked(
        "(SELECT citizen_id AS who, xmin, ctid FROM assemblies_rollmark WHERE decision_id = %s) marks",
        "(SELECT token_hash AS who, xmin, ctid FROM urn.ballot WHERE decision = %s) ballots",
        [decision.pk, decision.pk],
    )
    assert not found["written in one transaction"]
    assert {name: right(pairs, truth) for name, pairs in found.items() if right(pairs, truth) > 4} == {}
    assert set(rows("SELECT token_hash FROM urn.ballot WHERE decision = %s", decision.pk)) == {
        (ballot,) for ballot in truth.values()
    }


def test_the_same_guesses_find_everyone_where_mark_and_ballot_are_written_together():
    """No foreign key, no time, random keys: and every voter is known."""
    truth = {}
    with owner() as cursor:
        cursor.execute("CREATE TABLE public.split_mark (citizen_id bigint)")
        cursor.execute("CREATE TABLE public.split_ballot (token_hash bytea, choice text)")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
        for voter in random.Random(4).sample(range(1, 1000), VOTERS):
            truth[voter] = random.Random(voter).randbytes(32)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO split_mark VALUES (%s)", [voter])
                cursor.execute("INSERT INTO split_ballot VALUES (%s, 'yes')", [truth[voter]])
        found = linked(
            "(SELECT citizen_id AS who, xmin, ctid FROM split_mark WHERE %s > 0) marks",
            "(SELECT token_hash AS who, xmin, ctid FROM split_ballot WHERE %s > 0) ballots",
            [1, 1],
        )
        for name in set(GUESSES) - {"written in the next transaction"}:
            assert right(found[name], truth) == VOTERS, name
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            cursor.execute("DROP TABLE public.split_mark, public.split_ballot")
            cursor.execute("RESET ROLE")


def test_the_urn_has_no_column_for_a_time_a_serial_or_a_person():
    columns = rows(
        "SELECT column_name, data_type, column_default, is_identity FROM information_schema.columns"
        " WHERE table_schema = 'urn' ORDER BY 1"
    )
    assert columns == [
        ("choice", "text", None, "NO"),
        ("decision", "bigint", None, "NO"),
        ("seal", "bytea", None, "NO"),
        ("signature", "bytea", None, "NO"),
        ("token", "bytea", None, "NO"),
        ("token_hash", "bytea", None, "NO"),
    ]
    assert rows("SELECT count(*) FROM pg_sequences WHERE schemaname = 'urn'") == [(0,)]
    kept = rows("SELECT conname FROM pg_constraint WHERE conrelid = 'urn.ballot'::regclass AND contype = 'f'")
    assert kept == []


def test_casting_writes_one_row_and_touches_nothing_else():
    decision = opened(secret_question(hall(9, "ayerbe-9")))
    papers = take(decision, *electors(decision, 9))
    decision = to_the_urn(decision)
    written = (
        "SELECT schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
    )
    before = dict(rows(written))
    cast(decision, papers[0], "yes")
    after = dict(rows(written))
    assert {table: n - before.get(table, 0) for table, n in after.items() if n != before.get(table)} == {
        "urn.ballot": 1
    }
