"""The outside of an engine: readings of the clock, draws of chance, the trace."""

import random

from leader.election.environment import Environment
from leader.election.ignored import IgnoredLog
from leader.election.trace import Crashed, Line, Trace
from leader.protocol.vocabulary import JITTER_RANGE
from runtime.logs import process_log
from tests.election.engine_support import FOUND, DiskLoop, JournalledRecord, StoppableClock


def environment(trace: Trace | None = None) -> tuple[Environment, StoppableClock]:
    """One with a clock that a test can move."""
    clock, log = StoppableClock(DiskLoop()), process_log("host")
    made = Environment(
        clock=clock,
        random=random.Random(7),
        record=JournalledRecord(journal=[], found=FOUND),
        send=lambda to, message: None,
        log=log,
        ignored=IgnoredLog(log),
        trace=trace,
    )
    return made, clock


def test_a_moment_is_what_the_clock_shows_and_a_new_draw_of_chance() -> None:
    """Every draw is within the range that the core expects."""
    outside, clock = environment()
    clock.jump(2)
    moments = [outside.moment() for _ in range(50)]
    assert {moment.now for moment in moments} == {outside.now()} == {2_000_000_000}
    assert all(0 <= moment.jitter < JITTER_RANGE for moment in moments)
    assert len({moment.jitter for moment in moments}) > 40


def test_a_line_is_told_to_the_trace_if_there_is_one() -> None:
    """A step with nothing to tell is not told."""
    told: list[Line] = []
    crashed = Crashed(member="a", at=1)
    for outside, _ in (environment(told.append), environment()):
        outside.tell_trace(crashed)
        outside.tell_trace(None)
    assert told == [crashed]
