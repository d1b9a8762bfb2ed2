"""The sequencer: it sets waiting entries into the trees, and signs what it has set.

One at a time, under an advisory lock. Leaves, head and checkpoint are one transaction; the checkpoint is then
published outside the database. It refuses to sign a log that is smaller than, or does not continue, what was
published last: after a restore the record never forks in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ..models import Checkpoint, Head, Log, Pending, Subtree, record
from ..models.tree import TILE
from ..refusal import CONFLICT, UNFIT, Refusal, act
from ..sweeps import Sweep
from ..triggers import RECORD
from . import published
from .checkpoint import BadNote, TreeHead, sign
from .keys import signing_key
from .merkle import Peaks, root_at
from .nodes import StoredNodes

logger = logging.getLogger(__name__)
BATCH = 5000


def sequence(most: int = BATCH, only: Log | None = None) -> int:
    """Set up to `most` waiting entries into their trees, or those of one log alone. Returns how many; 0 also while
    somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, 0)", [RECORD])
        if not cursor.fetchone()[0]:
            return 0
        waiting_logs = Pending.objects.values_list("entry__log", flat=True).distinct()
        logs = Log.objects.in_bulk(list(waiting_logs.filter(entry__log=only) if only else waiting_logs))
        if not logs:
            return 0
        heads = {log_id: _peaks(log) for log_id, log in logs.items()}
        fit = []
        for log_id, log in logs.items():
            if sentence := objection(log, heads[log_id]):
                logger.error("the record of %s is not signed: %s", log.origin, sentence)
            else:
                fit.append(log_id)
        cursor.execute(WAITING, [fit, most])
        waiting = cursor.fetchall()
        name, key = signing_key()
        for log_id, rows in groupby(sorted(waiting), key=lambda row: row[0]):
            _extend(logs[log_id], heads[log_id], [(entry, bytes(leaf)) for _log, entry, leaf in rows], name, key)
    return len(waiting)


WAITING = r"""
SELECT e.log_id, e.id, sha256('\x00'::bytea || e.body) FROM assemblies_pending p
JOIN assemblies_entry e ON e.id = p.entry_id WHERE e.log_id = ANY(%s) ORDER BY e.id LIMIT %s
"""
LEAVES = """
INSERT INTO assemblies_leaf (log_id, entry_id, index, hash)
SELECT %s, l.entry, l.place, l.hash FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) l(entry, place, hash)
ORDER BY l.place
"""


def _extend(log: Log, tree: Peaks, leaves: list[tuple[int, bytes]], name: str, key: Ed25519PrivateKey) -> None:
    """Add the leaves to a log's tree, in one transaction with its head and the checkpoint over it."""
    first = tree.size
    subtrees = []
    for _entry, leaf in leaves:
        completed = tree.append(leaf)
        subtrees += [Subtree(log=log, height=h, index=i, hash=node) for h, i, node in completed if h % TILE == 0]
    entries, hashes = [entry for entry, _leaf in leaves], [leaf for _entry, leaf in leaves]
    with connection.cursor() as cursor:
        cursor.execute(LEAVES, [log.pk, entries, list(range(first, tree.size)), hashes])
        cursor.execute("DELETE FROM assemblies_pending WHERE entry_id = ANY(%s)", [entries])
    Subtree.objects.bulk_create(subtrees)
    Head.objects.update_or_create(log=log, defaults={"size": tree.size, "peaks": b"".join(tree.hashes)})
    origin = f"{name}/{log.origin}"
    note = sign(TreeHead(origin, tree.size, tree.root()).text(), origin, key)
    public = key.public_key().public_bytes_raw()
    Checkpoint.objects.create(log=log, size=tree.size, root=tree.root(), note=note, key=public)
    # After the commit: a checkpoint that was published and then rolled back would stop the log for nothing.
    transaction.on_commit(lambda: _publish(log.origin, note))


def _publish(origin: str, note: str) -> None:
    try:
        published.publish(origin, note)
    except (OSError, BadNote):
        logger.exception("the checkpoint of %s could not be kept outside the database", origin)


def _peaks(log: Log) -> Peaks:
    head = Head.objects.filter(log=log).first()
    return head.tree() if head else Peaks()


# ---- what is not signed ----


def objection(log: Log, tree: Peaks | None = None) -> str | None:
    """Why this log must not be signed on from here; None when nothing speaks against it."""
    tree = tree or _peaks(log)
    last = log.checkpoints.order_by("-size").first()
    if (last.size if last else 0) != tree.size or (last and bytes(last.root) != tree.root()):
        return _("The tree in the database is not the one that was signed last.")
    try:
        note = published.note_of(log.origin)
        kept = TreeHead.read(note) if note is not None else None
    except (OSError, UnicodeDecodeError, BadNote):
        return _("The checkpoint kept outside the database cannot be read.")
    if kept is None:
        return None
    if kept.size > tree.size:
        return _("The record in the database has %(here)d entries, and %(kept)d were published.") % {
            "here": tree.size,
            "kept": kept.size,
        }
    known = tree.root() if kept.size == tree.size else root_at(kept.size, StoredNodes(log.pk))
    if known != kept.root:
        return _("The record in the database is not the one that was published.")
    return None


def objections() -> dict[str, str]:
    """Every log that is not signed on, by its name, with the reason. What was published of a lost log counts too."""
    found = {}
    last = {row.log.origin: row for row in Checkpoint.objects.current()}
    for origin in published.origins():
        row = last.get(origin)
        if row and published.note_of(origin) == row.note and row.log.head.tree().root() == bytes(row.root):
            continue
        log = Log.objects.filter(origin=origin).first()
        sentence = objection(log) if log else _("This log was published and is not in the database.")
        if sentence:
            found[origin] = sentence
    return found


def resume(log: Log, explanation: str) -> None:
    """Go on with a log after a restore: enter what was lost and why, set the lost checkpoint aside, and sign again.

    Whoever keeps the lost checkpoint will see that the record does not continue it, and find this entry.
    """
    explanation = explanation.strip()
    with act():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [RECORD])
        tree = _peaks(log)
        if objection(log, tree) is None:
            raise Refusal(17, _("Nothing stops this log: there is nothing to resume."), status=CONFLICT)
        last = log.checkpoints.order_by("-size").first()
        if (last.size if last else 0) != tree.size or (last and bytes(last.root) != tree.root()):
            raise Refusal(17, _("The tree in the database was altered: restore it from a copy first."), status=CONFLICT)
        if not explanation:
            raise Refusal(17, _("Say in the record what happened."), status=UNFIT)
        try:
            lost = published.note_of(log.origin)
        except (OSError, UnicodeDecodeError):
            lost = None
        record("record.resumed", log, log=log, explanation=explanation, entries=tree.size, lost_checkpoint=lost)
        transaction.on_commit(lambda: published.set_aside(log.origin))


class Sequencer(Sweep):
    """The sweep of the record. Its rows are not acted on one by one: a batch is one transaction and one signature."""

    def run(self, most: int = 1_000_000) -> int:
        done = 0
        while done < most and (step := sequence(min(BATCH, most - done))):
            done += step
        return done


def _due(at: datetime) -> QuerySet[Any]:
    return Pending.objects.filter(entry__recorded_at__lte=at)


def _set(rows: Iterable[Pending]) -> int:
    return sequence()


sequencer = Sequencer("set entries into the record", _due, "entry__recorded_at", _set)
