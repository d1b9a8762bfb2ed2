"""Forms of elections: calling one, standing in it, taking that back, putting it to the vote, replacing a delegate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from assemblies.forms import AssemblyChoice, SearchForm
from assemblies.models import Citizen, Method

from .election_words import method_in_short
from .forms import (
    BindingForm,
    QuestionForm,
    SheetForm,
    council_field,
    day_field,
    first_day_field,
    last_moment,
    words_field,
)
from .models import Candidacy, Election, Mandate, Terms


class ElectionFilter(SearchForm):
    STATES = [
        ("", gettext_lazy("All")),
        ("standing", gettext_lazy("One can stand")),
        ("ready", gettext_lazy("To be put to the vote")),
        ("put", gettext_lazy("Put to the vote")),
    ]
    assembly = AssemblyChoice()
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)


class ElectionForm(BindingForm):
    """To which council, how many, by which method, for how long, and until when one can stand."""

    confederation = council_field()
    seats = forms.IntegerField(label=gettext_lazy("How many delegates"), min_value=1, max_value=20, initial=1)
    method = forms.ChoiceField(
        label=gettext_lazy("How the ballots are counted"),
        choices=[(method.value, method_in_short(method)) for method in Method if method != Method.YES_NO],
        initial=Method.SCOTTISH_STV,
        widget=forms.RadioSelect,
    )
    stand_until = day_field(
        gettext_lazy("One can stand until the evening of"),
        help_text=gettext_lazy("Whoever wants to be bound by these clauses declares it themselves until then."),
    )
    valid_from = first_day_field()
    valid_until = day_field(gettext_lazy("Last day"))
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def call(self, by: Citizen, clauses: list[Terms]) -> Election:
        said = self.cleaned_data
        return Election.objects.call(
            self.assembly,
            by=by,
            seats=said["seats"],
            method=said["method"],
            clauses=clauses,
            stand_until=last_moment(said["stand_until"], self.assembly.time_zone),
            **self.binding(),
        )


class CandidacyForm(SheetForm):
    """A statement, and the consent without which nobody stands."""

    statement = words_field(
        gettext_lazy("Your statement"),
        5000,
        rows=8,
        help_text=gettext_lazy("Who you are and how you would carry the clauses out. Everybody reads it."),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I stand, and if I am elected and mandated I am bound by these clauses and nothing else."),
        error_messages={"required": gettext_lazy("Nobody stands without consenting to it.")},
    )

    def declare(self, election: Election, *, by: Citizen) -> Candidacy:
        return election.stand(by=by, statement=self.cleaned_data["statement"])


class ConfirmForm(SheetForm):
    """One act, done once."""


class ReplacementForm(QuestionForm):
    """Who is to carry out the rest of a mandate that ended early: first those on the standby list, then anybody."""

    delegate = forms.TypedChoiceField(label=gettext_lazy("Who"), widget=forms.RadioSelect, coerce=int)
    other = forms.CharField(
        label=gettext_lazy("Or another citizen, by their whole name"), required=False, max_length=150
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, mandate: Mandate, standby: list[Candidacy], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandate = mandate
        self.citizens = mandate.assembly.citizens(at)
        known = {one.citizen_id for one in standby}
        still = set(self.citizens.filter(pk__in=known).values_list("pk", flat=True))
        field = cast(forms.TypedChoiceField, self.fields["delegate"])
        field.required = False
        field.choices = [(one.citizen_id, one.citizen.name) for one in standby if one.citizen_id in still]
        if not field.choices:
            del self.fields["delegate"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        words = (cleaned.get("other") or "").strip()
        if words:
            found = list(self.citizens.filter(name__iexact=words)[:2])
            if len(found) != 1:
                self.add_error(
                    "other",
                    gettext_lazy("Several citizens are called that: draft a mandate by hand.")
                    if found
                    else gettext_lazy("No citizen of this assembly is called that."),
                )
            else:
                cleaned["who"] = found[0]
        elif cleaned.get("delegate"):
            cleaned["who"] = self.citizens.get(pk=cleaned["delegate"])
        elif not self.errors:
            self.add_error("other", gettext_lazy("Say who is to carry it out."))
        return cleaned

    def propose(self, by: Citizen) -> Mandate:
        said = self.cleaned_data
        return self.mandate.propose_replacement(by=by, delegate=said["who"], reasons=said["reasons"])


def early_days(at: datetime) -> dict[str, Any]:
    """What a sheet suggests: two weeks to stand, a term from four weeks on."""
    return {
        "stand_until": (at + timedelta(days=14)).date(),
        "valid_from": (at + timedelta(days=28)).date(),
    }
