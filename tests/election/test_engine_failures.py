"""The engine when something fails, and how it ends: a member that has ended harms no other."""

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
    """Whether the engine neither claims to lead nor names a leader."""
    engine = bench.engine
    return not engine.is_leader and not engine.has_leadership and engine.leader is None


def test_engine_fails_to_start_if_its_record_cannot_be_read() -> None:
    """The error is the storage's own, and nothing has begun."""

    async def main(bench: Bench) -> None:
        bench.record.fails = True
        with pytest.raises(StorageError, match=DISK_FULL):
            await bench.engine.start()
        assert (bench.journal, bench.engine.state) == ([], None)

    on_bench(main)


def test_engine_fails_to_start_if_its_record_cannot_be_written() -> None:
    """The longer promise must be on the disk before the first step."""

    async def main(bench: Bench) -> None:
        bench.loop.disk_seconds = 0.01
        bench.loop.call_later(0.015, lambda: setattr(bench.record, "fails", True))
        with pytest.raises(StorageError, match=DISK_FULL):
            await bench.engine.start()
        assert (bench.journal, bench.engine.state) == ([], None)

    on_bench(main, found=record(term=5, promise=100))


def test_engine_ends_if_its_first_record_cannot_be_written() -> None:
    """After the silence no caller waits for the start any more, so the listener is told."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.record.fails = True
        await bench.pass_time(1_000)
        [(what, error)] = bench.journal
        assert what == "failed"
        assert isinstance(error, StorageError)

    on_bench(main)


def test_engine_gives_no_vote_that_it_could_not_write(caplog: pytest.LogCaptureFixture) -> None:
    """The listener and the log are told why, and nothing is sent any more."""

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


def test_engine_of_a_leader_that_cannot_write_ends_in_silence() -> None:
    """It acts no more at once. A resignation would let another member act before this application has stopped."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.record.fails = True
        bench.engine.receive(heartbeat_refused(B, token + 3))
        bench.engine.receive(pre_vote_request(B, token, sent=1))
        await bench.pass_time(1_000)
        assert bench.kinds() == ["failed"]
        assert is_over(bench)

    on_bench(main, found=FOUND)


def test_engine_ends_when_an_invariant_is_violated() -> None:
    """What safety rests on does not hold, so the member stops at once."""
    violated = InvariantViolated("TermsNeverDecrease")

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.record.failure = violated
        bench.engine.receive(heartbeat(B, token + 1, sent=1))
        await bench.pass_time(1)
        assert bench.kinds() == ["failed"]
        assert bench.journal[-1][1] is violated
        assert is_over(bench)
        bench.journal.clear()
        bench.engine.receive(vote_request(B, token + 9, sent=1))
        await bench.pass_time(1_000)
        assert bench.journal == []

    on_bench(main, found=FOUND)


def test_engine_ends_when_sending_raises() -> None:
    """The listener is told once."""

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


def test_end_waits_for_a_write_that_is_under_way() -> None:
    """The record may be closed after it, and nothing that depends on the write is sent."""

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


def test_write_that_fails_after_the_end_is_not_reported() -> None:
    """The engine was ended on purpose, so its failure matters no more."""

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
def test_engine_does_nothing_after_its_end(
    stir: Callable[[Engine], Awaitable[None] | None],
) -> None:
    """No alarm rings, no message is answered, the listener is told nothing."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        await bench.engine.end()
        await resolve(stir(bench.engine))
        await bench.pass_time(1_000)
        assert bench.journal == []
        assert is_over(bench)

    on_bench(main, found=FOUND)


def test_engine_that_ends_during_the_silence_does_not_begin() -> None:
    """The alarm that would have ended the silence does not ring."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.engine.end()
        await bench.pass_time(1_000)
        assert bench.journal == []

    on_bench(main)


def test_engine_that_is_to_stop_acting_does_not_act_until_it_has_resigned() -> None:
    """Also while a record is written: otherwise it would act again between the stop and the resignation."""

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


def test_engine_ends_if_its_trace_fails_after_the_silence() -> None:
    """Otherwise the member would run for ever, take no part, and not say so."""
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
def test_engine_that_is_to_stop_acting_lets_its_lease_expire_if_asked(lapse: bool) -> None:
    """Answers to its heartbeats would extend it; unless it is asked, the lease is kept until the resignation."""

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
