"""Pids and process ids: what a name may be, and how they read."""

import pytest

from runtime.pid import NAME_LIMIT, Pid, ProcessId, creation_digits


def test_pid_reads_as_node_creation_and_number() -> None:
    """The short form tells nodes, incarnations and processes apart."""
    assert str(Pid("node1", 0x3F2A * 1_000_000, 7)) == "<node1.3f2a.7>"


def test_process_id_reads_as_name_at_node() -> None:
    """This is also the name of a member of an election."""
    assert str(ProcessId("coordinator", "node1")) == "coordinator@node1"


def test_creation_digits_differ_after_a_millisecond() -> None:
    """So a restarted node can be told from its former incarnation in a log."""
    creation = 1_800_000_000_000 * 1_000_000
    assert creation_digits(creation) != creation_digits(creation + 1_000_000)


@pytest.mark.parametrize(
    "name", ["", "a@b", "line\nbreak", "\x00", "x" * (NAME_LIMIT + 1), "\ud800"]
)
def test_check_name_refuses_what_is_long_unprintable_or_has_an_at(name: str) -> None:
    """Such a name would spoil a log or an address; the error names the field."""
    with pytest.raises(ValueError, match=r"^node must be"):
        Pid(name, 1, 1)
    with pytest.raises(ValueError, match=r"^name must be"):
        ProcessId(name, "node1")


def test_check_name_refuses_what_is_no_string() -> None:
    """The TypeError shows the value."""
    with pytest.raises(TypeError, match="name must be a str, not 7"):
        ProcessId(7, "node1")  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_pid_refuses_numbers_that_do_not_fit_the_wire(number: int) -> None:
    """Number zero stands for the node itself and is in no pid."""
    with pytest.raises(ValueError, match="number must be between"):
        Pid("node1", 1, number)
    with pytest.raises(ValueError, match="creation must be between"):
        Pid("node1", number, 1)


@pytest.mark.parametrize("number", [True, "1", None, 1.0])
def test_pid_refuses_numbers_that_are_no_integers(number: object) -> None:
    """A bool is none."""
    with pytest.raises(TypeError, match="number must be an int"):
        Pid("node1", 1, number)  # type: ignore[arg-type]


def test_check_name_accepts_the_longest_names() -> None:
    """In any script."""
    assert ProcessId("é" * NAME_LIMIT, "ノード").name == "é" * NAME_LIMIT
