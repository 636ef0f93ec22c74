"""A slow disk is reported, with how long and how often, within bounds; also one that does not answer at all."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from leader.election.slow_writes import SlowWrites
from leader.protocol.vocabulary import Duration
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.election.engine_support import MILLISECOND, logged

PROMISE = Duration(150 * MILLISECOND)


def timed(test: Callable[[SlowWrites], Coroutine[Any, Any, None]]) -> None:
    """Run a test in virtual time."""

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        await test(SlowWrites(clock, PROMISE, process_log("host")))

    VirtualTimeLoop().run(main())


async def write(writes: SlowWrites, seconds: float) -> None:
    """A write that takes so long."""
    writes.begin("write")
    await asyncio.sleep(seconds)
    writes.end("write")


def test_writes_up_to_a_tenth_of_a_promise_are_not_slow(caplog: pytest.LogCaptureFixture) -> None:
    """Nor is a read."""

    async def main(writes: SlowWrites) -> None:
        await write(writes, 0.015)
        writes.begin("read")
        await asyncio.sleep(0.1)
        writes.end("read")

    timed(main)
    assert caplog.records == []


def test_slow_writes_are_told_once_a_minute_with_how_long_and_how_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The second line counts what has happened since the first one."""

    async def main(writes: SlowWrites) -> None:
        for seconds in (0.001, 0.05, 0.08, 0.002, 0.03):
            await write(writes, seconds)
        await asyncio.sleep(60)
        await write(writes, 0.02)

    timed(main)
    first, second = logged(caplog.records, logging.WARNING)
    assert "took 0.050 s to write; 1 of 2 writes" in first
    assert "longer than 0.015 s, a tenth of a promise, the longest 0.050 s" in first
    assert "took 0.020 s to write; 3 of 4 writes" in second
    assert "the longest 0.080 s" in second


@pytest.mark.parametrize(("use", "word"), [("read", "read"), ("write", "written")])
def test_a_use_that_does_not_end_is_told_more_and_more_rarely(
    use: Any, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    """First after a promise; the end of it is the end of the lines."""

    async def main(writes: SlowWrites) -> None:
        writes.begin(use)
        await asyncio.sleep(1.2)
        lines = logged(caplog.records, logging.WARNING)
        assert [line.split(":")[0] for line in lines] == [
            f"the record is being {word}, for {seconds} s now"
            for seconds in ("0.150", "0.450", "1.050")
        ]
        writes.end(use)
        caplog.clear()
        await asyncio.sleep(100)
        assert caplog.records == []

    timed(main)


def test_a_disk_that_never_answers_costs_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    """Under fifty in a day."""

    async def main(writes: SlowWrites) -> None:
        writes.begin("write")
        await asyncio.sleep(24 * 3600)

    timed(main)
    assert 20 < len(caplog.records) < 50
