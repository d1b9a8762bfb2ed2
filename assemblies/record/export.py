"""The record as JSON Lines, and the proof of one entry: what `verify_record.py` reads.

No name of a person stands in an export: what has been downloaded could not be erased. The proof of one entry gives
what its HMACs stand for, as its page does, as long as that is not erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from ..models import Checkpoint, Entry, Leaf, Log
from .checkpoint import encoded, open_note, verifier_key
from .merkle import inclusion
from .nodes import StoredNodes

RECORD, PROOF = "confederation-record/1", "confederation-record-proof/1"
CHUNK = 2000


def keys_of(checkpoints: Iterable[Checkpoint]) -> list[str]:
    """The verifier keys under which these checkpoints are signed, oldest first, each once."""
    found: dict[str, None] = {}
    for checkpoint in checkpoints:
        found[verifier_key(open_note(checkpoint.note)[1][0].name, bytes(checkpoint.key))] = None
    return list(found)


def lines_of(log: Log) -> Iterator[str]:
    """One log: a line that names it and its keys, its entries in order, each checkpoint after its last entry.

    It ends with the checkpoint that was the last when it began, and reads a part at a time.
    """
    last = log.checkpoints.order_by("-size").first()
    signers = log.checkpoints.order_by("key", "size").distinct("key")
    names = keys_of(sorted(signers, key=lambda row: row.size))
    if last is None:
        return
    yield _line({"format": RECORD, "log": log.origin, "keys": names})
    checkpoints = log.checkpoints.filter(size__lte=last.size).order_by("size").values_list("size", "note")
    coming = chain(checkpoints.iterator(chunk_size=CHUNK), [(0, "")])
    size, note = next(coming)
    for index, body in _leaves(log, last.size):
        yield _line({"leaf": index, "body": body.decode()})
        if index + 1 == size:
            yield _line({"checkpoint": note})
            size, note = next(coming)


def _leaves(log: Log, size: int) -> Iterator[tuple[int, bytes]]:
    for start in range(0, size, CHUNK):
        rows = Leaf.objects.filter(log=log, index__range=(start, min(start + CHUNK, size) - 1)).order_by("index")
        for index, body in rows.values_list("index", "entry__body"):
            yield index, bytes(body)


def proof_of(entry: Entry) -> dict[str, Any] | None:
    """What shows that an entry stands in the record; None while it waits for its place."""
    checkpoint = Checkpoint.objects.current().filter(log=entry.log_id).first()
    leaf = Leaf.objects.filter(pk=entry.pk).first()
    if leaf is None or checkpoint is None or leaf.index >= checkpoint.size:
        return None
    return {
        "format": PROOF,
        "log": entry.log.origin,
        "keys": keys_of([checkpoint]),
        "leaf": leaf.index,
        "body": bytes(entry.body).decode(),
        "proof": [encoded(step) for step in inclusion(leaf.index, checkpoint.size, StoredNodes(entry.log_id))],
        "checkpoint": checkpoint.note,
        "disclosures": {
            told.field: {"salt": bytes(told.salt).hex(), "value": told.value} for told in entry.disclosures.all()
        },
    }


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
