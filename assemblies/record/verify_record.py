#!/usr/bin/env python3
"""Check a public record offline. Needs Python 3.9 or later and the package `cryptography`; nothing of the project.

    python verify_record.py record.jsonl [--key KEY] [--older checkpoint.txt]

`record.jsonl` is an export of one log or of several, or the proof of one entry; `-` reads from standard input. KEY is
a verifier key (name+id+base64) or its last part alone, known from elsewhere: a letter, a printed page, a neighbour.
Without it, the keys named in the export are taken and printed. `--older` takes a checkpoint saved earlier, or
several: the record must begin with what they signed. Both options may be repeated.

Ends with 0 and a sentence when everything holds, with 1 and the first thing that is wrong otherwise.

What is checked: every leaf is the RFC 9162 hash of its entry's exact bytes; leaves have no gap; every checkpoint's
root is that of the leaves before it; every checkpoint is signed (C2SP signed note, Ed25519); the last leaf stands
under a checkpoint. For the proof of one entry: its path to the root, and what its HMACs stand for.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

RECORD, PROOF = "confederation-record/1", "confederation-record-proof/1"


class Wrong(Exception):
    """The first thing that does not hold, as a sentence."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check a public record offline.")
    parser.add_argument("export", help="a file of JSON Lines, or - for standard input")
    parser.add_argument("--key", action="append", default=[], help="a key known from elsewhere")
    parser.add_argument("--older", action="append", default=[], metavar="FILE", help="a checkpoint saved earlier")
    options = parser.parse_args(arguments)
    try:
        older = []
        for name in options.older:
            found = list(notes(Path(name).read_text(encoding="utf-8")))
            if not found:
                raise Wrong(f"{name} holds no checkpoint.")
            older += found
        if options.export == "-":
            sentences = verify(sys.stdin.buffer, keys=options.key, older=older)
        else:
            with Path(options.export).open("rb") as lines:
                sentences = verify(lines, keys=options.key, older=older)
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    except OSError as error:
        print(f"WRONG: {error.filename} cannot be read ({error.strerror}).")
        return 1
    for sentence in sentences:
        print(sentence)
    return 0


def verify(lines, keys=(), older=()):
    """Check the lines of an export. Returns what was found, in sentences.

    Raises:
        Wrong: at the first thing that does not hold.
    """
    pinned = [public_key(key) for key in keys]
    older = [Note(note) for note in older]
    sentences: list = []
    matched: set = set()
    log = None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = read_line(line, number)
        if row.get("format") == PROOF:
            sentences.append(verify_proof(row, pinned, older, matched))
        elif row.get("format") == RECORD:
            if log:
                sentences.append(log.end(matched))
            log = Tree(row, pinned, older)
        elif log is None:
            raise Wrong(f"Line {number} is neither the beginning of a record nor a proof.")
        else:
            log.add(row, number)
    if log:
        sentences.append(log.end(matched))
    if not sentences:
        raise Wrong("The file is empty.")
    if older and not matched:
        raise Wrong("None of the older checkpoints is of a log in this file.")
    return sentences


class Tree:
    """One log of an export, read leaf after leaf; only the peaks of its tree are kept in memory."""

    def __init__(self, header, pinned, older):
        self.log = text_of(header, "log")
        self.keys = signers(header, pinned)
        self.size = 0
        self.peaks = []
        self.signed = 0
        self.resumed = None
        self.older = [note for note in older if is_of(note.origin, self.log)]
        for note in self.older:
            note.check(self.keys)
        self.past = {note.size: note for note in self.older}
        for note in self.older:
            if self.past[note.size].root != note.root:
                raise Wrong(f"{self.log}: two older checkpoints of {note.size} entries differ: the log has forked.")
        self.meet()

    def add(self, row, number):
        if "leaf" in row:
            body = text_of(row, "body")
            if row["leaf"] != self.size:
                raise Wrong(f"{self.log}: line {number} is leaf {row['leaf']}, and leaf {self.size} comes next.")
            self.note_resumption(body, number)
            self.append(leaf_hash(body.encode()))
            self.meet()
        elif "checkpoint" in row:
            note = Note(text_of(row, "checkpoint"))
            if not is_of(note.origin, self.log):
                raise Wrong(f"{self.log}: line {number} is a checkpoint of {note.origin}.")
            note.check(self.keys)
            if note.size != self.size:
                raise Wrong(f"{self.log}: the checkpoint of {note.size} entries stands after {self.size}.")
            if note.root != self.root():
                raise Wrong(f"{self.log}: the first {self.size} entries are not those that were signed.")
            self.signed = self.size
        else:
            raise Wrong(f"{self.log}: line {number} is neither a leaf nor a checkpoint.")

    def append(self, node):
        size = self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        *left, root = self.peaks
        for peak in reversed(left):
            root = node_hash(peak, root)
        return root

    def note_resumption(self, body, number):
        try:
            entry = json.loads(body)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise Wrong(f"{self.log}: the entry of line {number} is not JSON.")
        if entry.get("kind") == "record.resumed":
            self.resumed = (self.size, str(entry.get("explanation")))

    def meet(self):
        """An older checkpoint of as many entries must have had this very root."""
        note = self.past.get(self.size)
        if note and note.root != self.root():
            raise Wrong(
                f"{self.log}: the first {self.size} entries are not those of the older checkpoint:"
                " the record was rewritten since."
            )

    def end(self, matched):
        if self.signed != self.size:
            raise Wrong(f"{self.log}: the last {self.size - self.signed} entries stand under no checkpoint.")
        for note in self.older:
            if note.size > self.size:
                told = ""
                if self.resumed:
                    told = f" Leaf {self.resumed[0]} explains a loss: {self.resumed[1]}"
                raise Wrong(
                    f"{self.log}: it has {self.size} entries, and the older checkpoint has {note.size}:"
                    f" entries were taken away.{told}"
                )
            matched.add(note.origin)
        ended = f" and continues {len(self.older)} older" if self.older else ""
        return (
            f"{self.log}: {self.size} entries, every one in its place under a signed checkpoint{ended}."
            f" Root {encoded(self.root())}. Signed by {' or '.join(sorted(self.keys.values()))}."
        )


def verify_proof(row, pinned, older, matched):
    """One entry: its bytes, its path to a signed root, and what its HMACs stand for."""
    log, body = text_of(row, "log"), text_of(row, "body")
    note = Note(text_of(row, "checkpoint"))
    if not is_of(note.origin, log):
        raise Wrong(f"The proof is of {log}, and its checkpoint of {note.origin}.")
    keys = signers(row, pinned)
    note.check(keys)
    path = [decoded(step) for step in row.get("proof") or []]
    index = row.get("leaf")
    if not isinstance(index, int) or root_of_path(leaf_hash(body.encode()), index, note.size, path) != note.root:
        raise Wrong(f"{log}: the path of entry {index} does not lead to the signed root.")
    for note_before in older:
        if note_before.origin == note.origin and note_before.size == note.size:
            note_before.check(keys)
            if note_before.root != note.root:
                raise Wrong(f"{log}: two checkpoints of {note.size} entries differ: the log has forked.")
            matched.add(note.origin)
    committed = json.loads(body).get("personal", {})
    for field, told in (row.get("disclosures") or {}).items():
        value = hmac.new(bytes.fromhex(told["salt"]), told["value"].encode(), hashlib.sha256).hexdigest()
        if value != committed.get(field):
            raise Wrong(f"{log}: {field} of entry {index} does not stand for {told['value']!r}.")
    return f"{log}: entry {index} stands among the {note.size} that {' or '.join(sorted(keys.values()))} signed."


def root_of_path(node, index, size, path):
    """RFC 9162, section 2.1.3.2; None when the path has the wrong length."""
    if not 0 <= index < size:
        return None
    last = size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


# ---- notes and keys ----


class Note:
    """A signed checkpoint: origin, size, base64 root, an empty line, signatures."""

    def __init__(self, note):
        text, gap, signed = note.rpartition("\n\n")
        lines = text.split("\n")
        if not gap or len(lines) < 3 or not lines[1].isdigit():
            raise Wrong("This is not a checkpoint: " + repr(note[:80]))
        self.text = text + "\n"
        self.origin, self.size, self.root = lines[0], int(lines[1]), decoded(lines[2])
        self.signatures = []
        for line in signed.splitlines():
            dash, _, rest = line.partition(" ")
            name, _, value = rest.partition(" ")
            if dash != "\u2014" or not name:
                raise Wrong(f"{self.origin}: a signature line cannot be read.")
            self.signatures.append((name, decoded(value)))

    def check(self, keys):
        """One of `keys` (public key to how it is written) must have signed, under the log's own name."""
        for public in keys:
            for name, value in self.signatures:
                if name == self.origin and value[:4] == key_id(name, public):
                    try:
                        Ed25519PublicKey.from_public_bytes(public).verify(value[4:], self.text.encode())
                    except InvalidSignature:
                        raise Wrong(f"{self.origin}: the signature over {self.size} entries is false.") from None
                    return
        raise Wrong(f"{self.origin}: the checkpoint of {self.size} entries is not signed by a key that is trusted.")


def notes(text):
    """The notes of a text that may hold several."""
    body: list = []
    signed: list = []
    for line in text.splitlines():
        if body and body[-1] == "" and line.startswith("\u2014 "):
            signed.append(line)
            continue
        if signed:
            yield "\n".join(body + signed) + "\n"
            body, signed = [], []
        if line or body:
            body.append(line)
    if signed:
        yield "\n".join(body + signed) + "\n"


def signers(header, pinned):
    """Whose signatures count: the keys given, or those that the file itself names."""
    named = header.get("keys")
    if not isinstance(named, list) or not named:
        raise Wrong("The file names no key.")
    publics = pinned or [public_key(key) for key in named]
    return {public: encoded(b"\x01" + public) for public in publics}


def public_key(text):
    """The 32 bytes of an Ed25519 key from name+id+base64, or from the last part alone."""
    parts = text.strip().split("+", 2)
    rest = parts[2] if len(parts) == 3 and len(parts[1]) == 8 else text.strip()
    data = decoded(rest)
    if len(data) == 33 and data[0] == 1:
        data = data[1:]
    if len(data) != 32:
        raise Wrong(f"This is not a key: {text}")
    if rest != text.strip() and key_id(parts[0], data).hex() != parts[1]:
        raise Wrong(f"The key does not belong to its name: {text}")
    return data


def key_id(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def is_of(origin, log):
    """Whether a checkpoint's origin is that log's: the installation's name, a slash, the log's own."""
    return origin == log or origin.endswith("/" + log)


# ---- bytes ----


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def encoded(data):
    return base64.b64encode(data).decode()


def decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Wrong(f"This is not base64: {str(text)[:80]!r}") from None


def read_line(line, number):
    try:
        row = json.loads(line)
    except ValueError:
        raise Wrong(f"Line {number} is not JSON.") from None
    if not isinstance(row, dict):
        raise Wrong(f"Line {number} is not an object.")
    return row


def text_of(row, name):
    if not isinstance(row.get(name), str):
        raise Wrong(f"{name} is missing.")
    return row[name]


if __name__ == "__main__":
    sys.exit(main())
