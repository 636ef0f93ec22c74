"""A member's record, and the thread on which it is opened, read and written: nothing else uses it.

Knows nothing of what a record says. In the event loop's own pool a write could wait behind other work,
behind look-ups of names that no name server answers, for example: for that long the member would take
no step. The thread ends when the record is closed. The end of the program waits for what the thread is
doing, and for nothing after that. A record in memory needs no thread.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

from leader.election.record_interface import Record, Storage
from leader.errors import NoThread
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId

Result = TypeVar("Result")


class RecordThread:
    """A record that is open, and its thread."""

    def __init__(self, record: Record, executor: Executor | None = None) -> None:
        """``executor`` has one thread, which nothing else uses; None: one is made."""
        self.record = record
        self._executor = executor or one_thread()

    @property
    def survives(self) -> bool:
        """Whether using the record takes time; a record in memory is used at once."""
        return self.record.survives

    async def run(self, work: Callable[[Record], Result]) -> Result:
        """What ``work`` makes of the record; raises what it raises, and NoThread."""
        if not self.survives:
            return work(self.record)
        return await _submit(self._executor, lambda: work(self.record))

    async def restore(self, kept: Durable) -> bool:
        """Write ``kept`` if the record is gone; returns whether it was gone. Raises what ``run`` raises."""
        return await self.run(lambda record: _restored(record, kept))

    def close(self) -> None:
        """Release the record, after the work that is under way; a second call does nothing."""
        try:
            self.record.close()
        finally:
            self._executor.shutdown(wait=False)


async def open_on_thread(storage: Storage, cluster: ClusterId, member: MemberId) -> RecordThread:
    """Open a member's record on a thread of its own.

    If the caller is cancelled meanwhile, the record is closed as soon as it is open.

    Raises:
        StorageError: the record is in use, or its folder is not usable.
        NoThread: no thread can be started.
    """
    executor = one_thread()
    opening = _Opening(lambda: storage.open(cluster, member))
    try:
        record = await _submit(executor, opening.run)
    except BaseException:
        opening.give_up()
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    return RecordThread(record, executor)


def one_thread() -> Executor:
    """An executor with one thread, which starts when the first work is given to it."""
    return ThreadPoolExecutor(1, thread_name_prefix="record")


class _Opening:
    """The opening of a record, which cannot be interrupted."""

    def __init__(self, open_record: Callable[[], Record]) -> None:
        self._open = open_record
        self._lock = threading.Lock()
        self._opened: Record | None = None
        self._given_up = False

    def run(self) -> Record:
        record = self._open()
        with self._lock:
            self._opened = record
            if self._given_up:
                # Close it here: the event loop may have ended, so nothing else would release the file lock.
                record.close()
        return record

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._opened is not None:
                self._opened.close()


def _restored(record: Record, kept: Durable) -> bool:
    if record.load() is not None:
        return False
    record.save(kept)
    return True


async def _submit(executor: Executor, work: Callable[[], Result]) -> Result:
    try:
        future = asyncio.get_running_loop().run_in_executor(executor, work)
    except RuntimeError as error:
        # The work must not run later, when a thread can be started: its caller has failed by then.
        executor.shutdown(wait=False, cancel_futures=True)
        raise NoThread(str(error)) from error
    return await future
