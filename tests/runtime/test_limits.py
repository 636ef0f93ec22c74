"""Limits: every bound is a number above zero."""

import math

import pytest

from runtime.limits import NodeLimits


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_a_limit_is_finite_and_above_zero(value: float) -> None:
    """The error names the field and the value."""
    with pytest.raises(ValueError, match="handshake_seconds must be finite and above zero, not"):
        NodeLimits(handshake_seconds=value)
