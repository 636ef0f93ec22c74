"""The engine at work: in which order it acts, and what it answers meanwhile."""

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


def test_a_member_is_elected_announced_and_heard_in_this_order() -> None:
    """Each record before what rests on it, each message before the news."""

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


def test_nothing_is_said_before_its_record_is_written() -> None:
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


def test_while_a_record_is_written_nothing_else_is_handled() -> None:
    """What arrives waits in order, and so does what falls due."""

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


def test_while_a_record_is_written_leadership_is_answered_by_the_clock() -> None:
    """It lasts as long as its lease, and not until the disk is done."""

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


def test_what_waits_for_a_record_is_bounded() -> None:
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


def test_a_leader_is_heard_from_at_its_pace_and_keeps_its_lease() -> None:
    """Every 50 ms, to each other member."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        for _ in range(100):
            await bench.pass_time(10)
            assert bench.engine.is_leader
        assert len(bench.sent(Heartbeat)) == 2 * 20

    on_bench(main, found=FOUND)


def test_a_leader_that_nobody_answers_steps_down_by_its_alarm() -> None:
    """No message is needed to end a leadership."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.neighbours_oblige = False
        await bench.pass_time(149)
        assert ("following", None) in bench.journal
        assert (bench.engine.has_leadership, bench.engine.leader) == (False, None)

    on_bench(main, found=FOUND)


def test_a_process_that_was_away_answers_no_before_anything_has_run() -> None:
    """The clock is asked, not an alarm that has not rung yet; the log says how long it was away."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(60)
        assert (bench.engine.is_leader, bench.engine.has_leadership) == (False, True)
        assert (bench.engine.leader, bench.engine.lease_remaining) == (None, 0)

    on_bench(main, found=FOUND)


def test_an_absence_is_logged_once_with_its_length(caplog: pytest.LogCaptureFixture) -> None:
    """Counted from when the member should have acted; an ordinary delay is not worth a line."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(0.14)
        await bench.pass_time(60)
        assert logged(caplog.records, logging.WARNING) == []
        bench.clock.jump(60)
        await bench.pass_time(60)
        bench.engine.receive(heartbeat(B, 5, sent=1))

    with caplog.at_level(logging.WARNING):
        on_bench(main, found=FOUND)
    [warning] = logged(caplog.records, logging.WARNING)
    assert warning.startswith("was away for 59.9")


def test_a_lease_that_ran_out_is_not_extended_by_what_waited() -> None:
    """What is due comes before what arrives, however late both are."""

    async def main(bench: Bench) -> None:
        await bench.lead()
        bench.clock.jump(60)
        bench.engine.receive(pre_vote_request(B, 5, sent=1))
        assert bench.kinds()[:2] == ["following", "PreVoteRefused"]

    on_bench(main, found=FOUND)


def test_a_slow_disk_is_not_taken_for_an_absence(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever reads of a member that was away must not look in the wrong place."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.loop.disk_seconds = 2.0
        bench.engine.receive(heartbeat_refused(B, token + 3))
        await bench.pass_time(1_000)
        bench.engine.receive(pre_vote_request(B, token, sent=1))
        await bench.pass_time(1_500)

    with caplog.at_level(logging.WARNING):
        on_bench(main, found=FOUND)
    assert set(logged(caplog.records, logging.WARNING)) == {"the record took 2.000 s to write"}


def test_a_broken_connection_to_the_leader_is_acted_on() -> None:
    """The follower stands as soon as its promise has ended, not when its patience has."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        bench.engine.receive(heartbeat(B, 5, sent=1))
        bench.engine.peer_down(B)
        await bench.pass_time(150.1)
        assert len(bench.sent(PreVoteRequest)) == 2

    on_bench(main, found=FOUND)


def test_a_resignation_is_said_once_and_names_the_successor() -> None:
    """Nobody acts from then on; a second one is nothing."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        await bench.engine.resign(C)
        assert (bench.engine.is_leader, bench.engine.has_leadership) == (False, False)
        await bench.engine.resign(C)
        resigned = bench.sent(Resigned)
        assert {to for to, _ in resigned} == {B, C}
        assert [(each.term, each.successor) for _, each in resigned] == [(token, C)] * 2

    on_bench(main, found=FOUND)


def test_a_withdrawn_leader_says_no_and_goes_on_leading() -> None:
    """Its work can end before the others hear of it."""

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


def test_who_resigned_may_be_elected_again() -> None:
    """A withdrawal ends with the leadership that it was about."""

    async def main(bench: Bench) -> None:
        token = await bench.lead()
        bench.engine.stop_acting()
        await bench.engine.resign(None)
        await bench.pass_time(400)
        assert bench.engine.is_leader
        assert bench.engine.term > token

    on_bench(main, found=FOUND)


def test_a_renewal_keeps_the_leadership_and_raises_the_token() -> None:
    """The application sees one term change, and no change of leader."""

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


def test_what_alarms_is_logged_once_and_only_so_many_kinds_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A peer that is set up wrongly can neither hide nor fill the disk."""

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


def test_what_does_not_alarm_is_told_to_whoever_debugs(caplog: pytest.LogCaptureFixture) -> None:
    """There is no silent "no", and no noise either."""

    async def main(bench: Bench) -> None:
        await bench.engine.start()
        await bench.engine.resign(None)

    with caplog.at_level(logging.DEBUG, logger="runtime"):
        on_bench(main, found=FOUND)
    assert logged(caplog.records, logging.DEBUG) == [
        "ignored (by_the_core): only a leader can resign"
    ]


def test_every_step_has_its_own_draw_of_chance() -> None:
    """Equals that drew alike would wait alike, for ever."""

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
