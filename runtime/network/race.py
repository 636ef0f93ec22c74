"""Several attempts at the same thing, of which the first that succeeds counts.

Leaves it to the caller when each attempt begins.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Self, TypeVar

Result = TypeVar("Result")


class Race(Generic[Result]):
    """The attempts under way; at the end of an `async with` all have ended."""

    def __init__(self, discard: Callable[[Result], None]) -> None:
        """`discard` releases the result of an attempt that succeeded too late."""
        self._discard = discard
        self._running: list[asyncio.Task[Result]] = []
        self._error: BaseException | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *outcome: object) -> None:
        for task in self._running:
            task.add_done_callback(self._ended_too_late)
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)

    @property
    def is_running(self) -> bool:
        """Whether any attempt is under way."""
        return bool(self._running)

    @property
    def error(self) -> BaseException:
        """Why the last attempt that failed did so."""
        return self._error or OSError("nothing was attempted")

    def begin(self, attempt: Coroutine[Any, Any, Result]) -> None:
        """Begins another attempt."""
        self._running.append(asyncio.get_running_loop().create_task(attempt))

    def give_up_all_but_first(self) -> None:
        """Cancels all attempts but the one that began first."""
        for task in self._running[1:]:
            task.add_done_callback(self._ended_too_late)
            task.cancel()
        del self._running[1:]

    async def winner(self, seconds: float, *, stop_at_failure: bool = False) -> Result | None:
        """Waits until an attempt succeeds, and returns its result.

        Returns None if time is over or all attempts have failed, or one if it stops at a failure.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._running and (rest := end - loop.time()) > 0:
            done, _ = await asyncio.wait(
                self._running, timeout=rest, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                self._running.remove(task)
                error = asyncio.CancelledError() if task.cancelled() else task.exception()
                if error is None:
                    self._discard_all_but(task, done)
                    return task.result()
                self._error = error
            if done and stop_at_failure:
                break
        return None

    def _discard_all_but(
        self, winner: asyncio.Task[Result], ended: set[asyncio.Task[Result]]
    ) -> None:
        for task in ended - {winner}:
            if task in self._running:
                self._running.remove(task)
            self._ended_too_late(task)

    def _ended_too_late(self, task: asyncio.Task[Result]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._discard(task.result())
