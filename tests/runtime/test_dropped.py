"""Dropped messages: all counted, few logged."""

import asyncio
import logging

import pytest

from runtime.clock import NANOSECONDS
from runtime.dropped import DETAIL_LIMIT, DropLog, DropReason
from runtime.log_limit import KEYS_LIMIT, PERIOD
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands still, because its loop does not run."""
    loop = VirtualTimeLoop()
    loop.close()
    return SimulatedClock(loop)


def test_record_counts_every_drop_and_logs_the_first(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A thousand malformed messages make one line."""
    drop_log = DropLog(clock, process_log("node1"))
    for _ in range(1_000):
        drop_log.record(DropReason.MALFORMED, "node2", "rubbish")
    assert drop_log.counts() == {"malformed message": 1_000}
    assert caplog.messages == ["malformed message: node2: rubbish"]


def test_record_logs_each_reason_and_key_by_itself(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A flood from one node does not hide the first message of another."""
    drop_log = DropLog(clock, process_log("node1"))
    for cause, key in (
        (DropReason.MALFORMED, "node2"),
        (DropReason.MALFORMED, "node3"),
        (DropReason.STOPPED, "node2"),
    ):
        drop_log.record(cause, key, "detail")
    assert len(caplog.messages) == 3


def test_record_logs_the_same_again_after_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """What goes on for hours appears in the log every minute."""

    async def main() -> None:
        drop_log = DropLog(SimulatedClock(asyncio.get_running_loop()), process_log("node1"))
        for _ in range(4):
            drop_log.record(DropReason.MALFORMED, "node2", "detail")
            await asyncio.sleep(PERIOD / NANOSECONDS / 2)

    VirtualTimeLoop().run(main())
    assert len(caplog.messages) == 2


def test_record_logs_a_limited_number_of_keys(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a hundred keys a reason is not logged until a minute has passed; others are."""

    async def main() -> None:
        drop_log = DropLog(SimulatedClock(asyncio.get_running_loop()), process_log("node1"))
        for number in range(2 * KEYS_LIMIT):
            drop_log.record(DropReason.REFUSED, str(number), "detail")
        assert len(caplog.messages) == KEYS_LIMIT
        drop_log.record(DropReason.STOPPED, "x", "detail")
        assert len(caplog.messages) == KEYS_LIMIT + 1
        await asyncio.sleep(PERIOD / NANOSECONDS)
        drop_log.record(DropReason.REFUSED, str(2 * KEYS_LIMIT), "detail")
        assert caplog.messages[-1] == f"connection refused: {2 * KEYS_LIMIT}: detail"
        assert drop_log.counts()["connection refused"] == 2 * KEYS_LIMIT + 1

    VirtualTimeLoop().run(main())


def test_record_warns_unless_the_reason_is_ordinary(
    clock: SimulatedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """That one process begins or ends before another is ordinary."""
    caplog.set_level(logging.INFO)
    drop_log = DropLog(clock, process_log("node1"))
    for cause in DropReason:
        drop_log.record(cause, "node2", "detail")
    quiet = {record.getMessage() for record in caplog.records if record.levelno == logging.INFO}
    assert quiet == {
        "no such process: node2: detail",
        "kind of message that is not registered here: node2: detail",
        "this node stops: node2: detail",
    }
    assert len(caplog.records) == len(DropReason)


def test_record_cuts_a_long_detail(clock: SimulatedClock, caplog: pytest.LogCaptureFixture) -> None:
    """A megabyte of hostile text becomes some hundred characters in the log."""
    DropLog(clock, process_log("node1")).record(DropReason.MALFORMED, "node2", "x" * 1_000_000)
    assert caplog.messages == ["malformed message: node2: " + "x" * DETAIL_LIMIT]


def test_record_names_the_node(clock: SimulatedClock, caplog: pytest.LogCaptureFixture) -> None:
    """The name of the node is a field of the log record."""
    DropLog(clock, process_log("node1")).record(DropReason.STOPPED, "x", "y")
    assert vars(caplog.records[0])["node"] == "node1"
