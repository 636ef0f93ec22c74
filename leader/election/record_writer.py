"""Reads and writes a member's record without blocking the event loop, one write at a time.

Knows nothing of what a record says. A record in memory needs no thread and is used directly.
"""

import asyncio
from collections.abc import Callable
from logging import Logger, LoggerAdapter
from typing import TypeVar

from leader.election.storage import Record
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import Duration
from runtime import Clock

Result = TypeVar("Result")


class RecordWriter:
    """One member's record, for its engine; a write of more than ``slow_after`` nanoseconds is logged."""

    def __init__(
        self, record: Record, clock: Clock, slow_after: Duration, log: LoggerAdapter[Logger]
    ) -> None:
        self._record = record
        self._clock = clock
        self._slow_after = slow_after
        self._log = log
        self._writing: asyncio.Task[None] | None = None

    @property
    def is_durable(self) -> bool:
        """Whether a write takes time; a record in memory is saved at once, by ``save_in_memory``."""
        return self._record.survives

    @property
    def is_writing(self) -> bool:
        """Whether a write is under way."""
        return self._writing is not None

    async def load(self) -> Durable | None:
        """The record found, or None if there is none; raises StorageError."""
        return await self._off_loop(self._record.load)

    async def save(self, durable: Durable) -> None:
        """Return when ``durable`` is written; raises StorageError."""
        await self._off_loop(lambda: self._record.save(durable))

    def save_in_memory(self, durable: Durable) -> None:
        """Save at once, if the record does not survive anyway; else it has been written before."""
        if not self._record.survives:
            self._record.save(durable)

    def write(self, durable: Durable, done: Callable[[Exception | None], None]) -> None:
        """Begin to write, and call ``done`` afterwards, with what went wrong if anything did."""
        self._writing = asyncio.get_running_loop().create_task(self._write(durable, done))

    async def finish(self) -> None:
        """Return when the write that is under way, if any, has ended and ``done`` was called."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write(self, durable: Durable, done: Callable[[Exception | None], None]) -> None:
        error: Exception | None = None
        started = self._clock.now()
        try:
            await self.save(durable)
            self._warn_if_slow(started)
        except Exception as failure:
            error = failure
        self._writing = None
        done(error)

    def _warn_if_slow(self, started: int) -> None:
        elapsed = self._clock.now() - started
        if elapsed > self._slow_after:
            self._log.warning("the record took %.3f s to write", elapsed / 1_000_000_000)

    async def _off_loop(self, work: Callable[[], Result]) -> Result:
        if not self._record.survives:
            return work()
        return await asyncio.get_running_loop().run_in_executor(None, work)
