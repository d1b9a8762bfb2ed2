"""The key that signs the record: from `RECORD_KEY`, or made once under `var/` and readable by its owner alone.

Its text holds the name of the installation too, so that moving to another address does not rename the record.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from .checkpoint import private_key_text, read_private_key


def signing_key() -> tuple[str, Ed25519PrivateKey]:
    """The installation's name and its key; made at the first need where there is none."""
    return read_private_key(settings.RECORD_KEY or _kept(settings.VAR_DIR / "record-key"))


def witness_key() -> tuple[str, Ed25519PrivateKey]:
    """The same for what this installation co-signs as a witness: never the key of its own record."""
    return read_private_key(settings.WITNESS_KEY or _kept(settings.VAR_DIR / "witness-key", "witness."))


def _kept(path: Path, prefix: str = "") -> str:
    with suppress(FileNotFoundError):
        return path.read_text().strip()
    name = prefix + (urlsplit(settings.SITE_ADDRESS).hostname or "localhost")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(private_key_text(name, Ed25519PrivateKey.generate()) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # two may need it at once: the first one's stands
            os.link(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return path.read_text().strip()
