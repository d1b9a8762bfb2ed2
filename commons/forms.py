"""Forms of floor 4. None asks for a price, and what somebody types in another unit is converted or refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assemblies.forms import AssemblyChoice, RollFileForm, SearchForm
from assemblies.models import Assembly, Citizen, Policy
from councils.models import Council
from mandates.forms import PlaceField, QuestionForm, SheetForm, day_field, last_moment, words_field

from .models import Condition, Delivery, Enterprise, Good, Harvest, Need, Passing, Plan, Stewardship, Surplus
from .units import UNITS, Incomparable, read_amount

MOST = Decimal(10) ** 13


class GoodField(forms.CharField):
    """A good by its name; a list of names may stand beside it on the page."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Good"))
        widget = forms.TextInput(attrs={"list": "goods", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=60, widget=widget, **options)

    def clean(self, value: Any) -> Good | None:
        words = " ".join((super().clean(value) or "").split()).lower()
        if not words:
            return None
        found = Good.objects.filter(name=words).first()
        if found is None:
            raise forms.ValidationError(_("No good has this name yet. It can be named first."))
        return found


class PersonField(forms.CharField):
    """A citizen by their name, among those the page is about."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": "people", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=150, widget=widget, **options)

    people: Any = Citizen.objects.none()

    def clean(self, value: Any) -> Citizen | None:
        words = " ".join((super().clean(value) or "").split())
        if not words:
            return None
        found = list(self.people.filter(name__iexact=words)[:2])
        if not found:
            raise forms.ValidationError(_("No citizen of this name is known here: write the whole name."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several citizens have this name: the assembly must tell them apart first."))
        return found[0]


def amount_text(label: Any, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=40, widget=widget, **options)


def in_its_unit(form: forms.Form, name: str, good: Good | None) -> None:
    """Read what was typed as an amount of that good; what cannot be one is said beside the field."""
    text = form.cleaned_data.get(name)
    if good is None or text is None:
        return
    try:
        amount = read_amount(text, good.unit) if text else None
    except Incomparable:
        form.add_error(
            name,
            _("%(good)s is counted in %(unit)s.") % {"good": good.name.capitalize(), "unit": good.get_unit_display()},
        )
        return
    except ValueError:
        form.add_error(name, _("Write an amount, as in 1500, or with its unit, as in 1.5 t."))
        return
    if amount is not None and (amount >= MOST or not good.fits(amount)):
        form.add_error(
            name,
            _("This good comes in whole pieces.") if good.counted else _("A thousandth of the unit is the least."),
        )
        return
    form.cleaned_data[name] = amount


class PeriodMixin(forms.Form):
    """From a first day to a last, both counted."""

    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes after the first."))
        return cleaned

    def period(self) -> dict[str, date]:
        return {
            "begins": self.cleaned_data["first_day"],
            "ends": self.cleaned_data["last_day"] + timedelta(days=1),
        }


# ---- looking for things ----


class GoodSearch(SearchForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("any")), *Good.Kind.choices]
    )


class EnterpriseSearch(SearchForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("any")), *Enterprise.Kind.choices]
    )
    assembly = AssemblyChoice()


class FlowSearch(SearchForm):
    """Which flows one looks at: of which confederation, which good, which time."""

    q = None  # type: ignore[assignment]
    council = forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        queryset=Council.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("all"),
    )
    good = forms.ModelChoiceField(
        label=gettext_lazy("Good"), queryset=Good.objects.all(), required=False, empty_label=gettext_lazy("choose one")
    )
    first_day = day_field(gettext_lazy("From"), required=False)
    last_day = day_field(gettext_lazy("Until"), required=False)


# ---- goods and enterprises ----


class GoodForm(SheetForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As everybody says it, in small letters: barley, olive oil, tractor."),
        max_length=60,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=Good.Kind.choices, widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        help_text=gettext_lazy("For good: what was counted in one unit means something else in another."),
        choices=Good.Unit.choices,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, unit = cleaned.get("kind"), cleaned.get("unit")
        if kind and unit and unit not in UNITS[kind]:
            units = ", ".join(str(Good.Unit(one).label) for one in UNITS[kind])
            self.add_error("unit", _("Of this kind one counts in %(units)s.") % {"units": units})
        name = " ".join(cleaned.get("name", "").split()).lower()
        if name and Good.objects.filter(name=name).exists():
            self.add_error("name", _("There is a good of this name."))
        return cleaned

    def name_it(self, by: Citizen) -> Good:
        return Good.objects.name_it(**self.said("name", "kind", "unit"), by=by)


class EnterpriseForm(QuestionForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Enterprise.Kind.choices)
    purpose = words_field(gettext_lazy("What it is for"), 2000, rows=3)
    policies = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Policies that govern it"),
        queryset=Policy.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose the policy that governs it; adopt one first if none does.")},
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, policies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelMultipleChoiceField, self.fields["policies"]).queryset = policies

    def propose(self, assembly: Assembly, by: Citizen) -> Enterprise:
        return Enterprise.objects.propose(
            assembly, by=by, **self.said("name", "kind", "purpose", "policies", "reasons")
        )


class GovernanceForm(QuestionForm):
    policy = forms.ModelChoiceField(label=gettext_lazy("Policy"), queryset=Policy.objects.none())
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, policies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["policy"]).queryset = policies


class StewardForm(QuestionForm):
    steward = PersonField(label=gettext_lazy("Steward"), help_text=gettext_lazy("A citizen of this assembly."))
    last_day = day_field(gettext_lazy("Last day"))
    goods = forms.CharField(
        label=gettext_lazy("Goods they may speak for"),
        help_text=gettext_lazy(
            "Names of goods with commas between them. For these the steward may say at once what the assembly "
            "needs and can give; what the assembly has decided itself they cannot change."
        ),
        max_length=1000,
        required=False,
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, assembly: Assembly, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assembly = assembly
        cast(PersonField, self.fields["steward"]).people = people

    def clean_goods(self) -> list[Good]:
        names = list(dict.fromkeys(" ".join(n.split()).lower() for n in self.cleaned_data["goods"].split(",")))
        names = [name for name in names if name]
        found = {good.name: good for good in Good.objects.filter(name__in=names)}
        if missing := [name for name in names if name not in found]:
            raise forms.ValidationError(_("No good is called %(names)s.") % {"names": ", ".join(missing)})
        return [found[name] for name in names]

    def propose(self, enterprise: Enterprise, by: Citizen) -> Stewardship:
        said = self.cleaned_data
        return enterprise.propose_steward(
            said["steward"],
            by=by,
            valid_until=last_moment(said["last_day"], self.assembly.time_zone),
            remit=said["goods"],
            reasons=said["reasons"],
        )


class PassingForm(QuestionForm):
    to = PlaceField(
        label=gettext_lazy("Handed over to"),
        help_text=gettext_lazy("An assembly, which then decides whether to take it. Left empty, it is closed."),
        required=False,
        widget=forms.TextInput(attrs={"list": "places"}),
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000)

    def propose(self, enterprise: Enterprise, by: Citizen) -> Passing:
        return enterprise.propose_passing(by=by, **self.said("to", "reasons"))


class ReasonsForm(QuestionForm):
    reasons = words_field(gettext_lazy("Reasons"), 5000)


class HarvestForm(SheetForm):
    good = GoodField()
    kind = forms.ChoiceField(
        label=gettext_lazy("Was it made or used?"), choices=Harvest.Kind.choices, widget=forms.RadioSelect
    )
    quantity = amount_text(
        gettext_lazy("How much"), help_text=gettext_lazy("In the unit of the good, or with another: 1.5 t")
    )
    day = day_field(gettext_lazy("Day"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)
    corrects = forms.ModelChoiceField(queryset=Harvest.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["corrects"]).queryset = enterprise.harvests.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        in_its_unit(self, "quantity", cleaned.get("good"))
        return cleaned

    def report(self, enterprise: Enterprise, by: Citizen) -> Harvest:
        said = self.cleaned_data
        return enterprise.report(said["good"], said["quantity"], by=by, **self.said("kind", "day", "note", "corrects"))


# ---- what is needed and what can be given ----


class SurplusForm(PeriodMixin, QuestionForm):
    noun: Any = Surplus
    good = GoodField()
    quantity = amount_text(
        gettext_lazy("How much there is to share"),
        help_text=gettext_lazy("If you state a need of the same good, its essential part is taken from this first."),
    )
    reason = words_field(gettext_lazy("Reason"), 2000, rows=3, required=False)
    field_order = ["good", "quantity", "first_day", "last_day", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        in_its_unit(self, "quantity", cleaned.get("good"))
        return cleaned

    def what(self) -> dict[str, Any]:
        return {**self.period(), "reason": self.cleaned_data["reason"]}

    def propose(self, assembly: Assembly, by: Citizen) -> Any:
        said = self.cleaned_data
        return self.noun.objects.propose(assembly, said["good"], said["quantity"], by=by, **self.what())

    def state(self, assembly: Assembly, by: Citizen) -> Any:
        said = self.cleaned_data
        return self.noun.objects.state(assembly, said["good"], said["quantity"], by=by, **self.what())


class NeedForm(SurplusForm):
    noun = Need
    quantity = amount_text(
        gettext_lazy("How much is needed"), help_text=gettext_lazy("In the unit of the good, or with another: 1.5 t")
    )
    essential = amount_text(
        gettext_lazy("How much of it is essential"),
        help_text=gettext_lazy("What cannot be done without. The reason below says why."),
        required=False,
    )
    field_order = ["good", "quantity", "essential", "first_day", "last_day", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        in_its_unit(self, "essential", cleaned.get("good"))
        quantity, essential = cleaned.get("quantity"), cleaned.get("essential")
        if isinstance(quantity, Decimal) and isinstance(essential, Decimal):
            if essential > quantity:
                self.add_error("essential", _("No more can be essential than is needed."))
            if essential and not cleaned.get("reason"):
                self.add_error("reason", _("Say why this much is essential."))
        return cleaned

    def what(self) -> dict[str, Any]:
        return super().what() | {"essential": self.cleaned_data.get("essential") or Decimal(0)}


class StatementFileForm(RollFileForm):
    """A CSV of needs and surpluses."""


# ---- plans and loads ----


class PlanForm(PeriodMixin, SheetForm):
    good = GoodField(help_text=gettext_lazy("The clauses that carry this task must name it."))
    field_order = ["good", "first_day", "last_day"]

    def ask(self, task: Any, by: Citizen) -> Plan:
        return Plan.objects.ask(task, self.cleaned_data["good"], by=by, **self.period())


class DeliveryForm(SheetForm):
    quantity = amount_text(gettext_lazy("How much is sent"))
    driver = PersonField(
        label=gettext_lazy("Driver"),
        help_text=gettext_lazy("A citizen of either end. Left empty, whoever takes it on says so."),
        required=False,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, good: Good, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.good = good
        cast(PersonField, self.fields["driver"]).people = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        in_its_unit(self, "quantity", self.good)
        return cleaned


class LoadForm(SheetForm):
    """What a driver or a receiver says of a load, on a phone: how much, and how it is."""

    quantity = amount_text(gettext_lazy("How much"))
    condition = forms.ChoiceField(
        label=gettext_lazy("Condition"), choices=Condition.choices, widget=forms.RadioSelect, initial=Condition.GOOD
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, good: Good, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.good = good

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        in_its_unit(self, "quantity", self.good)
        return cleaned

    def take_on(self, delivery: Delivery, by: Citizen) -> Any:
        return delivery.carry(by=by, **self.said("quantity", "condition"))

    def receive(self, delivery: Delivery, by: Citizen) -> Any:
        return delivery.receive(by=by, **self.said("quantity", "condition", "note"))


class YardstickForm(SheetForm):
    leaning_per_cent = forms.DecimalField(
        label=gettext_lazy("Leaning begins above this share of an essential need from one source, in per cent"),
        min_value=Decimal("0.1"),
        max_value=100,
        max_digits=4,
        decimal_places=1,
        initial=50,
    )
    quiet_days = forms.IntegerField(
        label=gettext_lazy("Cut off after so many days without giving or receiving"),
        min_value=1,
        max_value=3650,
        initial=365,
    )
