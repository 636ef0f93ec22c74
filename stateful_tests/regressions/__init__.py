"""Every run that ever broke a claim, shrink, with its story: what went wrong, and which bug it was.

A file bears the name of the planted bug that brings the failure back. The first lines are for
people; then the run, as a failing test prints it.
"""

from dataclasses import dataclass
from pathlib import Path

from stateful_tests.plan import RunPlan
from stateful_tests.rules import Call
from stateful_tests.run_text import read


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that is kept."""

    plan: RunPlan
    calls: tuple[Call, ...]


def _kept() -> dict[str, KeptRun]:
    files = sorted(Path(__file__).parent.glob("*.txt"))
    return {file.stem: KeptRun(*read(file.read_text())) for file in files}


KEPT_RUNS = _kept()
"""By the name of the bug."""
