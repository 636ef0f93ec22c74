"""The profiles of Hypothesis: dev is quick, ci runs the same examples every time, deep is random and long.

``--hypothesis-profile`` chooses one; otherwise it is ci if the environment variable CI is set, else dev.
Also says which test files share a process of pytest-xdist.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

ONE_PROCESS = ("stateful_tests/exact/", "stateful_tests/test_mutants.py")
"""These test files need the same graphs of TLC; one process explores each graph once."""

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


class SharedGraphsScheduling(LoadFileScheduling):  # type: ignore[misc]
    """Gives each process whole files, and all files in `ONE_PROCESS` to the same process."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ONE_PROCESS[0] if file.startswith(ONE_PROCESS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> SharedGraphsScheduling:
    """The scheduler of ``pytest -n``."""
    return SharedGraphsScheduling(config, log)
