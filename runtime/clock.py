"""Time: a `Clock` is passed to everything that needs it, and no code looks it up elsewhere.

Leaves to the caller what is timed. Instants are integers, in nanoseconds, on a clock that counts
through suspend, so a machine that slept knows that a lease has ended. A timer may call back early or
late. If an early call is harmful, use `Alarm`, which looks at the clock again.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

NANOSECONDS = 1_000_000_000
"""One second."""

RELEASED_MILLISECONDS = 1_767_225_600_000
"""The first day of 2026: a wall clock that shows an earlier date than this software has is wrong."""

FAR_AHEAD_MILLISECONDS = 10 * 365 * 24 * 60 * 60 * 1000
"""Ten years: no number that an honest member made from its wall clock is further ahead."""


class Timer(Protocol):
    """A callback that is going to be called, unless it is cancelled before."""

    def cancel(self) -> None:
        """Prevents the call; does nothing if the call has been made."""


class Clock(Protocol):
    """One clock. Instants of two clocks cannot be compared: each has its own zero."""

    def now(self) -> int:
        """Nanoseconds since a fixed instant; may be called without an event loop."""

    def wall_milliseconds(self) -> int:
        """Milliseconds since the epoch; an administrator may set this clock back or forward."""

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Calls back at about that instant, in nanoseconds; early or late is allowed."""


class SystemClock:
    """The clock of this machine, with timers on the given event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> int:
        """Nanoseconds since boot, including the time in suspend if the system counts it."""
        return time.clock_gettime_ns(_SUSPEND_PROOF)

    def wall_milliseconds(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Calls back after a delay: from now until `instant`, which is in nanoseconds."""
        # The clock of the event loop may stop during suspend, so its instants differ from ours:
        # only a duration can be handed to it.
        delay = max(0, instant - self.now()) / NANOSECONDS
        return self._loop.call_later(delay, callback)


_SUSPEND_PROOF: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def far_ahead_limit(wall_milliseconds: int) -> int | None:
    """Returns the greatest number that another member can have made from its wall clock.

    Greater ones are errors or lies, and a member that adopted one would use up all numbers. A clock that shows
    a date before the release sets no limit: a machine that boots in 1970 must not refuse every member.
    """
    if wall_milliseconds < RELEASED_MILLISECONDS:
        return None
    return wall_milliseconds + FAR_AHEAD_MILLISECONDS


class Alarm:
    """Calls back once, and never before its instant, even if the timers of its clock are early."""

    def __init__(self, clock: Clock, instant: int, callback: Callable[[], None]) -> None:
        self._clock = clock
        self._instant = instant
        self._callback = callback
        self._timer = clock.call_at(instant, self._ring)

    def cancel(self) -> None:
        """Prevents the call; does nothing if the call has been made."""
        self._timer.cancel()

    def _ring(self) -> None:
        if self._clock.now() < self._instant:
            self._timer = self._clock.call_at(self._instant, self._ring)
        else:
            self._callback()


def after(clock: Clock, seconds: float, callback: Callable[[], None]) -> Alarm:
    """Returns an alarm that calls back that many seconds from now."""
    return Alarm(clock, clock.now() + round(seconds * NANOSECONDS), callback)


async def sleep(clock: Clock, seconds: float) -> None:
    """Waits that many seconds of the given clock."""
    over = asyncio.Event()
    alarm = after(clock, seconds, over.set)
    try:
        await over.wait()
    finally:
        alarm.cancel()
