"""Which messages a step sent, received and lost, as far as its effects tell."""

import pytest

from spec.counterexample.message_matching import Mail, Message
from spec.counterexample.story import Story
from spec.trace import State
from spec.values import Function
from tests.spec.counterexample.support import each, message, promise, story

VOTE = message("Vote", "m1", "m2", term=1, age=0)
OLDER = message("Vote", "m1", "m2", term=1, age=1)
TO_M3 = message("Vote", "m1", "m3", term=1, age=0)
FROM_M3 = message("Vote", "m3", "m2", term=1, age=0)
TERM_2 = message("Vote", "m1", "m2", term=2, age=0)
YES = message("Yes", "m2", "m1", term=1)
ACKS = {message("Ack", member, "m1", term=0) for member in ("m2", "m3")}
GRANT = message("VoteGranted", "m2", "m1", term=1)
REFUSAL = message("Refused", "None", "m1", term=5)
PROMISED_M3 = each(promise(0, "None"), m2=promise(1, "m3"))


def told(*steps: tuple[str, set[Function]], **changes: Function) -> Story:
    """A story of steps, each an action and what is in flight after it; the last has the changes."""
    *earlier, (action, messages) = [(name, frozenset(messages)) for name, messages in steps]
    last: State = {"messages": messages, **changes}
    return story(*((name, {"messages": sent}) for name, sent in earlier), (action, last))


def last_mail(*steps: tuple[str, set[Function]], **changes: Function) -> Mail:
    return told(*steps, **changes).scenes[-1].mail


@pytest.mark.parametrize(
    ("before", "action", "after", "changes", "received"),
    [
        pytest.param(
            {VOTE, FROM_M3},
            "HandleVote",
            {VOTE, FROM_M3, message("Yes", "m2", "m3")},
            {},
            ("m3", "m2", "age 0, term 1"),
            id="the step answers its sender",
        ),
        pytest.param(
            {VOTE, TO_M3},
            "HandleVote",
            {VOTE, TO_M3, message("Yes", "m3", "m1")},
            {},
            ("m1", "m3", "age 0, term 1"),
            id="its receiver answers",
        ),
        pytest.param(
            ACKS,
            "HandleAck",
            ACKS,
            {"backing": each(each(0), m1=each(0, m3=1))},
            ("m3", "m1", "term 0"),
            id="the step changes the entry for its sender",
        ),
        pytest.param(
            {VOTE, FROM_M3},
            "HandleVote",
            set(),
            {"promise": PROMISED_M3},
            ("m3", "m2", "age 0, term 1"),
            id="the new value names its sender",
        ),
        pytest.param(
            {VOTE, TERM_2},
            "HandleVote",
            {TERM_2},
            {"term": each(0, m2=2)},
            ("m1", "m2", "age 0, term 2"),
            id="the step adopts its term, although another goes out of flight",
        ),
        pytest.param(
            {VOTE, FROM_M3},
            "HandleVote",
            {VOTE},
            {},
            ("m3", "m2", "age 0, term 1"),
            id="the step takes it out of flight",
        ),
        pytest.param(
            {VOTE, TO_M3},
            "HandleVote",
            {VOTE, TO_M3},
            {"term": each(0, m3=1)},
            ("m1", "m3", "age 0, term 1"),
            id="it is for the member that changes",
        ),
        pytest.param(
            {GRANT},
            "BecomeLeader",
            set(),
            {"role": each("follower", m1="leader")},
            ("m2", "m1", "term 1"),
            id="an action of another name uses it up",
        ),
        pytest.param(
            {GRANT},
            "BecomeLeader",
            {GRANT},
            {"role": each("follower", m1="leader")},
            None,
            id="an action of another name leaves it in flight",
        ),
        pytest.param({GRANT}, "Crash", set(), {}, None, id="the action receives no such message"),
    ],
)
def test_matching_finds_the_message_that_explains_the_step_best(
    before: set[Function],
    action: str,
    after: set[Function],
    changes: dict[str, Function],
    received: tuple[str, str, str] | None,
) -> None:
    """Each case has one piece of evidence, which is its name."""
    found = last_mail(("Send", before), (action, after), **changes).received
    assert received == (found and (found.sender, found.receiver, found.content))


def test_matching_lets_a_message_be_received_twice() -> None:
    """In a specification in which to receive a message does not take it out of flight."""
    again = {VOTE, YES, message("Yes", "m2", "m1", term=2)}
    twice = told(("Ask", {VOTE}), ("HandleVote", {VOTE, YES}), ("HandleVote", again))
    [vote] = twice.scenes[1].mail.sent
    assert twice.receptions_of(vote) == [3, 4]


def test_matching_counts_as_lost_what_goes_and_was_never_received() -> None:
    """A message that was received is not lost, no matter when it goes out of flight."""
    vote = Message(
        number=1, kind="Vote", sender="m1", receiver="m2", content="age 0, term 1", sent_in=2
    )
    assert last_mail(("Ask", {VOTE}), ("Cut", set())).lost == (vote,)
    assert last_mail(("Ask", {VOTE}), ("HandleVote", {YES})).lost == ()
    assert last_mail(("Ask", {VOTE}), ("HandleVote", {VOTE, YES}), ("Cut", {YES})).lost == ()


def test_matching_takes_the_actor_for_the_sender_of_a_refusal() -> None:
    """A refusal names no sender. Its term tells which receiver of a vote request refused it."""
    refused = last_mail(
        ("Ask", {VOTE, TO_M3}), ("HandleVote", {VOTE, TO_M3, REFUSAL}), term=each(0, m3=5)
    )
    assert refused.actor == "m3"
    assert [message.sender for message in refused.sent] == ["m3"]


def test_matching_follows_a_message_while_it_grows_older() -> None:
    """It is the same message, received with its age; a smaller age is a message sent anew."""
    aged = told(("Ask", {VOTE}), ("Tick", {OLDER}), ("HandleVote", {YES}))
    tick, handled = aged.scenes[2].mail, aged.scenes[3].mail
    assert (tick.aged, tick.sent, tick.lost) == (1, (), ())
    assert handled.received == Message(
        number=1, kind="Vote", sender="m1", receiver="m2", content="age 1, term 1", sent_in=2
    )
    anew = last_mail(("Ask", {OLDER}), ("Ask", {VOTE}))
    assert (anew.aged, len(anew.sent), len(anew.lost)) == (0, 1, 1)
