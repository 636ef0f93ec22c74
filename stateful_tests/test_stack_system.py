"""The whole stack under the rules: what rules do to nodes, actors and records."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from leader.protocol.messages import Heartbeat, Message, VoteGranted, VoteRequest
from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import LONGEST_PROMISE, MILLISECOND, PROMISE, RunPlan, simple_plan
from stateful_tests.rule_runner import RuleRunner
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import InFlightMessage

pytestmark = pytest.mark.slow


def started(plan: RunPlan) -> RuleRunner:
    """A run with a leader, and nothing in flight."""
    runner = RuleRunner(plan, StackSystem(plan))
    runner.keep_transcript()
    runner.perform("settle", "".join(plan.members))
    deliver_all(runner)
    return runner


@pytest.fixture
def runner() -> Iterator[RuleRunner]:
    with closing(started(simple_plan())) as found:
        yield found


def deliver_all(runner: RuleRunner) -> None:
    while runner.system.in_flight:
        runner.perform("deliver", 0)


def wait_for(runner: RuleRunner, kind: type[Message]) -> tuple[int, InFlightMessage]:
    """Let time pass and messages arrive until one of that kind is in flight to a running member."""
    while True:
        for index, message in enumerate(runner.system.in_flight):
            if isinstance(message.content, kind) and not runner.system.is_down(message.to):
                return index, message
        if runner.system.in_flight:
            runner.perform("deliver", 0)
        else:
            runner.perform("wait_until_due")


def leader_of(runner: RuleRunner) -> MemberId:
    (leader,) = runner.system.acting()
    return leader


def test_a_message_waits_until_it_is_delivered(runner: RuleRunner) -> None:
    """However much time passes: the leader loses its lease, and the followers ask for pre-votes."""
    runner.perform("time_passes", LONGEST_PROMISE)
    assert runner.system.acting() == ()
    kinds = {type(message.content).__name__ for message in runner.system.in_flight}
    assert kinds == {"Heartbeat", "PreVoteRequest"}


def test_messages_are_lost_copied_and_cut_on_request(runner: RuleRunner) -> None:
    """A message in flight arrives in spite of a later cut; a message sent after the cut does not."""
    index, message = wait_for(runner, Heartbeat)
    count = len(runner.system.in_flight)
    runner.perform("duplicate", index)
    assert len(runner.system.in_flight) == count + 1
    runner.perform("drop", index)
    runner.perform("partition", message.source, message.to)
    deliver_all(runner)
    assert runner.system.in_flight == []
    runner.perform("wait_until_due")
    assert message.to not in {each.to for each in runner.system.in_flight}


def test_a_crash_is_noticed_on_request_only() -> None:
    """If a broken connection proves a dead process, its peers then campaign at once."""
    with closing(started(replace(simple_plan(), trust_disconnect=True))) as runner:
        leader = leader_of(runner)
        left = [member for member in runner.system.members if member != leader]
        runner.perform("crash", leader)
        runner.perform("time_passes", 5 * MILLISECOND)
        assert runner.system.in_flight == []
        for member in left:
            runner.perform("peer_down", member, leader)
        runner.perform("time_passes", 5 * MILLISECOND)
        assert {message.source for message in runner.system.in_flight} <= set(left)
        assert runner.system.in_flight != []


def test_a_leader_that_was_stopped_does_not_lead_when_it_continues(runner: RuleRunner) -> None:
    """Its lease has expired meanwhile, by its own clock."""
    leader = leader_of(runner)
    runner.perform("pause", leader)
    runner.perform("time_passes", PROMISE)
    runner.perform("resume", leader)
    assert leader not in runner.system.acting()


def test_a_vote_whose_record_fails_is_never_sent(runner: RuleRunner) -> None:
    """The process ends; the next one begins with its record, in the term before."""
    runner.perform("crash", leader_of(runner))
    index, message = wait_for(runner, VoteRequest)
    runner.perform("deliver_and_crash", index, False)
    assert runner.system.is_down(message.to)
    runner.perform("restart", message.to, True, True, None)
    runner.perform("wait_until_due")
    term = message.content.term if isinstance(message.content, VoteRequest) else 0
    assert f"{message.to}: woke -> Restart, follower in term {term - 1}" in runner.transcript()


def test_a_vote_that_was_written_but_not_sent_is_remembered(runner: RuleRunner) -> None:
    """The process crashed after the write; the next one begins in the term of the vote."""
    runner.perform("crash", leader_of(runner))
    index, message = wait_for(runner, VoteRequest)
    runner.perform("deliver_and_crash", index, True)
    assert runner.system.is_down(message.to)
    answers = [each for each in runner.system.in_flight if isinstance(each.content, VoteGranted)]
    assert answers == []
    runner.perform("restart", message.to, True, True, None)
    runner.perform("time_passes", 2 * MILLISECOND)
    term = message.content.term if isinstance(message.content, VoteRequest) else 0
    assert f"{message.to}: woke -> Restart, follower in term {term}" in runner.transcript()


def test_a_leader_hands_over_to_the_successor_that_it_names(runner: RuleRunner) -> None:
    """Its actor stays a member, and is told to follow."""
    leader = leader_of(runner)
    successor = next(member for member in runner.system.members if member != leader)
    runner.perform("resign", leader, successor)
    while runner.system.acting() != (successor,):
        runner.perform("wait_until_due")
        deliver_all(runner)
    runner.perform("settle", "abc")
    assert runner.system.believed_leader(leader) == successor
