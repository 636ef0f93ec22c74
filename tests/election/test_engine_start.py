"""How the engine begins: from its record, or after a silence of one promise."""

import logging

import pytest

from leader.protocol.messages import VoteGranted
from leader.protocol.vocabulary import MemberId, Term
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.election.engine_support import FOUND, Bench, logged, on_bench
from tests.protocol.builders import TRIO, B, heartbeat, record, vote_request


def test_engine_without_a_record_is_silent_for_one_promise() -> None:
    """A message that arrives in that time is neither answered nor remembered."""

    async def main(bench: Bench) -> None:
        bench.others_oblige = False
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 7, sent=1))
        bench.engine.peer_down(B)
        await bench.engine.resign(None)
        await bench.pass_time(149)
        assert (bench.journal, bench.engine.term, bench.engine.leader) == ([], 0, None)
        bench.engine.receive(vote_request(B, WALL_MILLISECONDS + 1_000_000, sent=1))
        await bench.pass_time(20)
        assert bench.kinds() == ["saved", "PreVoteRequest", "PreVoteRequest"]

    on_bench(main)


@pytest.mark.parametrize("survives", [True, False])
def test_engine_without_a_record_reads_the_wall_clock_after_the_silence(survives: bool) -> None:
    """If it were read before, a vote of the former life could have a higher term."""

    async def main(bench: Bench) -> None:
        bench.others_oblige = False
        await bench.engine.start()
        bench.clock.jump(30)
        await bench.pass_time(151)
        assert bench.engine.term == WALL_MILLISECONDS + 30_150

    on_bench(main, survives=survives)


def test_engine_writes_its_first_record_before_its_first_message() -> None:
    """Until it is on the disk, messages are still lost."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.loop.disk_seconds = 0.05
        await bench.pass_time(190)
        bench.engine.receive(vote_request(B, WALL_MILLISECONDS + 1_000_000, sent=1))
        assert (bench.journal, bench.engine.state) == ([], None)
        await bench.pass_time(11)
        assert bench.kinds() == ["saved", "PreVoteRequest", "PreVoteRequest"]

    on_bench(main)


def test_engine_never_waits_for_a_record_in_memory() -> None:
    """The first record of a member without storage is not even saved."""

    async def main(bench: Bench) -> None:
        bench.loop.disk_seconds = 3_600
        await bench.lead()

    on_bench(main, survives=False)


def test_engine_with_a_record_gives_no_vote_for_one_promise() -> None:
    """The former life may have promised its vote to any member."""

    async def main(bench: Bench) -> None:
        bench.others_oblige = False
        await bench.engine.start()
        await bench.pass_time(149)
        bench.engine.receive(vote_request(B, 9, sent=1))
        assert bench.kinds() == ["VoteRefused"]
        await bench.pass_time(1.5)
        bench.engine.receive(vote_request(B, 9, sent=2))
        await bench.pass_time(1)
        assert len(bench.sent(VoteGranted)) == 1

    on_bench(main, found=FOUND)


def test_engine_with_a_record_follows_at_once() -> None:
    """So a living leader need not wait for the answer of a member that comes back."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 5, sent=1))
        await bench.pass_time(1)
        assert bench.engine.leader == B
        assert bench.kinds() == ["saved", "HeartbeatAck", "following"]

    on_bench(main, found=FOUND)


def test_engine_saves_a_longer_promise_before_its_first_step() -> None:
    """Otherwise the next life would wait for less time than this life promises."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert bench.journal == [("saved", 5)]

    on_bench(main, found=record(term=5, promise=100))


def test_engine_believes_a_record_of_other_voters_and_reports_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The text names both lists."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        state = bench.engine.state
        assert state is not None
        assert state.voters == (*TRIO, "d@host")

    with caplog.at_level(logging.WARNING):
        on_bench(main, found=record(voters=(*TRIO, MemberId("d@host")), promise=150))
    [warning] = logged(caplog.records, logging.WARNING)
    assert str([*TRIO, "d@host"]) in warning
    assert str(list(TRIO)) in warning


def test_engine_keeps_the_term_of_its_record() -> None:
    """It reads no wall clock if there is a record."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert bench.engine.term == Term(5)

    on_bench(main, found=FOUND)


def test_engine_before_its_start_has_an_answer_to_every_question() -> None:
    """All of them mean no."""

    async def main(bench: Bench) -> None:
        engine = bench.engine
        assert (engine.is_leader, engine.has_leadership, engine.leader) == (False, False, None)
        assert (engine.term, engine.lease_remaining, engine.state) == (0, 0, None)

    on_bench(main)
