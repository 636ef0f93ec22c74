"""Which messages a step sent, received and lost, as far as its effects tell.

A message is written as its kind, sender, receiver and term.
"""

import pytest

from spec.counterexample.story import Story
from spec.trace import StateValues
from spec.values import Function
from tests.spec.counterexample_support import NO_PROMISE, each, message, promise, story

ASKED = "Vote m1 m2 1, Vote m3 m2 1, Vote m1 m3 1"
TERMS = "Vote m1 m2 1, Vote m1 m2 2"
ACKS = "Ack m2 m1 0, Ack m3 m1 0"
WON = "VoteGranted m2 m1 1"

ADOPTED = {"term": each(0, m2=2)}
CHANGED = {"stamp": each(0, m3=1)}
LEADS = {"role": each("follower", m1="leader")}
BACKED = {"backing": each(each(0), m1=each(0, m3=1))}
PROMISED = {"promise": each(NO_PROMISE, m2=promise(1, "m3"))}

# What explains the step: before, the action, after, what else it changes, the message received.
EVIDENCE: dict[str, tuple[str, str, str, StateValues, str | None]] = {
    "its sender is answered": (ASKED, "HandleVote", f"{ASKED}, Yes m2 m3 1", {}, "m3 m2 1"),
    "its receiver answers": (ASKED, "HandleVote", f"{ASKED}, Yes m3 m1 1", {}, "m1 m3 1"),
    "the entry of its sender changes": (ACKS, "HandleAck", ACKS, BACKED, "m3 m1 0"),
    "the new value names its sender": (ASKED, "HandleVote", "", PROMISED, "m3 m2 1"),
    "its term is adopted": (TERMS, "HandleVote", "Vote m1 m2 2", ADOPTED, "m1 m2 2"),
    "it goes out of flight": (ACKS, "HandleAck", "Ack m2 m1 0", {}, "m3 m1 0"),
    "it is for the member that changes": (ASKED, "HandleVote", ASKED, CHANGED, "m1 m3 1"),
    "an action of another name uses it up": (WON, "BecomeLeader", "", LEADS, "m2 m1 1"),
    "an action of another name leaves it": (WON, "BecomeLeader", WON, LEADS, None),
    "the action receives no such message": (WON, "Crash", "", {}, None),
}


def sent(texts: str) -> frozenset[Function]:
    """The messages in a text, separated by commas."""
    words = (text.split() for text in texts.split(", ") if text)
    return frozenset(message(kind, *ends, term=int(term)) for kind, *ends, term in words)


def told(*steps: tuple[str, str]) -> Story:
    """The story of steps, each an action and what is in flight after it."""
    return story(*((action, {"messages": sent(texts)}) for action, texts in steps))


@pytest.mark.parametrize("case", EVIDENCE)
def test_matching_finds_the_message_that_explains_the_step_best(case: str) -> None:
    """Each case has one piece of evidence, which is its name."""
    before, action, after, changes, received = EVIDENCE[case]
    first: StateValues = {"messages": sent(before), "stamp": each(0)}
    last: StateValues = {"messages": sent(after), **changes}
    found = story(("Send", first), (action, last)).scenes[-1].mail.received
    assert received == (found and f"{found.sender} {found.receiver} {found.content[5:]}")


def test_matching_takes_the_receiver_in_the_term_of_a_refusal_for_its_sender() -> None:
    """A refusal names no sender; it carries the term of the member that refuses."""
    asked: StateValues = {"term": each(1, m3=5), "messages": sent(ASKED)}
    refused: StateValues = {"messages": sent(f"{ASKED}, Refused None m1 5")}
    [refusal] = story(("Ask", asked), ("HandleVote", refused)).scenes[-1].mail.sent
    assert refusal.sender == "m3"


def test_matching_lets_a_message_be_received_twice() -> None:
    """In a specification in which to receive a message does not take it out of flight."""
    twice = told(
        ("Ask", WON),
        ("HandleVoteGranted", f"{WON}, A m1 m2 1"),
        ("HandleVoteGranted", f"{WON}, B m1 m2 1"),
    )
    [granted] = twice.scenes[1].mail.sent
    assert twice.receptions_of(granted) == [3, 4]


def test_matching_counts_as_lost_what_goes_and_was_never_received() -> None:
    """A message that was received is not lost, no matter when it goes out of flight."""
    handled = ("HandleVoteGranted", f"{WON}, A m1 m2 1")
    for steps, lost in (([], 1), ([handled], 0)):
        mail = told(("Ask", WON), *steps, ("Cut", "A m1 m2 1")).scenes[-1].mail
        assert [other.kind for other in mail.lost] == ["VoteGranted"] * lost


def test_matching_takes_a_smaller_age_for_a_message_sent_anew() -> None:
    """One that grew older is the same message."""
    young, old = (frozenset({message("Hello", "m1", "m2", age=age)}) for age in (0, 1))
    for before, after, count in ((young, old, 0), (old, young, 1)):
        told = story(("Ask", {"messages": before}), ("Act", {"messages": after}))
        mail = told.scenes[-1].mail
        assert (len(mail.sent), len(mail.lost)) == (count, count)
