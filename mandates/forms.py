"""Forms of floor 2: what they read, in whole; whether it may be, the acts decide."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.cache import cache
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assemblies.forms import ActForm, AssemblyChoice, SearchForm
from assemblies.models import Assembly, Citizen, Policy, Proposal

from .models import Accession, Clause, Confederation, Mandate, Power, Report, Review, SharedText, Terms, amount

FOUND = 20  # citizens shown at once while a delegate is looked for
CLAUSES = 12
KEPT = 3600  # seconds in which the second copy of a sheet is known again
AMOUNT: dict[str, Any] = {"max_digits": 16, "decimal_places": 3}


class Asked(Protocol):
    proposal: Any


# ---- one act, once ----


class SheetForm(ActForm):
    """A form for one act, done once: `once` names the sheet of paper, and its second copy goes where the first went."""

    once = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def sheet(self, request: HttpRequest) -> str:
        """The name of this sheet of this person; empty where it has none that makes sense."""
        try:
            once = self.fields["once"].clean(self["once"].data)
        except forms.ValidationError:
            return ""
        return f"once/{request.user.pk}/{request.path}/{once}" if once else ""

    def said(self, *names: str) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}

    def go(self, request: HttpRequest, do: Callable[[], Any], *, elsewhere: str = "") -> str:
        """Act and say where to go then; an empty word when nothing was done, and the errors say why.

        Without `elsewhere` that is the address of what the act made. The second copy of a sheet whose first is still
        under way is sent back to the page it came from.
        """
        sheet = self.sheet(request)
        if sheet and (address := cache.get(sheet)):
            return address
        if not self.is_valid():
            return ""
        if sheet and not cache.add(sheet, elsewhere or request.path, KEPT):
            return cache.get(sheet) or elsewhere or request.path
        address = ""
        try:
            if self.acts(do):
                address = elsewhere or self.result.get_absolute_url()
        finally:
            if sheet:
                cache.set(sheet, address, KEPT) if address else cache.delete(sheet)
        return address


class QuestionForm(SheetForm):
    """A form that lays a question before an assembly: its text is shown first, and offered only as it was shown."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    shown: Proposal | None = None

    def lay(self, request: HttpRequest, ask: Callable[[], Asked]) -> str:
        """Rehearse the question and show its text; or offer it, if this very text was seen. Says where to go then."""

        def offer() -> Proposal:
            asked: Proposal = ask().proposal
            if request.POST.get("step") != "offer" or self.cleaned_data["seen"] != digest(asked):
                self.shown = asked
                raise _Rehearsed
            return asked

        try:
            return self.go(request, offer)
        except _Rehearsed:
            return ""

    @property
    def digest(self) -> str:
        return digest(self.shown) if self.shown else ""


class _Rehearsed(Exception):
    """The question was tried out and taken back: its reader has not seen the text yet."""


def digest(proposal: Proposal) -> str:
    return hashlib.sha256(f"{proposal.title}\n{proposal.text}".encode()).hexdigest()


# ---- fields ----


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))],
        **options,
    )


class WordsField(forms.CharField):
    """A text whose line ends are as a text has them, not as a browser sends them."""

    def to_python(self, value: Any) -> str:
        return "\n".join((super().to_python(value) or "").splitlines())


def words_field(label: Any, most: int, rows: int = 4, **options: Any) -> WordsField:
    return WordsField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **options)


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    number = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, widget=number, min_value=Decimal("0.001"), **AMOUNT, **options)


class PlaceField(forms.CharField):
    """An assembly by its name; a list of names may stand beside it on the page."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=150, **options)

    def clean(self, value: Any) -> Assembly | None:
        words = super().clean(value)
        if not words:
            return None
        found = list(Assembly.objects.founded().filter(Q(name__iexact=words) | Q(slug=words.lower()))[:2])
        if not found:
            raise forms.ValidationError(_("There is no assembly of this name."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several assemblies have this name: write the last part of its address."))
        return found[0]


def first_moment(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def last_moment(day: date, zone: str) -> datetime:
    """The end of a day: a mandate until 3 March still holds on the evening of 3 March."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)


# ---- looking for things ----


class MandateFilter(SearchForm):
    STATES = [
        ("", gettext_lazy("All")),
        ("in-force", gettext_lazy("In force")),
        ("ended", gettext_lazy("Ended")),
        ("asked", gettext_lazy("Before the assembly")),
    ]
    assembly = AssemblyChoice()
    confederation = forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        queryset=Confederation.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)


class RecallFilter(SearchForm):
    STATES = [
        ("", gettext_lazy("All")),
        ("under-way", gettext_lazy("Under way")),
        ("over", gettext_lazy("Over")),
    ]
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)


# ---- mandates ----


def council_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        help_text=gettext_lazy("Those this assembly belongs to."),
        queryset=Confederation.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose one"),
    )


def first_day_field() -> forms.DateField:
    return day_field(
        gettext_lazy("First day"),
        help_text=gettext_lazy("It binds from then on, or from the close of the vote if that comes later."),
    )


class BindingForm(SheetForm):
    """What binds a delegate of an assembly: at which council, from when, and until when."""

    def __init__(self, *args: Any, assembly: Assembly, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assembly = assembly
        joined = Confederation.objects.joined_by(assembly, at).select_related("charter").order_by("name")
        self.joined = list(joined)
        self._choice("confederation").queryset = joined
        terms = [(confederation.name, confederation.charter.longest_term.days) for confederation in self.joined]
        self.fields["valid_until"].help_text = " ".join(
            ngettext("%(name)s: at most %(n)d day.", "%(name)s: at most %(n)d days.", days) % {"name": name, "n": days}
            for name, days in terms
        )

    def _choice(self, name: str) -> forms.ModelChoiceField:
        return cast(forms.ModelChoiceField, self.fields[name])

    def binding(self) -> dict[str, Any]:
        """What is said of it, as the acts take it."""
        said, zone = self.cleaned_data, self.assembly.time_zone
        return {
            "confederation": said["confederation"],
            "valid_from": first_moment(said["valid_from"], zone),
            "valid_until": last_moment(said["valid_until"], zone),
            "reasons": said["reasons"],
        }


class MandateForm(BindingForm, QuestionForm):
    """Who is bound, at which council, and for how long."""

    looked_for = forms.CharField(
        label=gettext_lazy("Delegate"),
        help_text=gettext_lazy(
            "A citizen of this assembly, or for a wider council somebody whom a neighbouring one has named for it."
            " Write part of the name, then choose."
        ),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    delegate = forms.ModelChoiceField(
        label=gettext_lazy("Citizens of this name"),
        queryset=Citizen.objects.none(),
        required=False,
        widget=forms.RadioSelect,
        empty_label=None,
    )
    confederation = council_field()
    valid_from = first_day_field()
    valid_until = day_field(gettext_lazy("Last day"))
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, assembly: Assembly, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, assembly=assembly, at=at, **kwargs)
        # At a wider council also those whom other assemblies of the same narrower confederation have named for it.
        fellows = Accession.objects.in_force(at).filter(
            confederation__in=Accession.objects.in_force(at).filter(assembly=assembly).values("confederation")
        )
        named = Mandate.objects.filter(
            part__isnull=False, assembly__in=fellows.values("assembly"), valid_until__gt=at
        ).filter(proposal__offered_at__isnull=False, proposal__withdrawn_at=None)
        known = Q(pk__in=assembly.citizens(at).values("pk")) | Q(pk__in=named.values("delegate"))
        self.citizens = Citizen.objects.filter(known).order_by("name", "pk")
        self._choice("delegate").queryset = self.citizens
        self._choice("delegate").choices = [(citizen.pk, citizen.name) for citizen in self.found()]

    def found(self) -> list[Citizen]:
        """Citizens of the name looked for, and the one who is chosen already."""
        typed = self.data if self.is_bound else self.initial
        words = str(typed.get("looked_for") or "").replace("\x00", "").strip()[:150]
        named = list(self.citizens.filter(name__icontains=words)[:FOUND]) if words else []
        picked = str(typed.get("delegate") or "")
        if picked.isascii() and picked.isdigit() and len(picked) < 19 and picked not in {str(one.pk) for one in named}:
            named = [*self.citizens.filter(pk=int(picked)), *named]
        return named

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("delegate") is None and "delegate" not in self.errors:
            words = (cleaned.get("looked_for") or "").strip()
            named = [one for one in self.found() if one.name.casefold() == words.casefold()]
            if len(named) == 1:
                cleaned["delegate"] = named[0]
            elif words and self.found():
                self.add_error("delegate", _("Choose one of those found."))
            else:
                self.add_error("looked_for", _("No citizen of this assembly is called that.") if words else _("Who?"))
        return cleaned

    def propose(self, by: Citizen, clauses: list[Terms]) -> Mandate:
        return Mandate.objects.propose(
            self.assembly, by=by, delegate=self.cleaned_data["delegate"], clauses=clauses, **self.binding()
        )


class ClauseForm(forms.Form):
    """One clause: a policy in force, a power, what to do, and how much and where at most."""

    policy = forms.ChoiceField(label=gettext_lazy("Policy it rests on"), choices=[])
    power = forms.ChoiceField(label=gettext_lazy("Power"), choices=[("", gettext_lazy("Choose one")), *Power.choices])
    instruction = words_field(gettext_lazy("What the delegate is to do"), 2000, rows=2)
    limit = amount_field(gettext_lazy("At most"), required=False)
    unit = forms.CharField(
        label=gettext_lazy("Unit of that limit"),
        help_text=gettext_lazy("hours, m³, tonnes …"),
        max_length=30,
        required=False,
    )
    place = PlaceField(label=gettext_lazy("Only in"), required=False, widget=forms.TextInput(attrs={"list": "places"}))

    def __init__(self, *args: Any, policies: dict[str, Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policies = policies
        policy = cast(forms.ChoiceField, self.fields["policy"])
        policy.choices = [("", _("Choose one")), *((key, found.title) for key, found in policies.items())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("limit") is not None and not cleaned.get("unit"):
            self.add_error("unit", _("Say of what: a limit has a unit."))
        if cleaned.get("unit") and cleaned.get("limit") is None and "limit" not in self.errors:
            self.add_error("limit", _("Say how much, or leave the unit away."))
        return cleaned

    def terms(self) -> Terms:
        said = self.cleaned_data
        policy = self.policies[said["policy"]]
        return Terms(policy, said["power"], said["instruction"], said["limit"], said["unit"], said["place"])


class BaseClauses(forms.BaseFormSet):
    """The rows of clauses. Every row that stands there is a clause; a row too many is taken away by its button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for form in self.forms:
            form.empty_permitted = False

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return self.form_kwargs

    def terms(self) -> list[Terms]:
        return [form.terms() for form in self.forms]


def rows_after(data: Mapping[str, str], step: str) -> list[dict[str, str]]:
    """What was typed in the rows of clauses, after a row was added or taken away."""
    total = data.get("clauses-TOTAL_FORMS", "")
    count = min(int(total), CLAUSES) if total.isascii() and total.isdigit() and len(total) < 4 else 1
    rows = [{name: data.get(f"clauses-{n}-{name}", "") for name in ClauseForm.base_fields} for n in range(count)]
    if step == "add-clause" and len(rows) < CLAUSES:
        rows.append({})
    gone = step.removeprefix("remove-clause-")
    if gone.isascii() and gone.isdigit() and len(rows) > 1:
        rows = [row for n, row in enumerate(rows) if str(n) != gone]
    return rows


ClauseRows = forms.formset_factory(
    ClauseForm, formset=BaseClauses, extra=0, min_num=1, max_num=CLAUSES, absolute_max=CLAUSES, validate_max=True
)


class NarrowingForm(QuestionForm):
    """Lower limits, strike clauses, shorten the term, or withdraw the whole."""

    withdraws = forms.BooleanField(
        label=gettext_lazy("Withdraw the whole mandate"),
        help_text=gettext_lazy("It ends at the close of the vote that carries this."),
        required=False,
    )
    valid_until = day_field(
        gettext_lazy("New last day"),
        help_text=gettext_lazy("Leave it empty to keep the term."),
        required=False,
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000)
    field_order = ["reasons", "withdraws", "valid_until"]

    def __init__(self, *args: Any, mandate: Mandate, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandate = mandate
        self.rows: list[tuple[Clause, str, str]] = []
        for clause in mandate.clauses.in_force(at).with_limit(at).select_related("policy", "place"):
            strike, limit = f"strike_{clause.pk}", f"limit_{clause.pk}"
            self.fields[strike] = forms.BooleanField(
                label=_("Strike clause %(n)d") % {"n": clause.number}, required=False
            )
            if clause.limit_now is not None:
                self.fields[limit] = forms.DecimalField(
                    label=_("New limit of clause %(n)d, in %(unit)s") % {"n": clause.number, "unit": clause.unit},
                    help_text=_("Now %(limit)s; it can only be lowered.") % {"limit": amount(clause.limit_now)},
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                    min_value=0,
                    required=False,
                    **AMOUNT,
                )
            self.rows.append((clause, strike, limit if limit in self.fields else ""))

    def clauses(self) -> list[tuple[Clause, forms.BoundField, forms.BoundField | None]]:
        return [(clause, self[strike], self[limit] if limit else None) for clause, strike, limit in self.rows]

    def propose(self, by: Citizen) -> Any:
        said = self.cleaned_data
        struck = [clause for clause, strike, _limit in self.rows if said.get(strike)]
        last = said["valid_until"]
        return self.mandate.propose_narrowing(
            by=by,
            reasons=said["reasons"],
            withdraws=said["withdraws"],
            struck=struck,
            limits={
                clause: said[limit]
                for clause, _strike, limit in self.rows
                if limit and said.get(limit) is not None and clause not in struck
            },
            valid_until=last_moment(last, self.mandate.assembly.time_zone) if last else None,
        )


class ResignationForm(SheetForm):
    reason = words_field(
        gettext_lazy("Reason"), 2000, required=False, help_text=gettext_lazy("It stands in the public record.")
    )


# ---- recalls ----


class RecallForm(SheetForm):
    grounds = words_field(
        gettext_lazy("Grounds"),
        5000,
        rows=8,
        help_text=gettext_lazy("What was done against the mandate. The delegate and the assembly will read it."),
    )


class SignatureForm(SheetForm):
    """A signature: nothing is written but the name of who is signed in."""


class StatementForm(SheetForm):
    text = words_field(
        gettext_lazy("Your statement"),
        10_000,
        rows=6,
        help_text=gettext_lazy("Everyone who signs or votes reads it beside the grounds. It stays as it was said."),
    )


# ---- reports ----


class ReportFilter(SearchForm):
    STATES = [("", gettext_lazy("any")), ("late", gettext_lazy("given late")), *Report.State.choices]
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES, required=False)
    assembly = AssemblyChoice()


class ReviewForm(QuestionForm):
    verdict = forms.ChoiceField(
        label=gettext_lazy("What the assembly is asked"), choices=Review.Verdict.choices, widget=forms.RadioSelect
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)


# ---- joining and leaving ----


class AccessionForm(QuestionForm):
    confederation = forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        queryset=Confederation.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose one"),
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, assembly: Assembly, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast(forms.ModelChoiceField, self.fields["confederation"])
        choice.queryset = Confederation.objects.exclude(pk__in=Confederation.objects.joined_by(assembly, at)).order_by(
            "name"
        )


class DepartureForm(QuestionForm):
    reasons = words_field(gettext_lazy("Reasons"), 5000)
    last_day = day_field(
        gettext_lazy("Last day as a member"),
        help_text=gettext_lazy("Left empty, the assembly leaves at the close of the vote."),
        required=False,
    )

    def leave(self, accession: Accession, by: Citizen) -> Any:
        said = self.cleaned_data
        last = said["last_day"]
        moment = last_moment(last, accession.assembly.time_zone) if last else None
        return accession.leave(by=by, reasons=said["reasons"], leaves_at=moment)


# ---- shared texts ----


class SharedTextForm(QuestionForm):
    """What one assembly offers to all of a confederation, word for word."""

    confederation = forms.ModelChoiceField(
        label=gettext_lazy("Confederation"),
        help_text=gettext_lazy("All its assemblies are offered the text, and each decides for itself."),
        queryset=Confederation.objects.none(),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose one"),
    )
    amends = forms.ModelChoiceField(queryset=SharedText.objects.none(), required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=150)
    text = words_field(
        gettext_lazy("Text"),
        40_000,
        rows=14,
        help_text=gettext_lazy("Assemblies adopt these very words, or not at all."),
    )
    notice = forms.IntegerField(
        label=gettext_lazy("Notice, in days"),
        help_text=gettext_lazy(
            "Who has adopted it and changes or gives it up stays bound so long after deciding it. 0 for none."
        ),
        min_value=0,
        max_value=366,
        initial=90,
    )
    reasons = words_field(gettext_lazy("Reasons"), 5000, required=False)

    def __init__(self, *args: Any, assembly: Assembly, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined = Confederation.objects.joined_by(assembly, at).order_by("name")
        cast(forms.ModelChoiceField, self.fields["confederation"]).queryset = self.joined
        amends = cast(forms.ModelChoiceField, self.fields["amends"])
        amends.queryset = SharedText.objects.offered(at).filter(confederation__in=self.joined)

    def offer(self, assembly: Assembly, by: Citizen) -> SharedText:
        said = self.cleaned_data
        return SharedText.objects.offer(
            assembly,
            said["confederation"],
            by=by,
            title=said["title"],
            text=said["text"],
            notice=timedelta(days=said["notice"]),
            amends=said["amends"],
            reasons=said["reasons"],
        )


class AdoptionForm(QuestionForm):
    """Adopt it as it is; what the assembly reserves binds that assembly alone."""

    reservation = words_field(
        gettext_lazy("Reservation of this assembly"),
        5000,
        required=False,
        help_text=gettext_lazy(
            "Left empty, the text is adopted without one. It binds this assembly alone and changes no word of the text."
        ),
    )
