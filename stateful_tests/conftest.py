"""The profiles of Hypothesis: dev is quick, ci runs the same examples every time, deep is random and long.

``--hypothesis-profile`` chooses one; otherwise it is ci if the environment variable CI is set, else dev.
"""

import os

from hypothesis import HealthCheck, settings

SLOWNESS_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

settings.register_profile(
    "dev",
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=SLOWNESS_CHECKS,
)
settings.register_profile(
    "ci",
    max_examples=80,
    stateful_step_count=50,
    derandomize=True,
    database=None,
    print_blob=True,
    deadline=None,
    suppress_health_check=SLOWNESS_CHECKS,
)
settings.register_profile(
    "deep",
    max_examples=5_000,
    stateful_step_count=100,
    derandomize=False,
    deadline=None,
    suppress_health_check=SLOWNESS_CHECKS,
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
