"""Quantities of goods in templates."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from ..models import Good

register = template.Library()


@register.simple_tag
def measure(quantity: Decimal | None, good: Good) -> SafeString | str:
    """An amount with its unit, kept on one line: 12,500 kg; a dash for none."""
    if quantity is None:
        return "–"
    return format_html('<span class="nowrap">{}</span>', words_of(quantity, good))


def words_of(quantity: Decimal, good: Good) -> str:
    """The same as plain words."""
    plain = quantity.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return f"{number_format(plain, places, force_grouping=True)} {unit(good, quantity)}"


def unit(good: Good, quantity: Decimal) -> str:
    """The unit as it stands after a number."""
    n = 1 if quantity == 1 else 2
    words = {
        "m3": "m³",
        "tkm": "t·km",
        "piece": ngettext("piece", "pieces", n),
        "day": ngettext("day", "days", n),
        "place": ngettext("place", "places", n),
    }
    return words.get(good.unit, good.unit)


@register.filter
def per_cent(share: int | None) -> str:
    return "–" if share is None else f"{share}\u00a0%"
