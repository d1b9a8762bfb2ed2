"""What can be followed, and which entries of the record are about it; each floor adds its own nouns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

# By noun of the record: the things that one may know of, and what the entries about one of them are about.
Known = Callable[[], QuerySet[Any]]
About = Callable[[Any], Q]
KNOWN: dict[str, Known] = {}
ABOUT: dict[str, list[About]] = {}

# What is entered of everybody's coming and going is for the record, and no news.
QUIET = ("attendance.", "turn.", "hands.", "paper.", "papers.", "roll.", "item.", "account.", "citizenship.", "willing")


def add(noun: str, known: Known | None, about: About) -> None:
    """Let things of that noun be followed; a floor above may add what it knows about them."""
    if known is not None:
        KNOWN[noun] = known
    ABOUT.setdefault(noun, []).append(about)


def things(subjects: Iterable[str]) -> dict[str, Any]:
    """The things of these addresses in the record that can be followed and that the public knows of; a query a noun."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        noun, _, number = subject.partition("/")
        if noun in KNOWN and number.isascii() and number.isdecimal() and 0 < len(number) < 19:
            numbers[noun].add(int(number))
    return {
        f"{noun}/{thing.pk}": thing for noun, wanted in numbers.items() for thing in KNOWN[noun]().filter(pk__in=wanted)
    }


def entries_about(subject: str, followed: Any) -> Q:
    """Which entries tell what happened to it."""
    return reduce(or_, (about(followed) for about in ABOUT[subject.partition("/")[0]]))


def of(noun: str, numbers: Iterable[int]) -> Q:
    """The entries about things of that noun with these numbers."""
    return Q(subject__in=[f"{noun}/{number}" for number in numbers])
