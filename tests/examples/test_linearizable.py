"""The checker of histories: it lets pass what one place could have answered, and nothing else."""

import math

import pytest

from tests.examples.linearizable import Operation, is_linearizable


def write(value: str, asked: float, answered: float = math.inf, key: str = "k") -> Operation:
    """A write."""
    return Operation(key=key, value=value, is_write=True, asked=asked, answered=answered)


def read(value: str | None, asked: float, answered: float, key: str = "k") -> Operation:
    """A read, and what it found."""
    return Operation(key=key, value=value, is_write=False, asked=asked, answered=answered)


@pytest.mark.parametrize(
    "history",
    [
        [],
        [read(None, 0, 1), write("a", 2, 3), read("a", 4, 5)],
        [write("a", 0, 10), read(None, 1, 2), read("a", 3, 4)],
        [write("a", 0), read(None, 1, 2), read("a", 3, 4)],
        [write("a", 0), write("b", 1, 2), read("b", 3, 4), read("a", 5, 6)],
        [write("a", 0, 1), read(None, 2, 3, key="other")],
        [write("a", 0, 9), write("b", 0, 9), read("a", 1, 8), read("b", 1, 8)],
    ],
)
def test_what_one_place_could_have_answered_passes(history: list[Operation]) -> None:
    """Overlapping operations in either order; a write without an answer late, or never."""
    assert is_linearizable(history)


@pytest.mark.parametrize(
    "history",
    [
        [write("a", 0, 1), read(None, 2, 3)],
        [read("a", 0, 1)],
        [write("a", 0, 1), write("b", 2, 3), read("a", 4, 5)],
        [write("a", 0, 10), read("a", 1, 2), read(None, 3, 4)],
        [read("a", 0, 1), write("a", 2)],
        [write("a", 0), write("b", 1), read("a", 2, 3), read("b", 4, 5), read("a", 6, 7)],
    ],
)
def test_what_no_single_place_could_have_answered_does_not(history: list[Operation]) -> None:
    """A lost write, a value from nowhere, a stale read, a value seen and gone again."""
    assert not is_linearizable(history)
