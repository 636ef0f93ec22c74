"""Reading recordings: torn lines, several files in one order, steps that never were."""

from pathlib import Path

import pytest

from leader.election.trace import Line, Opened
from spec.recording.reading import Unreadable, lines_of, read, recording_of
from stateful_tests.traced_runs import trace_text
from tests.spec.recording_support import (
    ONE_CLOCK,
    asks,
    heard,
    recording,
    restarted,
    started,
    stepped,
)

ASKED = asks("a", "b")


def told(*files: tuple[Line, ...]) -> list[Line]:
    """What files hold, merged."""
    return [each.line for each in recording_of([heard(*file) for file in files]).heard]


def test_a_line_is_known_by_its_file_and_number() -> None:
    """Empty lines count."""
    text = trace_text([ONE_CLOCK]) + "\n" + trace_text([started("a")])
    assert [str(each) for each in lines_of("n1", text)] == ["n1, line 1", "n1, line 3"]


def test_a_torn_line_at_the_end_is_left_out() -> None:
    """The process was killed while it wrote it."""
    assert len(lines_of("n1", trace_text([ONE_CLOCK, started("a")])[:-9])) == 1


def test_a_torn_line_before_the_next_life_is_left_out() -> None:
    """That life begins on a line of its own."""
    text = trace_text([ONE_CLOCK, started("a")])[:-9] + "\n" + trace_text([ONE_CLOCK, started("a")])
    assert len(lines_of("n1", text)) == 3


def test_a_torn_line_anywhere_else_is_an_error_with_its_place() -> None:
    """A recording with a hole would accuse the innocent."""
    text = "{\n" + trace_text([started("a")])
    with pytest.raises(Unreadable, match="n1, line 1: "):
        lines_of("n1", text)


def test_a_file_without_a_line_is_an_error() -> None:
    """Nothing would be accepted, and look like something."""
    with pytest.raises(Unreadable, match="n1: holds no line"):
        lines_of("n1", "\n")


def test_a_folder_stands_for_its_trace_files(tmp_path: Path) -> None:
    """And one without any is an error, as is a file that is not there."""
    with pytest.raises(Unreadable, match=r"no \.jsonl file"):
        read([tmp_path])
    with pytest.raises(Unreadable, match="No such file"):
        read([tmp_path / "n1.jsonl"])
    (tmp_path / "n1.jsonl").write_text(trace_text([ONE_CLOCK, started("a")]))
    assert [each.file for each in read([tmp_path]).heard] == ["n1.jsonl"] * 2


def test_files_are_merged_by_the_clock_that_they_share() -> None:
    """Each keeps its own order."""
    first = (ONE_CLOCK, started("a", 1), restarted("a", 4))
    second = (ONE_CLOCK, started("b", 2), restarted("b", 3))
    assert told(first, second) == [
        ONE_CLOCK,
        ONE_CLOCK,
        started("a", 1),
        started("b", 2),
        restarted("b", 3),
        restarted("a", 4),
    ]


def test_at_one_instant_a_message_is_sent_before_it_is_handled() -> None:
    """Whichever file comes first."""
    handles = stepped("b", None, 5, handled=ASKED)
    sends = stepped("a", "Campaign", 5, sent=(ASKED,))
    assert told((ONE_CLOCK, handles), (ONE_CLOCK, sends))[-2:] == [sends, handles]


def test_a_message_that_nobody_sent_holds_up_nobody_for_ever() -> None:
    """The line stays, for somebody else to blame."""
    handles = stepped("b", None, 5, handled=ASKED)
    assert told((ONE_CLOCK, handles)) == [ONE_CLOCK, handles]


@pytest.mark.parametrize("clocks", [("one", "other"), (None, None), ("one", None)])
def test_other_clocks_are_not_one_clock(clocks: tuple[str | None, str | None]) -> None:
    """Nor are unknown ones."""
    files = [
        heard(Opened(clock=clock), started(name)) for clock, name in zip(clocks, "ab", strict=True)
    ]
    assert not recording_of(files).one_clock
    assert recording(started("a")).one_clock


def test_a_step_whose_record_was_not_written_never_was() -> None:
    """The next life finds the record of the step before: what would have been sent was not."""
    kept: list[Line] = [
        started("a"),
        restarted("a", term=7),
        stepped("a", "UpdateTerm", term=8),
    ]
    lost = stepped("a", "Campaign", term=9, sent=(ASKED,))
    again: list[Line] = [started("a", recorded=True), restarted("a", term=8)]
    assert told((*kept, lost, *again)) == [*kept, *again]


def test_a_step_whose_record_is_found_was() -> None:
    """Also if its messages were never sent."""
    lines: list[Line] = [
        started("a"),
        restarted("a", term=7),
        stepped("a", "Campaign", term=8, sent=(ASKED,)),
        started("a", recorded=True),
        restarted("a", term=8),
    ]
    assert told(tuple(lines)) == lines
