"""The trees over the record: leaves, heads, signed checkpoints, and what a witness has co-signed (article 17)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..clock import CivicNow
from ..record.merkle import Peaks
from ..refusal import FORBIDDEN
from ..triggers import checked, fixed, refuse
from .entry import Entry, Log

TILE = 8  # the record keeps the subtrees of every eighth height: a proof then reads a few rows of 256 hashes


class Leaf(models.Model):
    """The place of an entry in its log's tree."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="leaf")
    log = models.ForeignKey(Log, models.PROTECT, related_name="leaves", db_index=False)
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    privileges = "SELECT, INSERT"

    class Meta:
        verbose_name_plural = _("leaves")
        constraints = [models.UniqueConstraint(fields=["log", "index"], name="leaf_one_a_place")]
        triggers = [
            *fixed(17, "The record is only added to: a leaf keeps its place."),
            checked(
                "next",
                pgtrigger.Insert,
                "SELECT e.log_id, sha256('\\x00'::bytea || e.body) INTO STRICT owner, expected"
                " FROM assemblies_entry e WHERE e.id = NEW.entry_id;",
                refuse(
                    17, "NEW.log_id <> owner OR NEW.hash <> expected", "A leaf is the hash of an entry of its own log."
                ),
                refuse(
                    17,
                    "NEW.index <> coalesce((SELECT max(l.index) + 1 FROM assemblies_leaf l"
                    " WHERE l.log_id = NEW.log_id), 0)",
                    "Leaves are added one after another, without a gap.",
                ),
                declare=[("owner", "bigint"), ("expected", "bytea")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}/{self.index}"


class Subtree(models.Model):
    """The hash over the 2**height leaves from index * 2**height on. It saves a proof from reading every leaf."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="+", db_index=False)
    height = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "height", "index"], name="subtree_one_a_place"),
            models.CheckConstraint(name="subtree_of_a_tile", condition=models.Q(height__in=range(TILE, 64, TILE))),
        ]
        triggers = fixed(17, "The record is only added to: a subtree keeps its hash.")

    def __str__(self) -> str:
        return f"{self.log_id}/{self.height}/{self.index}"


class Head(models.Model):
    """How far a log's tree has grown: its size and its peaks, 32 bytes each, the largest subtree first."""

    log = models.OneToOneField(Log, models.PROTECT, primary_key=True, related_name="head")
    size = models.BigIntegerField()
    peaks = models.BinaryField()

    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        triggers = [
            *fixed(17, "The head of a log is not removed.", delete_only=True),
            checked(
                "forward",
                pgtrigger.Insert | pgtrigger.Update,
                "IF TG_OP = 'UPDATE' THEN",
                refuse(
                    17,
                    "NEW.log_id <> OLD.log_id OR NEW.size <= OLD.size",
                    "The head of a log only moves forward.",
                    FORBIDDEN,
                ),
                "END IF;",
                refuse(
                    17,
                    "NEW.size IS DISTINCT FROM (SELECT max(l.index) + 1 FROM assemblies_leaf l"
                    " WHERE l.log_id = NEW.log_id)",
                    "The size of a head is the number of its leaves.",
                ),
                refuse(
                    17,
                    "length(NEW.peaks) <> 32 * bit_count(NEW.size::bit(64))",
                    "A head has one peak for each complete subtree.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}: {self.size}"

    def tree(self) -> Peaks:
        peaks = bytes(self.peaks)
        return Peaks(self.size, [peaks[at : at + 32] for at in range(0, len(peaks), 32)])


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    def current(self) -> CheckpointQuerySet:
        """The last checkpoint of every log: the one over its head."""
        return self.filter(size=models.F("log__head__size")).select_related("log__head")


class Checkpoint(models.Model):
    """A head, signed: `note` is the C2SP text that is published, `key` the 32 bytes of the key that signed it."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    key = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=CivicNow())

    objects = CheckpointQuerySet.as_manager()
    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="checkpoint_one_a_size")]
        triggers = [
            *fixed(17, "The record is only added to: a checkpoint that was signed stands."),
            checked(
                "of_the_head",
                pgtrigger.Insert,
                refuse(
                    17,
                    "NEW.size IS DISTINCT FROM (SELECT h.size FROM assemblies_head h WHERE h.log_id = NEW.log_id)",
                    "A checkpoint is made of the head that its log has now.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.log_id}: {self.size}"


class CoSignature(models.Model):
    """A checkpoint of somebody's log that this installation, as a witness, found to follow all it had seen before."""

    address = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    key = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=CivicNow())

    privileges = "SELECT, INSERT"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "key", "size"], name="cosignature_one_a_size")]
        triggers = fixed(17, "What a witness has co-signed stands.")

    def __str__(self) -> str:
        return f"{self.origin}: {self.size}"
