"""The last checkpoint of each log, kept as a file outside the database.

What was published cannot be taken back: a database restored to an earlier state is caught by the file beside it,
and by whoever else kept a checkpoint (letters, printed pages, witnesses).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from django.conf import settings
from django.utils import timezone

from .checkpoint import TreeHead

SUFFIX = ".checkpoint"


def path_of(origin: str) -> Path:
    """The file of a log. Its name is the log's, without slashes; a very long one is known by its hash."""
    name = quote(origin, safe="")
    if len(name) > 200:
        name = "sha256-" + hashlib.sha256(origin.encode()).hexdigest()
    return settings.PUBLISHED_DIR / (name + SUFFIX)


def note_of(origin: str) -> str | None:
    """The note last published for a log, or None when none was."""
    try:
        return path_of(origin).read_text()
    except FileNotFoundError:
        return None


def origins() -> Iterator[str]:
    """The logs of which something was published, but for those with very long names."""
    if settings.PUBLISHED_DIR.is_dir():
        for path in sorted(settings.PUBLISHED_DIR.glob("*" + SUFFIX)):
            if not path.name.startswith(("sha256-", ".")):
                yield unquote(path.name.removesuffix(SUFFIX))


def publish(origin: str, note: str) -> None:
    """Keep the note, unless a longer one of the same log stands already: two workers may finish out of order."""
    with _locked():
        standing = note_of(origin)
        if standing is None or TreeHead.read(standing).size < TreeHead.read(note).size:
            _write(path_of(origin), note)


def set_aside(origin: str) -> Path:
    """Take away what was published, after it has been entered in the record; the file stays under another name."""
    with _locked():
        path = path_of(origin)
        aside = path.with_name(f"{path.name}.lost-{timezone.now():%Y%m%dT%H%M%S%f}")
        path.rename(aside)
    return aside


@contextmanager
def _locked() -> Iterator[None]:
    settings.PUBLISHED_DIR.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (settings.PUBLISHED_DIR / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, note: str) -> None:
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with aside.open("x") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
