"""That no member leads is said with the arithmetic of votes, and more and more rarely."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from leader.election.quorum_watch import QuorumWatch, listed
from leader.protocol.vocabulary import Duration, MemberId
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.election.engine_support import MILLISECOND, logged

N1, N2, N3 = (MemberId(name) for name in ("m@n1", "m@n2", "m@n3"))
TIMEOUT = Duration(300 * MILLISECOND)


def watched(
    test: Callable[[QuorumWatch], Coroutine[Any, Any, None]],
    voters: tuple[MemberId, ...] = (N1, N2, N3),
) -> None:
    """Run a test of n1's watch in virtual time."""

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        watch = QuorumWatch(N1, lambda: voters, TIMEOUT, clock, process_log("host"))
        await test(watch)
        watch.stop()

    VirtualTimeLoop().run(main())


def test_a_member_alone_names_those_that_are_missing(caplog: pytest.LogCaptureFixture) -> None:
    """After five timeouts, and then rarer and rarer: not a dozen lines in an hour."""

    async def main(watch: QuorumWatch) -> None:
        watch.leader_lost()
        await asyncio.sleep(1.4)
        assert caplog.records == []
        await asyncio.sleep(3600)

    watched(main)
    lines = logged(caplog.records, logging.WARNING)
    missing = "nobody leads: 1 of 3 voters reachable, 2 needed, m@n2 and m@n3 are not"
    assert lines[:3] == [f"{missing}; for {seconds} s now" for seconds in ("1.5", "4.5", "10.5")]
    assert len(lines) == 11


def test_a_voter_that_was_heard_from_lately_is_reachable(caplog: pytest.LogCaptureFixture) -> None:
    """For a while after its last message; if all are reachable, the line says where to look."""

    async def main(watch: QuorumWatch) -> None:
        watch.leader_lost()
        await asyncio.sleep(1)
        watch.heard(N2)
        await asyncio.sleep(3)
        watch.heard(N2)
        watch.heard(N3)
        await asyncio.sleep(1)

    watched(main)
    assert logged(caplog.records, logging.WARNING) == [
        "nobody leads: 2 of 3 voters reachable, 2 needed, m@n3 is not; for 1.5 s now",
        "nobody leads: 3 of 3 voters reachable, 2 needed; if this lasts, look for refusals and slow "
        "disks in the logs of all voters; for 4.5 s now",
    ]


def test_a_leader_that_is_found_ends_the_lines(caplog: pytest.LogCaptureFixture) -> None:
    """It tells for how long there was none; the next loss begins with short pauses again."""

    async def main(watch: QuorumWatch) -> None:
        watch.leader_lost()
        await asyncio.sleep(5)
        assert watch.leader_found() == 5_000_000_000
        caplog.clear()
        await asyncio.sleep(1000)
        assert caplog.records == []
        watch.leader_lost()
        await asyncio.sleep(1.6)
        assert len(caplog.records) == 1

    watched(main)


def test_an_observer_that_knows_no_voter_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """It cannot count votes."""

    async def main(watch: QuorumWatch) -> None:
        watch.leader_lost()
        await asyncio.sleep(2)

    watched(main, voters=())
    assert logged(caplog.records, logging.WARNING) == [
        "no leader was heard from for 1.5 s: this member only observes, and knows no voter"
    ]


def test_names_are_listed_as_in_a_sentence() -> None:
    """One, two, three."""
    assert [listed((N1, N2, N3)[:count]) for count in (1, 2, 3)] == [
        "m@n1",
        "m@n1 and m@n2",
        "m@n1, m@n2 and m@n3",
    ]
