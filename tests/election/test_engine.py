"""The engine at work: the order of its effects, and what it answers meanwhile."""

import logging

import pytest

from leader.election.engine import WAITING_LIMIT
from leader.election.ignored import ALARMS_LIMIT
from leader.protocol.messages import (
    Heartbeat,
    MembershipContradicted,
    PreVoteRefused,
    PreVoteRequest,
    Resigned,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.state import Leader, Renewing
from leader.protocol.vocabulary import MemberId
from tests.election.engine_support import FOUND, MILLISECOND, Bench, logged, on_bench
from tests.protocol.builders import (
    CLUSTER,
    TRIO,
    B,
    C,
    heartbeat,
    heartbeat_refused,
    membership,
    pre_vote_request,
    record,
    vote_request,
)


def test_engine_executes_effects_in_this_order() -> None:
    """Each record before what depends on it, each message before the announcements."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(170)
        assert bench.kinds() == [
            *("PreVoteRequest", "PreVoteRequest"),
            *("saved", "VoteRequest", "VoteRequest", "term"),
            *("saved", "leading"),
            *("Heartbeat", "Heartbeat"),
        ]
        assert ("leading", 6) in bench.journal

    on_bench(main, found=FOUND)


def test_engine_sends_nothing_before_its_record_is_written() -> None:
    """A vote that left first could be given again after a crash."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.pass_time(150.1)
        bench.journal.clear()
        bench.loop.disk_seconds = 0.1
        bench.engine.receive(vote_request(B, 9, sent=1))
        await bench.pass_time(99)
        assert bench.journal == []
        await bench.pass_time(1.1)
        assert bench.kinds() == ["saved", "VoteGranted", "term"]

    on_bench(main, found=FOUND)


def test_engine_handles_nothing_while_a_record_is_written() -> None:
    """Messages wait in order, and so does what is due."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 0.04
        bench.engine.receive(heartbeat_refused(B, token + 3))
        bench.engine.receive(pre_vote_request(B, token, sent=1))
        bench.engine.receive(vote_request(C, token, sent=1))
        await bench.pass_time(39)
        assert bench.journal == []
        await bench.pass_time(1.1)
        answers = [entry[2] for entry in bench.journal if entry[0] == "sent"]
        assert [type(answer) for answer in answers] == [
            *(VoteRequest, VoteRequest),
            *(PreVoteRefused, VoteRefused),
        ]
        assert answers[-1].term == token + 4

    on_bench(main, found=FOUND)


def test_engine_answers_by_the_clock_while_a_record_is_written() -> None:
    """Leadership lasts as long as its lease, not until the disk is done."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 1.0
        bench.engine.receive(heartbeat_refused(B, token + 3))
        left = bench.engine.lease_remaining / MILLISECOND
        await bench.pass_time(left - 0.001)
        assert (bench.engine.is_leader, bench.engine.term) == (True, token)
        await bench.pass_time(0.001)
        assert (bench.engine.is_leader, bench.engine.lease_remaining) == (False, 0)
        assert bench.journal == []

    on_bench(main, found=FOUND)


def test_engine_keeps_only_so_many_messages_while_a_record_is_written() -> None:
    """The newest are lost, as any message may be."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 0.04
        bench.engine.receive(heartbeat_refused(B, token + 3))
        for sent in range(WAITING_LIMIT + 10):
            bench.engine.receive(pre_vote_request(B, token, sent=sent))
        await bench.pass_time(41)
        assert len(bench.sent(PreVoteRefused)) == WAITING_LIMIT

    on_bench(main, found=FOUND)


def test_engine_sends_heartbeats_at_their_interval() -> None:
    """Every 50 ms to each other member; so the lease is kept."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        for _ in range(100):
            await bench.pass_time(10)
            assert bench.engine.is_leader
        assert len(bench.sent(Heartbeat)) == 2 * 20

    on_bench(main, found=FOUND)


def test_engine_steps_down_by_its_alarm_if_no_member_answers() -> None:
    """No message is needed to end a leadership."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.others_oblige = False
        await bench.pass_time(149)
        assert ("following", None) in bench.journal
        assert (bench.engine.has_leadership, bench.engine.leader) == (False, None)

    on_bench(main, found=FOUND)


def test_engine_whose_process_was_stopped_does_not_lead_afterwards() -> None:
    """It asks the clock, and does not rely on an alarm that has not rung yet."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(60)
        assert (bench.engine.is_leader, bench.engine.has_leadership) == (False, True)
        assert (bench.engine.leader, bench.engine.lease_remaining) == (None, 0)

    on_bench(main, found=FOUND)


def test_engine_logs_once_for_how_long_its_process_was_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Counted from when it should have acted; an ordinary delay is not logged."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(0.14)
        await bench.pass_time(60)
        assert not [line for line in logged(caplog.records, logging.WARNING) if "away" in line]
        bench.clock.jump(60)
        await bench.pass_time(60)
        bench.engine.receive(heartbeat(B, 5, sent=1))

    with caplog.at_level(logging.WARNING):
        on_bench(main, found=FOUND)
    [warning] = [line for line in logged(caplog.records, logging.WARNING) if "away" in line]
    assert warning.startswith("was away for 59.9")


def test_engine_does_not_extend_a_lease_that_is_over() -> None:
    """What is due comes before what has arrived, however late both are."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(60)
        bench.engine.receive(pre_vote_request(B, 5, sent=1))
        assert bench.kinds()[:2] == ["following", "PreVoteRefused"]

    on_bench(main, found=FOUND)


def test_engine_does_not_mistake_a_slow_disk_for_a_stopped_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An operator who reads such a line would look for the cause in the wrong place."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 2.0
        bench.engine.receive(heartbeat_refused(B, token + 3))
        await bench.pass_time(1_000)
        bench.engine.receive(pre_vote_request(B, token, sent=1))
        await bench.pass_time(1_500)

    with caplog.at_level(logging.WARNING):
        on_bench(main, found=FOUND)
    lines = logged(caplog.records, logging.WARNING)
    assert any("the record took 2.000 s to write" in line for line in lines)
    assert not [line for line in lines if "away" in line]


def test_engine_acts_on_a_broken_connection_to_its_leader() -> None:
    """The follower asks for pre-votes when its promise ends, and does not wait for its timeout."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 5, sent=1))
        bench.engine.peer_down(B)
        await bench.pass_time(150.1)
        assert len(bench.sent(PreVoteRequest)) == 2

    on_bench(main, found=FOUND)


def test_engine_sends_one_resignation_that_names_the_successor() -> None:
    """This member does not act from then on; a second request does nothing."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        await bench.engine.resign(C)
        assert (bench.engine.is_leader, bench.engine.has_leadership) == (False, False)
        await bench.engine.resign(C)
        resigned = bench.sent(Resigned)
        assert {to for to, _ in resigned} == {B, C}
        assert [(each.term, each.successor) for _, each in resigned] == [(token, C)] * 2

    on_bench(main, found=FOUND)


def test_engine_keeps_its_lease_after_stop_acting() -> None:
    """No other member can lead before the application has ended its work and this member resigns."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.engine.stop_acting()
        assert (bench.engine.is_leader, bench.engine.leader) == (False, None)
        assert bench.engine.lease_remaining == 0
        await bench.pass_time(200)
        assert (bench.engine.is_leader, bench.engine.has_leadership) == (False, True)
        assert bench.sent(Resigned) == []
        await bench.engine.resign(None)
        assert len(bench.sent(Resigned)) == 2

    on_bench(main, found=FOUND)


def test_engine_that_resigned_may_be_elected_again() -> None:
    """The stop of acting ends with the leadership that it was about."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.engine.stop_acting()
        await bench.engine.resign(None)
        await bench.pass_time(400)
        assert bench.engine.is_leader
        assert bench.engine.term > token

    on_bench(main, found=FOUND)


def test_engine_keeps_its_leadership_when_it_renews() -> None:
    """The listener is told one change of term, and no change of leader."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.engine.receive(heartbeat_refused(B, token + 3))
        await bench.pass_time(0.1)
        state = bench.engine.state
        assert state is not None
        assert isinstance(state.role, Renewing)
        assert (bench.engine.is_leader, bench.engine.term) == (True, token)
        await bench.pass_time(1)
        state = bench.engine.state
        assert state is not None
        assert isinstance(state.role, Leader)
        assert [entry for entry in bench.journal if entry[0] not in ("sent", "saved")] == [
            ("term", token, token + 4)
        ]

    on_bench(main, found=FOUND)


def test_engine_logs_an_alarming_text_once_and_only_so_many_of_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A peer that is set up wrongly is noticed, and cannot fill the disk."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        for number in sorted(2 * list(range(ALARMS_LIMIT + 10))):
            theirs = membership(voters=(MemberId(f"x{number}@host"),))
            bench.engine.receive(
                MembershipContradicted(cluster=CLUSTER, sender=B, membership=theirs)
            )

    with caplog.at_level(logging.ERROR):
        on_bench(main, found=FOUND)
    errors = logged(caplog.records, logging.ERROR)
    assert len(errors) == len(set(errors)) == ALARMS_LIMIT
    assert f"['x0@host'], ours is {list(TRIO)}" in errors[0]


def test_engine_logs_what_it_ignores_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """So there is no refusal without a line, and no noise in ordinary logs."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.engine.resign(None)

    with caplog.at_level(logging.DEBUG, logger="runtime"):
        on_bench(main, found=FOUND)
    assert logged(caplog.records, logging.DEBUG) == [
        "ignored (not_leading): only a leader can resign"
    ]


def test_engine_draws_chance_anew_for_each_step() -> None:
    """Members that drew alike would wait alike, and disturb each other for ever."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        deadlines = set()
        for sent in range(1, 20):
            bench.engine.receive(heartbeat(B, 5, sent=sent))
            state = bench.engine.state
            assert state is not None
            deadlines.add(state.role.deadline)
        assert len(deadlines) > 15

    on_bench(main, found=record(term=5, stamp=5, promise=150))
