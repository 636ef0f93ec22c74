"""Reads and writes a member's record without blocking the event loop, one write at a time.

Knows nothing of what a record says. A record in memory needs no thread and is used directly.
"""

import asyncio
from collections.abc import Callable
from logging import Logger, LoggerAdapter

from leader.election.record_thread import RecordThread
from leader.election.record_watch import RecordWatch
from leader.election.slow_writes import SlowWrites
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import Duration
from runtime import Clock


class RecordWriter:
    """One member's record, for its engine; a write that takes long for this ``promise`` is logged."""

    def __init__(
        self, record: RecordThread, clock: Clock, promise: Duration, log: LoggerAdapter[Logger]
    ) -> None:
        self._record = record
        self._slow_writes = SlowWrites(clock, promise, log)
        self._watch = RecordWatch(record.restore, clock, log)
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
        self._slow_writes.begin("read")
        try:
            found = await self._record.run(lambda record: record.load())
        finally:
            self._slow_writes.end("read")
        if found is not None:
            self._keep(found)
        return found

    async def save(self, durable: Durable) -> None:
        """Return when ``durable`` is written; raises StorageError."""
        self._slow_writes.begin("write")
        try:
            await self._record.run(lambda record: record.save(durable))
        finally:
            self._slow_writes.end("write")
        self._keep(durable)

    def save_in_memory(self, durable: Durable) -> None:
        """Save at once, if the record does not survive anyway; else it has been written before."""
        if not self._record.survives:
            self._record.record.save(durable)

    def write(self, durable: Durable, done: Callable[[Exception | None], None]) -> None:
        """Begin to write, and call ``done`` afterwards, with what went wrong if anything did."""
        self._writing = asyncio.get_running_loop().create_task(self._write(durable, done))

    def stop(self) -> None:
        """Watch the record no longer; what is being written is written."""
        self._watch.stop()

    async def finish(self) -> None:
        """Return when nothing uses the record, and ``done`` was called for a write that was under way."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._watch.finish()

    async def _write(self, durable: Durable, done: Callable[[Exception | None], None]) -> None:
        error: Exception | None = None
        try:
            await self.save(durable)
        except Exception as failure:
            error = failure
        self._writing = None
        done(error)

    def _keep(self, durable: Durable) -> None:
        if self._record.survives:
            self._watch.keep(durable)
