"""How an act is described: what it takes, which act of which model it is, and what is read back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import MultipleObjectsReturned
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assemblies.clock import now
from assemblies.models import Citizen, Citizenship
from mandates.models import Mandate

from .noun import MOST, Moment, Noun

ACTS: list[Act] = []


@dataclass(frozen=True)
class Act:
    """One thing that a person may do, sent as POST to a noun.

    With `on` it is sent to what it is done to, as `/recalls/12/signatures/`, and `does` gets that number or slug;
    else to the collection of the noun that it makes. `gives` is what is read back: what was made, or what it was
    done to as it stands now.
    """

    name: str
    words: str
    does: Callable[[Citizen, Any, dict[str, Any]], models.Model]
    gives: Noun
    takes: Mapping[str, Any] = field(default_factory=dict)
    on: Noun | None = None
    example: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ACTS.append(self)

    @property
    def scope(self) -> str:
        """What a token must be allowed, to do this."""
        return f"{self.on.name}/{self.name}" if self.on else self.name

    @property
    def address(self) -> str:
        """The name of its address."""
        return self.scope.replace("/", "-")

    @cached_property
    def form(self) -> type[serializers.Serializer]:
        words = "".join(word.capitalize() for word in self.address.split("-"))
        return type(f"New{words}", (Form,), {**self.takes, "__doc__": self.words})


class Form(serializers.Serializer):
    """What an act takes. A field that it does not know is refused: what it meant would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (strange := sorted(str(name) for name in set(data) - set(self.fields))):
            raise ValidationError({strange[0][:40]: [_("This act takes no such field.")]}, code="unknown")
        return super().to_internal_value(data)


class Of(serializers.Field):
    """Something by its number, or by its slug, through the door that the pages use."""

    def __init__(self, door: Callable[[Citizen, Any], Any], words: str, *, slug: bool = False, **kwargs: Any) -> None:
        self.door, self.slug = door, slug
        super().__init__(help_text=words, write_only=True, **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        fits = isinstance(value, str) if self.slug else isinstance(value, int) and not isinstance(value, bool)
        if not fits or (isinstance(value, int) and not 0 <= value <= MOST):
            raise ValidationError(_("Give its slug.") if self.slug else _("Give its number."), code="invalid")
        if isinstance(value, str) and ("\x00" in value or len(value) > 150):
            raise ValidationError(_("There is no such thing, or none that you may know of."), code="does_not_exist")
        try:
            return self.door(self.context["reader"], value)
        except (Http404, MultipleObjectsReturned) as error:
            raise ValidationError(
                _("There is no such thing, or none that you may know of."), code="does_not_exist"
            ) from error


def text(words: str, most: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(help_text=words, max_length=most, **more)


def maybe(words: str, most: int) -> serializers.CharField:
    return serializers.CharField(help_text=words, max_length=most, required=False, allow_blank=True, default="")


def quantity(words: str, **more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(help_text=words, max_digits=16, decimal_places=3, min_value=Decimal(0), **more)


def moment(words: str, **more: Any) -> Moment:
    return Moment(help_text=words, **more)


class Day(serializers.DateField):
    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not 1900 <= day.year <= 2200:
            raise ValidationError(_("Give a day between the years 1900 and 2200."), code="out_of_range")
        return day


def day(words: str, **more: Any) -> Day:
    return Day(help_text=words, **more)


def choice(choices: Iterable[Any], words: str, **more: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(list(choices), help_text=words, **more)


def number(words: str, least: int, most: int, **more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=words, min_value=least, max_value=most, **more)


def duration(words: str, least: timedelta = timedelta(), **more: Any) -> serializers.DurationField:
    """A time in ISO 8601, as `P7DT00H00M00S`; ten years at most."""
    return serializers.DurationField(
        help_text=f"{words} In ISO 8601.", min_value=least, max_value=timedelta(days=3650), **more
    )


def person(reader: Citizen, pk: int) -> Citizen:
    """Somebody whom the reader may name: of their own roll, or whom an assembly has named as its delegate."""
    at = now()
    roll = Citizenship.objects.in_force(at).filter(assembly__in=reader.citizenships.in_force(at).values("assembly"))
    named = Mandate.objects.filter(proposal__offered_at__isnull=False)
    known = Q(pk__in=roll.values("citizen")) | Q(pk__in=named.values("delegate"))
    return get_object_or_404(Citizen.objects.filter(known), pk=pk)


def whom(words: str, **more: Any) -> Of:
    """Somebody by their number, as a roll or a mandate gives it."""
    return Of(person, f"{words} By their number.", **more)
