"""Reasons in words. Each template stands here whole, singular and plural, so that it can be translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from commons.sharing import why
from commons.sharing.claims import ESSENTIAL, FURTHER
from commons.sharing.why import Reason

Plural = Callable[[str, str, int], str]
NAMED = 4  # As many places are named; beyond that the rest are counted.

# By kind and need; the plural is chosen by the number of others who stand alike, or of places named.


def _same(text: str) -> tuple[str, str]:
    return text, text


# By kind and need; the plural is chosen by the number of others who stand alike, or of places named.
TEMPLATES: dict[tuple[str, str], tuple[str, str]] = {
    (why.OWN, ESSENTIAL): _same("%(place)s meets its whole essential need from its own: %(amount)s."),
    (why.OWN, FURTHER): _same("Its further need is met from its own as well: %(amount)s."),
    (why.MET, ESSENTIAL): _same("%(place)s has its whole essential need; %(amount)s of it come from %(places)s."),
    (why.MET, FURTHER): _same("Its further need is met in full; %(amount)s of it come from %(places)s."),
    (why.BOUND, ESSENTIAL): (
        "%(place)s stands at %(share)s of its essential need, bound by all that %(places)s can give.",
        (
            "%(place)s and %(others)s others stand at %(share)s of their essential need, bound by all that "
            "%(places)s can give."
        ),
    ),
    (why.BOUND, FURTHER): (
        "Of its further need it has %(share)s, bound by all that %(places)s can still give.",
        "Of its further need it has %(share)s, like %(others)s others, bound by all that %(places)s can still give.",
    ),
    (why.ABOVE, ESSENTIAL): (
        (
            "%(place)s stands at %(share)s of its essential need by what is its own; what %(places)s can give "
            "goes first to %(others)s place that stands lower."
        ),
        (
            "%(place)s stands at %(share)s of its essential need by what is its own; what %(places)s can give "
            "goes first to %(others)s places that stand lower."
        ),
    ),
    (why.ABOVE, FURTHER): (
        (
            "Of its further need it has %(share)s by what is its own; what %(places)s can give goes first to "
            "%(others)s place that stands lower."
        ),
        (
            "Of its further need it has %(share)s by what is its own; what %(places)s can give goes first to "
            "%(others)s places that stand lower."
        ),
    ),
    (why.UNREACHED, ESSENTIAL): _same(
        "%(place)s stands at %(share)s of its essential need: nobody from whom this good could come offers any."
    ),
    (why.UNREACHED, FURTHER): _same(
        "Of its further need it has %(share)s: nobody from whom this good could come offers more."
    ),
    (why.AFTER, FURTHER): _same(
        "Of its further need it has %(share)s: what is essential comes first, and those who could give have "
        "nothing left after it."
    ),
    (why.LOWER, ""): (
        "%(places)s gives to places that stand lower still.",
        "%(places)s give to places that stand lower still.",
    ),
    (why.WAYS, ""): _same("From %(places)s no more may come than comes already."),
    (why.MORE, ""): (
        "For more, somebody in reach would have to offer more: %(amount)s are missing.",
        "For more, somebody in reach would have to offer more: %(amount)s are missing to all of them together.",
    ),
    (why.SPARE, ""): _same(
        "The nearest place with something left is %(places)s, %(distance)s away, with %(amount)s: from there "
        "it may not come."
    ),
    (why.GIVES, ""): _same("It gives %(amount)s to %(places)s."),
    (why.LEFT, ""): _same("%(amount)s of its offer stay: nobody in reach needs more."),
    (why.RESERVE, ""): _same("%(amount)s stay with it as its reserve."),
    (why.NOTHING, ""): _same("%(place)s needs nothing of this good and gives none."),
    (why.ALIKE, ESSENTIAL): (
        "%(place)s stands at %(share)s of its essential need.",
        "%(place)s and %(others)s others stand at %(share)s of their essential need.",
    ),
    (why.ALIKE, FURTHER): (
        "Of its further need it has %(share)s.",
        "Of its further need it has %(share)s, like %(others)s others.",
    ),
}
LIST = ("%(first)s and %(last)s", "%(first)s and %(count)s others")


def english(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


def percent(share: Fraction) -> str:
    """In tenths of a hundredth, rounded down: what is not whole never reads as whole."""
    tenths = share.numerator * 1000 // share.denominator
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def kilometres(metres: int) -> str:
    return f"{round(metres / 1000)} km" if metres >= 10_000 else f"{round(metres / 100) / 10} km"


def listed(places: Sequence[str], plural: Plural = english) -> str:
    """A, B, C and D; or A, B, C, D and 5 others."""
    if len(places) <= 1:
        return "".join(places)
    one, many = LIST
    if len(places) <= NAMED + 1:
        return plural(one, many, 1) % {"first": ", ".join(places[:-1]), "last": places[-1]}
    rest = len(places) - NAMED
    return plural(one, many, rest) % {"first": ", ".join(places[:NAMED]), "count": rest}


def sentence(
    reason: Reason, *, amount: Callable[[int], str] = str, name: Callable[[str], str] = str, plural: Plural = english
) -> str:
    """The reason as a sentence. `amount` writes amounts with their unit, `name` the places; `plural` is an ngettext."""
    one, many = TEMPLATES.get((reason.kind, reason.need)) or TEMPLATES[reason.kind, ""]
    by_places = reason.kind in (why.LOWER, why.WAYS)
    number = len(reason.places) if by_places else reason.others + (reason.kind in (why.BOUND, why.ALIKE, why.MORE))
    return plural(one, many, number) % {
        "place": name(reason.place),
        "share": percent(reason.share or Fraction(0)),
        "others": reason.others,
        "places": listed([name(place) for place in reason.places], plural),
        "amount": amount(reason.amount),
        "distance": kilometres(reason.metres),
    }
