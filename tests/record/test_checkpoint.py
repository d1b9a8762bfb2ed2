"""Checkpoints as text: notes that other programs sign and read, and what makes one false."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assemblies.record.checkpoint import (
    BadNote,
    Signature,
    TreeHead,
    cosign,
    join_notes,
    key_id,
    open_note,
    private_key_text,
    read_private_key,
    read_verifier_key,
    sign,
    split_notes,
    verifier_key,
    verify,
    verify_cosignature,
)
from assemblies.record.keys import signing_key, witness_key

# The example of Go's package golang.org/x/mod/sumdb/note, where the format comes from.
GO_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann"
    " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-checkpoint.
C2SP_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa"
    " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ORIGIN = "town.example/assembly/abiego"
HEAD = TreeHead(ORIGIN, 12, bytes(32))


def test_signs_as_go_does():
    name, key = read_private_key(GO_KEY)
    assert private_key_text(name, key) == GO_KEY
    assert verifier_key(name, key.public_key().public_bytes_raw()) == GO_VERIFIER
    assert sign(GO_TEXT, name, key) == GO_NOTE
    assert read_verifier_key(GO_VERIFIER) == (name, key.public_key().public_bytes_raw())


def test_reads_the_example_of_the_standard():
    head = TreeHead.read(C2SP_NOTE)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    text, [signature] = open_note(C2SP_NOTE)
    assert text == head.text()
    assert signature.name == head.origin
    assert len(signature.value) == 64
    assert signature.line() in C2SP_NOTE


def test_a_checkpoint_is_three_lines_signed_under_the_name_of_the_log():
    note = sign(HEAD.text(), ORIGIN, KEY)
    assert note.startswith(f"{ORIGIN}\n12\n{base64.b64encode(bytes(32)).decode()}\n\n— {ORIGIN} ")
    assert verify(note, ORIGIN, PUBLIC) == HEAD


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n12\n", "\n13\n"),
        lambda note: note.replace("abiego\n12", "loarre\n12"),
        lambda note: note[:-8] + "AAAAAA==\n"[-8:],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("— ", "-- "),
        lambda note: note.rstrip("\n"),
        lambda note: "",
    ],
)
def test_a_note_that_was_touched_is_refused(change):
    with pytest.raises(BadNote):
        verify(change(sign(HEAD.text(), ORIGIN, KEY)), ORIGIN, PUBLIC)


def test_another_key_or_another_name_is_not_the_signer():
    note = sign(HEAD.text(), ORIGIN, KEY)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(BadNote, match="not signed by"):
        verify(note, ORIGIN, other)
    with pytest.raises(BadNote, match="not signed by"):
        verify(note, "other.example/log", PUBLIC)


def test_signatures_of_strangers_are_passed_over():
    stranger = Signature("stranger.example", b"\x01\x02\x03\x04", bytes(64)).line()
    assert verify(sign(HEAD.text(), ORIGIN, KEY) + stranger, ORIGIN, PUBLIC) == HEAD


def test_a_witness_adds_a_line_with_its_time():
    witness = Ed25519PrivateKey.generate()
    public = witness.public_key().public_bytes_raw()
    note = cosign(sign(HEAD.text(), ORIGIN, KEY), "witness.example", witness, 1_700_000_000)
    assert verify(note, ORIGIN, PUBLIC) == HEAD
    assert verify_cosignature(note, "witness.example", public) == 1_700_000_000
    assert key_id("witness.example", public, 4) != key_id("witness.example", public)
    with pytest.raises(BadNote):
        verify_cosignature(note.replace("\n12\n", "\n13\n"), "witness.example", public)


@pytest.mark.parametrize("size", ["-1", "+1", "012", "1 ", "1.0", "", "x", "99999999999999999999"])
def test_a_size_is_written_in_one_way_only(size):
    with pytest.raises(BadNote):
        TreeHead.read(f"log\n{size}\n{base64.b64encode(bytes(32)).decode()}\n")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b"])
def test_a_key_name_has_no_spaces_and_no_plus(name):
    with pytest.raises(BadNote):
        sign(HEAD.text(), name, KEY)


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=5))
def test_notes_laid_one_after_another_come_apart_again(sizes):
    notes = [sign(TreeHead(ORIGIN, size, bytes(32)).text(), ORIGIN, KEY) for size in sizes]
    assert list(split_notes(join_notes(notes))) == notes


def test_the_key_is_made_once_and_for_its_owner_alone(settings, tmp_path):
    settings.VAR_DIR, settings.RECORD_KEY, settings.SITE_ADDRESS = tmp_path, "", "https://assembly.example:8443"
    name, key = signing_key()
    path = tmp_path / "record-key"
    assert name == "assembly.example"
    assert path.stat().st_mode & 0o777 == 0o600
    settings.SITE_ADDRESS = "https://elsewhere.example"
    again, same = signing_key()
    assert (again, same.private_bytes_raw()) == (name, key.private_bytes_raw())
    assert witness_key()[1].private_bytes_raw() != key.private_bytes_raw()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["record-key", "witness-key"]


def test_the_environment_may_hold_the_key(settings):
    settings.RECORD_KEY = GO_KEY
    assert signing_key()[0] == "PeterNeumann"
