"""A record that is gone while its member runs is noticed and written anew."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from leader.election.record_thread import RecordThread
from leader.election.record_watch import RecordWatch
from leader.election.storage import FileStorage
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.election.engine_support import logged
from tests.election.storage_support import CLUSTER, MEMBER, NEW, OLD, found, path_in


def watched(folder: Path, test: Callable[[RecordWatch], Coroutine[Any, Any, None]]) -> None:
    """Run a test in virtual time on a file that holds OLD and is watched."""
    record = FileStorage(folder).open(CLUSTER, MEMBER)
    record.save(OLD)

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        watch = RecordWatch(RecordThread(record).restore, clock, process_log("host"))
        watch.keep(OLD)
        await test(watch)
        watch.stop()
        await watch.finish()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    VirtualTimeLoop().run(main())
    record.close()


def test_a_record_that_is_there_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it holds by then."""

    async def main(watch: RecordWatch) -> None:
        before = path_in(tmp_path).stat().st_mtime_ns
        await asyncio.sleep(1000)
        assert path_in(tmp_path).stat().st_mtime_ns == before

    watched(tmp_path, main)
    assert caplog.records == []


def test_a_record_that_vanished_is_back_within_a_minute_and_an_error_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each time, and with what was kept last."""

    async def main(watch: RecordWatch) -> None:
        for _ in range(2):
            path_in(tmp_path).unlink()
            await asyncio.sleep(61)
            assert path_in(tmp_path).exists()

    watched(tmp_path, main)
    assert found(tmp_path) == OLD
    lines = logged(caplog.records, logging.ERROR)
    assert len(lines) == 2
    assert "vanished while this member ran" in lines[0]


def test_a_record_that_cannot_be_read_is_told_more_and_more_rarely(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A lock that was replaced, for example; once it is well again, a minute is a minute again."""

    async def main(watch: RecordWatch) -> None:
        lock = path_in(tmp_path).with_suffix(".lock")
        lock.rename(tmp_path / "elsewhere")
        await asyncio.sleep(24 * 3600)
        lines = logged(caplog.records, logging.ERROR)
        assert 20 < len(lines) < 50
        assert lines[0].startswith(f"the record cannot be read any more: {path_in(tmp_path)}")
        (tmp_path / "elsewhere").rename(lock)
        await asyncio.sleep(3600)
        path_in(tmp_path).unlink()
        await asyncio.sleep(61)
        assert path_in(tmp_path).exists()

    watched(tmp_path, main)


def test_a_use_of_the_record_delays_the_next_look(tmp_path: Path) -> None:
    """And what was written is what is kept from then on."""

    async def main(watch: RecordWatch) -> None:
        await asyncio.sleep(40)
        watch.keep(NEW)
        path_in(tmp_path).unlink()
        await asyncio.sleep(40)
        assert not path_in(tmp_path).exists()
        await asyncio.sleep(21)
        assert found_beside(tmp_path) == NEW.term

    watched(tmp_path, main)


def found_beside(folder: Path) -> int:
    """The term in the record of a member that runs."""
    return int(path_in(folder).read_text().split('"term":')[1].split(",")[0])


def test_a_watch_that_was_stopped_looks_no_more(tmp_path: Path) -> None:
    """The next life decides for itself."""

    async def main(watch: RecordWatch) -> None:
        watch.stop()
        path_in(tmp_path).unlink()
        await asyncio.sleep(1000)
        assert not path_in(tmp_path).exists()

    watched(tmp_path, main)
