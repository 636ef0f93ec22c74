"""Limits: every bound is a number above zero."""

import dataclasses
import math
import re
from pathlib import Path

import pytest

from runtime.limits import NodeLimits


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan])
def test_a_limit_is_finite_and_above_zero(value: float) -> None:
    """The error names the field and the value."""
    with pytest.raises(ValueError, match="handshake_seconds must be finite and above zero, not"):
        NodeLimits(handshake_seconds=value)


@pytest.mark.parametrize("value", [True, "7", None, 1.5])
def test_a_count_is_a_whole_number(value: object) -> None:
    """Half a connection, or yes, is a mistake."""
    with pytest.raises(TypeError, match="connections must be <class 'int'>, not"):
        NodeLimits(connections=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1023, 2**32])
def test_a_frame_limit_leaves_room_for_the_handshake_and_fits_the_header(value: int) -> None:
    """Below, nodes could not say goodbye; above, four bytes could not say how long."""
    with pytest.raises(ValueError, match="frame_bytes must be between 1024 and 4294967295"):
        NodeLimits(frame_bytes=value)


def test_seconds_may_be_whole_or_not() -> None:
    """An int will do for a float."""
    assert NodeLimits(handshake_seconds=1) == NodeLimits(handshake_seconds=1.0)


def test_the_page_on_security_gives_every_limit_with_its_default() -> None:
    """All that others can make a node do is there; how long it takes to stop is its own affair."""
    page = Path(__file__).parents[2] / "docs" / "security.md"
    units = {"": 1, " s": 1, " MiB": 1024 * 1024}
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+)( \w+)? \|", page.read_text(), re.MULTILINE)
    said = {name: int(number.replace(",", "")) * units[unit] for name, number, unit in rows}
    assert said | {"shutdown_seconds": 5} == dataclasses.asdict(NodeLimits())
