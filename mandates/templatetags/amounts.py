"""Quantities in templates."""

from decimal import Decimal

from django import template

from ..models import amount as in_words

register = template.Library()


@register.filter
def amount(quantity: Decimal | None) -> str:
    """A quantity without idle zeros; nothing for none."""
    return "" if quantity is None else in_words(quantity)
