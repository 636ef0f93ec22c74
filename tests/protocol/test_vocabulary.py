"""The glossary: its one sum, and how a guard is required."""

import subprocess
import sys

import pytest

from leader.protocol.vocabulary import Duration, Instant, InvariantViolated, after, require


def test_after_adds_a_duration_to_an_instant() -> None:
    """Both are nanoseconds."""
    assert after(Instant(7), Duration(5)) == Instant(12)


def test_require_raises_the_rule_that_does_not_hold() -> None:
    """One that holds raises nothing."""
    require(True, "a rule")
    with pytest.raises(InvariantViolated, match=r"^a rule$"):
        require(False, "a rule")


@pytest.mark.slow
def test_require_raises_with_optimization_too() -> None:
    """``python -O`` removes assertions; safety must not depend on how Python was started."""
    code = (
        "from leader.protocol.vocabulary import InvariantViolated, require\n"
        "try:\n    require(False, 'rule')\n"
        "except InvariantViolated as broken:\n    print(broken)"
    )
    run = subprocess.run(
        [sys.executable, "-O", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout == "rule\n"
