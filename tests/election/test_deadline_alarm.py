"""The engine's alarm rings at the instant that was set last, and says when the process did not run."""

import asyncio
import logging

import pytest

from leader.election.deadline_alarm import DeadlineAlarm
from leader.protocol.vocabulary import Duration, Instant
from runtime.logs import process_log
from tests.election.engine_support import MILLISECOND, DiskLoop, StoppableClock, logged

TOLERANCE = Duration(100 * MILLISECOND)


def at(milliseconds: int) -> Instant:
    """An instant of a clock that starts at 0."""
    return Instant(milliseconds * MILLISECOND)


def rung_at(*instants: int) -> list[int]:
    """At which milliseconds the alarm rings if it is set to these instants, one after the other."""
    loop, rings = DiskLoop(), list[int]()

    async def main() -> None:
        clock = StoppableClock(loop)
        alarm = DeadlineAlarm(clock, TOLERANCE, process_log("host"))
        for instant in instants:
            alarm.set(at(instant), lambda: rings.append(clock.now() // MILLISECOND))
        await asyncio.sleep(10)

    loop.run(main())
    return rings


def test_an_alarm_rings_once_at_its_instant() -> None:
    """And never before it."""
    assert rung_at(250) == [250]


def test_an_alarm_that_is_set_again_rings_at_the_new_instant_only() -> None:
    """Whether that is earlier or later."""
    assert rung_at(250, 500) == [500]
    assert rung_at(250, 100) == [100]


def test_an_alarm_that_is_cancelled_does_not_ring() -> None:
    """A second cancellation changes nothing."""
    loop, rings = DiskLoop(), list[str]()

    async def main() -> None:
        alarm = DeadlineAlarm(StoppableClock(loop), TOLERANCE, process_log("host"))
        alarm.set(at(100), lambda: rings.append("rung"))
        alarm.cancel()
        alarm.cancel()
        await asyncio.sleep(1)

    loop.run(main())
    assert rings == []


def test_lateness_above_the_tolerance_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Measured from the instant of the alarm; without an alarm there is none."""
    loop = DiskLoop()

    async def main() -> None:
        clock = StoppableClock(loop)
        alarm = DeadlineAlarm(clock, TOLERANCE, process_log("host"))
        alarm.report_lateness()
        alarm.set(at(100), lambda: None)
        clock.jump(0.2)
        alarm.report_lateness()
        assert logged(caplog.records, logging.WARNING) == []
        clock.jump(2)
        alarm.report_lateness()
        alarm.report_lateness()
        alarm.cancel()
        clock.jump(60)
        alarm.report_lateness()

    with caplog.at_level(logging.WARNING):
        loop.run(main())
    assert logged(caplog.records, logging.WARNING) == [
        "was away for 2.000 s: stopped, starved or blocked"
    ]
