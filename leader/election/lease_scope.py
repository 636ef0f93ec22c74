"""Work that may go on only while its member leads.

Knows neither elections nor actors. The idea: leadership can end by the mere passing of time, and
work needs a moment to stop. So the lease is looked at a little before it could end, and by then the
work has been told.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from runtime import Alarm, Clock


class Tenure:
    """The tasks of one leadership after the other; durations are nanoseconds."""

    def __init__(
        self,
        clock: Clock,
        *,
        remaining: Callable[[], int],
        grace: int,
        run_short: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """``run_short`` is called when no more than ``grace`` remains: it has to end leadership and call ``end``."""
        self._clock = clock
        self._remaining = remaining
        self._grace = grace
        self._run_short = run_short
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()
        self._alarm: Alarm | None = None

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` until it is done or leadership ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        if self._alarm is None:
            self._look()

    def end(self) -> None:
        """Cancel all work that is going on."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for task in self._tasks:
            # Told twice, it would be broken off while it tidies up.
            if not task.cancelling():
                task.cancel()

    async def ended(self) -> None:
        """Wait until no work is going on."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _look(self) -> None:
        self._alarm = None
        spare = self._remaining() - self._grace
        if self._tasks and spare > 0:
            self._alarm = Alarm(self._clock, self._clock.now() + spare, self._look)
        elif self._tasks:
            self._run_short()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = _cancelled(task) if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._failed(error)


def _cancelled(task: asyncio.Task[Any]) -> Exception | None:
    # Whoever leads and works no more, without a word, is replaced by nobody.
    within = not task.cancelling()
    return RuntimeError("the work was cancelled by what it waited for") if within else None
