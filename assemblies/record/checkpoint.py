"""Checkpoints as text: C2SP signed notes (c2sp.org/signed-note) and tree heads (c2sp.org/tlog-checkpoint). Pure.

A note is text, an empty line, and signature lines: an em dash, a space, the key's name, a space, and base64 of the
four bytes of the key's id and the signature. Log signatures are Ed25519 (type 0x01); a witness's are timestamped
(type 0x04, c2sp.org/tlog-cosignature).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = 0x01, 0x04
MOST_SIGNATURES = 100
DASH = "— "


class BadNote(ValueError):
    """Text that is not a note, or not one signed by the key asked for."""


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: which log, how many leaves, and the 32 bytes of its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> TreeHead:
        """The head that a checkpoint's text, or a whole note, begins with."""
        lines = text.split("\n", 3)
        if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise BadNote("This is not a checkpoint.")
        root = decoded(lines[2])
        if len(root) != 32:
            raise BadNote("The root of a checkpoint has 32 bytes.")
        return cls(lines[0], int(lines[1]), root)


@dataclass(frozen=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        return f"{DASH}{self.name} {encoded(self.key_id + self.value)}\n"


# ---- keys ----


def key_id(name: str, public: bytes, kind: int = ED25519) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def verifier_key(name: str, public: bytes, kind: int = ED25519) -> str:
    """A public key as text: its name, its id, and base64 of its type and its 32 bytes, joined by plus signs."""
    return f"{name}+{key_id(name, public, kind).hex()}+{encoded(bytes([kind]) + public)}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Name and public key of an Ed25519 verifier key."""
    name, identifier, rest = _parts(text)
    public = decoded(rest)
    if public[:1] != bytes([ED25519]) or len(public) != 33 or key_id(name, public[1:]).hex() != identifier:
        raise BadNote("This is not a verifier key.")
    return name, public[1:]


def private_key_text(name: str, key: Ed25519PrivateKey) -> str:
    """A signing key as Go's note package writes it; it holds the installation's name too."""
    public = key.public_key().public_bytes_raw()
    return f"PRIVATE+KEY+{name}+{key_id(name, public).hex()}+{encoded(bytes([ED25519]) + key.private_bytes_raw())}"


def read_private_key(text: str) -> tuple[str, Ed25519PrivateKey]:
    prefix = "PRIVATE+KEY+"
    if not text.startswith(prefix):
        raise BadNote("A signing key begins with PRIVATE+KEY+.")
    name, identifier, rest = _parts(text[len(prefix) :])
    seed = decoded(rest)
    if seed[:1] != bytes([ED25519]) or len(seed) != 33:
        raise BadNote("This is not an Ed25519 signing key.")
    key = Ed25519PrivateKey.from_private_bytes(seed[1:])
    if key_id(name, key.public_key().public_bytes_raw()).hex() != identifier:
        raise BadNote("The signing key does not belong to its name.")
    return name, key


def _parts(text: str) -> tuple[str, str, str]:
    name, _, rest = text.strip().partition("+")
    identifier, _, rest = rest.partition("+")
    check_name(name)
    return name, identifier, rest


def check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise BadNote("The name of a key has no spaces and no plus.")


# ---- notes ----


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The note: the text and its one signature."""
    check_name(name)
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise BadNote("The text of a note ends in a newline and has no other control characters.")
    signature = Signature(name, key_id(name, key.public_key().public_bytes_raw()), key.sign(text.encode()))
    return f"{text}\n{signature.line()}"


def open_note(note: str) -> tuple[str, list[Signature]]:
    """The text of a note and its signatures, none of them checked yet."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise BadNote("This is not a signed note.")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, _, rest = line.removeprefix(DASH).partition(" ")
        value = decoded(rest)
        if not line.startswith(DASH) or not name or len(value) < 5:
            raise BadNote("This is not a signed note.")
        signatures.append(Signature(name, value[:4], value[4:]))
    if len(signatures) > MOST_SIGNATURES:
        raise BadNote("This note has too many signatures.")
    return text + "\n", signatures


def verify(note: str, name: str, public: bytes) -> TreeHead:
    """The head in a checkpoint that the key of that name has signed.

    Raises:
        BadNote: when it has not, or the signature is false, or the text is no checkpoint.
    """
    text, signatures = open_note(note)
    identifier = key_id(name, public)
    for signature in signatures:
        if signature.name == name and signature.key_id == identifier:
            _check(public, signature.value, text.encode())
            return TreeHead.read(text)
    raise BadNote(f"The checkpoint is not signed by {verifier_key(name, public)}.")


def cosign(note: str, name: str, key: Ed25519PrivateKey, at: int) -> str:
    """The note with one line more: at `at` (seconds since 1970) this witness found it to follow all it had seen."""
    check_name(name)
    text, _ = open_note(note)
    value = at.to_bytes(8, "big") + key.sign(_cosigned(text, at))
    return note + Signature(name, key_id(name, key.public_key().public_bytes_raw(), COSIGNATURE), value).line()


def verify_cosignature(note: str, name: str, public: bytes) -> int:
    """When that witness co-signed the note, in seconds since 1970."""
    text, signatures = open_note(note)
    identifier = key_id(name, public, COSIGNATURE)
    for signature in signatures:
        if signature.name == name and signature.key_id == identifier and len(signature.value) == 72:
            at = int.from_bytes(signature.value[:8], "big")
            _check(public, signature.value[8:], _cosigned(text, at))
            return at
    raise BadNote(f"The checkpoint is not co-signed by {verifier_key(name, public, COSIGNATURE)}.")


def split_notes(text: str) -> Iterator[str]:
    """The notes of a text that holds several, an empty line between them."""
    body: list[str] = []
    signed: list[str] = []
    for line in text.splitlines():
        if body and body[-1] == "" and line.startswith(DASH):
            signed.append(line)
            continue
        if signed:
            yield "\n".join([*body, *signed]) + "\n"
            body, signed = [], []
        if line or body:
            body.append(line)
    if signed:
        yield "\n".join([*body, *signed]) + "\n"


def join_notes(notes: Iterable[str]) -> str:
    return "\n".join(notes)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("This is not base64.") from error


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _check(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise BadNote("The signature is false.") from error
