"""Forms of floor 1. They explain; what holds is in the acts and in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import (
    Amendment,
    Argument,
    Assembly,
    Citizen,
    Citizenship,
    Majority,
    Office,
    Part,
    Proposal,
    Rules,
    StandingOrders,
    Willingness,
)
from .models.argument import LONGEST_PASSAGE
from .models.assembly import MOST_COSIGNERS
from .models.decision import PAUSE
from .models.follow import wish
from .refusal import UNFIT, Refusal, act
from .telling import DIGEST, KINDS, How

MOST_BYTES = 5 * 1024 * 1024


class SignupForm(forms.Form):
    """What allauth asks beside e-mail and password."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["name", "email", "password1", "password2"]

    def signup(self, request, user: Citizen) -> None:
        user.name = self.cleaned_data["name"].strip()
        user.save(update_fields=["name"])


class ActForm(forms.Form):
    """A form for one act. What the act refuses is said beside it, and nothing typed is lost."""

    refused: Refusal | None = None
    result: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def acts(self, do: Callable[[], Any], within: Callable[[], AbstractContextManager[None]] = act) -> bool:
        """Carry the act out if the form is filled in right. Says whether it was done; `result` is what it gave."""
        if not self.is_valid():
            return False
        try:
            with within():
                self.result = do()
        except Refusal as refusal:
            self.refused = refusal
            self.add_error(None, ValidationError(sentence(refusal), code=refusal.code))
            return False
        return True

    @property
    def status(self) -> int:
        """What the page answers: 200 while nothing is wrong, else the refusal's own, or 422."""
        if self.refused is not None:
            return self.refused.status
        return UNFIT if self.is_bound and not self.is_valid() else 200


def sentence(refusal: Refusal) -> str:
    """The refusal as a sentence with its article, linked where the articles have a page."""
    words = _("Article %(number)s") % {"number": refusal.article}
    try:
        return format_html('{} <a href="{}">{}</a>', refusal.reason, reverse("article", args=[refusal.article]), words)
    except NoReverseMatch:
        return f"{refusal.reason} ({words})"


class ReadForm(forms.Form):
    """A form whose values stand in the address; what is wrong with them is said, and answered with 422."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name) if self.is_valid() else None

    @property
    def status(self) -> int:
        return 200 if self.is_valid() else UNFIT


class SearchForm(ReadForm):
    """Words to look for; every list has at least this."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def words(self) -> str:
        return self.value("q") or ""


class AssemblyChoice(forms.ModelChoiceField):
    """One assembly by its slug. A text field with suggestions would be hundreds of options: it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Assembly.objects.founded(),
            to_field_name="slug",
            label=gettext_lazy("Assembly"),
            required=False,
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": gettext_lazy("There is no such assembly.")},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ProposalSearch(SearchForm):
    phase = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("any")),
            *[(phase.value, phase.label) for phase in Proposal.Phase if phase != Proposal.Phase.DRAFT],
        ],
    )
    assembly = AssemblyChoice()


class PolicySearch(SearchForm):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("in force")),
            ("repealed", gettext_lazy("repealed")),
            ("all", gettext_lazy("in force or repealed")),
        ],
    )
    assembly = AssemblyChoice()


class VersionsForm(ReadForm):
    """Which day's text of a policy, or which two versions of it beside each other."""

    at = forms.DateField(
        label=gettext_lazy("As it stood on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    old = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    new = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


# ---- the roll ----


class ApplicationForm(ActForm):
    statement = forms.CharField(
        label=gettext_lazy("Where do you live, and since when?"),
        help_text=gettext_lazy(
            "Living here is all that counts. Only the office that keeps the roll reads this. "
            "Nobody may ask about your work, your property or your papers."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(ActForm):
    """Admit, or decline with a reason the applicant reads."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        widget=forms.RadioSelect,
        choices=[("admit", gettext_lazy("Admit to the roll")), ("decline", gettext_lazy("Decline"))],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Needed when you decline: the applicant has a right to it."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EndingForm(ActForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why does it end?"), widget=forms.RadioSelect, choices=Citizenship.Reason.choices
    )

    def __init__(self, *args: Any, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            del self.fields["reason"]


class RollFileForm(ActForm):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "With the columns email and name, separated by commas or semicolons, in UTF-8; 5 MB and 20,000 lines "
            "at most. It is only looked at: nobody is entered before you have read the report."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Split it into several."))
        content = file.read()
        try:
            return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise ValidationError(
                _("Line %(line)d is not UTF-8 text. Save the file as 'CSV UTF-8' and try again.") % {"line": line}
            ) from error


# ---- proposals ----


def secret_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("Vote on it in secret"),
        help_text=gettext_lazy(
            "Nobody can tell who voted how. Voting then goes in two windows: everyone takes a paper, and casts it days"
            " later. It is part of what you offer: nobody can change it afterwards."
        ),
        required=False,
    )


class ProposalForm(ActForm):
    """A title and a text; an amendment or a repeal names the policy, and a repeal needs no text."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200, help_text=gettext_lazy("One line that says what would be done.")
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=50_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy(
            "Exactly what would hold if it carries. Lists, headings and emphasis as in Markdown; "
            "a blank line begins a paragraph."
        ),
    )

    secret = secret_field()

    def __init__(self, *args: Any, effect: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if effect == Proposal.Effect.REPEAL:
            text = self.fields["text"]
            text.required = False
            text.label = _("Reasons")
            text.help_text = _("Why it should no longer hold.")
            text.widget.attrs["rows"] = 6

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_text(self) -> str:
        """Line ends as a text has them, not as a browser sends them: what is compared later is words alone."""
        return "\n".join(self.cleaned_data["text"].splitlines())

    def draft(self, assembly: Assembly, *, by: Citizen, effect: str, policy: Any = None) -> Proposal:
        """Write the draft, or find the same one again: whoever sends twice has one."""
        title, text = self.cleaned_data["title"], self.cleaned_data["text"]
        Citizen.objects.select_for_update().get(pk=by.pk)
        same = Proposal.objects.filter(
            author=by, assembly=assembly, effect=effect, policy=policy, title=title, offered_at=None
        )
        same = same.filter(secret=self.cleaned_data["secret"])
        same = same if not text else same.filter(text=text)
        return same.first() or Proposal.objects.draft(
            assembly,
            title,
            text,
            by=by,
            effect=effect,
            policy=policy if policy else None,
            secret=self.cleaned_data["secret"],
        )


class VersionForm(ActForm):
    """Another text of a proposal, by its author."""

    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=50_000, strip=True, widget=forms.Textarea(attrs={"rows": 16})
    )
    reasons = forms.CharField(
        label=gettext_lazy("What changed, and why"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_text(self) -> str:
        return "\n".join(self.cleaned_data["text"].splitlines())


class AmendmentForm(ActForm):
    """Other words for one article, or one more; an article that is left without words is struck out."""

    text = forms.CharField(
        label=gettext_lazy("What it is to say"),
        max_length=50_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    article = forms.IntegerField(min_value=0, max_value=99_999, widget=forms.HiddenInput)
    adds = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self["adds"].value():
            self.fields["text"].help_text = _("Leave nothing to strike the article out.")

    def clean_text(self) -> str:
        return "\n".join(self.cleaned_data["text"].splitlines())

    def move(self, proposal: Proposal, *, by: Citizen) -> Amendment:
        """Move it to the version that was read: if there is a newer one, the act says so."""
        values, kinds = self.cleaned_data, Amendment.Kind
        version = proposal.versions.filter(number=values["version"]).first()
        if version is None:
            raise Refusal(20, _("There is no such version."), status=UNFIT)
        kind = kinds.INSERT if values["adds"] else kinds.CHANGE if values["text"] else kinds.STRIKE
        Citizen.objects.select_for_update().get(pk=by.pk)
        same = version.amendments.standing().filter(mover=by, kind=kind, article=values["article"])
        if (sent_before := same.filter(text=values["text"]).first()) is not None:
            return sent_before  # whoever sends twice has one
        return Amendment.objects.move(
            version, by=by, kind=kind, article=values["article"], text=values["text"], reasons=values["reasons"]
        )


class WithdrawalForm(ActForm):
    """Withdraw a proposal, perhaps in favour of another that takes up what it says."""

    into = forms.CharField(
        label=gettext_lazy("Merged into"),
        help_text=gettext_lazy("The number or the address of a proposal of this assembly that takes up what it says."),
        max_length=200,
        required=False,
    )

    def clean_into(self) -> Proposal | None:
        words = self.cleaned_data["into"].strip()
        if not words:
            return None
        number = re.search(r"(?:^|/)(\d{1,18})/?$", words, re.ASCII)
        found = Proposal.objects.offered().filter(pk=int(number[1])).first() if number else None
        if found is None:
            raise ValidationError(_("There is no such proposal."))
        return found

    def other(self) -> Proposal | None:
        return self.cleaned_data["into"]


class SupportForm(ActForm):
    """Co-sign, or take it back: what was asked stands in the form, so that to send it twice changes nothing."""

    wants = forms.ChoiceField(choices=[("give", "give"), ("withdraw", "withdraw")], widget=forms.HiddenInput)


class ReadingForm(ActForm):
    number = forms.TypedChoiceField(choices=[(1, "1"), (2, "2")], coerce=int, widget=forms.HiddenInput)


class ConsolidationForm(ActForm):
    """The text that was shown, by its digest."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)


class SendingBackForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("What is its author to do with it?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ComparisonForm(ReadForm):
    """Which two versions of a text stand beside each other, and how."""

    old = forms.IntegerField(label=gettext_lazy("From version"), required=False, min_value=1, max_value=2**31 - 1)
    new = forms.IntegerField(label=gettext_lazy("to version"), required=False, min_value=1, max_value=2**31 - 1)
    view = forms.ChoiceField(
        label=gettext_lazy("Shown"),
        required=False,
        choices=[("", gettext_lazy("in one text")), ("beside", gettext_lazy("side by side"))],
    )


class StudyForm(ActForm):
    """One part of a study."""

    part = forms.ChoiceField(label=gettext_lazy("Part"), choices=Part.choices, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"})
    )


class WishesForm(ActForm):
    """How each kind of letter comes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in KINDS.items():
            ways = [(how.value, how.label) for how in How if name != DIGEST or how != How.DIGEST]
            self.fields[name] = forms.ChoiceField(label=kind.label, choices=ways)

    def keep(self, reader: Citizen) -> None:
        for name in self.changed_data:
            wish(reader, name, self.cleaned_data[name])


def said_field(label: Any, longest: int, rows: int, **kwargs: Any) -> forms.CharField:
    """Words as a person writes them, with line ends as a text has them."""
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ArgumentForm(ActForm):
    """For, against, or a question; about the whole text or about a passage of it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            (Argument.Kind.FOR, gettext_lazy("An argument for the proposal")),
            (Argument.Kind.AGAINST, gettext_lazy("An argument against it")),
            (Argument.Kind.QUESTION, gettext_lazy("A question")),
        ],
        widget=forms.RadioSelect,
    )
    text = said_field(
        gettext_lazy("What you have to say"), 5000, 6, help_text=gettext_lazy("One argument, or one question, each.")
    )
    passage = said_field(
        gettext_lazy("About which words of the text"),
        LONGEST_PASSAGE,
        2,
        required=False,
        help_text=gettext_lazy("Copied from the text. Left empty, it is about all of it."),
    )

    def make(self, proposal: Proposal, by: Citizen) -> Argument:
        return Argument.objects.make(proposal, by=by, **self.cleaned_data)


class ReplyForm(ActForm):
    text = said_field(gettext_lazy("Your reply"), 5000, 4)


class HelpForm(ActForm):
    """Mark that an argument has helped, or take the mark back."""

    do = forms.ChoiceField(choices=[("mark", "mark"), ("unmark", "unmark")])

    def change(self, argument: Argument, by: Citizen) -> None:
        if self.cleaned_data["do"] == "mark":
            argument.mark_helpful(by=by)
        else:
            argument.unmark(by=by)


class ArgumentFilter(ReadForm):
    side = forms.ChoiceField(
        required=False, choices=[("", ""), ("sides", "sides"), ("question", "question")], widget=forms.HiddenInput
    )


class Span(forms.MultiWidget):
    """A number and a unit of time."""

    UNITS = {
        "days": timedelta(days=1),
        "hours": timedelta(hours=1),
        "minutes": timedelta(minutes=1),
    }
    NAMES = [("days", gettext_lazy("days")), ("hours", gettext_lazy("hours")), ("minutes", gettext_lazy("minutes"))]
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            {
                "number": forms.NumberInput(attrs={"min": 0, "inputmode": "numeric", "aria-label": _("Number")}),
                "unit": forms.Select(choices=self.NAMES, attrs={"aria-label": _("Unit")}),
            }
        )

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html('<div class="span">{}</div>', super().render(*args, **kwargs))

    def decompress(self, value: timedelta | None) -> list[Any]:
        if value is None:
            return [None, "days"]
        for name, unit in self.UNITS.items():
            if value % unit == timedelta():
                return [value // unit, name]
        return [value // timedelta(minutes=1), "minutes"]


class SpanField(forms.MultiValueField):
    widget = Span

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.IntegerField(min_value=0, max_value=1_000_000), forms.ChoiceField(choices=Span.NAMES)]
        super().__init__(fields, **kwargs)

    def compress(self, data_list: list[Any]) -> timedelta | None:
        return data_list[0] * Span.UNITS[data_list[1]] if data_list and data_list[0] is not None else None


LONGEST = timedelta(days=730)


class OrdersForm(ActForm):
    """The values of new standing orders, in the units people use."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    quorum_per_cent = forms.DecimalField(
        label=gettext_lazy("Quorum, in per cent of the roll"), min_value=0, max_value=100, decimal_places=1
    )
    quorum_number = forms.IntegerField(
        label=gettext_lazy("Quorum, at least so many voters"), min_value=0, max_value=1_000_000
    )
    majority = forms.ChoiceField(label=gettext_lazy("Majority"), choices=Majority.choices)
    majority_for_orders = forms.ChoiceField(
        label=gettext_lazy("Majority to change these orders"), choices=Majority.choices
    )
    deliberation = SpanField(
        label=gettext_lazy("Deliberation"),
        help_text=gettext_lazy("Between offering a proposal and opening the vote on it; one hour at least."),
    )
    notice = SpanField(label=gettext_lazy("Notice"), help_text=gettext_lazy("Between calling a vote and opening it."))
    voting_period = SpanField(
        label=gettext_lazy("A vote stays open at least"), help_text=gettext_lazy("Five minutes or more.")
    )
    admitting_office = forms.ChoiceField(
        label=gettext_lazy("New citizens are admitted by the"), choices=Office.Kind.choices
    )
    office_term = SpanField(label=gettext_lazy("Term of an office"), help_text=gettext_lazy("One day or more."))
    secret_on_persons = forms.BooleanField(
        label=gettext_lazy("Votes on persons are secret"),
        help_text=gettext_lazy("Whom to choose, and whether to dismiss somebody."),
        required=False,
    )
    cosigners = forms.IntegerField(
        label=gettext_lazy("Co-signers that a proposal needs"), min_value=0, max_value=MOST_COSIGNERS, required=False
    )
    two_readings = forms.BooleanField(
        label=gettext_lazy("A proposal is read twice before it is put to the vote"),
        help_text=gettext_lazy("Amendments are moved between the two readings."),
        required=False,
    )
    reconsideration = SpanField(
        label=gettext_lazy("A text that amendments changed lies open for"),
        help_text=gettext_lazy("One hour or more. Left empty, its whole deliberation begins anew."),
        required=False,
    )

    study = forms.MultipleChoiceField(
        label=gettext_lazy("No vote is called before the study says"),
        help_text=gettext_lazy("Nothing, where none is ticked. What makes no policy is never held up by it."),
        required=False,
        choices=Part.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    LEAST = {
        "deliberation": timedelta(hours=1),
        "notice": timedelta(),
        "voting_period": timedelta(minutes=5),
        "office_term": timedelta(days=1),
        "reconsideration": timedelta(hours=1),
    }

    @classmethod
    def values_of(cls, orders: StandingOrders) -> dict[str, Any]:
        names = [name for name in cls.base_fields if name not in ("title", "quorum_per_cent")]
        return {name: getattr(orders, name) for name in names} | {
            "title": _("New standing orders"),
            "quorum_per_cent": f"{orders.quorum_per_mille / 10:g}",
        }

    def clean_cosigners(self) -> int:
        return self.cleaned_data["cosigners"] or 0

    def clean(self) -> None:
        for name, least in self.LEAST.items():
            span = self.cleaned_data.get(name)
            if span is not None and not least <= span <= LONGEST:
                self.add_error(name, _("Choose at least what is said above, and at most two years."))

    def rules(self) -> Rules:
        values = {name: self.cleaned_data[name] for name in self.base_fields if hasattr(Rules, name)}
        values["study"] = tuple(values["study"])
        return Rules(**values, quorum_per_mille=int(self.cleaned_data["quorum_per_cent"] * 10))


# ---- decisions ----


class ScheduleForm(ActForm):
    """When a vote opens and closes, on the clocks of the time zone in force: the view sets the assembly's."""

    opens_at = forms.DateTimeField(label=gettext_lazy("Opens"))
    papers_until = forms.DateTimeField(
        label=gettext_lazy("Papers can be taken until"),
        help_text=gettext_lazy("From the opening on. In a session this is the time in which people arrive."),
    )
    urn_from = forms.DateTimeField(
        label=gettext_lazy("The urn is open from"),
        help_text=gettext_lazy("One minute later or more: nobody can tell by the hour who cast which paper."),
    )
    closes_at = forms.DateTimeField(label=gettext_lazy("Closes"))

    def __init__(self, *args: Any, earliest: datetime, period: timedelta, secret: bool = False, **kwargs: Any) -> None:
        self.earliest = earliest
        opens = _whole_minutes(earliest)
        times = {"opens_at": opens, "closes_at": opens + period}
        if secret:
            times = {"opens_at": opens, "papers_until": opens + period, "urn_from": opens + period + PAUSE}
            times["closes_at"] = times["urn_from"] + period
        super().__init__(*args, initial=times, **kwargs)
        if not secret:
            del self.fields["papers_until"], self.fields["urn_from"]
        for field in self.fields.values():
            field.widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self) -> None:
        for name in self.fields:
            moment = self.cleaned_data.get(name)
            if moment is not None and abs(moment - self.earliest) > timedelta(days=366):
                self.add_error(name, _("Choose a day within a year from now."))


def _whole_minutes(moment: datetime) -> datetime:
    """The next whole minute: what a person can type is never too early by seconds."""
    return (moment + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)


class BallotForm(ActForm):
    """Nothing is chosen beforehand; the act itself says what can be chosen."""

    choice = forms.CharField(
        max_length=10,
        error_messages={"required": gettext_lazy("Choose in favour, against, or abstain.")},
        label=gettext_lazy("Your vote"),
    )

    def vote(self) -> dict[str, Any]:
        return {"choice": self.cleaned_data["choice"]}


class WillingForm(ActForm):
    """Stand ready for one office, or take it back."""

    kind = forms.ChoiceField(choices=Office.Kind.choices)
    ready = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def change(self, assembly: Assembly, by: Citizen) -> None:
        kind = self.cleaned_data["kind"]
        if self.cleaned_data["ready"] == "yes":
            Willingness.objects.declare(assembly, kind, by=by)
            return
        for willing in Willingness.objects.standing().filter(assembly=assembly, kind=kind, citizen=by):
            willing.withdraw(by=by)

    def done(self) -> str:
        if self.cleaned_data["ready"] == "yes":
            return _("You stand ready. The next lot for this office is drawn among those who do.")
        return _("You no longer stand ready for this office.")
