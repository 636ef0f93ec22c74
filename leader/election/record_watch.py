"""Looks from time to time whether the record of a member that runs is still there.

Decides nothing of elections. A member that has voters to follow writes nothing for months, so it would
notice only after its restart that its record was removed, and then it has forgotten its votes. As long
as it runs, it knows them: a record that is gone is written anew.
"""

import asyncio
from collections.abc import Callable, Coroutine
from logging import Logger, LoggerAdapter
from typing import Any

from leader.protocol.durable import Durable
from runtime import Alarm, Clock
from runtime.log_limit import PERIOD, GrowingPause


class RecordWatch:
    """Reads one record a minute after it was used last, and once a minute from then on."""

    def __init__(
        self,
        restore: Callable[[Durable], Coroutine[Any, Any, bool]],
        clock: Clock,
        log: LoggerAdapter[Logger],
    ) -> None:
        """``restore`` writes that record if there is none any more, and returns whether that was so."""
        self._restore = restore
        self._clock = clock
        self._log = log
        self._kept: Durable | None = None
        self._alarm: Alarm | None = None
        self._looking: asyncio.Task[None] | None = None
        self._pause = GrowingPause(PERIOD)

    def keep(self, durable: Durable) -> None:
        """This is what the record holds from now on."""
        self._kept = durable
        self._pause.reset()
        self._look_later()

    def stop(self) -> None:
        """Look no more."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._kept = None

    async def finish(self) -> None:
        """Return when the record is not being looked at."""
        if self._looking is not None:
            await asyncio.wait([self._looking])

    def _look_later(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = Alarm(self._clock, self._clock.now() + self._pause.take(), self._begin)

    def _begin(self) -> None:
        if self._kept is not None and self._looking is None:
            work = self._look(self._kept)
            self._looking = asyncio.get_running_loop().create_task(work)

    async def _look(self, kept: Durable) -> None:
        try:
            if await self._restore(kept):
                self._log.error(
                    "the record had vanished while this member ran, and was written anew. Find out what "
                    "removed it: a member that is started without it forgets its votes"
                )
            self._pause.reset()
        except Exception as error:
            # The next write decides whether the member can go on.
            self._log.error("the record cannot be read any more: %s", error)
        self._looking = None
        if self._kept is not None:
            self._look_later()
