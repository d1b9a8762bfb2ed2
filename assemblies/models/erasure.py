"""That a person had their account erased: what names them goes, and what they did stands under a number."""

from __future__ import annotations

import pgtrigger
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils.translation import gettext as _

from ..clock import CivicNow, now
from ..refusal import CONFLICT, Refusal, act
from ..triggers import at_the_end, checked, fixed, refuse
from .citizen import Citizen, nowhere
from .citizenship import Application
from .entry import Disclosure, Log, record
from .letter import Letter
from .roll_import import RollImport


class ErasureManager(models.Manager["Erasure"]):
    def erase(self, citizen: Citizen, *, by: Citizen) -> Erasure:
        """Erase the account of somebody who is on no roll any more, for good. Only they themselves may.

        Their name, address and password go, their drafts, their letters' words, what they wrote when they applied, and
        every name of theirs beside the record. Acts and votes stay as they were, and nobody can say whose they are
        but by what they said of themselves in public words (docs/LIMITS.md).
        """
        if by.pk != citizen.pk:
            raise Refusal(17, _("An account is erased by the person whose it is, and by nobody else."))
        with act():
            Citizen.objects.select_for_update().get(pk=citizen.pk)
            if citizen.citizenship(now()) is not None:
                raise Refusal(
                    2,
                    _("You stand on a roll. Give up your citizenship first; then your account can be erased."),
                    status=CONFLICT,
                )
            email = citizen.email
            last = citizen.citizenships.select_related("assembly").order_by("-valid_from").first()
            erasure = self.create(citizen=citizen)
            record("account.erased", citizen, log=last.assembly.log_id if last else Log.objects.server())
            for draft in citizen.proposals.filter(offered_at=None):
                _discard(draft, by)
            Letter.objects.filter(citizen=citizen).update(subject="", body="", calendar="")
            Application.objects.filter(citizen=citizen).update(statement="", reason="")
            Disclosure.objects.filter(person=citizen).delete()
            RollImport.objects.forget(email)
            Citizen.objects.filter(pk=citizen.pk).update(
                name="",
                email=nowhere(citizen.pk),
                password=make_password(None),
                last_login=None,
                is_active=False,
                is_staff=False,
                is_superuser=False,
            )
        citizen.refresh_from_db()
        return erasure


def _discard(draft: models.Model, by: Citizen) -> None:
    """A draft on which something else rests stays: its words are the author's last, and nobody's but theirs to see."""
    try:
        draft.discard(by=by)  # type: ignore[attr-defined]
    except Refusal:
        draft.revise(by=by, title="–", text="–")  # type: ignore[attr-defined]


class Erasure(models.Model):
    """One account that was erased, and when."""

    citizen = models.OneToOneField(Citizen, models.PROTECT, related_name="erasure")
    at = models.DateTimeField(db_default=CivicNow())

    objects = ErasureManager()
    privileges = "SELECT, INSERT"

    class Meta:
        triggers = [
            *fixed(17, "An erasure is for good."),
            checked(
                "made",
                pgtrigger.Insert,
                "PERFORM FROM assemblies_citizen WHERE id = NEW.citizen_id FOR UPDATE;",
                "NEW.at := civic_now();",
                refuse(
                    2,
                    "EXISTS (SELECT FROM assemblies_citizenship c WHERE c.citizen_id = NEW.citizen_id"
                    " AND (c.valid_until IS NULL OR c.valid_until > NEW.at))",
                    "Who stands on a roll has a name: the citizenship is given up before the account is erased.",
                ),
            ),
            at_the_end(
                "whole",
                pgtrigger.Insert,
                refuse(
                    17,
                    "NOT EXISTS (SELECT FROM assemblies_citizen c WHERE c.id = NEW.citizen_id AND c.name = ''"
                    " AND c.email = c.id || '@erased.invalid' AND c.password LIKE '!%%' AND NOT c.is_active"
                    " AND NOT c.is_staff AND NOT c.is_superuser)"
                    " OR EXISTS (SELECT FROM assemblies_disclosure d WHERE d.person_id = NEW.citizen_id)"
                    " OR EXISTS (SELECT FROM assemblies_letter l WHERE l.citizen_id = NEW.citizen_id AND l.body <> '')"
                    " OR EXISTS (SELECT FROM assemblies_application a WHERE a.citizen_id = NEW.citizen_id"
                    " AND a.statement <> '')",
                    "An account is erased as a whole.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.citizen_id)
