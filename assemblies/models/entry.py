"""The record: every public act, in exact bytes, written in the act's own transaction (article 17)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from ..clock import CivicNow
from ..refusal import FORBIDDEN
from ..triggers import checked, fixed, refuse

if TYPE_CHECKING:
    from .citizen import Citizen


class LogManager(models.Manager["Log"]):
    def server(self) -> Log:
        """The log of what a technician does to accounts that belong to no assembly."""
        return self.get_or_create(origin="server")[0]


class Log(models.Model):
    """One append-only log: of an assembly, of a confederation, or the server's own."""

    origin = models.CharField(max_length=200, unique=True)

    objects = LogManager()
    privileges = "SELECT, INSERT"

    class Meta:
        triggers = fixed(17, "A log of the record keeps its name and cannot be removed.")

    def __str__(self) -> str:
        return self.origin


def entry_words() -> models.Func:
    """The words that an entry says, as the database's index holds them."""
    return models.Func("body", function="entry_words", output_field=SearchVectorField())


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> EntryQuerySet:
        """The entries about one thing, oldest first."""
        return self.filter(subject=address(subject)).order_by("pk")

    def newest_first(self) -> EntryQuerySet:
        return self if self.query.order_by else self.order_by("-pk")

    def saying(self, words: str) -> EntryQuerySet:
        """The entries with all of these words, or with words that begin so, newest first.

        Not by number: how many entries the beginning of a word fits is guessed badly, and a search for a rare one
        would then read the whole record from its end instead of the index.
        """
        wanted = re.findall(r"[^\W_]+", words.lower())
        if not wanted:
            return self.none()
        query = SearchQuery(" & ".join(f"{word}:*" for word in wanted), config="simple", search_type="raw")
        return self.alias(words=entry_words()).filter(words=query).order_by("-recorded_at", "-pk")


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
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["log", "id"]),
            models.Index(fields=["kind", "id"], name="entry_kind"),
            GinIndex(entry_words(), name="entry_words"),
        ]
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
    naming: Iterable[Citizen] = (),
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
        naming: people whom the words of the facts name: a mark stands there in place of each name, and the name
            beside the entry, as a personal fact.
        facts: public facts: whole numbers, words, booleans, None, moments, and lists of them.

    Returns the entry; its body and its moments are read from the database when they are asked for.
    """
    told, committed = [], {}
    said: dict[str, Any] = {key: _plain(value) for key, value in facts.items()}
    said, named = without_names(said, naming)
    personal = {**(personal or {}), **named}
    if by is not None:
        personal["by"] = (by, by.name)
    for field, (person, words) in personal.items():
        salt = secrets.token_bytes(32)
        committed[field] = commitment(salt, words)
        told.append([field, salt.hex(), words, person.pk if person else None])
    said |= {"kind": kind, "subject": address(subject)}
    if committed:
        said["personal"] = committed
    before, after = around_its_moment(said)
    log_id = log if isinstance(log, int) else log.pk
    values = [log_id, kind, said["subject"], before, after, in_canonical_form(told) if told else None, at]
    with connection.cursor() as cursor:
        cursor.execute("SELECT write_entry(%s, %s, %s, %s, %s, %s, %s)", values)
        (number,) = cursor.fetchone()
    return Entry.from_db(connection.alias, ("id", "log_id", "kind", "subject"), (number, *values[:3]))


NAME = "name"  # what the facts call somebody whom their words name: "name 1", and so on


def mark(field: str) -> str:
    """What stands in the words of an entry in place of a name."""
    return f"[{field}]"


def without_names(
    said: dict[str, Any], naming: Iterable[Citizen]
) -> tuple[dict[str, Any], dict[str, tuple[Citizen | None, str]]]:
    """The facts with a mark in place of each name, and whose name stands behind each mark.

    No mark is taken that the words have in them already, so that putting the names back gives the words as they were.
    """
    words = " ".join(_words_in(list(said.values())))
    people: dict[str, Citizen] = {}
    for person in naming:
        if person.name and re.search(_whole(person.name), words):
            people.setdefault(person.name, person)
    free = (f"{NAME} {number}" for number in count(1) if mark(f"{NAME} {number}") not in words)
    fields = dict(zip(people, free, strict=False))
    if not fields:
        return said, {}
    # The longest first: of Ana and Ana María, it is the second who is named where both fit.
    either = re.compile("|".join(_whole(name) for name in sorted(fields, key=len, reverse=True)))
    kept = {key: _marked(value, lambda found: mark(fields[found[0]]), either) for key, value in said.items()}
    return kept, {field: (people[name], name) for name, field in fields.items()}


def names_people(offered: models.Model) -> bool:
    """Whether the entry that laid it before its assembly has marks in place of names; also when those are erased."""
    entry = Entry.objects.about(offered).filter(kind="proposal.offered").first()
    said = json.loads(bytes(entry.body)) if entry else {}
    return any(field.startswith(f"{NAME} ") for field in said.get("personal", {}))


def with_names(value: Any, names: dict[str, str]) -> Any:
    """Words of an entry with what stands for each mark put in its place: by field, a name or what is said instead."""
    if not names:
        return value
    fields = {mark(field): str(words) for field, words in names.items()}
    return _marked(value, lambda found: fields[found[0]], re.compile("|".join(map(re.escape, fields))))


def _whole(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _words_in(item)


def _marked(value: Any, put: Callable[[re.Match[str]], str], names: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return names.sub(put, value)
    if isinstance(value, list):
        return [_marked(item, put, names) for item in value]
    return value


# The form of RFC 8785 for what an entry holds: words, whole numbers that a double keeps, booleans, None, lists, and
# objects with plain keys. The standard library's encoder writes these the same, and in a tenth of the time.
in_canonical_form = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode
LARGEST = 2**53 - 1


def around_its_moment(said: dict[str, Any]) -> tuple[str, str]:
    """The RFC 8785 text of an entry up to the words of its moment, and after them: the database writes those."""
    earlier = {key: value for key, value in said.items() if key < "at"}
    later = {key: value for key, value in said.items() if key > "at"}
    before = f"{in_canonical_form(earlier)[:-1]}," if earlier else "{"
    return f'{before}"at":"', f'",{in_canonical_form(later)[1:]}'


def commitment(salt: bytes, words: str) -> str:
    """HMAC-SHA256 of the words under the salt, in hexadecimal (FIPS 198-1)."""
    return hmac.new(salt, words.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    """A value as RFC 8785 can hold it: moments as UTC with microseconds, decimals as words."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"{value} is too large a number for the record: give it as words")
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
