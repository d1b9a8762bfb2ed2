"""Who signs the sealed papers of one secret vote: a key of its own, destroyed before the urn opens (article 18)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..blind import BlindKey, fingerprint
from ..clock import CivicNow, now
from ..record.checkpoint import encoded
from ..record.merkle import Peaks, leaf_hash
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from ..triggers import DECISION_BOX, checked, fixed, lock, refuse
from .citizen import Citizen
from .decision import Decision
from .drawing import Drawing
from .entry import names_people, record
from .office import Office
from .roll_mark import LEAST_PAPERS, RollMark

BUNDLE = "urn/urn.js"
ANNOUNCED = ("decision_id", "public_key", "name", "bundle", "roll_salt", "roll_root", "made_at")


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def due(self, at: datetime) -> IssuerQuerySet:
        """Those whose papers are closed and whose key is not yet destroyed."""
        return self.filter(destroyed_at=None, decision__papers_until__lte=at)

    def open(self, decision: Decision) -> Issuer:
        """Make the key of a vote that has just opened, and freeze its roll."""
        key, name, salt = BlindKey.generate(), secrets.token_hex(16), secrets.token_bytes(32)
        _keep(name, key)
        roll = decision.electors().values_list("pk", flat=True)
        return self.create(
            decision=decision,
            public_key=key.public_bytes(),
            name=name,
            bundle=bundle(),
            roll_salt=salt,
            roll_root=root_of(salt, roll),
        )


class Issuer(models.Model):
    """The key that signs the papers of one secret vote, and what was announced with it.

    The private key stands in a file of that `name`, never in the database nor in its log or backups. `papers` is how
    many were taken; it is counted when the key is destroyed. `roll_salt` is shown to those on the roll, who can
    then compute `roll_root` again.
    """

    decision = models.OneToOneField(Decision, models.PROTECT, primary_key=True, related_name="issuer")
    public_key = models.BinaryField()
    name = models.CharField(max_length=32, unique=True)
    bundle = models.CharField(max_length=64)
    roll_salt = models.BinaryField(max_length=32)
    roll_root = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(db_default=CivicNow())
    destroyed_at = models.DateTimeField(null=True)
    papers = models.PositiveIntegerField(null=True)

    objects = IssuerQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="issuer_destroyed_whole",
                condition=Q(destroyed_at__isnull=True, papers__isnull=True)
                | Q(destroyed_at__isnull=False, papers__isnull=False),
            ),
        ]
        triggers = [
            *fixed(18, "That papers were signed, and by which key, stays on record.", delete_only=True),
            checked(
                "made",
                pgtrigger.Insert,
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id FOR UPDATE;",
                "NEW.made_at := civic_now();",
                refuse(
                    18,
                    "NOT asked.secret OR asked.opened_at IS NULL OR NEW.made_at >= asked.papers_until",
                    "Papers are signed in a secret vote, while they can be taken.",
                    FORBIDDEN,
                ),
                refuse(
                    18,
                    f"asked.electorate < {LEAST_PAPERS}",
                    "Among fewer than eight sealed papers nobody is hidden: the tellers keep an urn.",
                ),
                refuse(18, "NEW.destroyed_at IS NOT NULL", "A key signs before it is destroyed.", FORBIDDEN),
                declare=[("asked", "assemblies_decision%ROWTYPE")],
            ),
            checked(
                "destroyed",
                pgtrigger.Update,
                refuse(
                    18,
                    f"({', '.join(f'NEW.{column}' for column in ANNOUNCED)})"
                    f" IS DISTINCT FROM ({', '.join(f'OLD.{column}' for column in ANNOUNCED)})",
                    "What was announced of a secret vote stands.",
                    FORBIDDEN,
                ),
                refuse(
                    18,
                    "OLD.destroyed_at IS NOT NULL OR NEW.destroyed_at IS NULL",
                    "A key is destroyed once.",
                    FORBIDDEN,
                ),
                lock(DECISION_BOX, "NEW.decision_id"),
                "SELECT * INTO STRICT asked FROM assemblies_decision WHERE id = NEW.decision_id;",
                "NEW.destroyed_at := civic_now();",
                refuse(18, "NEW.destroyed_at < asked.papers_until", "Papers can still be taken."),
                "NEW.papers := (SELECT count(*) FROM assemblies_rollmark m WHERE m.decision_id = NEW.decision_id"
                " AND m.channel = 'sealed');",
                refuse(18, "NEW.papers > asked.electorate", "There are more papers than people on the roll."),
                declare=[("asked", "assemblies_decision%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint

    @property
    def fingerprint(self) -> str:
        return fingerprint(bytes(self.public_key))

    @property
    def enough(self) -> bool:
        """Whether so many papers were taken that they hide whose is whose; known once the papers are closed."""
        return self.papers is not None and self.papers >= LEAST_PAPERS

    def sign(self, *, by: Citizen, blinded: bytes) -> bytes:
        """Give one citizen their paper: the signature under a number that says nothing about it.

        The same number has the same answer, again and until the close, so that a line that breaks costs no vote;
        another number from the same citizen is refused.
        """
        digest = hashlib.sha256(blinded).digest()
        with act():
            mark = self.decision.marks.standing().filter(citizen=by).first()
            if mark is not None and bytes(mark.blinded or b"") == digest:
                return bytes(mark.answer or b"")
            self._may_take(by, mark)
            try:
                answer = self._key().blind_sign(blinded)
            except ValueError as error:
                raise Refusal(
                    18, _("This is no sealed paper of this vote. Load the page again."), status=UNFIT
                ) from error
            RollMark.objects.create(
                decision=self.decision, citizen=by, channel=RollMark.Channel.SEALED, blinded=digest, answer=answer
            )
        return answer

    def _may_take(self, by: Citizen, mark: RollMark | None) -> None:
        decision, at = self.decision, now()
        if not decision.electors().filter(pk=by.pk).exists():
            raise Refusal(
                3,
                _("Those vote who were citizens of %(assembly)s when the vote opened; you are not among them.")
                % {"assembly": decision.assembly},
            )
        if mark is not None and mark.channel == RollMark.Channel.SEALED:
            raise Refusal(
                18,
                _("You have taken your paper, and there is one a citizen. It lies where you took it."),
                status=CONFLICT,
            )
        if mark is not None:
            raise Refusal(2, _("You vote in the urn that the tellers keep: one vote a citizen."), status=CONFLICT)
        if self.destroyed_at is not None or decision.papers_until is None or at >= decision.papers_until:
            raise Refusal(
                18, _("The time to take a paper is over: the key that signed them is destroyed."), status=CONFLICT
            )

    def close(self) -> bool:
        """Close the papers: destroy the key for good, and publish how many were taken. Says whether it was this call.

        The file goes first: should the transaction fail, the next call finds no file and writes down what is so. Were
        fewer than eight taken, the marks are withdrawn: everyone may vote in the urn that the tellers keep.
        """
        decision = self.decision
        with act():
            if self.destroyed_at is not None or decision.papers_until is None or now() < decision.papers_until:
                return False
            _destroy(self.name)
            if not Issuer.objects.filter(pk=self.pk, destroyed_at=None).update(destroyed_at=CivicNow(), papers=0):
                self.refresh_from_db()
                return False
            self.refresh_from_db()
            marks = decision.marks.filter(channel=RollMark.Channel.SEALED)
            record(
                "papers.closed",
                decision,
                log=decision.assembly.log_id,
                at=decision.papers_until,
                papers=self.papers,
                takers_root=encoded(root_of(bytes(self.roll_salt), marks.values_list("citizen", flat=True))),
                issuer_fingerprint=self.fingerprint,
            )
            if not self.enough:
                marks.update(withdrawn_at=CivicNow(), reason=_("Fewer than eight papers were taken."))
        return True

    def _key(self) -> BlindKey:
        try:
            return BlindKey.read(_path(self.name).read_bytes())
        except FileNotFoundError as error:
            raise Refusal(
                18, _("The key that signs the papers is not on this machine. Tell the technician."), status=CONFLICT
            ) from error


def announced(decision: Decision) -> dict[str, Any]:
    """What the opening of a secret vote says in the record; its key is made here where enough may take papers.

    The lot for tellers is announced where there are none: somebody keeps an urn for those without a device, or for all.
    """
    Drawing.objects.announce(decision.assembly, Office.Kind.TELLER)
    titles = [option.title for option in decision.proposal.options.all()]
    said: dict[str, Any] = {
        "secret": True,
        "method": decision.method,
        "seats": decision.seats,
        "most": decision.most,
        **({} if names_people(decision.proposal) else {"options": titles}),
        "papers_until": decision.papers_until,
        "urn_from": decision.urn_from,
        "closes_at": decision.closes_at,
    }
    late = decision.papers_until is None or now() >= decision.papers_until
    if late or decision.electorate is None or decision.electorate < LEAST_PAPERS:
        return said
    issuer = Issuer.objects.open(decision)
    return said | {
        "roll_root": encoded(bytes(issuer.roll_root)),
        "issuer_key": encoded(bytes(issuer.public_key)),
        "issuer_fingerprint": issuer.fingerprint,
        "bundle_sha256": issuer.bundle,
    }


def too_few(decision: Decision) -> Refusal:
    """Why no sealed papers are given out in this vote, and what there is instead."""
    sentence = ngettext(
        "Only %(n)d citizen has a vote here: among fewer than eight sealed papers nobody is hidden."
        " Vote in the urn that the tellers keep.",
        "Only %(n)d citizens have a vote here: among fewer than eight sealed papers nobody is hidden."
        " Vote in the urn that the tellers keep.",
        decision.electorate or 0,
    )
    return Refusal(18, sentence % {"n": decision.electorate or 0}, status=CONFLICT)


def root_of(salt: bytes, citizens: Iterable[int]) -> bytes:
    """The RFC 9162 root over HMAC-SHA256(salt, number of the citizen), sorted: it names nobody to whom the salt is
    not told."""
    tree = Peaks()
    for leaf in sorted(hmac.digest(salt, str(number).encode(), "sha256") for number in citizens):
        tree.append(leaf_hash(leaf))
    return tree.root()


@cache
def bundle() -> str:
    """SHA-256 of the program that blinds and casts in the browser, as it is announced."""
    return hashlib.sha256((settings.BASE_DIR / "static" / BUNDLE).read_bytes()).hexdigest()


# ---- the file of the private key ----


def _path(name: str) -> Path:
    return settings.ISSUER_DIR / f"{name}.pem"


def _keep(name: str, key: BlindKey) -> None:
    settings.ISSUER_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(_path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.private_bytes())
        file.flush()
        os.fsync(file.fileno())


def _destroy(name: str) -> None:
    """Overwrite the file and remove it. What a disk keeps of overwritten blocks is for docs/LIMITS.md."""
    path = _path(name)
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
