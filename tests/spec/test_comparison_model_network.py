"""What the model's network keeps: as Election.tla keeps it."""

import pytest

from spec.comparison.instance import Instance, members
from spec.comparison.model_network import ModelNetwork
from spec.comparison.spec_states import ABSENT, SpecMember, SpecMessage, SpecState, initial_state

NETWORK = ModelNetwork(Instance(name="two", size=2, patient=members("2"), states=0, transitions=0))
[MEMBER, OTHER] = initial_state(["m1", "m2"]).members
FOLLOWER = OTHER._replace(term=2)
CANDIDATE = MEMBER._replace(role="candidate", term=2)
LEADER = CANDIDATE._replace(role="leader")
BACKED = CANDIDATE._replace(backing=(1, 2))
ASKING = CANDIDATE._replace(role="precandidate", granted=frozenset({"m1"}))


def message(kind: str, sender: str, to: str, term: int = 2, age: int | str = 0) -> SpecMessage:
    """A message; its other fields do not decide whether it matters."""
    return SpecMessage(kind=kind, sender=sender, to=to, term=term, age=age)


def state(one: SpecMember, other: SpecMember, *messages: SpecMessage) -> SpecState:
    """With these messages in flight."""
    return SpecState(members=(one, other), messages=frozenset(messages), winners=frozenset())


@pytest.mark.parametrize(
    ("sent", "kept_by", "dropped_by"),
    [
        (message("PreVoteRequest", "m1", "m2", 3), ASKING, CANDIDATE),
        (
            message("PreVoteGranted", "m2", "m1", 3),
            ASKING,
            ASKING._replace(granted=frozenset({"m1", "m2"})),
        ),
        (message("PreVoteGranted", "m2", "m1", 2), ASKING._replace(term=1), ASKING),
        (message("VoteRequest", "m1", "m2"), CANDIDATE, LEADER),
        (message("VoteGranted", "m2", "m1"), CANDIDATE, BACKED),
        (message("VoteGranted", "m2", "m1"), LEADER, MEMBER),
        (message("Heartbeat", "m1", "m2", 1), LEADER._replace(term=1), LEADER),
        (message("HeartbeatAck", "m2", "m1"), LEADER, CANDIDATE),
        (message("HeartbeatAck", "m2", "m1", 2, 1), LEADER, LEADER._replace(backing=(2, 1))),
        (message("Refused", "m2", "m1", 3), LEADER, LEADER._replace(term=3)),
        (message("Resigned", "m2", "m1", 2), CANDIDATE, CANDIDATE._replace(term=3)),
    ],
)
def test_after_sending_drops_what_can_no_longer_matter(
    sent: SpecMessage, kept_by: SpecMember, dropped_by: SpecMember
) -> None:
    """A message is kept beside one state of m1, and dropped beside another."""
    other = FOLLOWER
    assert NETWORK.after_sending(state(kept_by, other), {sent}).messages == {sent}
    assert NETWORK.after_sending(state(dropped_by, other), {sent}).messages == frozenset()


@pytest.mark.parametrize("kind", ["VoteRequest", "Heartbeat"])
def test_a_question_of_a_higher_term_matters_whatever_its_sender_does(kind: str) -> None:
    """Its recipient would still answer."""
    sent = message(kind, "m1", "m2", 3)
    assert NETWORK.after_sending(state(MEMBER, FOLLOWER), {sent}).messages == {sent}
    assert NETWORK.matters(sent, None, FOLLOWER)


def test_after_sending_keeps_the_newer_of_two_messages_of_one_way_and_term() -> None:
    """The older one says the same and backs less."""
    old, new = message("Heartbeat", "m1", "m2", age=1), message("Heartbeat", "m1", "m2")
    another = message("Heartbeat", "m1", "m2", 3, 1)
    before = state(LEADER, FOLLOWER, old, another)
    assert NETWORK.after_sending(before, {new}).messages == {new, another}


def test_older_counts_ages_up_to_the_longest_lease() -> None:
    """Beyond that it makes no difference; a resignation has no age."""
    assert NETWORK.older(message("Heartbeat", "m1", "m2", age=1), 1).age == 2
    assert NETWORK.older(message("Heartbeat", "m1", "m2", age=2), 1).age == 2
    resigned = message("Resigned", "m1", "m2", age=ABSENT)
    assert NETWORK.older(resigned, 1) == resigned
