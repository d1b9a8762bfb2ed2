"""verify_record.py, from published files alone."""

import json
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assemblies.models import Log, record
from assemblies.record.checkpoint import verifier_key
from assemblies.record.keys import signing_key
from assemblies.record.sequencer import sequence
from assemblies.record.verify_record import Wrong, verify

pytestmark = pytest.mark.django_db


def fetch(address, **query):
    answer = Client().get(address, query)
    assert answer.status_code == 200, address
    return b"".join(answer) if answer.streaming else answer.content


@pytest.fixture
def filled(log, enter):
    """Three checkpoints over 3, 8 and 20 entries; the notes of the first two are kept."""
    notes = []
    for count in (3, 5, 12):
        enter(count)
        sequence()
        notes.append(fetch("/.well-known/confederation/checkpoint").decode())
    return notes


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-I", "verify_record.py", *words], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path, filled):
    """A neighbour's folder: what the site published, and nothing else."""
    (tmp_path / "verify_record.py").write_bytes(fetch("/record/verify_record.py"))
    (tmp_path / "record.jsonl").write_bytes(fetch("/record/assembly/abiego/export.jsonl"))
    for number, note in enumerate(filled):
        (tmp_path / f"checkpoint-{number}.txt").write_text(note)
    (tmp_path / "keys.txt").write_bytes(fetch("/.well-known/confederation/keys"))
    return tmp_path


def test_a_neighbour_checks_the_record(folder):
    key = (folder / "keys.txt").read_text().strip()
    words = [word for number in range(3) for word in ("--older", f"checkpoint-{number}.txt")]
    done = run(folder, "record.jsonl", "--key", key, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "assembly/abiego: 20 entries, every one in its place under a signed checkpoint and continues 3 older. Root "
    )


@pytest.mark.parametrize("older", range(3))
def test_every_older_checkpoint_is_continued(folder, older):
    assert run(folder, "record.jsonl", "--older", f"checkpoint-{older}.txt").returncode == 0


def test_another_key_is_not_trusted(folder):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    done = run(folder, "record.jsonl", "--key", verifier_key("town", public))
    assert done.returncode == 1
    assert "not signed by a key that is trusted" in done.stdout


def test_nonsense_is_no_record(folder):
    for content, says in {
        "": "empty",
        "bread\n": "not JSON",
        "[]\n": "not an object",
        '{"leaf":0,"body":""}\n': "neither the beginning",
        '{"format":"confederation-record/1","log":"a"}\n': "names no key",
    }.items():
        (folder / "other.jsonl").write_text(content)
        done = run(folder, "other.jsonl")
        assert done.returncode == 1
        assert done.stdout.startswith("WRONG: ")
        assert says in done.stdout
    assert run(folder, "missing.jsonl").returncode == 1


def changed(lines, number, change):
    rows = [json.loads(line) for line in lines]
    rows[number] = change(rows[number])
    return [json.dumps(row) for row in rows if row is not None]


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        (2, lambda row: row | {"body": row["body"].replace("bread", "broad")}, "not those that were signed"),
        (2, lambda row: None, "leaf 2, and leaf 1 comes next"),
        (2, lambda row: row | {"leaf": 7}, "leaf 7, and leaf 1 comes next"),
        (2, lambda row: row | {"body": "bread"}, "not JSON"),
        (4, lambda row: {"checkpoint": row["checkpoint"].replace("\n3\n", "\n4\n")}, "signature"),
        (4, lambda row: {"checkpoint": row["checkpoint"].replace("abiego", "loarre")}, "is a checkpoint of"),
        (4, lambda row: {"other": 1}, "neither a leaf nor a checkpoint"),
        (-1, lambda row: None, "the last 12 entries stand under no checkpoint"),
        (0, lambda row: row | {"keys": ["AAAA"]}, "not a key"),
    ],
)
def test_the_first_thing_wrong_is_named(folder, number, change, says):
    lines = (folder / "record.jsonl").read_text().splitlines()
    with pytest.raises(Wrong, match=says):
        verify(changed(lines, number, change))


def test_an_export_cut_short_is_shorter_than_the_checkpoint_one_holds(folder):
    lines = (folder / "record.jsonl").read_text().splitlines()
    cut = lines[: next(n for n, line in enumerate(lines) if "checkpoint" in line) + 1]
    assert verify(cut)
    with pytest.raises(Wrong, match="it has 3 entries, and the older checkpoint has 20"):
        verify(cut, older=[(folder / "checkpoint-2.txt").read_text()])


def test_a_checkpoint_of_another_town_proves_nothing_here(folder):
    note = (folder / "checkpoint-0.txt").read_text().replace("assembly/abiego", "assembly/elsewhere")
    with pytest.raises(Wrong, match="of a log in this file"):
        verify((folder / "record.jsonl").read_text().splitlines(), older=[note])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_byte_of_an_entry_can_change(folder, data):
    lines = (folder / "record.jsonl").read_text().splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith('{"leaf"')]
    number = data.draw(st.sampled_from(places))
    row = json.loads(lines[number])
    at = data.draw(st.integers(0, len(row["body"]) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda letter: letter != row["body"][at]))
    lines[number] = json.dumps(row | {"body": row["body"][:at] + letter + row["body"][at + 1 :]})
    with pytest.raises(Wrong):
        verify(lines)


def test_all_logs_in_one_file(folder, enter):
    other = Log.objects.create(origin="assembly/loarre")
    enter(2, log=other)
    sequence()
    (folder / "all.jsonl").write_bytes(fetch("/record/export.jsonl"))
    (folder / "all.txt").write_bytes(fetch("/.well-known/confederation/checkpoint"))
    done = run(folder, "all.jsonl", "--older", "all.txt")
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["assembly/abiego", "assembly/loarre"]


def test_no_name_stands_in_an_export(log, ana):
    record("bread.baked", log, log=log, by=ana)
    sequence()
    assert b"Ana" not in fetch("/record/assembly/abiego/export.jsonl")


def test_one_entry_alone(folder, log, ana):
    entry = record("bread.baked", log, log=log, by=ana)
    sequence()
    content = fetch(f"/record/entries/{entry.pk}/proof.json")
    (folder / "entry.json").write_bytes(content)
    done = run(folder, "entry.json")
    assert done.returncode == 0
    assert "entry 20 stands among the 21 that" in done.stdout

    row = json.loads(content)
    for change, says in [
        ({"leaf": 19}, "does not lead to the signed root"),
        ({"proof": row["proof"][1:]}, "does not lead to the signed root"),
        ({"body": row["body"].replace("bread", "broad")}, "does not lead to the signed root"),
        ({"disclosures": {"by": row["disclosures"]["by"] | {"value": "Bilal"}}}, "does not stand for 'Bilal'"),
        ({"log": "assembly/loarre"}, "its checkpoint of"),
    ]:
        with pytest.raises(Wrong, match=says):
            verify([json.dumps(row | change)])


def test_the_command_checks_the_database_too(filled, tmp_path, capsys):
    (tmp_path / "older.txt").write_text(filled[0])
    name, key = signing_key()
    public = verifier_key(f"{name}/assembly/abiego", key.public_key().public_bytes_raw())
    call_command("verify_record", "--older", str(tmp_path / "older.txt"), "--key", public)
    assert "20 entries" in capsys.readouterr().out


def test_the_command_finds_an_entry_without_a_place(filled, log, as_owner):
    with as_owner() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assemblies_entry DISABLE TRIGGER USER")
        record("bread.hidden", log, log=log)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assemblies_entry ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="does not wait"):
        call_command("verify_record")
