"""Figures beside the rows they belong to."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(figures: Mapping[int, int], key: int) -> int:
    """The figure of that row; nought where there is none."""
    return figures.get(key, 0)
