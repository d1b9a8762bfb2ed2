"""Letters as files: each is one `.eml` under `var/outbox`, and a page can show them.

For a town without a mail server, and for the demo. A letter is whole or absent: it is written aside and renamed.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage as Message
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


@dataclass(frozen=True)
class Letter:
    """One letter as it went out: `name` is its file's, `sent` the moment it was written."""

    name: str
    sent: datetime
    sender: str
    to: str
    subject: str
    text: str


class OutboxBackend(BaseEmailBackend):
    """Writes each message into `settings.OUTBOX_DIR`; the count it answers is of those on disk."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently, **options)
        self.folder = Path(settings.OUTBOX_DIR)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        written = 0
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                self._write(message.message().as_bytes())
            except OSError:
                if not self.fail_silently:
                    raise
            else:
                written += 1
        return written

    def _write(self, content: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
        aside = self.folder / f".{name}"
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.folder / name)
        finally:
            aside.unlink(missing_ok=True)


def letters(recipient: str | None = None) -> Iterator[Letter]:
    """The letters in the outbox, newest first; those to one address when `recipient` is given."""
    for path in sorted(Path(settings.OUTBOX_DIR).glob("[0-9]*.eml"), reverse=True):
        letter = _read(path)
        if letter and (recipient is None or recipient.lower() in letter.to.lower()):
            yield letter


def letter(name: str) -> Letter | None:
    """One letter by its file's name; a name that is a path leads nowhere."""
    path = Path(settings.OUTBOX_DIR) / name
    if path.name != name or path.suffix != ".eml" or name.startswith("."):
        return None
    return _read(path)


def _read(path: Path) -> Letter | None:
    try:
        message = message_from_bytes(path.read_bytes(), _class=Message, policy=default)
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None  # swept away since the folder was listed
    body = message.get_body(("plain", "html"))
    try:
        sent = parsedate_to_datetime(str(message["Date"]))
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)  # "-0000" says UTC of an unknown place
    except (TypeError, ValueError):
        sent = written
    return Letter(
        name=path.name,
        sent=sent,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
    )
