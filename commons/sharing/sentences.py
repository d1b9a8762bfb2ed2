"""Reasons in words. Every template stands whole, so that it can be translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from commons.sharing import why
from commons.sharing.claims import ESSENTIAL, FURTHER
from commons.sharing.why import Reason

Plural = Callable[[str, str, int], str]
NAMED = 4  # As many places are named; beyond that the rest are counted.
ALONE = " alone"

Template = tuple[str, str]


def _same(text: str) -> Template:
    return text, text


# By kind and need, singular and plural: of the others who stand alike, or of the places named.
TEMPLATES: dict[tuple[str, str], Template] = {
    (why.OWN, ESSENTIAL): _same("%(place)s meets its whole essential need from its own: %(amount)s."),
    (why.OWN, FURTHER): _same("%(place)s meets its further need from its own: %(amount)s."),
    (why.MET, ESSENTIAL): _same("%(place)s has its whole essential need; %(amount)s of it come from %(places)s."),
    (why.MET, FURTHER): _same("%(place)s has its whole further need; %(amount)s of it come from %(places)s."),
    (why.BOUND + ALONE, ESSENTIAL): _same(
        "%(place)s stands at %(share)s of its essential need: no more can come from %(places)s."
    ),
    (why.BOUND, ESSENTIAL): (
        "%(place)s and %(others)s other stand at %(share)s of their essential need: no more can come from %(places)s.",
        "%(place)s and %(others)s others stand at %(share)s of their essential need: no more can come from %(places)s.",
    ),
    (why.BOUND + ALONE, FURTHER): _same(
        "%(place)s has %(share)s of its further need: no more can come from %(places)s."
    ),
    (why.BOUND, FURTHER): (
        "%(place)s has %(share)s of its further need, like %(others)s other: no more can come from %(places)s.",
        "%(place)s has %(share)s of its further need, like %(others)s others: no more can come from %(places)s.",
    ),
    (why.ALIKE + ALONE, ESSENTIAL): _same("%(place)s stands at %(share)s of its essential need."),
    (why.ALIKE, ESSENTIAL): (
        "%(place)s and %(others)s other stand at %(share)s of their essential need.",
        "%(place)s and %(others)s others stand at %(share)s of their essential need.",
    ),
    (why.ALIKE + ALONE, FURTHER): _same("%(place)s has %(share)s of its further need."),
    (why.ALIKE, FURTHER): (
        "%(place)s has %(share)s of its further need, like %(others)s other.",
        "%(place)s has %(share)s of its further need, like %(others)s others.",
    ),
    (why.ABOVE, ESSENTIAL): (
        (
            "%(place)s has %(share)s of its essential need from its own; what others give goes first to "
            "%(others)s place that stands lower."
        ),
        (
            "%(place)s has %(share)s of its essential need from its own; what others give goes first to "
            "%(others)s places that stand lower."
        ),
    ),
    (why.ABOVE, FURTHER): (
        (
            "%(place)s has %(share)s of its further need from its own; what others give goes first to "
            "%(others)s place that stands lower."
        ),
        (
            "%(place)s has %(share)s of its further need from its own; what others give goes first to "
            "%(others)s places that stand lower."
        ),
    ),
    (why.UNREACHED, ESSENTIAL): _same(
        "%(place)s stands at %(share)s of its essential need: nobody from whom this good may come offers any."
    ),
    (why.UNREACHED, FURTHER): _same(
        "%(place)s has %(share)s of its further need: nobody from whom this good may come offers any."
    ),
    (why.AFTER, FURTHER): _same(
        "%(place)s has %(share)s of its further need: those who could give have nothing left after what is essential."
    ),
    (why.LOWER, ""): (
        "%(places)s could give as well, and gives to places that stand lower.",
        "%(places)s could give as well, and give to places that stand lower.",
    ),
    (why.WAYS, ""): _same("From %(places)s no more may come than comes already."),
    (why.MORE + ALONE, ""): _same("For more, somebody in reach would have to offer more: %(amount)s are missing."),
    (why.MORE, ""): _same(
        "For more, somebody in reach would have to offer more: %(amount)s are missing to all of them together."
    ),
    (why.SPARE, ""): _same(
        "The nearest place with something left is %(places)s, %(distance)s away, with %(amount)s; from there this good "
        "may not come."
    ),
    (why.GIVES, ""): _same("%(place)s gives %(amount)s to %(places)s."),
    (why.LEFT, ""): _same("Of its offer %(amount)s stay: nobody in reach needs more."),
    (why.RESERVE, ""): _same("As its reserve %(amount)s stay."),
    (why.NOTHING, ""): _same("%(place)s needs nothing of this good and gives none."),
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
    pair, crowd = LIST
    if len(places) <= NAMED + 1:
        return plural(pair, pair, 1) % {"first": ", ".join(places[:-1]), "last": places[-1]}
    rest = len(places) - NAMED
    return plural(crowd, crowd, rest) % {"first": ", ".join(places[:NAMED]), "count": rest}


def sentence(
    reason: Reason, *, amount: Callable[[int], str] = str, name: Callable[[str], str] = str, plural: Plural = english
) -> str:
    """The reason as a sentence. `amount` writes amounts with their unit, `name` the places; `plural` is an ngettext."""
    kind = reason.kind
    if kind in (why.BOUND, why.ALIKE, why.MORE) and not reason.others:
        kind += ALONE
    one, many = TEMPLATES.get((kind, reason.need)) or TEMPLATES[kind, ""]
    return plural(one, many, len(reason.places) if kind == why.LOWER else reason.others) % {
        "place": name(reason.place),
        "share": percent(reason.share or Fraction(0)),
        "others": reason.others,
        "places": listed([name(place) for place in reason.places], plural),
        "amount": amount(reason.amount),
        "distance": kilometres(reason.metres),
    }
