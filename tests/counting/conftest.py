"""Hypothesis times each example; on a machine that others use as well, that says nothing about a counter."""

from hypothesis import settings

settings.register_profile("unhurried", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("unhurried")
