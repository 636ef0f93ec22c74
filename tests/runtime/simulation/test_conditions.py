"""Conditions of a simulated way."""

from typing import Any

import pytest

from runtime.simulation import Conditions


@pytest.mark.parametrize(
    "wrong", [{"delay": (2.0, 1.0)}, {"delay": (-1.0, 1.0)}, {"loss": 1.1}, {"reordering": -0.1}]
)
def test_conditions_refuse_impossible_values(wrong: dict[str, Any]) -> None:
    """The error names the field."""
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))} must be"):
        Conditions(**wrong)
