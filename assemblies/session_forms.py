"""Forms of sessions. They explain; the acts and the database decide."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .clock import now
from .door import read
from .forms import ActForm, SearchForm
from .models import (
    AgendaItem,
    Assembly,
    Attendance,
    Circle,
    Citizen,
    Motion,
    Point,
    Proposal,
    Session,
    ShowOfHands,
    Study,
)
from .models.agenda_item import MOST_MINUTES

MINUTES_AT_THE_END = re.compile(r"^(?P<title>.*?)\s*\((?P<minutes>\d{1,3})\)$")


class Moment(forms.DateTimeField):
    """A day and a time on the clocks of the time zone in force: the view sets the assembly's."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and abs(moment - now()) > timedelta(days=3660):
            raise ValidationError(_("Choose a day within a year from now."))
        return moment


class WhenAndWhereForm(ActForm):
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200, help_text=gettext_lazy("So that a stranger finds it.")
    )
    begins_at = Moment(label=gettext_lazy("Begins"))
    ends_at = Moment(label=gettext_lazy("Ends"), help_text=gettext_lazy("As it is planned; twelve hours at most."))

    def clean_place(self) -> str:
        return " ".join(self.cleaned_data["place"].split())

    def clean(self) -> None:
        begins, ends = self.cleaned_data.get("begins_at"), self.cleaned_data.get("ends_at")
        if begins and ends and not timedelta() < ends - begins <= timedelta(hours=12):
            self.add_error("ends_at", _("It ends after it begins, and within twelve hours."))


class SessionForm(WhenAndWhereForm):
    """The call of a session: where, when, what about, and in which order people speak."""

    before = forms.CharField(
        label=gettext_lazy("Points before the proposals"),
        help_text=gettext_lazy("One a line. Minutes, where you want to say them, in brackets: Reports (15)."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proposals = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Proposals to be decided"),
        help_text=gettext_lazy(
            "Those whose deliberation time has passed when the session begins. A secret vote has days of its own: in"
            " the session it is talked about."
        ),
        queryset=Proposal.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    after = forms.CharField(
        label=gettext_lazy("Points after the proposals"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    speaking = forms.ChoiceField(
        label=gettext_lazy("Order of speaking"),
        choices=Session.Speaking.choices,
        initial=Session.Speaking.FIRST_TIME,
        widget=forms.RadioSelect,
    )
    speaking_minutes = forms.IntegerField(label=gettext_lazy("Minutes to speak"), min_value=1, max_value=60, initial=3)
    first_list = forms.CharField(
        label=gettext_lazy("First list of speakers"),
        help_text=gettext_lazy("Where two lists take turns, name both: for and against, for instance."),
        required=False,
        max_length=60,
    )
    second_list = forms.CharField(label=gettext_lazy("Second list of speakers"), required=False, max_length=60)

    def __init__(self, *args: Any, assembly: Assembly, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assembly = assembly
        self.fields["proposals"].queryset = assembly.proposals.waiting().order_by("offered_at")  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if bool(said.get("first_list", "").strip()) != bool(said.get("second_list", "").strip()):
            self.add_error("second_list", _("Name both lists, or neither."))
        if not (said.get("before", "").strip() or said.get("after", "").strip() or said.get("proposals")):
            raise ValidationError(_("A session is called with an agenda: at least one point."))

    def _lines(self, name: str) -> list[Point]:
        points = []
        for line in self.cleaned_data[name].splitlines():
            words = " ".join(line.split())
            found = MINUTES_AT_THE_END.match(words)
            if words:
                title = found["title"] if found and found["title"] else words
                points.append(Point(title[:200], minutes=int(found["minutes"]) if found else None))
        return points

    def call(self, *, by: Citizen) -> Session:
        """Call it, or find the one that was just called: whoever sends twice has one."""
        said = self.cleaned_data
        Citizen.objects.select_for_update().get(pk=by.pk)
        same = Session.objects.coming().filter(
            assembly=self.assembly, called_by=by, begins_at=said["begins_at"], place=said["place"]
        )
        return same.first() or Session.objects.call(
            self.assembly,
            by=by,
            place=said["place"],
            begins_at=said["begins_at"],
            ends_at=said["ends_at"],
            points=[
                *self._lines("before"),
                *(Point("", proposal) for proposal in said["proposals"]),
                *self._lines("after"),
            ],
            speaking=said["speaking"],
            speaking_seconds=60 * said["speaking_minutes"],
            first_list=said["first_list"].strip(),
            second_list=said["second_list"].strip(),
        )


class ReschedulingForm(WhenAndWhereForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, help_text=gettext_lazy("Everybody who was called reads it.")
    )


class WhyForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("It stays on record with your name."),
    )


class PointForm(ActForm):
    """One more point, or one more proposal."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, required=False)
    proposal = forms.ModelChoiceField(
        label=gettext_lazy("Proposal"),
        queryset=Proposal.objects.none(),
        required=False,
        empty_label=gettext_lazy("none: a point to talk about"),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), required=False, min_value=1, max_value=600)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = session.assembly.proposals.waiting().exclude(items__session=session).order_by("offered_at")
        self.fields["proposal"].queryset = waiting  # type: ignore[attr-defined]
        self.session = session

    def clean(self) -> None:
        if not self.cleaned_data.get("title", "").strip() and not self.cleaned_data.get("proposal"):
            raise ValidationError(_("Give the point a title, or choose a proposal."))

    def add(self, *, by: Citizen) -> AgendaItem:
        """Add it, or find the one that was just added: whoever sends twice has one."""
        said = self.cleaned_data
        Session.objects.select_for_update().get(pk=self.session.pk)
        same = self.session.items.filter(title=said["title"].strip(), placed_by=by, proposal=None, started_at=None)
        if not said["proposal"] and (item := same.first()):
            return item
        return AgendaItem.objects.add(self.session, Point(said["title"], said["proposal"], "", said["minutes"]), by=by)


# ---- at the door ----


class DoorSearch(SearchForm):
    """Somebody at the door: by their code, or by their name."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ["code", "q"]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.fields["q"].label = _("Name")

    def clean_code(self) -> Citizen | None:
        words = self.cleaned_data["code"].strip()
        if not words:
            return None
        number = read(self.session.pk, words)
        citizen = Citizen.objects.filter(pk=number).first() if number is not None else None
        if citizen is None:
            raise ValidationError(_("This code is not one of this session. Look for the person by name."))
        return citizen


class ComeForm(ActForm):
    citizen = forms.ModelChoiceField(queryset=Citizen.objects.none(), widget=forms.HiddenInput)
    how = forms.ChoiceField(choices=Attendance.How.choices, required=False, widget=forms.HiddenInput)
    by_hand = forms.BooleanField(label=gettext_lazy("votes by hand: no device here"), required=False)
    said_at = Moment(
        label=gettext_lazy("Came at, by the list on paper"),
        help_text=gettext_lazy("Only for what is entered late. They vote from now on."),
        required=False,
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.fields["citizen"].queryset = session.assembly.citizens(now())  # type: ignore[attr-defined]

    def check_in(self, *, by: Citizen) -> Attendance:
        said = self.cleaned_data
        return Attendance.objects.check_in(
            self.session,
            said["citizen"],
            by=by,
            how=said["how"] or Attendance.How.DESK,
            by_hand=said["by_hand"],
            said_at=said["said_at"],
        )


# ---- in the hall ----


class StepForm(ActForm):
    """A button: which of the steps that the thing can take."""

    do = forms.ChoiceField(choices=[])

    def __init__(self, *args: Any, steps: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps
        self.fields["do"].choices = [(name, name) for name in steps]  # type: ignore[attr-defined]

    def take(self, *, by: Citizen) -> Any:
        return self.steps[self.cleaned_data["do"]](by=by)


class TurnForm(ActForm):
    """A hand: one's own, or at the desk that of somebody in the hall."""

    citizen = forms.ModelChoiceField(queryset=Citizen.objects.none(), required=False)
    side = forms.CharField(required=False, max_length=60)
    reply = forms.BooleanField(required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["citizen"].queryset = session.present(now())  # type: ignore[attr-defined]


class OpenVoteForm(ActForm):
    minutes = forms.IntegerField(
        label=gettext_lazy("Closes by itself after so many minutes"),
        help_text=gettext_lazy("You close it earlier, when everybody has voted; at most three hours."),
        min_value=1,
        max_value=MOST_MINUTES,
        initial=15,
    )


class MotionForm(ActForm):
    """A motion from the floor. Which of the fields it needs depends on what is moved."""

    kind = forms.ChoiceField(label=gettext_lazy("What is moved"), choices=Motion.Kind.choices)
    mover = forms.ModelChoiceField(label=gettext_lazy("Moved by"), queryset=Citizen.objects.none(), empty_label=None)
    text = forms.CharField(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy("For other words of a proposal: its whole text, as it would read then."),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    takes = forms.ModelChoiceField(
        label=gettext_lazy("The point to be taken next"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    about = forms.ModelChoiceField(
        label=gettext_lazy("Minutes of"),
        queryset=Session.objects.none(),
        required=False,
        empty_label=gettext_lazy("no other session"),
    )

    def __init__(self, *args: Any, session: Session, reader: Citizen, desk: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        there = session.present(now())
        self.fields["mover"].queryset = (there if desk else there.filter(pk=reader.pk)).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["takes"].queryset = session.items.filter(started_at=None)  # type: ignore[attr-defined]
        self.fields["about"].queryset = session.assembly.sessions.over().select_related("assembly")  # type: ignore[attr-defined]
        if (item := session.current()) is not None and item.proposal:
            self.fields["text"].help_text = _(
                "For other words of “%(proposal)s”: its whole text, as it would read."
            ) % {"proposal": item.proposal}

    def clean(self) -> None:
        kind, said = self.cleaned_data.get("kind"), self.cleaned_data
        if kind == Motion.Kind.ORDER and not said.get("takes"):
            self.add_error("takes", _("Say which point is to be taken next."))
        if kind in (Motion.Kind.MINUTES, Motion.Kind.CORRECTION) and not said.get("about"):
            self.add_error("about", _("Say the minutes of which session."))
        if kind in Motion.IN_WORDS and not said.get("text", "").strip():
            self.add_error("text", _("Say what is moved."))

    def move(self, *, by: Citizen) -> Motion:
        """Put it, or find the one that was just put: whoever sends twice has moved it once."""
        said, kind = self.cleaned_data, self.cleaned_data["kind"]
        what = {
            "kind": kind,
            "mover": said["mover"],
            "text": "\n".join(said["text"].splitlines()).strip(),
            "takes": said["takes"] if kind == Motion.Kind.ORDER else None,
            "about": said["about"] if kind in (Motion.Kind.MINUTES, Motion.Kind.CORRECTION) else None,
        }
        Session.objects.select_for_update().get(pk=self.session.pk)
        same = self.session.motions.filter(**what, item=self.session.current())
        waiting = same.filter(withdrawn_at=None, answered_at=None, shows=None).first()
        return waiting or Motion.objects.move(self.session, by=by, **what)


class ShowForm(ActForm):
    """The hands on a motion, or the answer to a point of order."""

    yes = forms.IntegerField(label=gettext_lazy("In favour"), min_value=0, max_value=100_000)
    no = forms.IntegerField(label=gettext_lazy("Against"), min_value=0, max_value=100_000)
    abstain = forms.IntegerField(label=gettext_lazy("Abstain"), min_value=0, max_value=100_000, initial=0)
    counted_at = Moment(
        label=gettext_lazy("Counted at"),
        help_text=gettext_lazy("Only for what is entered late: it is shown as entered late."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("What is corrected"),
        help_text=gettext_lazy("Only when hands have been entered before: that count stays on record."),
        required=False,
        max_length=500,
    )

    def enter(self, motion: Motion, *, by: Citizen) -> ShowOfHands:
        said = self.cleaned_data
        return ShowOfHands.objects.enter(
            motion,
            by=by,
            yes=said["yes"],
            no=said["no"],
            abstain=said["abstain"],
            counted_at=said["counted_at"],
            reason=said["reason"],
        )


class PointAnswerForm(ActForm):
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(ActForm):
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=20_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


# ---- study circles ----


class CircleMeetingForm(ActForm):
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200, help_text=gettext_lazy("So that a stranger finds it.")
    )
    begins_at = Moment(label=gettext_lazy("Begins"), help_text=gettext_lazy("An evening takes about two hours."))

    def call(self, study: Study, *, by: Citizen) -> Circle:
        """Call the circle, or find the one that the same person has just called: whoever sends twice has one."""
        Citizen.objects.select_for_update().get(pk=by.pk)
        same = Circle.objects.filter(study=study, called_by=by, meetings__begins_at=self.cleaned_data["begins_at"])
        return same.first() or Circle.objects.call(study, by=by, **self.cleaned_data)


class CircleNoteForm(ActForm):
    text = forms.CharField(
        label=gettext_lazy("What the circle found"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text=gettext_lazy("What you agree on, what you do not, what nobody knew, and whom one could ask."),
    )
