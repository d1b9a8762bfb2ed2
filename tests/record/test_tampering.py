"""Attempts on the record. As the application, each is refused; as the owner, each is seen by who kept a checkpoint."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import rfc8785
from django.db import connection

from assemblies.models import Entry, Head, Leaf, Log
from assemblies.record import verify_record
from assemblies.record.checkpoint import TreeHead, sign
from assemblies.record.export import lines_of
from assemblies.record.keys import signing_key
from assemblies.record.merkle import Peaks, leaf_hash
from assemblies.record.sequencer import objections, sequence

ATTEMPTS = {
    "change an entry": "UPDATE assemblies_entry SET body = '{}'",
    "remove an entry": "DELETE FROM assemblies_entry",
    "empty the entries": "TRUNCATE assemblies_entry CASCADE",
    "change a leaf": "UPDATE assemblies_leaf SET hash = '\\x00'",
    "remove a leaf": "DELETE FROM assemblies_leaf",
    "empty the leaves": "TRUNCATE assemblies_leaf",
    "change a subtree": "UPDATE assemblies_subtree SET hash = '\\x00'",
    "change a checkpoint": "UPDATE assemblies_checkpoint SET note = ''",
    "remove a checkpoint": "DELETE FROM assemblies_checkpoint",
    "remove a head": "DELETE FROM assemblies_head",
    "move a head back": "UPDATE assemblies_head SET size = size - 1",
    "move a head nowhere": "UPDATE assemblies_head SET peaks = peaks",
    "move a head beyond its leaves": "UPDATE assemblies_head SET size = size + 1",
    "give a head other peaks": "UPDATE assemblies_head SET size = size + 1, peaks = '\\x00'",
    "give a head to another log": "UPDATE assemblies_head SET log_id = log_id + 1",
    "sign a size that is not the head's": "INSERT INTO assemblies_checkpoint (log_id, size, root, note, key)"
    " SELECT log_id, 1, root, note, key FROM assemblies_checkpoint",
    "let an entry wait no more": "DELETE FROM assemblies_pending",
    "empty what waits": "TRUNCATE assemblies_pending",
    "change a name": "UPDATE assemblies_disclosure SET value = 'Bilal'",
    "rename a log": "UPDATE assemblies_log SET origin = 'assembly/loarre'",
    "a leaf of another hash": "INSERT INTO assemblies_leaf (entry_id, log_id, index, hash)"
    " SELECT e.id, e.log_id, 3, '\\x00' FROM assemblies_entry e JOIN assemblies_pending p ON p.entry_id = e.id",
    "a leaf after a gap": "INSERT INTO assemblies_leaf (entry_id, log_id, index, hash) SELECT e.id, e.log_id, 4,"
    " sha256('\\x00'::bytea || e.body) FROM assemblies_entry e JOIN assemblies_pending p ON p.entry_id = e.id",
    "a leaf in another log": "INSERT INTO assemblies_leaf (entry_id, log_id, index, hash) SELECT e.id, l.id, 0,"
    " sha256('\\x00'::bytea || e.body) FROM assemblies_entry e JOIN assemblies_pending p ON p.entry_id = e.id"
    " JOIN assemblies_log l ON l.id <> e.log_id",
    "change what a witness signed": "UPDATE assemblies_cosignature SET note = ''",
    "switch the triggers off": "ALTER TABLE assemblies_entry DISABLE TRIGGER ALL",
    "play the replica": "SET session_replication_role = replica",
    "tell pgtrigger to look away": "SET pgtrigger.ignore = '{assemblies_entry:fixed_rows}';"
    " DELETE FROM assemblies_entry",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_application_cannot(attempt, log, ana, enter, app_connection):
    Log.objects.create(origin="assembly/siétamo")
    enter(3, by=ana)
    sequence()
    enter(1)
    before = list(Entry.objects.order_by("pk").values_list("pk", "body"))
    with pytest.raises(psycopg.Error) as refused:
        app_connection.execute(ATTEMPTS[attempt])
    assert refused.value.sqlstate == "42501" or refused.value.sqlstate.startswith("CF"), refused.value
    assert list(Entry.objects.order_by("pk").values_list("pk", "body")) == before
    assert sequence() == 1


def test_an_entry_slipped_in_beside_the_acts_stands_in_the_record_too(log, enter, db):
    """Who can speak to the database as the application can invent an act, but not hide that it was entered."""
    enter(1)
    body = rfc8785.dumps({"at": "2026-01-01T00:00:00+00:00", "kind": "bread.stolen", "subject": "log/1"})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assemblies_entry (log_id, kind, subject, body, at)"
            " VALUES (%s, 'bread.stolen', 'log/1', %s, '2026-01-01 00:00+00')",
            [log.pk, body],
        )
    assert sequence() == 2
    assert any("bread.stolen" in line for line in lines_of(log))


# ---- the owner of the database can set triggers aside; others hold what was signed ----

RULES = ("assemblies_entry", "assemblies_leaf", "assemblies_head", "assemblies_checkpoint", "assemblies_pending")


def rewrite(as_owner, log, change, *, everything):
    """Change an entry with the triggers off; with `everything`, leaves, head and checkpoint too, with the true key."""
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in RULES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        change(cursor)
        if everything:
            tree = Peaks()
            for leaf in Leaf.objects.filter(log=log).order_by("index").select_related("entry"):
                digest = leaf_hash(bytes(leaf.entry.body))
                Leaf.objects.filter(pk=leaf.pk).update(hash=digest)
                tree.append(digest)
            name, key = signing_key()
            note = sign(TreeHead(f"{name}/{log.origin}", tree.size, tree.root()).text(), f"{name}/{log.origin}", key)
            Head.objects.filter(log=log).update(size=tree.size, peaks=b"".join(tree.hashes))
            log.checkpoints.exclude(pk=log.checkpoints.latest("size").pk).delete()
            log.checkpoints.update(size=tree.size, root=tree.root(), note=note)
        for table in RULES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def softened(cursor):
    entry = Entry.objects.order_by("pk").first()
    body = rfc8785.dumps(json.loads(bytes(entry.body)) | {"number": 99})
    Entry.objects.filter(pk=entry.pk).update(body=body)


def dropped(cursor):
    last = Leaf.objects.latest("index")
    Leaf.objects.filter(pk=last.pk).delete()


def check(tmp_path, log, *older) -> subprocess.CompletedProcess:
    """The verifier as anyone runs it: a file, Python, and nothing of the project."""
    export = tmp_path / "record.jsonl"
    export.write_text("".join(lines_of(log)))
    words = [str(export)]
    for number, note in enumerate(older):
        (tmp_path / f"older-{number}.txt").write_text(note)
        words += ["--older", str(tmp_path / f"older-{number}.txt")]
    program = tmp_path / "verify_record.py"
    program.write_bytes(Path(verify_record.__file__).read_bytes())
    return subprocess.run(
        [sys.executable, "-I", str(program), *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )


def test_an_entry_that_the_owner_changed_is_seen_at_once(log, enter, as_owner, tmp_path):
    enter(5)
    sequence()
    assert check(tmp_path, log).returncode == 0
    rewrite(as_owner, log, softened, everything=False)
    found = check(tmp_path, log)
    assert found.returncode == 1
    assert found.stdout == "WRONG: assembly/abiego: the first 5 entries are not those that were signed.\n"


@pytest.mark.parametrize(
    ("change", "says"),
    [(softened, "the first 5 entries are not those of the older checkpoint"), (dropped, "entries were taken away")],
)
def test_a_record_that_the_owner_rewrote_whole_is_seen_by_who_kept_a_letter(
    log, enter, as_owner, tmp_path, change, says
):
    enter(5)
    sequence()
    kept_in_a_letter = log.checkpoints.latest("size").note
    rewrite(as_owner, log, change, everything=True)
    alone = check(tmp_path, log)
    assert alone.returncode == 0, "with every key and every right, the rewritten record is whole in itself"
    found = check(tmp_path, log, kept_in_a_letter)
    assert found.returncode == 1
    assert says in found.stdout


@pytest.mark.django_db(transaction=True)
def test_a_record_that_the_owner_rewrote_whole_is_not_signed_on_where_it_was_published(log, enter, as_owner):
    enter(5)
    sequence()
    rewrite(as_owner, log, softened, everything=True)
    enter(1)
    assert sequence() == 0
    assert "not the one that was published" in objections()["assembly/abiego"]
