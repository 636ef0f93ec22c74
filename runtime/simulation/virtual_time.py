"""An event loop that never waits, and clocks on it.

Leaves networks to others. When nothing is ready to run, time jumps to the next timer. So an hour takes
no time, the same program always does the same, and where a real loop would wait for ever, this one
raises `Deadlock`.
"""

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

from runtime.clock import NANOSECONDS, Timer

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

WALL_MILLISECONDS = 1_800_000_000_000
"""What a simulated wall clock shows at the start, unless another value is given."""

HORIZON_SECONDS = 2**22
"""Forty-eight days: after that a float of seconds cannot hold every single nanosecond."""


class Deadlock(RuntimeError):
    """Nothing is ready, nothing is scheduled, and the main coroutine is not done."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs coroutines in virtual time; they must not wait for sockets or threads."""

    def __init__(self) -> None:
        self._now = 0
        self._limit: int | None = None
        super().__init__(_Leap(self._leap))
        # asyncio runs timers early, by the resolution of its clock. Virtual time stands still while
        # code runs: an `Alarm` that is early sets its timer again, and would do so for ever. So the
        # resolution is half a nanosecond, which absorbs the rounding of floats.
        self._clock_resolution = 0.5 / NANOSECONDS

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Runs until the coroutine is done and closes the loop; raises Deadlock."""
        with asyncio.Runner(loop_factory=lambda: self) as runner:
            return runner.run(main)

    def run_until(self, nanoseconds: int) -> None:
        """Runs all that is due up to and including that virtual instant, and returns at it.

        For a caller that drives the loop step by step; what is due later waits for the next call.
        """
        self._limit = max(nanoseconds, self._now)
        try:
            self.run_forever()
        finally:
            self._limit = None

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self._now / NANOSECONDS

    def nanoseconds(self) -> int:
        """Virtual nanoseconds since the start."""
        return self._now

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[*Arguments], Result],
        *args: *Arguments,
    ) -> asyncio.Future[Result]:
        """Calls the function at once, in this thread: another thread would not be reproducible."""
        future: asyncio.Future[Result] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def _leap(self, seconds: float | None) -> None:
        due = None if seconds is None else self._now + _whole_nanoseconds(seconds)
        if self._limit is not None and (due is None or due > self._limit):
            self._now = self._limit
            self.stop()
        elif due is None:
            raise Deadlock(
                f"at {self.time()} s of virtual time nothing is ready and no timer is set: "
                "what the main coroutine waits for will never happen"
            )
        else:
            self._now = due
        if self._now > HORIZON_SECONDS * NANOSECONDS:
            raise OverflowError(f"virtual time is exact for {HORIZON_SECONDS} seconds, no longer")


def _whole_nanoseconds(seconds: float) -> int:
    # If half a nanosecond was rounded to zero, time would stand still before its timer for ever.
    return max(1, round(seconds * NANOSECONDS)) if seconds > 0 else 0


class _Leap(selectors.SelectSelector):
    """A selector that lets virtual time pass instead of waiting for files."""

    def __init__(self, leap: Callable[[float | None], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._leap(timeout)
        return []


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine in virtual time, from instant zero; raises Deadlock."""
    return VirtualTimeLoop().run(main)


class SimulatedClock:
    """A clock on virtual time, with its own rate and its own zero."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        rate: float = 1.0,
        offset: int = 0,
        *,
        wall_milliseconds: int = WALL_MILLISECONDS,
    ) -> None:
        """Shows `offset` at the start of the loop, and gains `rate` for each virtual nanosecond."""
        if not 0 < rate < math.inf:
            raise ValueError(f"rate must be finite and above zero, not {rate!r}")
        self._loop = loop
        self._rate = rate
        self._offset = offset
        self._wall_milliseconds = wall_milliseconds

    def now(self) -> int:
        """Nanoseconds on this clock."""
        return self._offset + self._elapsed(virtual_nanoseconds(self._loop))

    def wall_milliseconds(self) -> int:
        """Milliseconds since the epoch on this clock, which goes at the same rate."""
        elapsed = self._elapsed(virtual_nanoseconds(self._loop))
        return self._wall_milliseconds + elapsed // 1_000_000

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Calls back at the first virtual nanosecond at which this clock shows that instant."""
        elapsed = instant - self._offset
        due = math.ceil(elapsed / self._rate)
        while self._elapsed(due) < elapsed:
            due += 1
        return self._loop.call_at(due / NANOSECONDS, callback)

    def _elapsed(self, nanoseconds: int) -> int:
        return math.floor(nanoseconds * self._rate)


def virtual_nanoseconds(loop: asyncio.AbstractEventLoop) -> int:
    """Returns the time of the loop, which is a whole number of nanoseconds."""
    return round(loop.time() * NANOSECONDS)
