"""A record is written off the event loop, one write at a time, and its result is told once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from leader.election.record_thread import RecordThread
from leader.election.record_writer import RecordWriter
from leader.errors import StorageError
from leader.protocol.vocabulary import Duration
from runtime.logs import process_log
from tests.election.engine_support import (
    DISK_FULL,
    FOUND,
    MILLISECOND,
    DiskLoop,
    JournalledRecord,
    StoppableClock,
    logged,
)
from tests.protocol.builders import record

PROMISE = Duration(150 * MILLISECOND)


class Desk:
    """A writer, the record that it writes, and what came of it."""

    def __init__(self, loop: DiskLoop, *, survives: bool) -> None:
        self.loop = loop
        self.journal: list[Any] = []
        self.record = JournalledRecord(journal=self.journal, found=FOUND, survives=survives)
        clock = StoppableClock(loop)
        self.writer = RecordWriter(RecordThread(self.record), clock, PROMISE, process_log("host"))

    def done(self, error: Exception | None) -> None:
        """Note the result of a write."""
        self.journal.append(("done", error, self.writer.is_writing))


def at_desk(test: Callable[[Desk], Coroutine[Any, Any, None]], *, survives: bool = True) -> None:
    """Run a test in virtual time; no task may be left."""
    loop = DiskLoop()

    async def main() -> None:
        await test(Desk(loop, survives=survives))
        assert asyncio.all_tasks() == {asyncio.current_task()}

    loop.run(main())


def test_a_durable_record_is_read_and_saved_in_a_thread() -> None:
    """Both take as long as the disk does."""

    async def main(desk: Desk) -> None:
        desk.loop.disk_seconds = 0.01
        assert desk.writer.is_durable
        assert await desk.writer.load() == FOUND
        await desk.writer.save(record(term=6))
        assert desk.loop.time() == pytest.approx(0.02)
        assert desk.journal == [("saved", 6)]

    at_desk(main)


def test_a_record_in_memory_is_read_and_saved_at_once() -> None:
    """However slow the disk is."""

    async def main(desk: Desk) -> None:
        desk.loop.disk_seconds = 60
        assert not desk.writer.is_durable
        assert await desk.writer.load() == FOUND
        await desk.writer.save(record(term=6))
        desk.writer.save_in_memory(record(term=7))
        assert (desk.loop.time(), desk.journal) == (0, [("saved", 6), ("saved", 7)])

    at_desk(main, survives=False)


def test_a_durable_record_is_not_saved_a_second_time() -> None:
    """It was written before the effects that follow it."""

    async def main(desk: Desk) -> None:
        desk.writer.save_in_memory(record(term=7))
        assert desk.journal == []

    at_desk(main)


def test_a_write_tells_when_it_is_done() -> None:
    """By then it is no longer under way, so the next one may begin."""

    async def main(desk: Desk) -> None:
        desk.loop.disk_seconds = 0.01
        desk.writer.write(record(term=6), desk.done)
        assert desk.writer.is_writing
        await desk.writer.finish()
        assert desk.journal == [("saved", 6), ("done", None, False)]
        await desk.writer.finish()

    at_desk(main)


def test_a_write_that_fails_tells_why() -> None:
    """The error is the storage's own."""

    async def main(desk: Desk) -> None:
        desk.record.fails = True
        desk.writer.write(record(term=6), desk.done)
        await desk.writer.finish()
        [(what, error, is_writing)] = desk.journal
        assert (what, is_writing) == ("done", False)
        assert isinstance(error, StorageError)
        assert DISK_FULL in str(error)

    at_desk(main)


def test_a_write_that_takes_a_tenth_of_a_promise_is_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Both what the engine waits for and what is written beside it; reading is no write."""

    async def main(desk: Desk) -> None:
        desk.loop.disk_seconds = 0.02
        await desk.writer.load()
        assert logged(caplog.records, logging.WARNING) == []
        desk.writer.write(record(term=6), desk.done)
        await desk.writer.finish()
        assert len(logged(caplog.records, logging.WARNING)) == 1

    at_desk(main)


def test_a_record_that_vanishes_is_written_anew_until_the_writer_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """From when it was written or read first."""

    async def main(desk: Desk) -> None:
        assert await desk.writer.load() == FOUND
        desk.record.found = None
        await asyncio.sleep(61)
        await desk.writer.finish()
        assert desk.journal == [("saved", 5)]
        assert len(logged(caplog.records, logging.ERROR)) == 1
        desk.writer.stop()
        await asyncio.sleep(600)
        assert desk.journal == [("saved", 5)]

    at_desk(main)


def test_a_record_in_memory_is_not_watched(caplog: pytest.LogCaptureFixture) -> None:
    """It cannot vanish."""

    async def main(desk: Desk) -> None:
        await desk.writer.save(record(term=6))
        desk.record.found = None
        await asyncio.sleep(600)
        assert desk.journal == [("saved", 6)]

    at_desk(main, survives=False)
