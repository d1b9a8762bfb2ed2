"""The council's part in a shared policy: to hand a text on to every assembly as it is (article 11)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pgtrigger
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import now
from assemblies.models import Citizen, record
from assemblies.refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal, act
from assemblies.triggers import checked, fixed, refuse
from mandates.models import Power, SharedText

from .task import Action, Attachment, AttachmentQuerySet


def able_to_relay(delegate: Citizen | None, shared: SharedText, at: datetime) -> AttachmentQuerySet:
    """The attachments of this delegate under which the text can be relayed: to inform, at its own council, in force."""
    mine = Attachment.objects.in_force(at).filter(
        clause__mandate__delegate=delegate, task__council=shared.confederation_id, task__power=Power.INFORM
    )
    return mine.select_related("task__council", "clause__mandate__assembly", "clause__policy")


class RelayQuerySet(models.QuerySet["Relay"]):
    def relay(self, shared: SharedText, attachment: Attachment, *, by: Citizen) -> Relay:
        """Hand the text on to every assembly of the confederation, under a task to inform. It stands in the log."""
        at = now()
        task = attachment.task
        if task.power != Power.INFORM or task.council_id != shared.confederation_id:
            raise Refusal(11, _("A text is relayed by a task to inform, at the council it was offered to."))
        if not shared.is_offered(at):
            raise Refusal(11, _("No assembly has decided to offer this text yet."), status=CONFLICT)
        if self.filter(shared=shared).exists():
            raise Refusal(11, _("This text has been relayed already."), status=CONFLICT)
        reached = shared.confederation.territory(at).count()
        what = _("Relayed “%(title)s” to %(n)d assemblies, as it is. SHA-256 of the text: %(digest)s") % {
            "title": shared,
            "n": reached,
            "digest": shared.digest,
        }
        limited = attachment.clause.limit is not None
        with act():
            action = attachment.log_action(by=by, what=what, quantity=Decimal(1) if limited else None)
            relay = self.create(shared=shared, action=action, digest=shared.digest)
            record(
                "text.relayed",
                shared,
                log=task.council.log_id,
                by=by,
                at=action.logged_at,
                task=task.pk,
                digest=relay.digest,
                assemblies=reached,
            )
        return relay


class Relay(models.Model):
    """That a council handed a text on, byte for byte."""

    shared = models.ForeignKey(SharedText, models.PROTECT, related_name="+")
    action = models.OneToOneField(Action, models.PROTECT, related_name="relay")
    digest = models.CharField(max_length=64)

    objects = RelayQuerySet.as_manager()
    privileges = "SELECT, INSERT, UPDATE (id)"  # to lock a row while sweeping; a trigger refuses every update

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shared"],
                name="relay_once",
                violation_error_code="article-11",
                violation_error_message=gettext_lazy("This text has been relayed already."),
            ),
        ]
        triggers = [
            *fixed(11, "What was relayed stays on record."),
            checked(
                "as_it_is",
                pgtrigger.Insert,
                "SELECT * INTO STRICT x FROM councils_action WHERE id = NEW.action_id;",
                "SELECT * INTO STRICT s FROM mandates_sharedtext WHERE id = NEW.shared_id;",
                refuse(
                    11,
                    "NOT EXISTS (SELECT FROM councils_task t WHERE t.id = x.task_id AND t.power = 'inform'"
                    " AND t.council_id = s.confederation_id)",
                    "A text is relayed by a task to inform, at the council it was offered to.",
                    FORBIDDEN,
                ),
                refuse(
                    11,
                    "NOT text_offered(s.id, x.logged_at)",
                    "A council relays what an assembly has decided to offer, and nothing of its own.",
                ),
                refuse(
                    11,
                    "NEW.digest <> encode(sha256(convert_to(s.text, 'UTF8')), 'hex') OR strpos(x.what, NEW.digest) = 0",
                    "A council relays a text byte for byte, and cannot touch it.",
                    UNFIT,
                ),
                declare=[("x", "councils_action%ROWTYPE"), ("s", "mandates_sharedtext%ROWTYPE")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shared} → {self.action.task}"
