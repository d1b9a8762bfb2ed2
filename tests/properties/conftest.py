"""Profiles: short and the same in every run; `make test-deep` looks further, and elsewhere each time."""

import os

from hypothesis import HealthCheck, settings

quiet = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}
SHORT = settings(max_examples=8, stateful_step_count=30, derandomize=True, **quiet)
DEEP = settings(max_examples=int(os.environ.get("DEEP_RUNS", "300")), stateful_step_count=40, **quiet)
MANY = settings(max_examples=150, **quiet)
