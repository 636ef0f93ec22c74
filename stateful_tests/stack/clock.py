"""The clock of one process: it has its own rate and zero, and rings no timer while the process is stopped.

The true time of its next timer can be asked for, so a test advances from one event to the next
instead of by small steps.
"""

from collections.abc import Callable

from runtime.clock import NANOSECONDS, Timer
from runtime.simulation.virtual_time import VirtualTimeLoop
from stateful_tests.core_machine import NEVER
from stateful_tests.plan import DriftingClock


class ProcessClock:
    """A ``Clock`` on virtual time; timers that expire while its process is stopped ring afterwards."""

    def __init__(
        self, loop: VirtualTimeLoop, clock: DriftingClock, wall_clock: Callable[[int], int]
    ) -> None:
        self.clock = clock
        self._loop = loop
        self._wall_clock = wall_clock
        self._timers: dict[_Timer, None] = {}
        self._is_stopped = False
        self._expired: list[_Timer] = []
        """Timers that expired while the process was stopped."""

    def now(self) -> int:
        """What it shows, in nanoseconds."""
        return self.clock.reads(self._loop.nanoseconds())

    def wall_milliseconds(self) -> int:
        """What the wall clock shows."""
        return self._wall_clock(self._loop.nanoseconds())

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` at the first true time at which this clock shows ``instant``."""
        due = max(self.clock.shows(instant), self._loop.nanoseconds())
        timer = _Timer(self, due, callback)
        self._timers[timer] = None
        timer.handle = self._loop.call_at(due / NANOSECONDS, self._ring, timer)
        return timer

    def next_due(self) -> int:
        """The true time at which its next timer rings."""
        return min([timer.due for timer in self._timers], default=NEVER)

    def stop(self) -> None:
        """Ring no timer from now on."""
        self._is_stopped = True

    def resume(self) -> None:
        """Ring what expired meanwhile, in order, and later timers in time."""
        self._is_stopped = False
        expired, self._expired = self._expired, []
        for timer in expired:
            self._ring(timer)

    def end(self) -> None:
        """Ring no timer ever again: the process has ended."""
        for timer in list(self._timers):
            timer.cancel()

    def forget(self, timer: "_Timer") -> None:
        """Remove ``timer``: it rings now, or it was cancelled."""
        self._timers.pop(timer, None)

    def _ring(self, timer: "_Timer") -> None:
        if timer not in self._timers:
            return
        if self._is_stopped:
            self._expired.append(timer)
        else:
            self.forget(timer)
            timer.callback()


class _Timer:
    handle: Timer

    def __init__(self, clock: ProcessClock, due: int, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback = callback
        self._clock = clock

    def cancel(self) -> None:
        """Never ring."""
        self.handle.cancel()
        self._clock.forget(self)
