"""What the API keeps of a person: the tokens they made, and for a day the answers to what they sent with a key.

Both are personal: neither stands in the public record.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import CivicNow, now
from assemblies.models import Citizen
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse, unchanged

PREFIX = "confed_"
LONGEST = timedelta(days=365)
NOTED_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=1)
MOST_TOKENS = 50


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def in_force(self, at: datetime) -> TokenQuerySet:
        """Those with which something can be done at that moment; their person's account is in use."""
        return self.filter(revoked_at=None, expires_at__gt=at, citizen__is_active=True)

    def make(self, *, by: Citizen, name: str, scopes: Iterable[str], expires_at: datetime) -> tuple[Token, str]:
        """A token and its secret, which is told this once and kept nowhere."""
        at = now()
        if not at < expires_at <= at + LONGEST:
            raise Refusal(19, _("A token ends within a year."), status=UNFIT)
        if self.in_force(at).filter(citizen=by).count() >= MOST_TOKENS:
            raise Refusal(19, _("You have many tokens already: revoke some of them first."), status=CONFLICT)
        secret = PREFIX + secrets.token_urlsafe(32)
        with act():
            token = self.create(
                citizen=by,
                name=" ".join(name.split()),
                digest=digest_of(secret),
                scopes=sorted(set(scopes)),
                expires_at=expires_at,
            )
            token.refresh_from_db()
        return token, secret

    def of(self, secret: str, at: datetime) -> Token | None:
        """The token with that secret, while it is in force."""
        return self.in_force(at).filter(digest=digest_of(secret)).select_related("citizen").first()


class Token(models.Model):
    """A key to one's own account for a program: what it may do, and until when. Only the hash of its secret is kept."""

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    name = models.CharField(gettext_lazy("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField(db_default=CivicNow())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = TokenQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (used_at, revoked_at)"

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["citizen", "-made_at"])]
        constraints = [
            models.CheckConstraint(name="token_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="token_is_a_hash", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="token_ends", condition=Q(expires_at__gt=F("made_at"), expires_at__lte=F("made_at") + LONGEST)
            ),
        ]
        triggers = [
            *fixed(19, "A token stays on its person's list; it is revoked.", delete_only=True),
            checked(
                "made",
                pgtrigger.Insert,
                "NEW.made_at := civic_now();",
                refuse(
                    19,
                    "NEW.used_at IS NOT NULL OR NEW.revoked_at IS NOT NULL",
                    "A token is made before it is used.",
                    FORBIDDEN,
                ),
            ),
            checked(
                "kept",
                pgtrigger.Update,
                unchanged(
                    19,
                    "What a token may do, and until when, stands as it was made.",
                    "citizen_id",
                    "name",
                    "digest",
                    "scopes",
                    "made_at",
                    "expires_at",
                ),
                refuse(19, "OLD.revoked_at IS NOT NULL", "A token that was revoked stays so.", FORBIDDEN),
                "IF NEW.revoked_at IS NOT NULL THEN NEW.revoked_at := civic_now(); END IF;",
                "IF NEW.used_at IS DISTINCT FROM OLD.used_at THEN NEW.used_at := civic_now(); END IF;",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at

    def revoke(self, *, by: Citizen) -> None:
        """Nothing is done with it any more, from this moment on."""
        if by.pk != self.citizen_id:
            raise Refusal(19, _("Only its own person revokes a token."))
        with act():
            if not Token.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=CivicNow()):
                raise Refusal(19, _("This token is revoked already."), status=CONFLICT)
            self.refresh_from_db(fields=["revoked_at"])

    def note_use(self, at: datetime) -> None:
        """That it was used; once a minute is enough to see it."""
        if self.used_at is None or self.used_at <= at - NOTED_EVERY:
            Token.objects.filter(pk=self.pk, revoked_at=None).update(used_at=CivicNow())


class KeptAnswer(models.Model):
    """The answer to what a person sent with an `Idempotency-Key`, written in the transaction of the act itself.

    `fingerprint` tells the same request from another, and nothing of what was in it.
    """

    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    location = models.CharField(max_length=500, blank=True)
    kept_at = models.DateTimeField(db_default=CivicNow())

    class Meta:
        indexes = [models.Index(fields=["kept_at"])]
        constraints = [models.UniqueConstraint(fields=["citizen", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return self.key
