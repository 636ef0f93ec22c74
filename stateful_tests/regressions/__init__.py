"""Every run that ever broke a claim, shrunk, with its story: what went wrong, and which bug it was.

A file bears the name of the planted bug that brings the failure back. The first lines are for
people; then the run, as a failing test prints it.
"""

from dataclasses import dataclass
from pathlib import Path

from stateful_tests.cluster import Call
from stateful_tests.notation import read
from stateful_tests.plan import Plan


@dataclass(frozen=True, slots=True)
class Story:
    """A run that is kept."""

    plan: Plan
    calls: tuple[Call, ...]


def _kept() -> dict[str, Story]:
    files = sorted(Path(__file__).parent.glob("*.txt"))
    return {file.stem: Story(*read(file.read_text())) for file in files}


STORIES = _kept()
"""By the name of the bug."""
