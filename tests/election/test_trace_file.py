"""Trace files: each line is written at once, and a new life begins a line of its own."""

from pathlib import Path

import msgspec
import pytest

from leader.election.trace import Crashed, Line, Opened
from leader.election.trace_file import BOOT, TraceFile, boot_clock

GONE = Crashed(member="a", at=7)


def lines(path: Path) -> list[Line]:
    """What a reader finds, without empty lines."""
    return [msgspec.json.decode(line, type=Line) for line in path.read_bytes().split() if line]


def test_line_is_in_the_file_as_soon_as_it_is_written(tmp_path: Path) -> None:
    """So a process that is killed afterwards has told it."""
    path = tmp_path / "a.jsonl"
    with TraceFile(path, "boot") as file:
        file.write(GONE)
        assert lines(path) == [Opened(clock="boot"), GONE]


def test_torn_line_does_not_damage_the_first_line_of_the_next_life(tmp_path: Path) -> None:
    """A line that a killed process left unfinished ends where the next process opens the file."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"type":"Step')
    TraceFile(path, None).close()
    torn, opened = path.read_bytes().split()
    assert torn == b'{"type":"Step'
    assert msgspec.json.decode(opened, type=Line) == Opened(clock=None)


def test_line_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Otherwise the recording would have a missing line that no reader can notice."""
    file = TraceFile(tmp_path / "a.jsonl", None)
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.write(GONE)


@pytest.mark.skipif(not BOOT.exists(), reason="this system does not name its boots")
def test_boot_clock_is_the_same_for_all_processes_of_a_machine() -> None:
    """Until it is booted again."""
    name = boot_clock()
    assert name is not None
    assert name == boot_clock()
