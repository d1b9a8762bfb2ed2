"""The record: every public act, in exact bytes, written in the act's own transaction (article 17)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
import rfc8785
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from ..clock import CivicNow, now
from ..refusal import FORBIDDEN
from ..triggers import checked, fixed, refuse

if TYPE_CHECKING:
    from .citizen import Citizen


class Log(models.Model):
    """One append-only log: of an assembly, or of a confederation."""

    origin = models.CharField(max_length=200, unique=True)

    privileges = "SELECT, INSERT"

    class Meta:
        triggers = fixed(17, "A log of the record keeps its name and cannot be removed.")

    def __str__(self) -> str:
        return self.origin


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> EntryQuerySet:
        """The entries about one thing, oldest first."""
        return self.filter(subject=address(subject)).order_by("pk")


class Entry(models.Model):
    """One public act. `body` holds the RFC 8785 bytes that are hashed; personal facts stand in it only as HMACs."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    body = models.BinaryField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=CivicNow())

    objects = EntryQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["log", "id"])]
        triggers = [
            *fixed(17, "The record is only added to: an entry cannot be changed or removed."),
            checked(
                "says_what_it_is",
                pgtrigger.Insert,
                "NEW.recorded_at := civic_now();",
                "said := convert_from(NEW.body, 'UTF8')::jsonb;",
                refuse(
                    17,
                    "said ->> 'kind' IS DISTINCT FROM NEW.kind OR said ->> 'subject' IS DISTINCT FROM NEW.subject"
                    " OR (said ->> 'at')::timestamptz IS DISTINCT FROM NEW.at",
                    "What stands beside an entry is what stands in it.",
                ),
                declare=[("said", "jsonb")],
            ),
            # Whoever writes an entry, and however: it waits for its place in the tree from its birth.
            pgtrigger.Trigger(
                name="waits",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO assemblies_pending (entry_id) VALUES (NEW.id); RETURN NULL;",
            ),
        ]
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Pending(models.Model):
    """An entry that the sequencer has not yet set into its log's tree."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="+")

    privileges = "SELECT, INSERT, DELETE"

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="until_set",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=refuse(
                    17,
                    "NOT EXISTS (SELECT FROM assemblies_leaf l WHERE l.entry_id = OLD.entry_id)",
                    "An entry waits until it has its place in the record.",
                    FORBIDDEN,
                )
                + " RETURN OLD;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class Disclosure(models.Model):
    """What an HMAC in an entry stands for. Erasing the row erases the fact; the entry still verifies."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="disclosures", db_index=False)
    field = models.CharField(max_length=40)
    salt = models.BinaryField(max_length=32)
    value = models.TextField()
    person = models.ForeignKey("assemblies.Citizen", models.PROTECT, null=True, related_name="+")

    privileges = "SELECT, INSERT, DELETE"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "field"], name="disclosure_one_a_field")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


def address(thing: models.Model) -> str:
    """The name of a thing in the record: its noun and its number, as in `decision/12`."""
    return f"{thing._meta.model_name}/{thing.pk}"


def record(
    kind: str,
    subject: models.Model,
    *,
    log: Log | int,
    by: Citizen | None = None,
    at: datetime | None = None,
    personal: dict[str, tuple[Citizen | None, str]] | None = None,
    **facts: Any,
) -> Entry:
    """Write one act into the record, inside the act's own transaction.

    Args:
        kind: noun and past participle, `decision.closed`.
        subject: the thing acted on.
        log: the log (or its id) of the assembly or confederation concerned.
        by: who acted; None for what time alone brought about.
        at: when it took effect; the civic clock now when not given.
        personal: facts about people: field to (person, words), kept as HMAC-SHA256 under a salt of their own.
        facts: public facts: whole numbers, words, booleans, None, moments, and lists of them.
    """
    at = at or now()
    people = dict(personal or {})
    if by is not None:
        people["by"] = (by, by.name)
    salts = {field: secrets.token_bytes(32) for field in people}
    body: dict[str, Any] = {
        "at": _plain(at),
        "kind": kind,
        "subject": address(subject),
        **{key: _plain(value) for key, value in facts.items()},
    }
    if people:
        body["personal"] = {field: commitment(salts[field], words) for field, (_person, words) in people.items()}
    entry = Entry(
        log_id=log if isinstance(log, int) else log.pk,
        kind=kind,
        subject=address(subject),
        body=rfc8785.dumps(body),
        at=at,
    )
    fields, persons = list(people), [person.pk if person else None for person, _words in people.values()]
    told: list[Any] = [fields, [salts[field] for field in fields], [words for _who, words in people.values()], persons]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [entry.log_id, entry.kind, entry.subject, bytes(entry.body), at, at, *told])
        entry.pk, entry.recorded_at = cursor.fetchone()
    entry._state.adding = False
    return entry


# One statement, because every act pays for it: the entry and what its HMACs stand for. It waits for its place in the
# tree by a trigger of its own table.
WRITE = """
WITH entry AS (
    INSERT INTO assemblies_entry (log_id, kind, subject, body, at, recorded_at) VALUES (%s, %s, %s, %s, %s, %s)
    RETURNING id, recorded_at
), disclosed AS (
    INSERT INTO assemblies_disclosure (entry_id, field, salt, value, person_id)
    SELECT entry.id, told.* FROM entry, unnest(%s::text[], %s::bytea[], %s::text[], %s::bigint[]) told
)
SELECT id, recorded_at FROM entry
"""


def commitment(salt: bytes, words: str) -> str:
    """HMAC-SHA256 of the words under the salt, in hexadecimal (FIPS 198-1)."""
    return hmac.new(salt, words.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    """A value as RFC 8785 can hold it: moments as UTC with microseconds, decimals as words."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
