"""Everything that is held on a person: which field, why, and how long.

`REASONS` is the one table. The page at `/kept/` is drawn from it and the models, the export of one's own data follows
it, and a test fails when something points at a citizen and is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from assemblies.models import Citizen, Erasure
from assemblies.refusal import act

from .api.models import KeptAnswer, Token

FOR_GOOD = _("For good. Once your account is erased it stands under a number that no name belongs to.")


@dataclass(frozen=True)
class Reason:
    """Why something is held, and how long. `links` are fields that point at a person: `app.Model.field`; a model by
    itself is the person's own. `whole`: the row tells of that person; otherwise of another, for whom they acted."""

    name: str
    title: Any
    why: Any
    until: Any
    links: str
    whole: bool = True


REASONS = [
    Reason(
        "account",
        _("Your account"),
        _("To sign in, to be written to, and to be called by the name under which your assembly knows you."),
        _("Until you have the account erased. Of a password only a hash is kept, of its reset nothing."),
        "assemblies.Citizen account.EmailAddress.user",
    ),
    Reason(
        "roll",
        _("The roll"),
        _("One citizen, one voice: the roll of every past vote can be checked only if its history is kept."),
        FOR_GOOD,
        "assemblies.Citizenship.citizen assemblies.Office.citizen assemblies.Willingness.citizen"
        " assemblies.Takeover.citizen assemblies.Erasure.citizen",
    ),
    Reason(
        "applications",
        _("Applications to an assembly"),
        _("So that the office that keeps the roll can see that you live there, and you what it answered."),
        _("What you wrote, until your account is erased; that you applied, for good."),
        "assemblies.Application.citizen",
    ),
    Reason(
        "votes",
        _("Your votes"),
        _(
            "One vote each, and a result that can be counted again. Votes of an open ballot are shown to the citizens"
            " of that assembly after the close. Of a secret ballot only that you took a paper is kept; nothing anywhere"
            " ties a ballot in the urn to you."
        ),
        FOR_GOOD,
        "assemblies.Ballot.voter assemblies.RollMark.citizen assemblies.PaperCode.citizen",
    ),
    Reason(
        "said",
        _("What you put forward and said in public"),
        _("Whoever proposes, objects, stands or speaks in an assembly does it under their name, and others answer it."),
        FOR_GOOD,
        "assemblies.Proposal.author assemblies.Motion.mover assemblies.SpeakingTurn.citizen"
        " assemblies.Attendance.citizen mandates.Recall.opened_by mandates.Signature.citizen mandates.Statement.by"
        " mandates.Candidacy.citizen mandates.Election.called_by councils.Objection.by councils.Answer.by"
        " councils.Settlement.by",
    ),
    Reason(
        "under mandate",
        _("What you did under a mandate or as a steward"),
        _("Whoever acts for others is supervised by them: every act stands in public with whose it was."),
        FOR_GOOD,
        "mandates.Mandate.delegate mandates.Ending.by mandates.Report.by mandates.Convocation.called_by"
        " mandates.Confederation.drafted_by councils.Task.opened_by councils.Attachment.by councils.Action.by"
        " councils.AgendaItem.by councils.Attendance.delegate councils.Variance.by commons.Good.named_by"
        " commons.Stewardship.citizen commons.Discharge.by commons.Harvest.by commons.Need.by commons.Surplus.by"
        " commons.Plan.by commons.Plan.cancelled_by commons.Delivery.by commons.Delivery.driver commons.Carriage.by"
        " commons.Receipt.by commons.Yardstick.by commons.StatementImport.by",
    ),
    Reason(
        "offices",
        _("What you did in an office, or for somebody else"),
        _("Offices answer for what they do. Here only that it was you is yours; the rest of the row is of others."),
        FOR_GOOD,
        "assemblies.Citizenship.admitted_by assemblies.Citizenship.ended_by assemblies.Application.answered_by"
        " assemblies.Attendance.noted_by assemblies.Attendance.left_noted_by assemblies.Decision.called_by"
        " assemblies.Decision.ended_by assemblies.Session.called_by assemblies.Session.opened_by"
        " assemblies.Session.closed_by assemblies.Rescheduling.by assemblies.Cancellation.by"
        " assemblies.AgendaItem.placed_by assemblies.AgendaItem.started_by assemblies.AgendaItem.ended_by"
        " assemblies.RollMark.marked_by assemblies.RollMark.withdrawn_by assemblies.HandCount.by"
        " assemblies.Motion.entered_by assemblies.Motion.answered_by assemblies.ShowOfHands.by"
        " assemblies.MinuteNote.by assemblies.PaperCode.printed_by assemblies.PaperCount.by assemblies.RollImport.by"
        " assemblies.SpeakingTurn.raised_by assemblies.SpeakingTurn.called_by assemblies.SpeakingTurn.withdrawn_by"
        " mandates.Poll.put_by admin.LogEntry.user",
        whole=False,
    ),
    Reason(
        "names",
        _("Your name beside entries of the record"),
        _("So that readers of the public record see who acted. The entry itself holds a commitment, and no name."),
        _("Until your account is erased. The record verifies as before."),
        "assemblies.Disclosure.person",
    ),
    Reason(
        "letters",
        _("Letters to you"),
        _("So that you can read again what you were told, and nobody is told twice."),
        _("Their words until your account is erased; that there was one, for good."),
        "assemblies.Letter.citizen",
    ),
    Reason(
        "programs",
        _("Programs that act for you"),
        _("So that a token can be recognised, and something sent twice is done once."),
        _("A token until it is revoked, and after that on your list; an answer for a day. Erasure revokes the one and"
          " deletes the other."),
        "api.Token.citizen api.KeptAnswer.citizen",
    ),
]  # fmt: skip

# What no field ties to a person, and tells of one all the same: where, why, how long.
BESIDE = [
    ("sessions.Session", _("That a browser is signed in."), _("Two weeks, or until you sign out.")),
    (
        "account.EmailConfirmation",
        _("That an address is being confirmed: a key that was sent there."),
        _("Until the address is confirmed or removed."),
    ),
    (
        "assemblies.RollImport",
        _("A roll brought in from a file: name and address, line by line, for the office that entered it."),
        _("Until your account is erased: then your line is emptied."),
    ),
    (
        "assemblies.Minutes",
        _("Adopted minutes: the names of those who spoke and moved, as the assembly adopted them."),
        _("For good: adopted minutes are frozen."),
    ),
]  # fmt: skip

# Of no use to the person, and of use to a thief.
CHECKS_ON_SECRETS = {
    ("assemblies.Citizen", "password"),
    ("api.Token", "digest"),
    ("assemblies.PaperCode", "salt"),
    ("assemblies.PaperCode", "digest"),
}


@dataclass(frozen=True)
class Held:
    """One way in which rows are a person's."""

    reason: Reason
    model: type[models.Model]
    link: str

    @property
    def noun(self) -> str:
        return str(self.model._meta.verbose_name).capitalize()

    @property
    def through(self) -> str:
        """How the row points at the person, in words; empty where it is the person."""
        return words_of(self.model._meta.get_field(self.link)) if self.link else ""

    @property
    def fields(self) -> list[str]:
        """The fields that are held on that person by it."""
        return [words_of(field) for field in self._fields()]

    def _fields(self) -> list[Any]:
        if not self.reason.whole:
            return []
        return [field for field in self.model._meta.concrete_fields if field.name != self.link]

    def rows(self, citizen: Citizen) -> Iterator[dict[str, Any]]:
        """What is held, as plain values; other people are left out, and so are checks on secrets."""
        key = {self.link: citizen} if self.link else {"pk": citizen.pk}
        shown = [field for field in self._fields() if field.related_model is not Citizen]
        shown = [field for field in shown if (self.model._meta.label, field.name) not in CHECKS_ON_SECRETS]
        if not self.reason.whole:
            shown = [self.model._meta.pk]
        for row in self.model._base_manager.filter(**key).order_by("pk").iterator():
            yield {field.name: plain(field.value_from_object(row)) for field in shown}


def words_of(field: Any) -> str:
    return str(field.verbose_name).replace("_", " ")


def plain(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, amounts as words, bytes in hexadecimal."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value) if isinstance(value, Decimal | UUID) else repr(value)


def held() -> list[Held]:
    """Every row of the table."""
    found = []
    for reason in REASONS:
        for link in reason.links.split():
            app, model, *name = link.split(".")
            found.append(Held(reason, apps.get_model(app, model), name[0] if name else ""))
    return found


def all_about(citizen: Citizen) -> dict[str, Any]:
    """Everything held on a person, by reason, noun and link: what they are given when they ask."""
    about: dict[str, Any] = {}
    for one in held():
        rows = list(one.rows(citizen))
        if rows:
            name = f"{one.model._meta.label}.{one.link}" if one.link else one.model._meta.label
            about.setdefault(one.reason.name, {})[name] = rows
    return {"format": "confederation-own-data/1", "citizen": citizen.pk, "held": about}


def erase(citizen: Citizen, *, by: Citizen) -> Erasure:
    """Erase the account on every floor (see `Erasure`), in one transaction."""
    with act():
        erasure = Erasure.objects.erase(citizen, by=by)
        for token in Token.objects.filter(citizen=citizen, revoked_at=None):
            token.revoke(by=citizen)
        KeptAnswer.objects.filter(citizen=citizen).delete()
        EmailAddress.objects.filter(user=citizen).delete()
        kind = ContentType.objects.get_for_model(Citizen)
        LogEntry.objects.filter(content_type=kind, object_id=str(citizen.pk)).update(object_repr="")
    return erasure
