"""Limits: each is a number above zero."""

import dataclasses
import math
import re
from pathlib import Path

import pytest

from runtime.limits import NodeLimits


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_limits_must_be_finite_and_above_zero(value: float) -> None:
    """The error names the field and the value."""
    with pytest.raises(ValueError, match="handshake_seconds must be finite and above zero, not"):
        NodeLimits(handshake_seconds=value)


@pytest.mark.parametrize("value", [True, "7", None, 1.5])
def test_limits_that_count_must_be_whole_numbers(value: object) -> None:
    """A float or a bool is a mistake."""
    with pytest.raises(TypeError, match="connections must be <class 'int'>, not"):
        NodeLimits(connections=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1023, 2**32])
def test_limits_on_frames_fit_the_handshake_and_the_header(value: int) -> None:
    """Below, a goodbye would not fit; above, four bytes could not give the length."""
    with pytest.raises(ValueError, match="frame_bytes must be between 1024 and 4294967295"):
        NodeLimits(frame_bytes=value)


def test_limits_in_seconds_may_be_whole_numbers() -> None:
    """An int is allowed for a float."""
    assert NodeLimits(handshake_seconds=1) == NodeLimits(handshake_seconds=1.0)


def test_limits_are_on_the_page_on_security_with_their_defaults() -> None:
    """All but `shutdown_seconds`, which other nodes cannot use."""
    page = Path(__file__).parents[2] / "docs" / "security.md"
    units = {"": 1, " s": 1, " MiB": 1024 * 1024}
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)( \w+)? \|", page.read_text(), re.MULTILINE)
    said = {name: int(number.replace(",", "")) * units[unit] for name, number, unit in rows}
    assert said | {"shutdown_seconds": 5} == dataclasses.asdict(NodeLimits())
