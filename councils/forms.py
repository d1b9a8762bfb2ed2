"""Forms of floor 3. There is none to vote with and none to write policy (article 6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.clock import now
from assemblies.forms import AssemblyChoice, SearchForm
from assemblies.models import Citizen
from mandates.forms import AMOUNT, PlaceField, SheetForm, amount_field, words_field
from mandates.models import Clause, Confederation, Power

from .models import Action, Attachment, Council, Meeting, Task
from .models.task import AttachmentQuerySet

RESERVED = {"new"}  # words that stand where a council's name would in an address


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        validators=[
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2199, 12, 31, tzinfo=UTC)),
        ],
        **options,
    )


# ---- looking for things ----


class CouncilSearch(SearchForm):
    q = forms.CharField(
        label=gettext_lazy("Council or assembly"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class LogSearch(SearchForm):
    """What a council's log is searched for, and the moment at which the council is looked at."""

    q = forms.CharField(
        label=gettext_lazy("What was done"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    power = forms.ChoiceField(
        label=gettext_lazy("Power"), required=False, choices=[("", gettext_lazy("any")), *Power.choices]
    )
    assembly = AssemblyChoice()
    at = moment_field(gettext_lazy("As it stood at"), required=False)


class TaskSearch(SearchForm):
    STATES = [
        ("", gettext_lazy("standing or stopped")),
        ("standing", gettext_lazy("standing")),
        ("stopped", gettext_lazy("stopped")),
    ]
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    power = forms.ChoiceField(
        label=gettext_lazy("Power"), required=False, choices=[("", gettext_lazy("any")), *Power.choices]
    )
    council = forms.ModelChoiceField(
        label=gettext_lazy("Council"),
        queryset=Council.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("any"),
    )
    assembly = AssemblyChoice()


class TextSearch(SearchForm):
    confederation = forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        queryset=Confederation.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("any"),
    )


# ---- a confederation is drafted by citizens, and is nothing until assemblies join it ----


class ConfederationForm(SheetForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    within = forms.ModelChoiceField(
        label=gettext_lazy("Within"),
        help_text=gettext_lazy("The wider confederation it lies in. The wider one always has fewer powers."),
        queryset=Confederation.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("none"),
    )
    powers = forms.MultipleChoiceField(
        label=gettext_lazy("Powers that mandates may give here"),
        choices=Power.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    longest_term = forms.IntegerField(
        label=gettext_lazy("Longest term of a mandate, in days"), min_value=1, max_value=1461, initial=365
    )
    most_terms = forms.IntegerField(
        label=gettext_lazy("Terms in a row that one person may serve"),
        help_text=gettext_lazy("Left empty, any number. Whoever has served them lets others serve for a longest term."),
        required=False,
        min_value=1,
        max_value=100,
    )
    recall_per_cent = forms.DecimalField(
        label=gettext_lazy("Share of the roll that puts a recall to the vote, in per cent"),
        min_value=Decimal("0.1"),
        max_value=50,
        max_digits=4,
        decimal_places=1,
        initial=10,
    )
    signing_period = forms.IntegerField(
        label=gettext_lazy("Days in which a recall is signed"), min_value=1, max_value=366, initial=60
    )
    report_interval = forms.IntegerField(
        label=gettext_lazy("Days between reports of a delegate"), min_value=1, max_value=366, initial=90
    )
    limits = words_field(
        gettext_lazy("Limits of one mandate"),
        2000,
        rows=4,
        required=False,
        help_text=gettext_lazy(
            "One a line: the power, how much at most, the unit. “procure 500 kg”. A power not named has no limit."
        ),
    )
    seat_per_cent = forms.IntegerField(
        label=gettext_lazy("A seat stands while more than this share of its mandates are in force, in per cent"),
        help_text=gettext_lazy("Left empty, it is more than half."),
        min_value=50,
        max_value=99,
        required=False,
    )
    missed_reports = forms.IntegerField(
        label=gettext_lazy("Missed reports after which the recall goes to the vote by itself"),
        min_value=1,
        max_value=12,
        initial=3,
    )
    answering_period = forms.IntegerField(
        label=gettext_lazy("Days in which a delegate answers an objection, and reports on a meeting"),
        min_value=1,
        max_value=366,
        initial=14,
    )
    text = words_field(
        gettext_lazy("What else the charter says"),
        20_000,
        rows=8,
        required=False,
        help_text=gettext_lazy("Assemblies read all of it before they decide to join."),
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        slug = slugify(name) or slugify(name, allow_unicode=True)
        if not slug or slug in RESERVED:
            raise forms.ValidationError(_("Choose a name with letters in it, and not a word this site uses itself."))
        if Confederation.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("A confederation of this name has been drafted already."))
        return name

    def clean_limits(self) -> dict[str, dict[str, Decimal]]:
        """Limits by power and unit, from lines of words."""
        found: dict[str, dict[str, Decimal]] = {}
        names = {str(label).casefold(): value for value, label in Power.choices} | {
            value: value for value in Power.values
        }
        for line in filter(None, (" ".join(line.split()) for line in self.cleaned_data["limits"].splitlines())):
            word, _space, rest = line.partition(" ")
            number, _space, unit = rest.partition(" ")
            power = names.get(word.casefold(), "")
            try:
                limit = amount_field("").clean(number.replace(",", "."))
            except forms.ValidationError:
                limit = None
            if not power or limit is None or not unit or len(unit) > 30:
                raise forms.ValidationError(_("Write a power, a number and a unit: not “%(line)s”.") % {"line": line})
            found.setdefault(power, {})[unit] = limit
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        beyond = set(cleaned.get("limits") or {}) - set(cleaned.get("powers") or [])
        if beyond and "powers" in cleaned:
            names = ", ".join(sorted(str(Power(power).label) for power in beyond))
            self.add_error("limits", _("The charter does not give these powers: %(names)s.") % {"names": names})
        return cleaned

    def draft(self, by: Citizen) -> Confederation:
        said = self.cleaned_data
        return Confederation.objects.found(
            said["name"],
            by=by,
            slug=slugify(said["name"]) or slugify(said["name"], allow_unicode=True),
            within=said["within"],
            powers=said["powers"],
            text=said["text"],
            longest_term=timedelta(days=said["longest_term"]),
            most_terms=said["most_terms"],
            recall_per_mille=int(said["recall_per_cent"] * 10),
            signing_period=timedelta(days=said["signing_period"]),
            report_interval=timedelta(days=said["report_interval"]),
            limits=said["limits"],
            seat_per_mille=(said["seat_per_cent"] or 50) * 10,
            missed_reports=said["missed_reports"],
            answering_period=timedelta(days=said["answering_period"]),
        )


# ---- tasks ----


class TaskForm(SheetForm):
    """What is to be done together, and on which clauses of the delegate's own it rests.

    Only clauses in force are offered; whatever else is sent is left to the act, which says why it does not cover it.
    """

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200)
    purpose = words_field(gettext_lazy("Why, and how"), 5000, required=False)
    clauses = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Clauses it rests on"),
        queryset=Clause.objects.select_related("mandate__delegate", "policy", "place"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("A task rests on a clause of a mandate: choose at least one.")},
    )
    place = PlaceField(
        label=gettext_lazy("Only in"),
        help_text=gettext_lazy("An assembly, where the task stays in one place."),
        required=False,
        widget=forms.TextInput(attrs={"list": "places"}),
    )
    unit = forms.CharField(
        label=gettext_lazy("Counted in"),
        help_text=gettext_lazy("hours, m³, tonnes … Left empty, it is that of the clause."),
        max_length=30,
        required=False,
    )

    def __init__(self, *args: Any, offered: Iterable[Clause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(offered)
        for clause in self.offered:
            if clause.limit_now is not None:
                words = _("How many %(unit)s of it the task uses") % {"unit": clause.unit}
                self.fields[f"quantity_{clause.pk}"] = amount_field(words, required=False)

    def rows(self) -> list[tuple[Clause, bool, forms.BoundField | None]]:
        """Each clause on offer, whether it is ticked, and how much of it is asked for."""
        ticked = {str(getattr(value, "pk", value)) for value in self["clauses"].value() or []}
        return [
            (
                clause,
                str(clause.pk) in ticked,
                self[f"quantity_{clause.pk}"] if f"quantity_{clause.pk}" in self.fields else None,
            )
            for clause in self.offered
        ]

    def set_up(self, council: Council, by: Citizen) -> Task:
        said = self.cleaned_data
        clauses = list(said["clauses"])
        units = [clause.unit for clause in clauses if clause.unit]
        return council.attach_task(
            by=by,
            title=said["title"],
            purpose=said["purpose"],
            clauses=clauses,
            place=said["place"],
            unit=said["unit"] or (units[0] if units else ""),
            quantities={
                clause: said[key] for clause in clauses if said.get(key := f"quantity_{clause.pk}") is not None
            },
        )


class AttachmentForm(SheetForm):
    """Let a task rest on one more clause of one's own."""

    clause = forms.ModelChoiceField(
        label=gettext_lazy("Your clause"),
        queryset=Clause.objects.select_related("mandate__delegate", "policy", "place"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    quantity = amount_field(
        gettext_lazy("How much of its limit"),
        required=False,
        help_text=gettext_lazy("Leave it empty where the clause has no limit."),
    )

    def __init__(self, *args: Any, offered: Iterable[Clause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(offered)
        choice = cast(forms.ModelChoiceField, self.fields["clause"])
        choice.choices = [(clause.pk, str(clause)) for clause in self.offered]


class RelayForm(SheetForm):
    """Under which task to inform a text is handed on."""

    attachment = forms.ModelChoiceField(
        label=gettext_lazy("Under which task and clause"),
        queryset=Attachment.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, able: AttachmentQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(forms.ModelChoiceField, self.fields["attachment"])
        choice.queryset = able
        choice.choices = [(one.pk, f"{one.task}: {one.clause}") for one in able]
        if len(choice.choices) == 1:
            self.initial["attachment"] = able[0].pk


def proof_field(**said: Any) -> forms.URLField:
    return forms.URLField(
        label=gettext_lazy("Address of a proof"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        **said,
    )


class DoneForm(SheetForm):
    """What was done under one of the clauses that are the delegate's own, within them or beyond."""

    attachment = forms.ModelChoiceField(
        label=gettext_lazy("Under which clause"),
        queryset=Attachment.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("How much"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        required=False,
        **AMOUNT,
    )
    what = words_field(gettext_lazy("What was done"), 5000, rows=3)

    def __init__(self, *args: Any, task: Task, mine: Iterable[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = list(mine)
        choice = cast(forms.ModelChoiceField, self.fields["attachment"])
        choice.queryset = task.attachments.select_related("clause__mandate", "task__council")
        choice.choices = [(one.pk, str(one.clause)) for one in self.mine]
        if len(self.mine) == 1:
            choice.widget = forms.HiddenInput()
            self.initial["attachment"] = self.mine[0].pk


class ActionForm(DoneForm):
    """What was done: on a phone, a number and a few words."""

    done_at = moment_field(
        gettext_lazy("When"), required=False, help_text=gettext_lazy("Left empty, it was done just now.")
    )
    place = PlaceField(
        label=gettext_lazy("Where"),
        help_text=gettext_lazy("An assembly, where that matters. A clause that is bound to a place covers no other."),
        required=False,
        widget=forms.TextInput(attrs={"list": "places"}),
    )
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("As a note of the meeting"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("no meeting"),
    )
    evidence = proof_field(
        help_text=gettext_lazy("A photograph, a delivery note, minutes: anything that others can look at.")
    )

    def __init__(self, *args: Any, task: Task, mine: Iterable[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, task=task, mine=mine, **kwargs)
        noted = cast(forms.ModelChoiceField, self.fields["meeting"])
        noted.queryset = Meeting.objects.noting(task, now()).order_by("-at")
        if not noted.queryset.exists():
            del self.fields["meeting"]
        units = {one.clause.unit or task.unit for one in self.mine} - {""}
        self.fields["quantity"].required = all(one.clause.unit for one in self.mine)
        if not units:
            del self.fields["quantity"]
        elif len(units) == 1:
            self.fields["quantity"].label = _("How many %(unit)s") % {"unit": units.pop()}

    def log(self, by: Citizen) -> Action:
        said = self.cleaned_data
        attachment: Attachment = said["attachment"]
        return attachment.log_action(
            by=by,
            what=said["what"],
            quantity=said.get("quantity"),
            done_at=said["done_at"],
            evidence=said["evidence"],
            place=said["place"],
            meeting=said.get("meeting"),
        )
