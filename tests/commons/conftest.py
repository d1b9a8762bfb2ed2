"""Hypothesis times each example; on a machine that others use as well, that says nothing about the rule."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unhurried",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")
