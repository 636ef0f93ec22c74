"""A record is used on a thread of its own, which waits for nothing else and ends with the record."""

import asyncio
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leader.election.record_thread import RecordThread, open_on_thread
from leader.election.storage import FileStorage, MemoryStorage, Record
from leader.errors import NoThread, RecordInUse
from leader.protocol.vocabulary import ClusterId, MemberId
from tests.election.storage_support import CLUSTER, MEMBER, NEW, OLD, found

LIMIT = 60.0
"""For how many seconds a test waits for a thread before it fails."""

TOO_LARGE = 1 << 46
"""The size of a stack that no process can have, so that no thread can be started."""


class SlowToOpen:
    """A storage in files, which opens a record when a test lets it."""

    def __init__(self, folder: Path) -> None:
        self.files = FileStorage(folder)
        self.is_opening = threading.Event()
        self.may_open = threading.Event()
        self.is_open = threading.Event()
        self.thread: threading.Thread | None = None

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        self.thread = threading.current_thread()
        self.is_opening.set()
        assert self.may_open.wait(LIMIT)
        record = self.files.open(cluster, member)
        self.is_open.set()
        return record


def test_a_record_does_not_wait_for_the_pool_of_the_event_loop(tmp_path: Path) -> None:
    """However many look-ups of names it is busy with."""
    release = threading.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, release.wait, LIMIT)
        record = await open_on_thread(FileStorage(tmp_path), CLUSTER, MEMBER)
        await record.run(lambda opened: opened.save(OLD))
        assert await record.run(lambda opened: opened.load()) == OLD
        record.close()
        assert not busy.done()
        release.set()
        assert await busy

    asyncio.run(main())


def test_a_record_has_one_thread_that_ends_when_it_is_closed(tmp_path: Path) -> None:
    """Another record has another one."""

    async def main() -> None:
        used: list[threading.Thread] = []
        for member in (MEMBER, MemberId("n2@alpha")):
            record = await open_on_thread(FileStorage(tmp_path), CLUSTER, member)
            threads = {await record.run(lambda _: threading.current_thread()) for _ in range(3)}
            used += threads
            record.close()
            record.close()
        assert len(set(used)) == len(used) == 2
        for thread in used:
            thread.join(LIMIT)
            assert not thread.is_alive()
            assert thread is not threading.current_thread()

    asyncio.run(main())


def test_a_record_in_memory_has_no_thread() -> None:
    """It is used at once."""

    async def main() -> None:
        record = await open_on_thread(MemoryStorage(), CLUSTER, MEMBER)
        assert not record.survives
        used = await record.run(lambda _: threading.current_thread())
        assert used is threading.current_thread()
        record.close()

    asyncio.run(main())


def test_a_record_whose_opening_is_given_up_is_released_also_after_the_loop_has_ended(
    tmp_path: Path,
) -> None:
    """Otherwise this program could not start the member again."""
    storage = SlowToOpen(tmp_path)

    async def main() -> None:
        opening = asyncio.create_task(open_on_thread(storage, CLUSTER, MEMBER))
        await asyncio.sleep(0)
        assert storage.is_opening.wait(LIMIT)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    asyncio.run(main())
    storage.may_open.set()
    assert storage.thread is not None
    storage.thread.join(LIMIT)
    assert not storage.thread.is_alive()
    assert found(tmp_path) is None


def test_a_record_that_was_open_before_its_caller_heard_of_it_is_released(tmp_path: Path) -> None:
    """The thread was faster than the event loop."""
    storage = SlowToOpen(tmp_path)
    storage.may_open.set()

    async def main() -> None:
        opening = asyncio.create_task(open_on_thread(storage, CLUSTER, MEMBER))
        await asyncio.sleep(0)
        assert storage.is_opening.wait(LIMIT)
        # The opening has ended in its thread, and the event loop has not turned since.
        assert storage.is_open.wait(LIMIT)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    asyncio.run(main())
    assert storage.thread is not None
    storage.thread.join(LIMIT)
    assert found(tmp_path) is None


def test_an_error_of_the_storage_ends_the_thread(tmp_path: Path) -> None:
    """The caller gets that error."""

    async def main() -> None:
        held = await open_on_thread(FileStorage(tmp_path), CLUSTER, MEMBER)
        with pytest.raises(RecordInUse):
            await open_on_thread(FileStorage(tmp_path), CLUSTER, MEMBER)
        held.close()

    asyncio.run(main())
    for each in threading.enumerate():
        if each.name.startswith("record"):
            each.join(LIMIT)
            assert not each.is_alive()


def test_no_thread_is_an_error_that_says_so_and_nothing_is_done_later(tmp_path: Path) -> None:
    """The next attempt, when threads can be started again, finds the record as it was."""

    async def main() -> None:
        former = threading.stack_size(TOO_LARGE)
        try:
            with pytest.raises(NoThread, match=r"can't start new thread.*start the member again"):
                await open_on_thread(FileStorage(tmp_path), CLUSTER, MEMBER)
        finally:
            threading.stack_size(former)
        assert os.listdir(tmp_path) == []
        record = await open_on_thread(FileStorage(tmp_path), CLUSTER, MEMBER)
        await record.run(lambda opened: opened.save(NEW))
        record.close()

    asyncio.run(main())
    assert found(tmp_path) == NEW


def test_a_record_that_was_opened_elsewhere_gets_a_thread_when_it_is_used(tmp_path: Path) -> None:
    """Its saves are not made on the event loop's thread."""

    async def main() -> None:
        record = RecordThread(FileStorage(tmp_path).open(CLUSTER, MEMBER))
        used = await record.run(lambda _: threading.current_thread())
        assert used is not threading.current_thread()
        record.close()

    asyncio.run(main())


ENDING = """
import asyncio, sys, threading
from leader.election.record_thread import RecordThread

class Record:
    survives = True
    def load(self):
        begun.set()
        release.wait(60)
        print("first is done", flush=True)
    def close(self):
        pass

begun, release = threading.Event(), threading.Event()

async def main():
    record = RecordThread(Record())
    asyncio.ensure_future(record.run(lambda opened: opened.load()))
    asyncio.ensure_future(record.run(lambda opened: print("second is done", flush=True)))
    await asyncio.sleep(0)
    while not begun.is_set():
        await asyncio.sleep(0)
    record.close()

asyncio.run(main())
release.set()
"""


def test_the_end_of_the_program_waits_for_the_write_under_way() -> None:
    """A write that is cut off between its rename and its sync would be one that nobody relies on."""
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, timeout=LIMIT
    )
    assert done.stdout.splitlines()[:1] == ["first is done"]
    assert done.returncode == 0
