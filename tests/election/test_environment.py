"""The outside of an engine: readings of the clock, draws of chance, the trace."""

import random
from collections.abc import Iterator

import pytest

from leader.election.environment import Environment
from leader.election.ignored import IgnoredLog
from leader.election.record_thread import RecordThread
from leader.election.story import Story
from leader.election.trace import Crashed, Line, Trace
from leader.protocol.vocabulary import JITTER_RANGE
from runtime.logs import process_log
from tests.election.engine_support import FOUND, TIMING, DiskLoop, JournalledRecord, StoppableClock
from tests.protocol.builders import A, membership, settings


@pytest.fixture
def clock() -> Iterator[StoppableClock]:
    """A clock that stands until a test moves it."""
    loop = DiskLoop()
    yield StoppableClock(loop)
    loop.close()


def environment(clock: StoppableClock, trace: Trace | None = None) -> Environment:
    """One with that clock and that trace."""
    log = process_log("host")
    return Environment(
        clock=clock,
        random=random.Random(7),
        record=RecordThread(JournalledRecord(journal=[], found=FOUND)),
        send=lambda to, message: None,
        log=log,
        ignored=IgnoredLog(log),
        story=Story(settings(A, TIMING), membership(), clock, log),
        trace=trace,
    )


def test_a_moment_is_what_the_clock_shows_and_a_new_draw_of_chance(clock: StoppableClock) -> None:
    """Every draw is within the range that the core expects."""
    outside = environment(clock)
    clock.jump(2)
    moments = [outside.moment() for _ in range(50)]
    assert {moment.now for moment in moments} == {outside.now()} == {2_000_000_000}
    assert all(0 <= moment.jitter < JITTER_RANGE for moment in moments)
    assert len({moment.jitter for moment in moments}) > 40


def test_a_line_is_told_to_the_trace_if_there_is_one(clock: StoppableClock) -> None:
    """A step with nothing to tell is not told."""
    told: list[Line] = []
    crashed = Crashed(member="a", at=1)
    for outside in (environment(clock, told.append), environment(clock)):
        outside.tell_trace(crashed)
        outside.tell_trace(None)
    assert told == [crashed]
