"""The whole stack under the rules: what each rule does to real nodes, actors and records."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from leader.protocol.messages import Heartbeat, Message, VoteGranted, VoteRequest
from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import LONGEST_PROMISE, MILLISECOND, PROMISE, RunPlan, simple_plan
from stateful_tests.rules import RuleRunner
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import InFlightMessage

pytestmark = pytest.mark.slow


def started(plan: RunPlan) -> RuleRunner:
    """A cluster with a leader, and nothing in flight."""
    cluster = RuleRunner(plan, StackSystem(plan))
    cluster.tell_story()
    cluster.perform("settle", "".join(plan.members))
    deliver_all(cluster)
    return cluster


@pytest.fixture
def cluster() -> Iterator[RuleRunner]:
    with closing(started(simple_plan())) as found:
        yield found


def deliver_all(cluster: RuleRunner) -> None:
    while cluster.system.in_flight:
        cluster.perform("deliver", 0)


def wait_for(cluster: RuleRunner, kind: type[Message]) -> tuple[int, InFlightMessage]:
    """Time passes and messages arrive until one of that kind is on its way to one that runs."""
    while True:
        for index, letter in enumerate(cluster.system.in_flight):
            if isinstance(letter.message, kind) and not cluster.system.is_down(letter.to):
                return index, letter
        cluster.perform(
            "deliver" if cluster.system.in_flight else "wait_until_due", *_first(cluster)
        )


def _first(cluster: RuleRunner) -> tuple[int, ...]:
    return (0,) if cluster.system.in_flight else ()


def leader_of(cluster: RuleRunner) -> MemberId:
    (leader,) = cluster.system.acting()
    return leader


def test_a_message_waits_until_it_is_delivered(cluster: RuleRunner) -> None:
    """However much time passes: then followers have lost their leader, and the leader its lease."""
    cluster.perform("time_passes", LONGEST_PROMISE)
    assert cluster.system.acting() == ()
    kinds = {type(letter.message).__name__ for letter in cluster.system.in_flight}
    assert kinds == {"Heartbeat", "PreVoteRequest"}


def test_messages_are_lost_doubled_and_cut_off_on_request(cluster: RuleRunner) -> None:
    """What is in flight comes through a later cut; what is sent after it does not."""
    index, letter = wait_for(cluster, Heartbeat)
    count = len(cluster.system.in_flight)
    cluster.perform("duplicate", index)
    assert len(cluster.system.in_flight) == count + 1
    cluster.perform("drop", index)
    cluster.perform("partition", letter.source, letter.to)
    deliver_all(cluster)
    assert cluster.system.in_flight == []
    cluster.perform("wait_until_due")
    assert letter.to not in {each.to for each in cluster.system.in_flight}


def test_a_crash_is_silent_until_its_end_is_told() -> None:
    """Where a broken connection is proof, whoever hears of it asks for votes at once."""
    with closing(started(replace(simple_plan(), trust_disconnect=True))) as cluster:
        leader = leader_of(cluster)
        left = [member for member in cluster.system.members if member != leader]
        cluster.perform("crash", leader)
        cluster.perform("time_passes", 5 * MILLISECOND)
        assert cluster.system.in_flight == []
        for member in left:
            cluster.perform("peer_down", member, leader)
        cluster.perform("time_passes", 5 * MILLISECOND)
        assert {letter.source for letter in cluster.system.in_flight} <= set(left)
        assert cluster.system.in_flight != []


def test_a_stopped_leader_that_goes_on_does_not_lead(cluster: RuleRunner) -> None:
    """Its lease has run out meanwhile, by its own clock."""
    leader = leader_of(cluster)
    cluster.perform("pause", leader)
    cluster.perform("time_passes", PROMISE)
    cluster.perform("resume", leader)
    assert leader not in cluster.system.acting()


def test_a_vote_whose_record_fails_is_never_sent(cluster: RuleRunner) -> None:
    """The process ends; its next life is where the record says, in the term before."""
    cluster.perform("crash", leader_of(cluster))
    index, letter = wait_for(cluster, VoteRequest)
    cluster.perform("deliver_and_crash", index, False)
    assert cluster.system.is_down(letter.to)
    cluster.perform("restart", letter.to, True, True, None)
    cluster.perform("wait_until_due")
    term = letter.message.term if isinstance(letter.message, VoteRequest) else 0
    assert f"{letter.to}: woke -> Restart, follower in term {term - 1}" in cluster.story()


def test_a_vote_that_is_written_is_remembered_unsaid(cluster: RuleRunner) -> None:
    """The process ended before it could say so; its next life will not vote in that term."""
    cluster.perform("crash", leader_of(cluster))
    index, letter = wait_for(cluster, VoteRequest)
    cluster.perform("deliver_and_crash", index, True)
    assert cluster.system.is_down(letter.to)
    answers = [each for each in cluster.system.in_flight if isinstance(each.message, VoteGranted)]
    assert answers == []
    cluster.perform("restart", letter.to, True, True, None)
    cluster.perform("time_passes", 2 * MILLISECOND)
    term = letter.message.term if isinstance(letter.message, VoteRequest) else 0
    assert f"{letter.to}: woke -> Restart, follower in term {term}" in cluster.story()


def test_a_leader_hands_over_to_whom_it_names(cluster: RuleRunner) -> None:
    """The actor goes on as a member, and is told to follow."""
    leader = leader_of(cluster)
    heir = next(member for member in cluster.system.members if member != leader)
    cluster.perform("resign", leader, heir)
    while cluster.system.acting() != (heir,):
        cluster.perform("wait_until_due")
        deliver_all(cluster)
    cluster.perform("settle", "abc")
    assert cluster.system.believes_in(leader) == heir
