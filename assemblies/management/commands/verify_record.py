"""Check the record in the database: every leaf, root and signature, and that nothing is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F

from assemblies.models import Entry, Head, Leaf, Log, Subtree
from assemblies.record import published
from assemblies.record.export import lines_of
from assemblies.record.merkle import root_at
from assemblies.record.nodes import StoredNodes
from assemblies.record.verify_record import Wrong, notes, verify


class Command(BaseCommand):
    help = "Check the record in the database, and against checkpoints kept elsewhere. Ends with 1 at the first wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--log", help="one log, as in assembly/abiego; all of them without it")
        parser.add_argument("--key", action="append", default=[], help="a key known from elsewhere")
        parser.add_argument("--older", action="append", default=[], metavar="FILE", help="a checkpoint saved earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        logs = Log.objects.order_by("origin")
        if options["log"]:
            logs = logs.filter(origin=options["log"])
        if not logs:
            raise CommandError("There is no such log.")
        saved = [note for name in options["older"] for note in notes(Path(name).read_text())]
        for log in logs:
            kept = published.note_of(log.origin)
            older = [note for note in [*saved, kept] if note and note.partition("\n")[0].endswith(log.origin)]
            try:
                left_out(log)
                lines = (line.encode() for line in lines_of(log))
                sentences = verify(lines, keys=options["key"], older=older) if Head.objects.filter(log=log) else []
            except Wrong as wrong:
                raise CommandError(f"WRONG: {wrong}") from wrong
            for sentence in sentences or [f"{log.origin}: nothing is entered yet."]:
                self.stdout.write(sentence)


def left_out(log: Log) -> None:
    """Every entry has its place or waits for it, and head and subtrees are those of the leaves.

    Raises:
        Wrong: at the first that does not fit.
    """
    name = log.origin
    lost = Entry.objects.filter(log=log, leaf=None).exclude(pk__in=_waiting(log)).order_by("pk").first()
    if lost is not None:
        raise Wrong(f"{name}: entry {lost.pk} has no place in the tree and does not wait for one.")
    strange = Leaf.objects.filter(log=log).exclude(entry__log=F("log")).order_by("index").first()
    if strange is not None:
        raise Wrong(f"{name}: leaf {strange.index} is an entry of another log.")
    head = Head.objects.filter(log=log).first()
    size = head.size if head else 0
    if size != Leaf.objects.filter(log=log).count():
        raise Wrong(f"{name}: the head says {size} entries, and there are {Leaf.objects.filter(log=log).count()}.")
    last = log.checkpoints.order_by("-size").first()
    if (last.size if last else 0) != size:
        raise Wrong(f"{name}: the last checkpoint is not over the head.")
    root = root_at(size, StoredNodes(log.pk))
    if head and last and not (head.tree().root() == bytes(last.root) == root):
        raise Wrong(f"{name}: the head's root is not that of its leaves.")
    expected = sum(size >> height for height in range(8, 64, 8))
    if Subtree.objects.filter(log=log).count() != expected:
        raise Wrong(f"{name}: subtrees are missing.")


def _waiting(log: Log) -> Any:
    from assemblies.models import Pending

    return Pending.objects.filter(entry__log=log).values("entry")
