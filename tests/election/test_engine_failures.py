"""The engine when something goes wrong, and how it ends: a dead member is safe."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from leader.election.engine import Engine
from leader.election.trace import Line
from leader.errors import StorageError
from leader.protocol.vocabulary import InvariantViolated
from runtime.process import resolve
from tests.election.engine_support import DISK_FULL, FOUND, Bench, logged, on_bench
from tests.protocol.builders import (
    B,
    heartbeat,
    heartbeat_refused,
    pre_vote_request,
    record,
    vote_request,
)


def is_over(bench: Bench) -> bool:
    """Whether the engine neither claims nor answers anything any more."""
    engine = bench.engine
    return not engine.is_leader and not engine.has_leadership and engine.leader is None


def test_a_record_that_cannot_be_read_fails_the_start() -> None:
    """The error is the storage's own, and nothing has begun."""

    async def main(bench: Bench) -> None:
        bench.record.fails = True
        with pytest.raises(StorageError, match=DISK_FULL):
            await bench.engine.start()
        assert (bench.journal, bench.engine.state) == ([], None)

    on_bench(main)


def test_a_record_that_cannot_be_written_fails_the_start() -> None:
    """The longer promise must be on the disk before the first step."""

    async def main(bench: Bench) -> None:
        bench.loop.disk_seconds = 0.01
        bench.loop.call_later(0.015, lambda: setattr(bench.record, "fails", True))
        with pytest.raises(StorageError, match=DISK_FULL):
            await bench.engine.start()
        assert (bench.journal, bench.engine.state) == ([], None)

    on_bench(main, found=record(term=5, promise=100))


def test_a_first_record_that_cannot_be_written_ends_the_engine() -> None:
    """After the silent wait nobody waits for the start any more, so the audience is told."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.record.fails = True
        await bench.pass_time(1_000)
        [(what, error)] = bench.journal
        assert what == "failed"
        assert isinstance(error, StorageError)

    on_bench(main)


def test_a_failed_write_is_never_a_vote(caplog: pytest.LogCaptureFixture) -> None:
    """The audience hears why, the log too, and nothing is said any more."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.1)
        bench.journal.clear()
        bench.record.fails = True
        bench.engine.receive(vote_request(B, 9, sent=1))
        bench.engine.receive(heartbeat(B, 9, sent=1))
        await bench.pass_time(1_000)
        bench.engine.receive(heartbeat(B, 9, sent=2))
        [(what, error)] = bench.journal
        assert what == "failed"
        assert isinstance(error, StorageError)
        assert is_over(bench)

    with caplog.at_level(logging.ERROR):
        on_bench(main, found=FOUND)
    [logged_error] = logged(caplog.records, logging.ERROR)
    assert DISK_FULL in logged_error


def test_a_leader_whose_record_cannot_be_written_stops_in_silence() -> None:
    """It acts no more at once; to resign would be to let another act before the application has stopped."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.record.fails = True
        bench.engine.receive(heartbeat_refused(B, token + 3))
        bench.engine.receive(pre_vote_request(B, token, sent=1))
        await bench.pass_time(1_000)
        assert bench.kinds() == ["failed"]
        assert is_over(bench)

    on_bench(main, found=FOUND)


def test_a_violated_invariant_ends_the_engine() -> None:
    """Two leaders of one term: whoever notices stops at once."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.engine.receive(heartbeat(B, token, sent=1))
        assert bench.kinds() == ["failed"]
        error = bench.journal[-1][1]
        assert isinstance(error, InvariantViolated)
        assert "OneLeaderPerTerm" in str(error)
        assert is_over(bench)
        bench.journal.clear()
        bench.engine.receive(vote_request(B, token + 9, sent=1))
        await bench.pass_time(1_000)
        assert bench.journal == []

    on_bench(main, found=FOUND)


def test_an_engine_whose_network_raises_ends() -> None:
    """Whatever goes wrong here ends it, and is told once."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.send_failure = ValueError("too long")
        await bench.pass_time(60)
        bench.send_failure = None
        assert bench.kinds() == ["failed"]
        assert is_over(bench)
        await bench.pass_time(1_000)
        assert bench.kinds() == ["failed"]

    on_bench(main, found=FOUND)


def test_the_end_waits_for_what_is_being_written() -> None:
    """A record may be closed after it, and nothing that rests on the write is said."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.1)
        bench.journal.clear()
        bench.loop.disk_seconds = 0.5
        bench.engine.receive(vote_request(B, 9, sent=1))
        before = bench.loop.time()
        await bench.engine.end()
        assert bench.loop.time() == pytest.approx(before + 0.5)
        await bench.pass_time(1_000)
        assert bench.kinds() == ["saved"]

    on_bench(main, found=FOUND)


def test_a_write_that_fails_after_the_end_is_nobodys_business() -> None:
    """Whoever ended the engine has not asked how it would have gone on."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.1)
        bench.journal.clear()
        bench.loop.disk_seconds = 0.5
        bench.record.fails = True
        bench.engine.receive(vote_request(B, 9, sent=1))
        await bench.engine.end()
        assert bench.journal == []

    on_bench(main, found=FOUND)


@pytest.mark.parametrize(
    "stir",
    [
        lambda engine: engine.receive(vote_request(B, 99, sent=1)),
        lambda engine: engine.peer_down(B),
        lambda engine: engine.resign(None),
    ],
)
def test_after_the_end_nothing_happens(
    stir: Callable[[Engine], Awaitable[None] | None],
) -> None:
    """No alarm rings, no message is answered, nobody is told anything."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        await bench.engine.end()
        await resolve(stir(bench.engine))
        await bench.pass_time(1_000)
        assert bench.journal == []
        assert is_over(bench)

    on_bench(main, found=FOUND)


def test_an_end_during_the_silent_wait_is_final() -> None:
    """The alarm that would have ended the wait does not ring."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.engine.end()
        await bench.pass_time(1_000)
        assert bench.journal == []

    on_bench(main)


def test_a_leader_withdrawn_stays_so_until_its_resignation_is_said() -> None:
    """Also while a record is written: else it would act again between "I stop" and its end."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 0.04
        bench.engine.receive(heartbeat_refused(B, token + 3))
        bench.engine.stop_acting()
        answers: list[bool] = []
        for instant in range(60):
            bench.loop.call_later(instant / 1_000, lambda: answers.append(bench.engine.is_leader))
        await bench.engine.resign(None)
        assert bench.kinds()[-4:] == ["Resigned", "Resigned", "term", "following"]
        await bench.pass_time(20)
        assert (len(answers), any(answers)) == (60, False)

    on_bench(main, found=FOUND)


def test_a_trace_that_fails_after_the_silent_wait_ends_the_engine() -> None:
    """Else the member would be there for ever and take no part, without a word."""
    lines: list[Line] = []

    def trace(line: Line) -> None:
        lines.append(line)
        if len(lines) == 2:
            raise OSError(DISK_FULL)

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(1_000)
        [(what, error)] = bench.journal
        assert (what, type(error)) == ("failed", OSError)

    on_bench(main, trace=trace)


@pytest.mark.parametrize("lapse", [False, True])
def test_a_leader_withdrawn_lets_its_lease_run_out_if_it_is_to(lapse: bool) -> None:
    """Heartbeats that are answered would extend it; else it is kept until the resignation."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.engine.stop_acting(let_lease_expire=lapse)
        await bench.pass_time(160)
        assert bench.engine.has_leadership is not lapse
        await bench.pass_time(1_000)
        assert bench.engine.has_leadership is not lapse
        await bench.engine.resign(None)
        await bench.pass_time(1_000)
        assert bench.engine.is_leader

    on_bench(main, found=FOUND)
