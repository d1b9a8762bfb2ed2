"""A database restored to an earlier state: nothing is signed until the record says what happened."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assemblies.models import Checkpoint, Entry, Log, Pending
from assemblies.record import published
from assemblies.record.checkpoint import TreeHead
from assemblies.record.export import lines_of
from assemblies.record.sequencer import objections, sequence
from assemblies.record.verify_record import Wrong, verify

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("disclosure", "checkpoint", "subtree", "head", "leaf", "pending", "entry", "log")


@pytest.fixture
def back_up(as_owner):
    """`restore = back_up()`: keep the record's tables as they are; `restore()` brings that state back."""

    def keep():
        with as_owner() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS copy CASCADE; CREATE SCHEMA copy")
            for table in TABLES:
                cursor.execute(f"CREATE TABLE copy.{table} AS TABLE assemblies_{table}")

        def restore():
            with as_owner() as cursor:
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE assemblies_{table} DISABLE TRIGGER USER")
                for table in TABLES:
                    cursor.execute(f"DELETE FROM assemblies_{table}")
                for table in reversed(TABLES):
                    cursor.execute(f"INSERT INTO assemblies_{table} SELECT * FROM copy.{table}")
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for table in TABLES:
                    cursor.execute(f"ALTER TABLE assemblies_{table} ENABLE TRIGGER USER")

        return restore

    yield keep
    with as_owner() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS copy CASCADE")


def health():
    return json.loads(Client().get("/health/").content)


def resume(*words, **options):
    out = StringIO()
    call_command("record_resume", *words, stdout=out, **options)
    return out.getvalue()


def test_the_whole_drill(log, enter, back_up):
    enter(4)
    sequence()
    restore = back_up()
    enter(3)
    sequence()
    lost = published.note_of(log.origin)
    assert TreeHead.read(lost).size == 7
    assert health()["record"] == {"refuses_to_sign": {}}

    restore()
    enter(2)
    assert sequence() == 0
    assert sequence() == 0
    assert Pending.objects.count() == 2
    assert Checkpoint.objects.latest("size").size == 4
    said = health()
    assert said["record"]["refuses_to_sign"] == {
        "assembly/abiego": "The record in the database has 4 entries, and 7 were published."
    }
    assert said["well"] is False

    assert "7 were published" in resume()
    with pytest.raises(CommandError, match="Say in the record what happened"):
        resume("--all")
    assert sequence() == 0
    assert "goes on from there" in resume("--all", explanation="The disk of 24 November failed; the copy was older.")

    assert objections() == {}
    assert health()["record"] == {"refuses_to_sign": {}}
    entry = Entry.objects.get(kind="record.resumed")
    body = json.loads(bytes(entry.body))
    assert body["lost_checkpoint"] == lost
    assert body["entries"] == 4
    assert "disk of 24 November" in body["explanation"]
    assert not Pending.objects.exists()
    assert TreeHead.read(published.note_of(log.origin)).size == 7
    assert list(published.path_of(log.origin).parent.glob("*.lost-*"))[0].read_text() == lost  # noqa: RUF015

    lines = [line.encode() for line in lines_of(log)]
    assert "7 entries" in verify(lines)[0]
    with pytest.raises(Wrong, match="not those of the older checkpoint"):
        verify(lines, older=[lost])


def test_who_keeps_a_longer_checkpoint_is_shown_the_explanation(log, enter, back_up):
    enter(1)
    sequence()
    restore = back_up()
    enter(9)
    sequence()
    lost = published.note_of(log.origin)
    restore()
    resume("--log", "assembly/abiego", explanation="A flood.")
    with pytest.raises(Wrong, match=r"entries were taken away\. Leaf 1 explains a loss: A flood\."):
        verify([line.encode() for line in lines_of(log)], older=[lost])


def test_a_log_of_which_even_the_name_was_lost_shows_on_health(log, enter, back_up):
    restore = back_up()
    other = Log.objects.create(origin="assembly/loarre")
    enter(1, log=other)
    sequence()
    restore()
    assert "not in the database" in objections()["assembly/loarre"]
    with pytest.raises(CommandError, match="not in the database"):
        resume("--log", "assembly/loarre", explanation="A flood.")


def test_other_logs_go_on(log, enter, back_up):
    other = Log.objects.create(origin="assembly/loarre")
    restore = back_up()
    enter(2)
    sequence()
    restore()
    enter(1)
    enter(3, log=other)
    assert sequence() == 3
    assert sequence() == 0
    assert Checkpoint.objects.get().log == other


def test_a_restore_to_the_very_last_state_loses_nothing(log, enter, back_up):
    enter(4)
    sequence()
    restore = back_up()
    restore()
    enter(1)
    assert objections() == {}
    assert sequence() == 1


def test_a_crash_between_commit_and_publishing_stops_nothing(log, enter, monkeypatch):
    enter(2)
    sequence()
    monkeypatch.setattr(published, "publish", lambda *_: None)
    enter(300)
    sequence()
    monkeypatch.undo()
    assert TreeHead.read(published.note_of(log.origin)).size == 2
    assert objections() == {}
    enter(1)
    assert sequence() == 1
    assert TreeHead.read(published.note_of(log.origin)).size == 303


def test_a_disk_that_is_full_stops_publishing_and_no_act(log, enter, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(published, "_write", full)
    enter(2)
    assert sequence() == 2
    assert Checkpoint.objects.get().size == 2


def test_a_published_file_that_cannot_be_read_is_no_leave_to_sign(log, enter):
    enter(1)
    sequence()
    published.path_of(log.origin).write_text("bread")
    enter(1)
    assert sequence() == 0
    assert "cannot be read" in objections()["assembly/abiego"]
    resume("--all", explanation="A file was damaged.")
    assert sequence() == 0
    assert objections() == {}
    assert not Pending.objects.exists()


def test_nothing_is_resumed_where_nothing_stopped(log, enter):
    enter(1)
    sequence()
    assert "nothing to resume" in resume()
    with pytest.raises(CommandError, match="nothing to resume"):
        resume("--log", "assembly/abiego", explanation="For nothing.")
    assert not Entry.objects.filter(kind="record.resumed").exists()


def test_a_tree_altered_in_the_database_is_not_signed_on_and_not_resumed(log, enter, as_owner):
    enter(3)
    sequence()
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE assemblies_head DISABLE TRIGGER USER")
        cursor.execute("UPDATE assemblies_head SET peaks = peaks || ''::bytea, size = 2 WHERE log_id = %s", [log.pk])
        cursor.execute("UPDATE assemblies_head SET peaks = substr(peaks, 1, 32)")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assemblies_head ENABLE TRIGGER USER")
    enter(1)
    assert sequence() == 0
    assert "not the one that was signed last" in objections()["assembly/abiego"]
    with pytest.raises(CommandError, match="altered"):
        resume("--all", explanation="An accident.")


def test_names_of_logs_cannot_leave_the_folder(published):
    from assemblies.record.published import origins, path_of, publish

    for origin in ("../../etc/passwd", "a/" + "ñ" * 150, "assembly/siétamo"):
        assert path_of(origin).parent == published
    publish("assembly/siétamo", "x\n1\n" + "A" * 43 + "=\n\n")
    assert list(origins()) == ["assembly/siétamo"]
