"""Lines as moves of the spec: lives, time, and what cannot be whatever the spec says."""

import pytest

from leader.election.trace import Crashed, Line, Lost, Opened, Repeated
from spec.recording.moves import LONGEST, Score, score_of
from spec.recording.reading import Unreadable, recording_of
from tests.spec.recording_support import (
    asks,
    grants,
    heard,
    recording,
    restarted,
    started,
    stepped,
)

UP = (started("a"), restarted("a"), started("b"), restarted("b"))
ASKED = asks("a", "b", sent=70)
VOTE = grants("b", "a", sent=70)


def scored(*lines: Line) -> Score:
    """By one clock."""
    return score_of(recording(*lines))


def actions(score: Score) -> list[tuple[str, str]]:
    """Who does what."""
    return [(move.member, move.action) for move in score.moves]


def test_a_first_life_begins_and_a_second_follows_a_crash() -> None:
    """Nobody need have seen the crash: it is over when the next life begins."""
    score = scored(*UP[:2], started("a", recorded=True), restarted("a"))
    assert actions(score) == [("a", "Begin"), ("a", "Crash"), ("a", "Restart")]


def test_a_life_without_the_record_follows_a_crash_that_lost_it() -> None:
    """Also if the crash was seen, before anybody could know what the next life finds."""
    expected = [("a", "Begin"), ("a", "CrashWithoutRecord"), ("a", "RestartWithoutRecord")]
    assert actions(scored(*UP[:2], started("a"), restarted("a"))) == expected
    seen = Crashed(member="a", at=0)
    assert actions(scored(*UP[:2], seen, started("a"), restarted("a"))) == expected


def test_by_one_clock_time_passes_for_all() -> None:
    """Since the move before, whosever it was."""
    score = scored(started("a"), restarted("a", 10), started("b", 20), restarted("b", 50))
    assert [move.elapsed for move in score.moves] == [0, 40]


def test_by_their_own_clocks_time_passes_for_each() -> None:
    """Since its own move before; between two lives nothing can be said."""
    lives = (*UP, stepped("a", "StartPreVote", 30), stepped("b", None, 7))
    again = (started("a", 1_000, recorded=True), restarted("a", 1_004))
    score = score_of(recording_of([heard(Opened(clock=None), *lives, *again)]))
    elapsed = [(move.member, move.elapsed) for move in score.moves]
    assert elapsed == [("a", 0), ("b", 0), ("a", 30), ("b", 7), ("a", 0), ("a", 4)]


def test_a_clock_that_runs_backwards_is_to_blame() -> None:
    """Two lines were swapped."""
    score = scored(*UP, stepped("a", "StartPreVote", 30), stepped("a", "Campaign", 29))
    assert score.blame is not None
    assert score.blame.heard.number == 7
    assert score.blame.why == "its clock shows 1 ns less than in the line before"


def test_an_answer_is_as_old_as_its_question() -> None:
    """By the clock of whoever asked."""
    score = scored(
        *UP,
        stepped("a", "Campaign", 70, sent=(ASKED,)),
        stepped("b", "HandleVoteRequest", 80, handled=ASKED, sent=(VOTE,)),
        stepped("a", "BecomeLeader", 95, handled=VOTE),
    )
    assert [move.age for move in score.moves[2:]] == [0, 0, 25]


def test_what_was_only_looked_at_changes_nothing() -> None:
    """The move is there, its message is not."""
    score = scored(*UP, stepped("a", "Campaign", sent=(ASKED,)), stepped("b", None, handled=ASKED))
    assert (score.moves[-1].action, score.moves[-1].handled) == ("Ignore", None)


@pytest.mark.parametrize(
    "lines",
    [
        (stepped("b", None, handled=ASKED),),
        (stepped("a", "Campaign", sent=(ASKED,)), Lost(ASKED), Lost(ASKED)),
        (stepped("a", "Campaign", sent=(ASKED,)), Lost(ASKED), stepped("b", None, handled=ASKED)),
        (restarted("a"),),
        (Crashed(member="a", at=0), stepped("a", "StartPreVote")),
    ],
    ids=["never sent", "lost twice", "lost and come", "begun twice", "dead and doing"],
)
def test_some_lines_cannot_be_whatever_the_spec_says(lines: tuple[Line, ...]) -> None:
    """The last of these is the first that cannot."""
    score = scored(*UP, *lines)
    assert score.blame is not None
    assert score.blame.heard.line == lines[-1]


def test_what_is_repeated_may_come_twice() -> None:
    """And is no move itself."""
    came = stepped("b", None, handled=ASKED)
    score = scored(*UP, stepped("a", "Campaign", sent=(ASKED,)), Repeated(ASKED), came, came)
    assert score.blame is None
    assert actions(score)[-3:] == [("a", "Campaign"), ("b", "Ignore"), ("b", "Ignore")]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((), "does not tell how any member started"),
        ((started("c"),), "c is none of the members"),
        ((started("a"), started("b", drift=1)), "b was set otherwise than a"),
        ((started("a", promise=LONGEST),), "TLC counts to"),
        ((started("a"), started("a", promise=7)), "a promised for another time before"),
    ],
)
def test_what_the_spec_takes_for_constant_must_be(lines: tuple[Line, ...], why: str) -> None:
    """Else there is nothing to compare with."""
    with pytest.raises(Unreadable, match=why):
        scored(*lines)


def test_members_may_promise_for_different_times() -> None:
    """Each its own; a lease is a little shorter than the promise that backs it."""
    cluster = scored(started("a"), started("b", promise=3_000)).cluster
    assert cluster.promises == {"a": 1_000, "b": 3_000}
    assert cluster.lease(1_000) == 980
