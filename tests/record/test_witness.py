"""A witness follows a log, and shouts when it forks."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from assemblies.models import CoSignature, Log
from assemblies.record import witness
from assemblies.record.checkpoint import (
    TreeHead,
    encoded,
    read_verifier_key,
    sign,
    split_notes,
    verifier_key,
    verify,
    verify_cosignature,
)
from assemblies.record.keys import signing_key, witness_key
from assemblies.record.merkle import Peaks, consistency, leaf_hash, nodes_of
from assemblies.record.sequencer import sequence

pytestmark = pytest.mark.django_db
TOWN = "https://town.example"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def site(address: str) -> str:
    """This installation, answering as the town that is watched."""
    assert address.startswith(TOWN)
    answer = Client().get(address.removeprefix(TOWN))
    if answer.status_code != 200:
        raise witness.Unreachable(address)
    return answer.content.decode()


class Town:
    """A town made by hand, whose technician holds the key and may show whatever they like."""

    def __init__(self):
        self.name, self.key = signing_key()
        self.origin = f"{self.name}/assembly/abiego"
        self.leaves = [leaf_hash(bytes([n])) for n in range(5)]

    def fetch(self, address):
        path, _, query = address.removeprefix(f"{TOWN}/.well-known/confederation/").partition("?")
        if path == "keys":
            return verifier_key(self.origin, self.key.public_key().public_bytes_raw()) + "\n"
        if path == "checkpoint":
            peaks = Peaks()
            for leaf in self.leaves:
                peaks.append(leaf)
            return sign(TreeHead(self.origin, peaks.size, peaks.root()).text(), self.origin, self.key)
        old, new = (int(query.split(f"{name}=")[1].split("&")[0]) for name in ("old", "new"))
        return "".join(encoded(step) + "\n" for step in consistency(old, new, nodes_of(self.leaves)))


def test_what_continues_is_co_signed(log, enter):
    enter(3)
    sequence()
    [first] = witness.watch(TOWN, fetch=site)
    assert (first.size, first.new, first.fork) == (3, True, "")
    enter(2)
    Log.objects.create(origin="assembly/empty")
    other = Log.objects.create(origin="assembly/loarre")
    enter(600, log=other)
    sequence()
    assert sorted((found.size, found.new, found.fork) for found in witness.watch(TOWN, fetch=site)) == [
        (5, True, ""),
        (600, True, ""),
    ]
    assert not any(found.new for found in witness.watch(TOWN, fetch=site))
    assert CoSignature.objects.count() == 3


def test_what_was_co_signed_can_be_shown_to_others(log, enter):
    enter(3)
    sequence()
    witness.watch(TOWN, fetch=site)
    [note] = split_notes(Client().get("/.well-known/confederation/witnessed").content.decode())
    name, key = witness_key()
    assert verify_cosignature(note, name, key.public_key().public_bytes_raw()) > 1_700_000_000
    town, theirs = signing_key()
    assert verify(note, f"{town}/assembly/abiego", theirs.public_key().public_bytes_raw()).size == 3


@pytest.mark.parametrize(
    ("fork", "says"),
    [
        (lambda town: town.leaves.__setitem__(1, leaf_hash(b"another past")), "does not continue the 5"),
        (lambda town: town.leaves.pop(), "had 5 entries and now has 4"),
        (
            lambda town: (town.leaves.__setitem__(1, leaf_hash(b"x")), town.leaves.append(leaf_hash(b"y"))),
            "does not continue the 5",
        ),
    ],
)
def test_a_fork_is_seen_and_both_checkpoints_are_kept(own_folder, fork, says):
    town = Town()
    [first] = witness.watch(TOWN, fetch=town.fetch)
    assert first.new
    fork(town)
    [found] = witness.watch(TOWN, fetch=town.fetch)
    assert says in found.fork
    assert CoSignature.objects.get().size == 5
    [proof] = (own_folder / "witness").iterdir()
    one, other = split_notes(proof.read_text())
    public = town.key.public_key().public_bytes_raw()
    assert verify(one, town.origin, public) != verify(other, town.origin, public)


def test_two_different_pasts_shown_to_two_witnesses_cannot_be_brought_together():
    town = Town()
    witness.watch(TOWN, fetch=town.fetch)
    town.leaves.append(leaf_hash(b"six"))
    lying = Town()
    lying.key = town.key
    lying.leaves = [*town.leaves[:4], leaf_hash(b"other"), town.leaves[5]]
    # The checkpoint of one past, with the consistency proof of the other.
    [found] = witness.watch(TOWN, fetch=lambda a: (lying if a.endswith("checkpoint") else town).fetch(a))
    assert "does not continue" in found.fork


def test_a_new_key_is_not_taken_in_silence(settings, own_folder):
    town = Town()
    witness.watch(TOWN, fetch=town.fetch)
    (own_folder / "record-key").unlink()
    town.key = signing_key()[1]
    [found] = witness.watch(TOWN, fetch=town.fetch)
    assert "not signed by the key that is known" in found.fork
    known = dict([read_verifier_key(verifier_key(town.origin, town.key.public_key().public_bytes_raw()))])
    assert not witness.watch(TOWN, keys=known, fetch=town.fetch)[0].fork


def test_a_log_that_is_gone_is_missed():
    town = Town()
    witness.watch(TOWN, fetch=town.fetch)
    [found] = witness.watch(TOWN, fetch=lambda address: "")
    assert "gone" in found.fork


def test_the_command_ends_with_one_and_shouts(monkeypatch, capsys):
    town = Town()
    monkeypatch.setattr(witness.watch, "__kwdefaults__", {"keys": None, "fetch": town.fetch})
    call_command("witness", TOWN)
    assert "5 entries, co-signed" in capsys.readouterr().out
    town.leaves.pop()
    with pytest.raises(CommandError, match="1 of 1 logs do not continue") as ended:
        call_command("witness", TOWN)
    assert ended.value.returncode == 1
    assert "THE LOG HAS FORKED: localhost/assembly/abiego" in capsys.readouterr().err


def test_a_town_that_does_not_answer_is_no_fork():
    with pytest.raises(CommandError, match="gave no answer"):
        call_command("witness", "http://127.0.0.1:9")
    with pytest.raises(CommandError, match="not an http address"):
        call_command("witness", "file:///etc/passwd")


def test_what_a_witness_holds_is_json_free_text(log):
    """The addresses that witnesses read are plain text: nothing to parse but lines."""
    for name in ("checkpoint", "keys", "witnessed"):
        answer = Client().get(f"/.well-known/confederation/{name}")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(answer.content)
