"""Dropped messages: all counted, few logged."""

import asyncio
import logging

import pytest

from runtime.clock import NANOSECONDS
from runtime.drops import MEMORY, PERIOD, Drop, Drops
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands still until its loop runs."""
    loop = VirtualTimeLoop()
    loop.close()
    return SimulatedClock(loop)


def test_a_flood_is_counted_in_full_and_logged_once(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A thousand malformed messages are one line."""
    drops = Drops(clock, process_log("node1"))
    for _ in range(1_000):
        drops.record(Drop.MALFORMED, "node2", "rubbish")
    assert drops.counts() == {"malformed message": 1_000}
    assert caplog.messages == ["malformed message: node2: rubbish"]


def test_another_cause_or_key_speaks_for_itself(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A flood from one node does not hide the first message of another."""
    drops = Drops(clock, process_log("node1"))
    for cause, key in (
        (Drop.MALFORMED, "node2"),
        (Drop.MALFORMED, "node3"),
        (Drop.STOPPED, "node2"),
    ):
        drops.record(cause, key, "detail")
    assert len(caplog.messages) == 3


def test_after_a_minute_the_same_is_logged_again(caplog: pytest.LogCaptureFixture) -> None:
    """What goes on for hours shows in the log every minute."""

    async def main() -> None:
        drops = Drops(SimulatedClock(asyncio.get_running_loop()), process_log("node1"))
        for _ in range(4):
            drops.record(Drop.MALFORMED, "node2", "detail")
            await asyncio.sleep(PERIOD / NANOSECONDS / 2)

    VirtualTimeLoop().run(main())
    assert len(caplog.messages) == 2


def test_a_stranger_with_many_addresses_fills_no_memory(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Beyond a thousand keys the oldest is forgotten: it is logged again, the newest is not."""
    caplog.set_level(logging.WARNING)
    drops = Drops(clock, process_log("node1"))
    for number in range(MEMORY + 1):
        drops.record(Drop.REFUSED, str(number), "detail")
    caplog.clear()
    drops.record(Drop.REFUSED, str(MEMORY), "detail")
    drops.record(Drop.REFUSED, "0", "detail")
    assert caplog.messages == ["connection refused: 0: detail"]


def test_records_say_which_node_speaks(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The node's name is a field of the record."""
    Drops(clock, process_log("node1")).record(Drop.STOPPED, "x", "y")
    assert vars(caplog.records[0])["node"] == "node1"
