"""Timers that belong to a process: they end when it ends. Leaves what they do to the runner."""

import weakref
from collections.abc import Callable

from runtime.clock import Alarm, Clock, Timer, after


class ProcessTimers:
    """The timers of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Weak references: a timer that has run or was cancelled must not stay in memory.
        self._alarms: weakref.WeakSet[Alarm] = weakref.WeakSet()
        self._is_closed = False

    def start(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Calls back that many seconds from now; never after `close`."""
        alarm = after(self._clock, seconds, callback)
        self._alarms.add(alarm)
        if self._is_closed:
            alarm.cancel()
        return alarm

    def close(self) -> None:
        """Cancels all timers: they would keep the process in memory until they run."""
        self._is_closed = True
        for alarm in list(self._alarms):
            alarm.cancel()
