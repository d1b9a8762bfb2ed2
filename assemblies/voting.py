"""Forms of voting among options, on paper and by hand. They explain; the acts and the database decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import escape
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .forms import ActForm, secret_field
from .models import (
    Assembly,
    Ballot,
    Choice,
    Citizen,
    Decision,
    HandCount,
    Method,
    Option,
    PaperCode,
    PaperCount,
    Proposal,
    RollMark,
)
from .models.paper import Paper
from .refusal import UNFIT, Refusal

ROWS, MOST_ROWS = 4, 50
PAPERS_A_SHEET = 40


# ---- ballots ----


class RankingForm(ActForm):
    """A place for each option, none needed but the first; as select boxes, so that a keyboard alone is enough."""

    def __init__(self, *args: Any, decision: Decision, ranking: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.options = list(decision.proposal.options.all())
        places = [("", _("no place"))] + [(str(n), str(n)) for n in range(1, len(self.options) + 1)]
        given = {number: place for place, number in enumerate(ranking or (), start=1)}
        for option in self.options:
            self.fields[f"place_{option.number}"] = forms.ChoiceField(
                label=option.title,
                help_text=escape(Truncator(option.text).chars(200)),  # drawn as HTML, and somebody's words
                choices=places,
                required=False,
                initial=str(given.get(option.number, "")),
                error_messages={"invalid_choice": _("Choose one of the places that are listed.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        strange = [name for name in self.data if name.startswith("place_") and name not in self.fields]
        if strange:
            raise ValidationError(_("This ballot belongs to another question. Here is the one that is asked."))
        by_place: dict[int, list[Option]] = {}
        for option in self.options:
            if place := cleaned.get(f"place_{option.number}"):
                by_place.setdefault(int(place), []).append(option)
        for place, options in sorted(by_place.items()):
            for option in options if len(options) > 1 else ():
                self.add_error(
                    f"place_{option.number}",
                    _("Place %(place)d is given to %(options)s: give each another place.")
                    % {"place": place, "options": ", ".join(f"“{one}”" for one in options)},
                )
        if not by_place:
            raise ValidationError(_("Your ballot is empty: give at least one option the first place."))
        missing = next(place for place in range(1, len(self.options) + 2) if place not in by_place)
        if missing < max(by_place):
            raise ValidationError(
                _("Nobody has place %(place)d: number those you rank 1, 2, 3, without a gap.") % {"place": missing}
            )
        cleaned["ranking"] = [by_place[place][0].number for place in sorted(by_place)]
        return cleaned

    def vote(self) -> dict[str, Any]:
        return {"ranking": self.cleaned_data["ranking"]}


class ApprovalForm(ActForm):
    """Those one approves of; how many they may be is said, and held by the act."""

    ranking = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Those you approve of"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Your ballot is empty: mark at least one option."),
            "invalid_choice": gettext_lazy("This ballot belongs to another question. Here is the one that is asked."),
        },
    )

    def __init__(self, *args: Any, decision: Decision, ranking: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"ranking": ranking}, **kwargs)
        self.fields["ranking"].choices = [  # type: ignore[attr-defined]
            (option.number, option.title) for option in decision.proposal.options.all()
        ]
        if decision.most:
            self.fields["ranking"].help_text = ngettext(
                "At most %(most)d may be marked.", "At most %(most)d may be marked.", decision.most
            ) % {"most": decision.most}

    def vote(self) -> dict[str, Any]:
        return {"ranking": self.cleaned_data["ranking"]}


class ChoiceBallotForm(ActForm):
    """Yes, no or abstain, as radio buttons of a form of its own (the tellers')."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What stands on the paper"),
        choices=Ballot.Choice.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, decision: Decision, ranking: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def vote(self) -> dict[str, Any]:
        return {"choice": self.cleaned_data["choice"]}


def ballot_form(decision: Decision) -> type[RankingForm | ApprovalForm | ChoiceBallotForm]:
    if decision.method == Method.YES_NO:
        return ChoiceBallotForm
    return ApprovalForm if decision.method == Method.APPROVAL else RankingForm


# ---- questions with options ----


class ChoiceForm(ActForm):
    """A question with options: what is asked, how it is counted, and the options, one a pair of fields."""

    title = forms.CharField(
        label=gettext_lazy("Question"), max_length=200, help_text=gettext_lazy("One line: what is to be chosen.")
    )
    text = forms.CharField(label=gettext_lazy("Text"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 6}))
    method = forms.ChoiceField(
        label=gettext_lazy("How it is counted"),
        choices=[(method.value, capfirst(method.label)) for method in Method if method != Method.YES_NO],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("It is part of what you offer: nobody can change it afterwards."),
    )
    seats = forms.IntegerField(label=gettext_lazy("How many are chosen"), min_value=1, max_value=50, initial=1)
    most = forms.IntegerField(
        label=gettext_lazy("Most approvals on a ballot"),
        help_text=gettext_lazy("For an approval vote; left empty, any number."),
        required=False,
        min_value=1,
        max_value=50,
    )

    secret = secret_field()

    def __init__(self, *args: Any, rows: int = ROWS, options: list[Option] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = max(2, min(rows, MOST_ROWS))
        for n in range(1, self.rows + 1):
            given = options[n - 1] if options and n <= len(options) else None
            self.fields[f"option_{n}"] = forms.CharField(
                label=_("Option %(n)d") % {"n": n},
                max_length=200,
                required=False,
                initial=given.title if given else "",
            )
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("What option %(n)d would mean") % {"n": n},
                max_length=10_000,
                required=False,
                initial=given.text if given else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"option_{n}"], self[f"text_{n}"]) for n in range(1, self.rows + 1)]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(1, self.rows + 1):
            if cleaned.get(f"text_{n}") and not cleaned.get(f"option_{n}"):
                self.add_error(f"option_{n}", _("Give this option a title."))
        return cleaned

    def choices(self) -> list[Choice]:
        said = self.cleaned_data
        rows = range(1, self.rows + 1)
        return [
            Choice(said[f"option_{n}"], "\n".join(said[f"text_{n}"].splitlines())) for n in rows if said[f"option_{n}"]
        ]

    def draft(self, assembly: Assembly, *, by: Citizen) -> Proposal:
        """Write the draft, or find the same one again: whoever sends twice has one."""
        said = self.cleaned_data
        text = "\n".join(said["text"].splitlines())
        Citizen.objects.select_for_update().get(pk=by.pk)
        same = Proposal.objects.filter(
            author=by,
            assembly=assembly,
            title=said["title"],
            text=text,
            method=said["method"],
            secret=said["secret"],
            offered_at=None,
        ).first()
        if same is not None:
            Option.objects.rewrite(same, self.choices(), by=by)
            return same
        return Proposal.objects.draft_choice(
            assembly,
            said["title"],
            text,
            by=by,
            options=self.choices(),
            method=said["method"],
            seats=said["seats"],
            most=said["most"],
            secret=said["secret"],
        )


class OptionsForm(ChoiceForm):
    """The options of a draft, to be written anew; the rest of it stands."""

    field_order = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "text", "method", "seats", "most", "secret"):
            del self.fields[name]

    def clean_title(self) -> str:
        return ""


def rows_of(data: QueryDict | None, least: int = ROWS) -> int:
    """How many rows of options a sheet has: as many as it was sent with, two more where that was asked."""
    if data is None:
        return least
    sent = sum(name.startswith("option_") for name in data)
    return max(2, sent) + (2 if data.get("step") == "more" else 0)


# ---- tellers ----


class MarkForm(ActForm):
    citizen = forms.ModelChoiceField(queryset=Citizen.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.fields["citizen"].queryset = decision.electors()  # type: ignore[attr-defined]

    def mark(self, by: Citizen) -> RollMark:
        return RollMark.objects.mark_present(self.decision, self.cleaned_data["citizen"], by=by)


class ReasonForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("It stays on record with your name.")
    )


class HandsForm(ActForm):
    """One teller's count. What the other has counted is not shown: each counts for themselves."""

    yes = forms.IntegerField(label=gettext_lazy("In favour"), min_value=0, max_value=100_000)
    no = forms.IntegerField(label=gettext_lazy("Against"), min_value=0, max_value=100_000)
    abstain = forms.IntegerField(label=gettext_lazy("Abstain"), min_value=0, max_value=100_000)
    reason = forms.CharField(
        label=gettext_lazy("What is corrected"),
        help_text=gettext_lazy("Only when you have entered a count before: that one stays on record."),
        required=False,
        max_length=500,
    )

    said_at = forms.DateTimeField(
        label=gettext_lazy("Counted at"),
        help_text=gettext_lazy("Only in a session, for what is entered late: it is shown as entered late."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def enter(self, decision: Decision, *, by: Citizen) -> HandCount:
        said = self.cleaned_data
        return HandCount.objects.enter(
            decision,
            by=by,
            yes=said["yes"],
            no=said["no"],
            abstain=said["abstain"],
            reason=said["reason"],
            said_at=said["said_at"],
        )


class UrnForm(ActForm):
    """What one teller found in the urn of a secret vote among options: a line for each different paper."""

    papers = forms.CharField(
        label=gettext_lazy("Papers in the urn"),
        help_text=gettext_lazy(
            "A line for each different paper: the numbers of its options in their order, then how many papers say so,"
            " as “2, 1, 3 x 4”."
        ),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    reason = HandsForm.base_fields["reason"]

    LINE = re.compile(r"([1-9][0-9]?(?:\s*,\s*[1-9][0-9]?)*)(?:\s*[x×*:]\s*([1-9][0-9]{0,4}))?")

    def clean_papers(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["papers"].splitlines(), start=1):
            if not line.strip():
                continue
            read = self.LINE.fullmatch(line.strip())
            if read is None:
                raise ValidationError(_("Line %(number)d is not like “2, 1, 3 x 4”.") % {"number": number})
            words = ",".join(read[1].replace(" ", "").split(","))
            found[words] = found.get(words, 0) + int(read[2] or 1)
        return found

    def enter(self, decision: Decision, *, by: Citizen) -> HandCount:
        said = self.cleaned_data
        return HandCount.objects.enter(decision, by=by, ranked=said["papers"], reason=said["reason"])


def hands_form(decision: Decision) -> type[HandsForm | UrnForm]:
    """What a teller fills in who counts hands, or papers in an urn."""
    return UrnForm if decision.is_choice else HandsForm


class SheetForm(ActForm):
    """Papers for the next voters by name, as many as a sheet has, or for those of a name alone."""

    q = forms.CharField(
        label=gettext_lazy("Only names with"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Leave it empty for the next on the roll, or give the name of whoever asks for a paper."
        ),
    )

    def print(self, decision: Decision, voters: Iterable[Citizen] | None, *, by: Citizen) -> list[Paper]:
        """The sheet; `voters` are those of the name that was asked for."""
        citizens = list(voters) if voters is not None else None
        if citizens == []:
            raise Refusal(3, _("Nobody of that name has a vote in this decision."), status=UNFIT)
        return PaperCode.objects.print(decision, by=by, citizens=citizens, most=PAPERS_A_SHEET)


class PaperForm(ActForm):
    """The number and the code of one paper; what stands on it is a ballot form beside this one."""

    number = forms.IntegerField(label=gettext_lazy("Number of the paper"), min_value=1, max_value=2**62)
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = forms.CharField(
        label=gettext_lazy("What is corrected"),
        help_text=gettext_lazy("Only when you have read this paper before: that reading stays on record."),
        required=False,
        max_length=500,
    )

    def read(self, decision: Decision, vote: dict[str, Any], *, by: Citizen) -> PaperCount:
        said = self.cleaned_data
        return PaperCount.objects.read(
            decision, by=by, number=said["number"], code=said["code"], reason=said["reason"], **vote
        )
