"""What an act writes: exact bytes, a place in the queue, and names that can be erased."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from assemblies.clock import now
from assemblies.models import Disclosure, Entry, Pending, record
from assemblies.models.entry import LARGEST, around_its_moment, commitment, in_canonical_form
from assemblies.refusal import Refusal, act


def test_an_act_is_written_in_canonical_bytes(log, ana):
    at = now()
    entry = record("bread.baked", log, log=log, by=ana, at=at, loaves=Decimal("12.5"), for_all=True, text="ñ\n“”")
    body = bytes(Entry.objects.get(pk=entry.pk).body)
    said = json.loads(body)
    assert rfc8785.dumps(said) == body
    assert said["loaves"] == "12.5"
    assert said["subject"] == f"log/{log.pk}" == entry.subject
    assert (said["kind"], entry.at, entry.log_id) == ("bread.baked", at, log.pk)
    assert entry.recorded_at is not None
    assert Pending.objects.filter(entry=entry).exists()
    assert "Ana" not in body.decode()
    told = entry.disclosures.get()
    assert (told.field, told.value, told.person) == ("by", "Ana", ana)
    assert said["personal"]["by"] == commitment(bytes(told.salt), "Ana")


WORDS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | WORDS, lambda inner: st.lists(inner, max_size=4)
)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12).filter(lambda name: name != "at")


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, WORDS, min_size=1))
def test_the_bytes_are_those_of_rfc_8785(facts, people):
    said = {"kind": "bread.baked", **facts, "personal": people}
    before, after = around_its_moment(said)
    assert f"{before}2026{after}".encode() == rfc8785.dumps(said | {"at": "2026"})
    assert in_canonical_form(said).encode() == rfc8785.dumps(said)


@pytest.mark.parametrize("year", [1, 987, 2026, 9999])
def test_the_moment_in_an_entry_is_written_as_it_is_everywhere(log, year):
    at = datetime(year, 3, 4, 5, 6, 7, 80, tzinfo=UTC)
    entry = record("bread.baked", log, log=log, at=at, abstained=True, again=at)
    said = json.loads(entry.body)
    assert said["at"] == said["again"] == at.isoformat(timespec="microseconds")
    assert entry.at == at


def test_without_a_moment_it_is_the_civic_clocks(log, clock):
    clock.travel(timedelta(days=9))
    before = now()
    entry = record("bread.baked", log, log=log)
    assert before <= entry.at <= entry.recorded_at <= now()


@pytest.mark.parametrize("number", [LARGEST + 1, -LARGEST - 1])
def test_a_number_that_others_would_read_differently_is_given_as_words(log, number):
    with pytest.raises(ValueError, match="as words"):
        record("bread.baked", log, log=log, loaves=number)


def test_several_names_in_one_act_and_none(log, ana):
    both = record("bread.given", log, log=log, by=ana, personal={"baker": (None, "Chen"), "guest": (ana, "Ana")})
    none = record("bread.cooled", log, log=log)
    assert sorted(both.disclosures.values_list("field", "value", "person")) == [
        ("baker", "Chen", None),
        ("by", "Ana", ana.pk),
        ("guest", "Ana", ana.pk),
    ]
    salts = set(map(bytes, both.disclosures.values_list("salt", flat=True)))
    assert len(salts) == 3
    assert not none.disclosures.exists()
    assert "personal" not in json.loads(none.body)


def test_an_act_that_is_undone_leaves_no_entry(log):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("bread.baked", log, log=log)
        _ = 1 / 0
    assert not Entry.objects.exists()
    assert not Pending.objects.exists()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"at":"2026-01-01T00:00:00+00:00","kind":"bread.stolen","subject":"log/1"}', "another kind"),
        (b'{"at":"2026-01-01T00:00:00+00:00","kind":"bread.baked","subject":"log/2"}', "another subject"),
        (b'{"at":"2026-01-02T00:00:00+00:00","kind":"bread.baked","subject":"log/1"}', "another moment"),
        (b'{"kind":"bread.baked"}', "nothing"),
    ],
)
def test_what_stands_beside_an_entry_stands_in_it(log, body, why):
    with pytest.raises(Refusal) as refused, act(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assemblies_entry (log_id, kind, subject, body, at)"
            " VALUES (%s, 'bread.baked', 'log/1', %s, '2026-01-01 00:00+00')",
            [log.pk, body],
        )
    assert refused.value.article == 17


@pytest.mark.parametrize("body", [b"\xff", b"bread", b""])
def test_an_entry_that_is_no_json_cannot_be_written(log, body):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assemblies_entry (log_id, kind, subject, body, at) VALUES (%s, 'x', 'x', %s, civic_now())",
            [log.pk, body],
        )


def test_a_name_is_erased_but_never_changed(log, ana):
    entry = record("bread.baked", log, log=log, by=ana)
    with pytest.raises(DatabaseError), transaction.atomic():
        Disclosure.objects.filter(entry=entry).update(value="Bilal")
    Disclosure.objects.filter(person=ana).delete()
    assert not entry.disclosures.exists()
