"""What can be followed, and which entries of the record are about it; each floor adds its own nouns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q

# By noun of the record: the thing itself, where one may know of it, and what the entries about it are about.
Find = Callable[[int], Any]  # a model instance, or None
About = Callable[[Model], Q]
FOLLOWED: dict[str, Find] = {}
ABOUT: dict[str, list[About]] = {}

# What is entered of everybody's coming and going is for the record, and no news.
QUIET = ("attendance.", "turn.", "hands.", "paper.", "papers.", "roll.", "item.", "account.", "citizenship.", "willing")


def add(noun: str, find: Find | None, about: About) -> None:
    """Let things of that noun be followed; a floor above may add what it knows about them."""
    if find is not None:
        FOLLOWED[noun] = find
    ABOUT.setdefault(noun, []).append(about)


def thing(subject: str) -> Any:
    """The thing of that address in the record, if it can be followed and the public knows of it."""
    noun, _, number = subject.partition("/")
    if noun not in FOLLOWED or not number.isascii() or not number.isdecimal() or not 0 < len(number) < 19:
        return None
    return FOLLOWED[noun](int(number))


def entries_about(subject: str, followed: Model) -> Q:
    """Which entries tell what happened to it."""
    return reduce(or_, (about(followed) for about in ABOUT[subject.partition("/")[0]]))


def of(noun: str, numbers: Iterable[int]) -> Q:
    """The entries about things of that noun with these numbers."""
    return Q(subject__in=[f"{noun}/{number}" for number in numbers])
