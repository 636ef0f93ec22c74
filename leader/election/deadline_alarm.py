"""The one alarm of an engine, which also notices that the process did not run when it should have.

Decides nothing: it is told when to ring and what to call.
"""

from collections.abc import Callable
from logging import Logger, LoggerAdapter

from leader.protocol.vocabulary import Duration, Instant
from runtime import Alarm, Clock


class DeadlineAlarm:
    """Rings at one instant at a time; a late ring is logged if it is late by more than ``tolerance``."""

    def __init__(self, clock: Clock, tolerance: Duration, log: LoggerAdapter[Logger]) -> None:
        self._clock = clock
        self._tolerance = tolerance
        self._log = log
        self._alarm: Alarm | None = None
        self._at = Instant(0)

    def set(self, at: Instant, ring: Callable[[], None]) -> None:
        """Call ``ring`` at ``at``, and not at the instant that was set before."""
        self.cancel()
        self._at = at
        self._alarm = Alarm(self._clock, at, ring)

    def cancel(self) -> None:
        """Do not ring, so that no lateness is measured either."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def report_lateness(self) -> None:
        """Log for how long the process did not run, if the alarm should have rung long ago."""
        if self._alarm is None:
            return
        now = Instant(self._clock.now())
        if now - self._at > self._tolerance:
            late = (now - self._at) / 1_000_000_000
            self._log.warning("was away for %.3f s: stopped, starved or blocked", late)
        # The same absence must not be logged again before the alarm is set anew.
        self._at = max(self._at, now)
