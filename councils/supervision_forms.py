"""Forms by which councils are held on a short rein: reports, objections, halts, variances, meetings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.forms import AssemblyChoice, SearchForm
from assemblies.models import Citizen
from mandates.forms import PlaceField, QuestionForm, SheetForm, words_field
from mandates.models import Due, Mandate, Report
from mandates.models.mandate import day_in_words

from .forms import DoneForm, moment_field, proof_field
from .models import AgendaItem, Council, Meeting, Objection, Relay, Task, Variance


class ObjectionFilter(SearchForm):
    STATES = [("", gettext_lazy("any")), *Objection.State.choices]
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    assembly = AssemblyChoice()
    council = forms.ModelChoiceField(
        label=gettext_lazy("Council"),
        queryset=Council.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("any"),
    )


class ReportForm(SheetForm):
    """A report for one of the days on which one falls due, drafted from the log and completed by the delegate."""

    due_at = forms.ChoiceField(label=gettext_lazy("Which report"), widget=forms.RadioSelect)
    text = words_field(
        gettext_lazy("Report"),
        20_000,
        rows=16,
        help_text=gettext_lazy("Drafted from the log. Say too what was not done, and why. It stands as it is given."),
    )

    def __init__(self, *args: Any, dues: Iterable[Due], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dues = {due.due_at.isoformat(): due for due in dues}
        choice = cast(forms.ChoiceField, self.fields["due_at"])
        choice.choices = [
            (key, _("due on %(day)s, %(kind)s") % {"day": day_in_words(due.due_at), "kind": due})
            for key, due in self.dues.items()
        ]
        if self.dues:
            self.initial.setdefault("due_at", next(iter(self.dues)))

    def file(self, mandate: Mandate, by: Citizen) -> Report:
        due_at = datetime.fromisoformat(self.cleaned_data["due_at"])
        return Report.objects.file(mandate, by=by, due_at=due_at, text=self.cleaned_data["text"])


class ObjectionForm(SheetForm):
    grounds = words_field(
        gettext_lazy("Grounds"),
        5000,
        rows=6,
        help_text=gettext_lazy("What you object to, and why. The delegate is asked to answer in public."),
    )


class AnswerForm(SheetForm):
    text = words_field(
        gettext_lazy("Your answer"), 10_000, rows=6, help_text=gettext_lazy("It is public and stays as it was said.")
    )


class SettlementForm(SheetForm):
    """Nothing is written but the name of who is signed in."""


class HaltForm(QuestionForm):
    """Ask the assembly to halt its own part of a task."""

    task = forms.ModelChoiceField(
        label=gettext_lazy("The task"), queryset=Task.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(forms.ModelChoiceField, self.fields["task"])
        choice.queryset = objection.tasks()
        tasks = list(objection.tasks())
        if len(tasks) == 1:
            choice.widget = forms.HiddenInput()
            self.initial["task"] = tasks[0].pk


class ResumptionForm(QuestionForm):
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)


class VarianceForm(DoneForm):
    """What was done beyond a clause, told afterwards."""

    done_at = moment_field(gettext_lazy("When it was done"))
    place = PlaceField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy("An assembly, if it was not where the clause says."),
        required=False,
        widget=forms.TextInput(attrs={"list": "places"}),
    )
    evidence = proof_field()

    def tell(self, by: Citizen) -> Variance:
        return Variance.objects.tell(
            by=by, **self.said("attachment", "what", "quantity", "done_at", "place", "evidence")
        )


class MeetingForm(SheetForm):
    at = moment_field(gettext_lazy("When"), help_text=gettext_lazy("At least a day from now."))
    place = forms.CharField(label=gettext_lazy("Where"), max_length=200)

    def call(self, council: Council, by: Citizen) -> Meeting:
        return Meeting.objects.call(council, by=by, **self.said("at", "place"))


class RelayField(forms.ModelChoiceField):
    def label_from_instance(self, relay: Relay) -> str:
        return relay.shared.title


class AgendaForm(SheetForm):
    """One matter: a task of the council, or a text that it has relayed."""

    task = forms.ModelChoiceField(label=gettext_lazy("Task"), queryset=Task.objects.none(), required=False)
    text = RelayField(label=gettext_lazy("or a text relayed here"), queryset=Relay.objects.none(), required=False)

    def __init__(self, *args: Any, tasks: QuerySet[Task], texts: QuerySet[Relay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["task"]).queryset = tasks
        cast(forms.ModelChoiceField, self.fields["text"]).queryset = texts

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and bool(said.get("task")) == bool(said.get("text")):
            raise forms.ValidationError(_("Choose one: a task, or a text that was relayed here."))
        return said

    def put(self, meeting: Meeting, by: Citizen) -> AgendaItem:
        if self.cleaned_data["text"]:
            return meeting.put_text_on_agenda(self.cleaned_data["text"], by=by)
        return meeting.put_on_agenda(self.cleaned_data["task"], by=by)


class AttendanceForm(SheetForm):
    """Nothing is written but the name of who is signed in."""


class CallingOffForm(SheetForm):
    """Nothing is written but that it is called off."""
