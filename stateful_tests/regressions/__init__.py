"""Every run that ever violated an invariant, shortened, with an explanation of what went wrong.

A file has the name of the planted bug with which the run fails again. Its first lines are for
people; then follows the run, as a failing test prints it.
"""

from dataclasses import dataclass
from pathlib import Path

from stateful_tests.plan import RunPlan
from stateful_tests.rule_runner import Call
from stateful_tests.run_text import parse_run


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that once failed."""

    plan: RunPlan
    calls: tuple[Call, ...]


def _read_all() -> dict[str, KeptRun]:
    files = sorted(Path(__file__).parent.glob("*.txt"))
    return {file.stem: KeptRun(*parse_run(file.read_text())) for file in files}


KEPT_RUNS = _read_all()
"""By the name of the bug."""
