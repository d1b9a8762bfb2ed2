"""What an assembly can choose among: the options of one question, drafted with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..refusal import FORBIDDEN, UNFIT, Refusal, act
from ..triggers import checked, hold, refuse
from .citizen import Citizen
from .proposal import MOST_OPTIONS, Proposal, fits

OFFERED = "The options of a question that has been offered stand as they are."


@dataclass(frozen=True)
class Choice:
    """One option before it is anybody's: a title and what it would mean."""

    title: str
    text: str = ""


class OptionQuerySet(models.QuerySet["Option"]):
    def write(self, proposal: Proposal, options: Iterable[Choice]) -> list[Option]:
        """The options of a draft, numbered from 1 as given."""
        titles: set[str] = set()
        rows = []
        for number, option in enumerate(options, start=1):
            title = " ".join(option.title.split())
            if not title:
                raise Refusal(2, _("Each option needs a title."), status=UNFIT)
            if title.casefold() in titles:
                raise Refusal(2, _("Two options are called “%(title)s”.") % {"title": title}, status=UNFIT)
            titles.add(title.casefold())
            rows.append(Option(proposal=proposal, number=number, title=title, text=option.text.strip()))
        Option.objects.bulk_create(rows)
        return rows

    def rewrite(self, proposal: Proposal, options: Iterable[Choice], *, by: Citizen) -> list[Option]:
        """Give a draft other options. What has been offered keeps its own."""
        if by != proposal.author:
            raise Refusal(1, _("Only its author may change a draft."))
        options = list(options)
        fits(proposal.method, len(options), proposal.seats, proposal.most)
        with act():
            self.filter(proposal=proposal).delete()
            return self.write(proposal, options)


class Option(models.Model):
    """One thing that can be chosen. From the moment its question is offered it stands as it is."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="options")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(gettext_lazy("title"), max_length=200)
    text = models.TextField(gettext_lazy("text"), blank=True, max_length=10_000)

    objects = OptionQuerySet.as_manager()
    privileges = "SELECT, INSERT, DELETE"

    class Meta:
        ordering = ["proposal", "number"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="option_number"),
            models.UniqueConstraint(
                fields=["proposal", "title"],
                name="option_title",
                violation_error_code="article-2",
                violation_error_message=gettext_lazy("Two options of a question have the same title."),
            ),
            models.CheckConstraint(
                name="option_numbered", condition=Q(number__gte=1, number__lte=MOST_OPTIONS) & ~Q(title="")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="kept_rows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="\n".join(
                    [
                        hold("OLD.proposal_id"),
                        refuse(
                            2,
                            "TG_OP = 'UPDATE' OR EXISTS (SELECT FROM assemblies_proposal p"
                            " WHERE p.id = OLD.proposal_id AND p.offered_at IS NOT NULL)",
                            OFFERED,
                            FORBIDDEN,
                        ),
                        "RETURN OLD;",
                    ]
                ),
            ),
            pgtrigger.Trigger(
                name="kept_table",
                when=pgtrigger.Before,
                level=pgtrigger.Statement,
                operation=pgtrigger.Truncate,
                func=refuse(2, "TRUE", OFFERED, FORBIDDEN) + " RETURN NULL;",
            ),
            checked(
                "drafted",
                pgtrigger.Insert,
                hold("NEW.proposal_id"),
                refuse(
                    2,
                    "NOT EXISTS (SELECT FROM assemblies_proposal p WHERE p.id = NEW.proposal_id"
                    " AND p.offered_at IS NULL AND p.method <> 'yes-no')",
                    "Options are drafted with their question, before it is offered.",
                    FORBIDDEN,
                ),
                refuse(
                    2,
                    "NEW.number > 1 AND NOT EXISTS (SELECT FROM assemblies_option o"
                    " WHERE o.proposal_id = NEW.proposal_id AND o.number = NEW.number - 1)",
                    "Options are numbered one after another.",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title
