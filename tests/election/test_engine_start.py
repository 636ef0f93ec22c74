"""How the engine begins: from its record, or silent for one promise."""

import logging

import pytest

from leader.protocol.messages import VoteGranted
from leader.protocol.vocabulary import MemberId, Term
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.election.engine_support import FOUND, Bench, logged, on_bench
from tests.protocol.builders import TRIO, B, heartbeat, record, vote_request


def test_without_a_record_a_member_is_silent_for_one_promise() -> None:
    """Whatever arrives in that time is neither answered nor remembered."""

    async def main(bench: Bench) -> None:
        bench.neighbours_oblige = False
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 7, sent=1))
        bench.engine.peer_down(B)
        await bench.engine.resign(None)
        await bench.pass_time(149)
        assert (bench.journal, bench.engine.term, bench.engine.leader) == ([], 0, None)
        bench.engine.receive(vote_request(B, WALL_MILLISECONDS * 2, sent=1))
        await bench.pass_time(20)
        assert bench.kinds() == ["saved", "PreVoteRequest", "PreVoteRequest"]

    on_bench(main)


@pytest.mark.parametrize("survives", [True, False])
def test_without_a_record_the_term_is_the_wall_clock_at_the_end_of_the_wait(survives: bool) -> None:
    """Read at its beginning, a vote of the former life could be of a higher term."""

    async def main(bench: Bench) -> None:
        bench.neighbours_oblige = False
        await bench.engine.start()
        bench.clock.jump(30)
        await bench.pass_time(151)
        assert bench.engine.term == WALL_MILLISECONDS + 30_150

    on_bench(main, survives=survives)


def test_a_first_record_is_written_before_the_first_word() -> None:
    """Until it is on the disk, what arrives is still lost."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.loop.disk_seconds = 0.05
        await bench.pass_time(190)
        bench.engine.receive(vote_request(B, WALL_MILLISECONDS * 2, sent=1))
        assert (bench.journal, bench.engine.state) == ([], None)
        await bench.pass_time(11)
        assert bench.kinds() == ["saved", "PreVoteRequest", "PreVoteRequest"]

    on_bench(main)


def test_a_record_in_memory_is_never_waited_for() -> None:
    """The first record of a member that keeps none is not even written."""

    async def main(bench: Bench) -> None:
        bench.loop.disk_seconds = 3_600
        await bench.lead()

    on_bench(main, survives=False)


def test_with_a_record_no_vote_leaves_for_one_promise() -> None:
    """The former life may have promised its vote to anybody."""

    async def main(bench: Bench) -> None:
        bench.neighbours_oblige = False
        await bench.engine.start()
        await bench.pass_time(149)
        bench.engine.receive(vote_request(B, 9, sent=1))
        assert bench.kinds() == ["VoteRefused"]
        await bench.pass_time(1.5)
        bench.engine.receive(vote_request(B, 9, sent=2))
        await bench.pass_time(1)
        assert len(bench.sent(VoteGranted)) == 1

    on_bench(main, found=FOUND)


def test_with_a_record_a_member_follows_at_once() -> None:
    """A leader that lives is not made to wait for the answer of one that comes back."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 5, sent=1))
        await bench.pass_time(1)
        assert bench.engine.leader == B
        assert bench.kinds() == ["saved", "HeartbeatAck", "following"]

    on_bench(main, found=FOUND)


def test_the_longer_promise_is_recorded_before_the_first_step() -> None:
    """Else the next life would wait for less than this one promises."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert bench.journal == [("saved", 5)]

    on_bench(main, found=record(term=5, promise=100))


def test_a_record_of_another_membership_is_believed_and_reported(
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


def test_the_term_of_a_record_is_kept() -> None:
    """No wall clock is read where there is a record."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        assert bench.engine.term == Term(5)

    on_bench(main, found=FOUND)


def test_before_the_start_there_is_nothing_to_see() -> None:
    """Every question has an answer."""

    async def main(bench: Bench) -> None:
        engine = bench.engine
        assert (engine.is_leader, engine.has_leadership, engine.leader) == (False, False, None)
        assert (engine.term, engine.lease_remaining, engine.state) == (0, 0, None)

    on_bench(main)
