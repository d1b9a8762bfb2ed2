"""Floor 1: those who vote by hand or on paper, and the two tellers who count them."""

import re
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assemblies import access
from assemblies.models import Citizen, Decision, HandCount, PaperCount, RollMark
from assemblies.refusal import UNFIT, Refusal

from ..acting import Act, choice, maybe, moment, number, text, whom
from ..nouns.assemblies import DECISIONS
from .assemblies import WHEN
from .sessions import HANDS

CORRECTED = {"reason": maybe("What is corrected, where one has said something before: that stays on record.", 500)}


class PapersField(serializers.DictField):
    """What stood on papers in an urn, and how many said so."""

    def to_internal_value(self, data: Any) -> dict[str, int]:
        papers = super().to_internal_value(data)
        if len(papers) > 1000 or not all(re.fullmatch(r"[1-9][0-9]?(,[1-9][0-9]?)*", key) for key in papers):
            raise ValidationError(_("Write the numbers of options in their order, as “2,1,3”."), code="invalid")
        return papers


def _desk(by: Citizen, pk: int) -> Decision:
    found, _teller = access.tellers_desk(by, pk)
    return found


def _present(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = _desk(by, pk)
    RollMark.objects.mark_present(found, said["citizen"], by=by)
    return found


def _hall(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = _desk(by, pk)
    RollMark.objects.mark_hall(found, by=by, **said)
    return found


def _mistaken(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = _desk(by, pk)
    marks = RollMark.objects.standing().filter(decision=found, citizen=said["citizen"], channel=RollMark.Channel.HANDS)
    get_object_or_404(marks.select_related("decision__assembly", "citizen")).withdraw(by=by, reason=said["reason"])
    return found


def _counted(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = _desk(by, pk)
    papers = said.pop("papers")
    if papers and not found.is_choice:
        raise Refusal(2, _("This question is answered with yes or no: it has no options."), status=UNFIT)
    said["ranked"] = papers or None
    HandCount.objects.enter(found, by=by, **said)
    return found


def _read(by: Citizen, pk: int, said: dict[str, Any]) -> Decision:
    found = _desk(by, pk)
    PaperCount.objects.read(found, by=by, **said)
    return found


Act(
    "presences",
    "Mark that somebody votes by hand, as a teller: device and paper are closed to them from now on.",
    _present,
    DECISIONS,
    {"citizen": whom("Who.")},
    on=DECISIONS,
    example={"citizen": 7},
)
Act(
    "hall-presences",
    "In session: mark at once those who came without a device as voting by hand, as a teller.",
    _hall,
    DECISIONS,
    {"everyone": serializers.BooleanField(default=False, help_text="Everyone who has not voted yet instead.")},
    on=DECISIONS,
    example={"everyone": False},
)
Act(
    "presence-withdrawals",
    "Take back a mark that was a mistake, as a teller. It stays to be seen.",
    _mistaken,
    DECISIONS,
    {"citizen": whom("Whose mark."), "reason": text("Why.", 500)},
    on=DECISIONS,
    example={"citizen": 7, "reason": "It was her sister."},
)
Act(
    "hand-counts",
    "Enter the hands that one has counted, as a teller. They count once another teller has counted the same.",
    _counted,
    DECISIONS,
    {
        **{name: number(str(field.help_text), 0, 100_000, default=0) for name, field in HANDS.items()},
        **CORRECTED,
        "papers": PapersField(
            child=number("How many papers say so.", 0, 100_000),
            default=dict,
            help_text="Of a secret vote among options: what stood on the papers in the urn, as `2,1,3`, and how many"
            " said so.",
        ),
        "said_at": moment("When the hands were up, for what is entered late.", **WHEN),
    },
    on=DECISIONS,
    example={"yes": 12, "no": 3, "abstain": 1},
)
Act(
    "paper-counts",
    "Enter what one reads on a paper, as a teller. It counts once another teller has read the same.",
    _read,
    DECISIONS,
    {
        "number": number("The number on the paper.", 1, 2**62),
        "code": text("The code on it.", 40),
        "choice": choice(["yes", "no", "abstain"], "Its answer to a question of yes or no.", **WHEN),
        "ranking": serializers.ListField(
            child=number("A number of an option.", 1, 50),
            max_length=50,
            help_text="Of a choice: numbers of options, the best first.",
            **WHEN,
        ),
        **CORRECTED,
    },
    on=DECISIONS,
    example={"number": 12, "code": "ABCDEFGH", "choice": "yes"},
)
