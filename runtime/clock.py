"""Time, as everything in this package reads it: a `Clock` is passed in, never looked up.

Knows nothing of what is timed. The idea: instants are integers in nanoseconds on a clock that
counts through suspend, so a laptop that slept knows that its time is over; a timer may ring early
or late, and whoever needs more looks at the clock again, which is all that `Alarm` does.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

NANOSECONDS = 1_000_000_000
"""One second."""


class Timer(Protocol):
    """Something that will call back, unless it is cancelled before."""

    def cancel(self) -> None:
        """Calls it off; without effect once it has rung."""


class Clock(Protocol):
    """One clock; two clocks share no zero."""

    def now(self) -> int:
        """Nanoseconds since some fixed instant; readable from anywhere, with or without a loop."""

    def wall_milliseconds(self) -> int:
        """Milliseconds since the epoch; may be set back or forth by an administrator."""

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Calls back at about that instant, in nanoseconds; early or late is allowed."""


class SystemClock:
    """The clock of this machine, its timers on the given event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> int:
        """Nanoseconds since boot, the time spent suspended included where the system counts it."""
        return time.clock_gettime_ns(_SUSPEND_PROOF)

    def wall_milliseconds(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Calls back when the time from now to that instant, in nanoseconds, has passed."""
        # The loop's own clock stands still while suspended: only durations carry over.
        delay = max(0, instant - self.now()) / NANOSECONDS
        return self._loop.call_later(delay, callback)


_SUSPEND_PROOF: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Alarm:
    """Calls back once and never before its instant, however early its clock's timers ring."""

    def __init__(self, clock: Clock, instant: int, callback: Callable[[], None]) -> None:
        self._clock = clock
        self._instant = instant
        self._callback = callback
        self._timer = clock.call_at(instant, self._ring)

    def cancel(self) -> None:
        """Calls it off; without effect once it has rung."""
        self._timer.cancel()

    def _ring(self) -> None:
        if self._clock.now() < self._instant:
            self._timer = self._clock.call_at(self._instant, self._ring)
        else:
            self._callback()


def after(clock: Clock, seconds: float, callback: Callable[[], None]) -> Alarm:
    """An alarm that many seconds from now."""
    return Alarm(clock, clock.now() + round(seconds * NANOSECONDS), callback)


async def sleep(clock: Clock, seconds: float) -> None:
    """Waits that many seconds of the given clock."""
    rung = asyncio.Event()
    alarm = after(clock, seconds, rung.set)
    try:
        await rung.wait()
    finally:
        alarm.cancel()
