"""Identities: what a name may be, and what two identities have in common."""

import pytest

from runtime.pid import NAME_LIMIT, Pid, ProcessId, creation_digits


def test_a_pid_reads_as_node_creation_and_number() -> None:
    """The short form tells node, life and process apart."""
    assert str(Pid("node1", 0x3F2A * 1_000_000, 7)) == "<node1.3f2a.7>"


def test_a_process_id_reads_as_name_at_node() -> None:
    """The short form is the member's name of an election."""
    assert str(ProcessId("coordinator", "node1")) == "coordinator@node1"


def test_creations_one_millisecond_apart_read_differently() -> None:
    """A restarted node can be told from its former life in a log."""
    creation = 1_800_000_000_000 * 1_000_000
    assert creation_digits(creation) != creation_digits(creation + 1_000_000)


@pytest.mark.parametrize(
    "name", ["", "a@b", "line\nbreak", "\x00", "x" * (NAME_LIMIT + 1), "\ud800"]
)
def test_a_name_must_be_printable_short_and_without_at(name: str) -> None:
    """A name that would garble a log or an address is refused with the field's name."""
    with pytest.raises(ValueError, match=r"^node must be"):
        Pid(name, 1, 1)
    with pytest.raises(ValueError, match=r"^name must be"):
        ProcessId(name, "node1")


def test_a_name_must_be_a_string() -> None:
    """Anything else is a TypeError that shows the value."""
    with pytest.raises(TypeError, match="name must be a str, not 7"):
        ProcessId(7, "node1")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_is_above_zero_and_fits_the_wire(number: int) -> None:
    """Process zero is the node itself and is nobody's pid."""
    with pytest.raises(ValueError, match="number must be between"):
        Pid("node1", 1, number)
    with pytest.raises(ValueError, match="creation must be between"):
        Pid("node1", number, 1)


@pytest.mark.parametrize("number", [True, "1", None, 1.0])
def test_a_number_is_an_integer(number: object) -> None:
    """A truth value is no number."""
    with pytest.raises(TypeError, match="number must be an int"):
        Pid("node1", 1, number)  # type: ignore[arg-type]


def test_names_of_the_longest_length_are_fine() -> None:
    """The limit itself is allowed, in any script."""
    assert ProcessId("é" * NAME_LIMIT, "ノード").name == "é" * NAME_LIMIT
