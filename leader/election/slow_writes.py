"""Reports a slow disk: how long the record took, how often, and whether it is still being used.

Decides nothing. While its record is being written a member takes no step, so a slow disk costs elections
time, and a leader its lease.
"""

from logging import Logger, LoggerAdapter
from typing import Literal

from leader.protocol.vocabulary import Duration
from runtime import Alarm, Clock
from runtime.log_limit import GrowingPause, LogLimit

SLOW_PARTS = 10
"""A write is slow if it takes longer than this part of a promise."""

NANOSECONDS = 1_000_000_000

Use = Literal["read", "write"]


class SlowWrites:
    """Times each use of one record; a line a minute at most, and rarer and rarer ones while a use lasts."""

    def __init__(self, clock: Clock, promise: Duration, log: LoggerAdapter[Logger]) -> None:
        self._clock = clock
        self._log = log
        self._slow_after = promise // SLOW_PARTS
        self._limit = LogLimit(clock)
        self._pause = GrowingPause(promise)
        self._began = 0
        self._alarm: Alarm | None = None
        self._writes = self._slow = self._longest = 0

    def begin(self, use: Use) -> None:
        """The record is being used from now on."""
        self._began = self._clock.now()
        self._pause.reset()
        self._report_later(use)

    def end(self, use: Use) -> None:
        """The record is not being used any more."""
        if self._alarm is not None:
            self._alarm.cancel()
        elapsed = self._clock.now() - self._began
        if use == "read":
            return
        self._writes += 1
        if elapsed > self._slow_after:
            self._slow += 1
            self._longest = max(self._longest, elapsed)
            if self._limit.allows("slow"):
                self._report(elapsed)

    def _report(self, elapsed: int) -> None:
        self._log.warning(
            "the disk is slow: the record took %.3f s to write; %d of %d writes since the last such line "
            "took longer than %.3f s, a tenth of a promise, the longest %.3f s. Meanwhile the member takes "
            "no step",
            elapsed / NANOSECONDS,
            self._slow,
            self._writes,
            self._slow_after / NANOSECONDS,
            self._longest / NANOSECONDS,
        )
        self._writes = self._slow = self._longest = 0

    def _report_later(self, use: Use) -> None:
        due = self._clock.now() + self._pause.take()
        self._alarm = Alarm(self._clock, due, lambda: self._report_lasting(use))

    def _report_lasting(self, use: Use) -> None:
        elapsed = (self._clock.now() - self._began) / NANOSECONDS
        what = "read" if use == "read" else "written"
        self._log.warning(
            "the record is being %s, for %.3f s now: until that is done, the member takes no step",
            what,
            elapsed,
        )
        self._report_later(use)
