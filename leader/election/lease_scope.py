"""Work that may go on only while its member leads, ended before the lease can end.

Knows neither elections nor actors. A lease ends by the mere passing of time, and work needs some time
to stop. So the work is cancelled while at least a grace of the lease is left.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from leader.protocol.timing import Timing
from leader.protocol.vocabulary import Duration
from runtime import Alarm, Clock

GRACE_PARTS = 10
"""The grace is this part of a promise."""


def grace(timing: Timing) -> Duration:
    """How much of the lease is left to work for its end, in nanoseconds."""
    return Duration(timing.promise // GRACE_PARTS)


class LeaseScope:
    """The tasks of one leadership, and afterwards those of the next."""

    def __init__(
        self,
        clock: Clock,
        *,
        remaining: Callable[[], int],
        grace: int,
        on_expiring: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """``remaining`` tells how many nanoseconds of the lease are left.

        ``on_expiring`` is called when no more than ``grace`` of them is left: it has to end the
        leadership and call ``cancel``. ``failed`` is told each error of the work.
        """
        self._clock = clock
        self._remaining = remaining
        self._grace = grace
        self._on_expiring = on_expiring
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()
        self._alarm: Alarm | None = None

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` until it is done or leadership ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        if self._alarm is None:
            self._check_lease()

    def cancel(self) -> None:
        """Cancel all work that is running."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for task in self._tasks:
            # A second ``cancel()`` would interrupt the task's cleanup.
            if not task.cancelling():
                task.cancel()

    async def ended(self) -> None:
        """Return when no work is running."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _check_lease(self) -> None:
        self._alarm = None
        spare = self._remaining() - self._grace
        if self._tasks and spare > 0:
            self._alarm = Alarm(self._clock, self._clock.now() + spare, self._check_lease)
        elif self._tasks:
            self._on_expiring()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = _cancelled_from_inside(task) if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._failed(error)


def _cancelled_from_inside(task: asyncio.Task[Any]) -> Exception | None:
    # A leader that silently stopped working would keep its lease for ever, and no other member could work.
    from_inside = not task.cancelling()
    return RuntimeError("the work was cancelled by what it waited for") if from_inside else None
