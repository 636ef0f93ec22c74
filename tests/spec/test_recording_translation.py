"""Lines as moves: processes, time, and lines that are impossible whatever the specification says."""

import msgspec
import pytest

from leader.election.trace import Crashed, Line, Lost, Opened, Repeated
from spec.recording.reading import Unreadable, recording_of
from spec.recording.translation import LONGEST, Translation, translation_of
from tests.spec.recording_support import (
    asks,
    file_of,
    grants,
    recording,
    restarted,
    started,
    stepped,
)

UP = (started("a"), restarted("a"), started("b"), restarted("b"))
ASKED = asks("a", "b", sent=70)
VOTE = grants("b", "a", sent=70)


def translated(*lines: Line) -> Translation:
    """The translation of lines in one file, by one clock."""
    return translation_of(recording(*lines))


def actions(translation: Translation) -> list[tuple[str, str]]:
    """The member and the action of each move."""
    return [(move.member, move.action) for move in translation.moves]


def test_a_first_process_begins_and_a_second_follows_a_crash() -> None:
    """The crash need not be told: it happened before the next process began."""
    translation = translated(*UP[:2], started("a", recorded=True), restarted("a"))
    assert actions(translation) == [("a", "Begin"), ("a", "Crash"), ("a", "Restart")]


def test_a_process_without_the_record_follows_a_crash_that_lost_it() -> None:
    """Also if the crash is told before it is known what the next process finds."""
    expected = [("a", "Begin"), ("a", "CrashWithoutRecord"), ("a", "RestartWithoutRecord")]
    assert actions(translated(*UP[:2], started("a"), restarted("a"))) == expected
    crashed = Crashed(member="a", at=0)
    assert actions(translated(*UP[:2], crashed, started("a"), restarted("a"))) == expected


def test_by_one_clock_time_passes_for_all() -> None:
    """Since the move before, by any member."""
    translation = translated(started("a"), restarted("a", 10), started("b", 20), restarted("b", 50))
    assert [move.elapsed for move in translation.moves] == [0, 40]


def test_by_their_own_clocks_time_passes_for_each() -> None:
    """Since its own last move; between two processes no time is known to pass."""
    lives = (*UP, stepped("a", "StartPreVote", 30), stepped("b", None, 7))
    again = (started("a", 1_000, recorded=True), restarted("a", 1_004))
    translation = translation_of(recording_of([file_of(Opened(clock=None), *lives, *again)]))
    elapsed = [(move.member, move.elapsed) for move in translation.moves]
    assert elapsed == [("a", 0), ("b", 0), ("a", 30), ("b", 7), ("a", 0), ("a", 4)]


def test_a_clock_that_runs_backwards_is_blamed() -> None:
    """As if two lines were swapped."""
    translation = translated(*UP, stepped("a", "StartPreVote", 30), stepped("a", "Campaign", 29))
    assert translation.blame is not None
    assert translation.blame.source.number == 7
    assert translation.blame.why == "its clock shows 1 ns less than in the line before"


def test_an_answer_is_as_old_as_its_question() -> None:
    """By the clock of the member that asked."""
    translation = translated(
        *UP,
        stepped("a", "Campaign", 70, sent=(ASKED,)),
        stepped("b", "HandleVoteRequest", 80, handled=ASKED, sent=(VOTE,)),
        stepped("a", "BecomeLeader", 95, handled=VOTE),
    )
    assert [move.age for move in translation.moves[2:]] == [0, 0, 25]


def test_a_message_without_an_action_is_a_move_without_a_message() -> None:
    """The member only looked at it."""
    translation = translated(
        *UP, stepped("a", "Campaign", sent=(ASKED,)), stepped("b", None, handled=ASKED)
    )
    assert (translation.moves[-1].action, translation.moves[-1].handled) == ("Ignore", None)


@pytest.mark.parametrize(
    "lines",
    [
        (stepped("b", None, handled=ASKED),),
        (stepped("a", "Campaign", sent=(ASKED,)), Lost(ASKED), Lost(ASKED)),
        (stepped("a", "Campaign", sent=(ASKED,)), Lost(ASKED), stepped("b", None, handled=ASKED)),
        (restarted("a"),),
        (Crashed(member="a", at=0), stepped("a", "StartPreVote")),
    ],
    ids=["never sent", "lost twice", "lost and handled", "begun twice", "down and active"],
)
def test_some_lines_are_impossible_whatever_the_specification_says(lines: tuple[Line, ...]) -> None:
    """The last of these lines is the first impossible one."""
    translation = translated(*UP, *lines)
    assert translation.blame is not None
    assert translation.blame.source.line == lines[-1]


def test_a_repeated_message_may_arrive_twice() -> None:
    """The repetition itself is not a move."""
    arrived = stepped("b", None, handled=ASKED)
    translation = translated(
        *UP, stepped("a", "Campaign", sent=(ASKED,)), Repeated(ASKED), arrived, arrived
    )
    assert translation.blame is None
    assert actions(translation)[-3:] == [("a", "Campaign"), ("b", "Ignore"), ("b", "Ignore")]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "does not tell how any member started"),
        ((started("c"),), "c is none of the members"),
        ((started("a"), started("b", drift=1)), "b has other settings than a"),
        ((started("a", promise=LONGEST),), "TLC counts to"),
        ((started("a"), started("a", promise=7)), "a had a promise of another length before"),
        # A voter cannot be an observer too.
        (
            (started("a"), msgspec.structs.replace(started("b"), members=[])),
            r"b is none of the members \['a', 'b'\]",
        ),
    ],
)
def test_a_recording_without_constants_is_unreadable(lines: tuple[Line, ...], why: str) -> None:
    """The members must agree about what the specification takes for constant."""
    with pytest.raises(Unreadable, match=why):
        translated(*lines)


def test_members_may_have_promises_of_different_lengths() -> None:
    """A lease is a little shorter than the promise that backs it."""
    constants = translated(started("a"), started("b", promise=3_000)).constants
    assert constants.promises == {"a": 1_000, "b": 3_000}
    assert constants.lease(1_000) == 980
