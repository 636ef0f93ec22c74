"""Reading recordings: broken lines, several files in one order, steps that never took effect."""

from pathlib import Path

import pytest

from leader.election.trace import Line, Opened
from spec.recording.reading import Unreadable, lines_of, read, recording_of
from stateful_tests.traced_runs import trace_text
from tests.spec.recording_support import (
    ONE_CLOCK,
    asks,
    file_of,
    recording,
    restarted,
    started,
    stepped,
)

ASKED = asks("a", "b")


def merged(*files: tuple[Line, ...]) -> list[Line]:
    """The lines of files in one order."""
    return [each.line for each in recording_of([file_of(*file) for file in files]).lines]


def test_a_line_is_known_by_its_file_and_number() -> None:
    """Empty lines count, too."""
    text = trace_text([ONE_CLOCK]) + "\n" + trace_text([started("a")])
    assert [str(each) for each in lines_of("n1", text.encode())] == ["n1, line 1", "n1, line 3"]


def test_a_torn_line_that_ends_a_process_is_left_out() -> None:
    """The process was killed while it wrote that line; the next one begins with a line of its own."""
    torn, whole = trace_text([ONE_CLOCK, started("a")])[:-9], trace_text([ONE_CLOCK, started("a")])
    assert len(lines_of("n1", torn.encode())) == 1
    assert len(lines_of("n1", f"{torn}\n{whole}".encode())) == 3


def test_a_torn_line_anywhere_else_is_an_error_with_its_place() -> None:
    """With a line missing, correct steps would look wrong."""
    text = "{\n" + trace_text([started("a")])
    with pytest.raises(Unreadable, match="n1, line 1: "):
        lines_of("n1", text.encode())


def test_a_file_without_a_line_is_an_error() -> None:
    """Otherwise an empty recording would be accepted."""
    with pytest.raises(Unreadable, match="n1: holds no line"):
        lines_of("n1", b"\n")


def test_a_folder_stands_for_its_trace_files(tmp_path: Path) -> None:
    """A folder without any is an error, and so is a file that does not exist."""
    with pytest.raises(Unreadable, match=r"no \.jsonl file"):
        read([tmp_path])
    with pytest.raises(Unreadable, match="No such file"):
        read([tmp_path / "n1.jsonl"])
    (tmp_path / "n1.jsonl").write_text(trace_text([ONE_CLOCK, started("a")]))
    assert [each.file for each in read([tmp_path]).lines] == ["n1.jsonl"] * 2


def test_files_are_merged_by_the_clock_that_they_share() -> None:
    """Each file keeps its own order."""
    first = (ONE_CLOCK, started("a", 1), restarted("a", 4))
    second = (ONE_CLOCK, started("b", 2), restarted("b", 3))
    assert merged(first, second) == [
        ONE_CLOCK,
        ONE_CLOCK,
        started("a", 1),
        started("b", 2),
        restarted("b", 3),
        restarted("a", 4),
    ]


def test_at_one_instant_a_message_is_sent_before_it_is_handled() -> None:
    """Whatever the order of the files."""
    handles = stepped("b", None, 5, handled=ASKED)
    sends = stepped("a", "Campaign", 5, sent=(ASKED,))
    assert merged((ONE_CLOCK, handles), (ONE_CLOCK, sends))[-2:] == [sends, handles]


def test_a_message_that_was_never_sent_is_kept() -> None:
    """The translation of the recording will report it."""
    handles = stepped("b", None, 5, handled=ASKED)
    assert merged((ONE_CLOCK, handles)) == [ONE_CLOCK, handles]


@pytest.mark.parametrize("clocks", [("one", "other"), (None, None), ("one", None)])
def test_other_clocks_are_not_one_clock(clocks: tuple[str | None, str | None]) -> None:
    """Unknown clocks are not one clock either."""
    files = [
        file_of(Opened(clock=clock), started(name))
        for clock, name in zip(clocks, "ab", strict=True)
    ]
    assert not recording_of(files).one_clock
    assert recording(started("a")).one_clock


def test_a_step_is_left_out_if_its_record_was_not_written() -> None:
    """Then the next process finds the record of the step before, and the messages were not sent."""
    before = (started("a"), restarted("a", term=7), stepped("a", "UpdateTerm", term=8))
    last = stepped("a", "Campaign", term=9, sent=(ASKED,))
    for found, kept in ((8, before), (9, (*before, last))):
        again = (started("a", recorded=True), restarted("a", term=found))
        assert merged((*before, last, *again)) == [*kept, *again]
