"""How a noun is described: who may read which rows of it, what each says, and by what it is found.

A description becomes a serializer, a query, two addresses and a part of the schema; nothing of that is written twice.
What a value is called, how long it is and what it may be, its model says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as kept
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from assemblies.access import Reader

MOST = 2**63 - 1  # the largest number of a row
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
PAGE, LARGEST_PAGE = 50, 200


class Moment(serializers.DateTimeField):
    """A moment in UTC, whoever asks; one without an offset is taken for UTC."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default_timezone", UTC)
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError(_("Give a moment between the years 1900 and 2200."), code="out_of_range")
        return moment


class Number(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MOST, **kwargs})


# ---- what a noun says ----


@dataclass(frozen=True)
class Said:
    """A value that is derived: an attribute by its path, or what a function makes of the row and the moment."""

    words: str
    field: Callable[..., serializers.Field]
    get: str | Callable[[Any, datetime], Any] = ""
    options: Mapping[str, Any] = kept(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """Another noun: its address, or with `?expand=` all that it says. `path` leads there from the row."""

    words: str
    to: str
    path: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody by name, as the pages call them; with their number where they have a page of their own."""

    words: str
    path: str = ""
    numbered: bool = False


@dataclass(frozen=True)
class Many:
    """Parts that have no address of their own: `model` rows found under `path`."""

    words: str
    one: str
    model: type[models.Model]
    says: Mapping[str, Any]
    path: str = ""


class Derived(serializers.Field):
    """What `Said` describes, shown through the field that it names."""

    def __init__(self, said: Said, **kwargs: Any) -> None:
        self.said, self.shown = said, said.field(**said.options)
        super().__init__(read_only=True, help_text=said.words, **kwargs)

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.shown.bind(field_name, parent)

    def get_attribute(self, instance: Any) -> Any:
        if callable(self.said.get):
            return self.said.get(instance, self.context["at"])
        return super().get_attribute(instance)

    def to_representation(self, value: Any) -> Any:
        return self.shown.to_representation(value)


class LinkField(serializers.Field):
    def __init__(self, link: Link, **kwargs: Any) -> None:
        self.link = link
        super().__init__(read_only=True, help_text=link.words, **kwargs)

    def to_representation(self, value: models.Model) -> Any:
        whole = self.context.get("expanded", {}).get(self.field_name)
        return whole[value.pk] if whole and value.pk in whole else address(self.link.to, value, self.context)


class PersonField(serializers.Field):
    def __init__(self, person: Person, **kwargs: Any) -> None:
        self.person = person
        super().__init__(read_only=True, help_text=person.words, **kwargs)

    def to_representation(self, value: Any) -> dict[str, Any]:
        return {"id": value.pk, "name": value.name} if self.person.numbered else {"name": value.name}


class Says(serializers.ModelSerializer):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Moment,
        models.URLField: serializers.CharField,  # where nothing is said it is empty, which is no address
    }


def serializer_of(one: str, model: type[models.Model], says: Mapping[str, Any], **first: Any) -> type[Says]:
    """The serializer of a description. `first` are fields before all others."""
    made: dict[str, Any] = dict(first)
    extra: dict[str, dict[str, Any]] = {}
    for name, what in says.items():
        if isinstance(what, str):
            extra[name] = {"help_text": what, "read_only": True}
            continue
        source = _source(what) or name
        path = source.replace("__", ".")
        told: dict[str, Any] = {"allow_null": True} if _may_be_nothing(model, what, source) else {}
        if path != name:
            told["source"] = path
        if isinstance(what, Said):
            made[name] = Derived(what, **told)
        elif isinstance(what, Link):
            made[name] = LinkField(what, **told)
        elif isinstance(what, Person):
            made[name] = PersonField(what, **told)
        else:
            part = serializer_of(what.one, what.model, what.says)
            made[name] = part(many=True, read_only=True, help_text=what.words, **told)
    meta = type("Meta", (), {"model": model, "fields": [*first, *says], "extra_kwargs": extra})
    return type(one, (Says,), {**made, "Meta": meta, "__doc__": model.__doc__, "__module__": __name__})


def _source(what: Any) -> str:
    """The path that a description names, if it does."""
    if isinstance(what, Said):
        return what.get if isinstance(what.get, str) else ""
    return what.path


def _may_be_nothing(model: type[models.Model], what: Any, source: str) -> bool:
    """Whether a value can be null: what is derived says so itself, a relation by any step of its path."""
    if isinstance(what, Said):
        return bool(what.options.get("allow_null"))
    if isinstance(what, Many):
        return False
    here: Any = model
    for step in source.split("__"):
        relation = here._meta.get_field(step)
        if getattr(relation, "null", False) or (relation.auto_created and relation.one_to_one):
            return True
        here = relation.related_model
    return False


# ---- by what it is found ----


@dataclass(frozen=True)
class Filter:
    """One word of a query: the field that reads it, and where it is looked for."""

    field: serializers.Field
    where: str | Callable[[QuerySet, Any, datetime], QuerySet]

    def narrow(self, rows: QuerySet, value: Any, at: datetime) -> QuerySet:
        return self.where(rows, value, at) if callable(self.where) else rows.filter(**{self.where: value})


def of(where: str, words: str) -> Filter:
    """By the number of something."""
    return Filter(Number(required=False, help_text=words), where)


def named(where: str, words: str) -> Filter:
    """By a slug."""
    return Filter(serializers.CharField(required=False, max_length=150, help_text=words), where)


def one_of(choices: Iterable[Any], where: str | Callable[..., QuerySet], words: str) -> Filter:
    return Filter(serializers.ChoiceField(list(choices), required=False, help_text=words), where)


def whether(where: str, words: str) -> Filter:
    return Filter(serializers.BooleanField(required=False, allow_null=True, default=None, help_text=words), where)


class Words(serializers.Field):
    """Several names in one word of a query, with commas between them."""

    def __init__(self, names: Iterable[str], **kwargs: Any) -> None:
        self.names = sorted(names)
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> list[str]:
        wanted = [word.strip() for word in str(value).split(",") if word.strip()]
        if strange := [word for word in wanted if word not in self.names]:
            raise ValidationError(
                _("There is no link called %(name)s here; there are: %(names)s.")
                % {"name": strange[0][:40], "names": ", ".join(self.names)},
                code="invalid_choice",
            )
        return wanted


# ---- a noun ----

NOUNS: dict[str, Noun] = {}


@dataclass(frozen=True)
class Noun:
    """One public noun. `rows` is its door: what this reader may know of, as known at that moment.

    `order` names columns that are never null, the first of which is how the list comes; `-` turns one round.
    What is `private` has rows for those alone whom they concern.
    """

    name: str
    one: str
    model: type[models.Model]
    words: str
    says: Mapping[str, Any]
    rows: Callable[[Reader, datetime], QuerySet]
    filters: Mapping[str, Filter] = kept(default_factory=dict)
    order: tuple[str, ...] = ("-id",)
    near: tuple[str, ...] = ()
    parts: tuple[Any, ...] = ()
    timed: bool = False
    lookup: str = "pk"
    page: bool = True
    private: bool = False

    def __post_init__(self) -> None:
        NOUNS[self.name] = self

    @property
    def links(self) -> dict[str, Link]:
        return {name: what for name, what in self.says.items() if isinstance(what, Link)}

    @cached_property
    def serializer(self) -> type[Says]:
        first: dict[str, Any] = {
            "id": Number(read_only=True, help_text="Its number; it never changes.", source="pk"),
            "url": UrlField(self.name),
        }
        if self.page:
            first["page"] = PageField()
        return serializer_of(self.one, self.model, self.says, **first)

    @cached_property
    def query(self) -> type[serializers.Serializer]:
        """What may stand in the query of its list."""
        made: dict[str, Any] = {name: one.field for name, one in self.filters.items()}
        made |= self._common()
        orders = [turned for name in self.order for turned in (name, name[1:] if name[0] == "-" else f"-{name}")]
        made["order"] = serializers.ChoiceField(
            orders, default=self.order[0], help_text="By what the list is ordered; `-` for the largest or latest first."
        )
        made["size"] = serializers.IntegerField(
            min_value=1, max_value=LARGEST_PAGE, default=PAGE, help_text="How many to a page."
        )
        made["cursor"] = serializers.CharField(
            required=False, max_length=1000, help_text="Where a page begins, as `next` and `previous` give it."
        )
        return type(f"{self.one}Query", (serializers.Serializer,), made)

    @cached_property
    def query_of_one(self) -> type[serializers.Serializer]:
        return type(f"One{self.one}Query", (serializers.Serializer,), self._common())

    def _common(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.links:
            words = "Links to give whole instead of by address, with commas between them: " + ", ".join(
                f"`{name}`" for name in sorted(self.links)
            )
            made["expand"] = Words(self.links, required=False, help_text=f"{words}.")
        if self.timed:
            made["at"] = Moment(required=False, help_text="As it stood at this moment (ISO 8601); now, unless given.")
        return made

    def found(self, reader: Reader, at: datetime) -> QuerySet:
        """The rows with all that their serializer reads, in a number of queries that does not grow with them."""
        near = [what.path or name for name, what in self.says.items() if isinstance(what, Link | Person)]
        rows = self.rows(reader, at).select_related(*near, *self.near)
        return rows.prefetch_related(*self.parts) if self.parts else rows

    def shown(self, things: list[Any], context: dict[str, Any], expand: Iterable[str] = ()) -> list[dict[str, Any]]:
        """What those rows say; each link that is expanded goes through the door of its own noun, in one query."""
        expanded: dict[str, dict[int, Any]] = {}
        for name in expand:
            link = self.links[name]
            targets = {target.pk for thing in things if (target := _follow(thing, link.path or name)) is not None}
            noun = NOUNS[link.to]
            whole = list(noun.found(context["reader"], context["at"]).filter(pk__in=targets))
            expanded[name] = dict(zip([one.pk for one in whole], noun.shown(whole, context), strict=True))
        return self.serializer(things, many=True, context={**context, "expanded": expanded}).data  # type: ignore[return-value]


def _follow(thing: Any, path: str) -> Any:
    for step in path.split("__"):
        thing = getattr(thing, step, None)
    return thing


class UrlField(serializers.Field):
    def __init__(self, noun: str) -> None:
        self.noun = noun
        super().__init__(read_only=True, source="*", help_text="Where it is in this API.")

    def to_representation(self, value: Any) -> str:
        return address(self.noun, value, self.context)


class PageField(serializers.Field):
    def __init__(self) -> None:
        super().__init__(read_only=True, source="*", help_text="Its page, for people.")

    def to_representation(self, value: Any) -> str:
        return self.context["request"].build_absolute_uri(value.get_absolute_url())


def address(noun: str, thing: Any, context: Mapping[str, Any]) -> str:
    """Where one thing is in this API."""
    key = getattr(thing, NOUNS[noun].lookup)
    return context["request"].build_absolute_uri(reverse(f"api:{noun}-one", args=[key]))
