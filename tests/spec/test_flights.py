"""Messages from sending to reception, told apart by what each step did."""

from collections.abc import Iterator

from spec.flights import Flight, Reception, Sent
from spec.story import Scene, Story, story_of
from spec.trace import Step, Trace
from spec.values import parse

IDLE = "(m1 :> 0 @@ m2 :> 0 @@ m3 :> 0)"
VOTE_2 = '[kind |-> "Vote", from |-> m1, to |-> m2, term |-> 1, age |-> 0]'
VOTE_3 = '[kind |-> "Vote", from |-> m1, to |-> m3, term |-> 1, age |-> 0]'
OTHER_2 = '[kind |-> "Vote", from |-> m3, to |-> m2, term |-> 1, age |-> 0]'
YES = '[kind |-> "Yes", from |-> m2, to |-> m1, term |-> 1]'
HELLO = '[type |-> "Hello", source |-> m1]'


def story(*steps: tuple[str, str] | tuple[str, str, str]) -> Story:
    """From an idle state on: action, messages, and where it changes the variable `term`."""

    def told() -> Iterator[Step]:
        term = IDLE
        for action, messages, *changed in (("", ""), *steps):
            term = changed[0] if changed else term
            state = {"term": parse(term), "messages": parse(f"{{{messages}}}")}
            yield Step(action=action or None, state=state)

    return story_of("model", "Claim", Trace(steps=tuple(told())))


def last(told: Story) -> Scene:
    return told.scenes[-1]


def sender_of_received(*steps: tuple[str, str] | tuple[str, str, str]) -> str | None:
    received = last(story(*steps)).received
    return received.sender if received else None


def test_a_message_flies_until_it_is_received() -> None:
    """Where receiving consumes it, it is gone in that step, and not lost."""
    told = story(("Ask", VOTE_2, "(m1 :> 1 @@ m2 :> 0 @@ m3 :> 0)"), ("HandleVote", YES))
    asked, answer = told.flights
    assert (asked.since, asked.receptions, asked.gone) == (2, (Reception(step=3, by="m2"),), 3)
    assert answer == Flight(
        message=Sent(kind="Yes", sender="m2", receiver="m1", content="term 1"), since=3
    )
    assert last(told).received == Sent(
        kind="Vote", sender="m1", receiver="m2", content="age 0, term 1"
    )
    assert (last(told).actor, last(told).lost) == ("m2", ())


def test_a_message_that_stays_may_be_received_again() -> None:
    """Where receiving consumes nothing."""
    both = f"{VOTE_2}, {YES}"
    later = both.replace(
        '"Yes", from |-> m2, to |-> m1, term |-> 1', '"Yes", from |-> m2, to |-> m1, term |-> 2'
    )
    told = story(("Ask", VOTE_2), ("HandleVote", both), ("HandleVote", later))
    [asked] = [flight for flight in told.flights if flight.message.kind == "Vote"]
    assert [reception.step for reception in asked.receptions] == [3, 4]
    assert asked.gone is None


def test_a_message_that_goes_without_having_been_received_is_lost() -> None:
    """It was dropped, or has become pointless."""
    told = story(("Ask", VOTE_2), ("Cut", ""))
    assert [message.receiver for message in last(told).lost] == ["m2"]
    assert told.flights[0].gone == 3


def test_whoever_answers_has_received_what_it_answers() -> None:
    """Of several messages the one from whom the answer goes to."""
    votes = f"{VOTE_2}, {OTHER_2}"
    answer = YES.replace("to |-> m1", "to |-> m3")
    assert sender_of_received(("Ask", votes), ("HandleVote", f"{votes}, {answer}")) == "m3"


def test_a_message_that_is_used_up_has_been_received() -> None:
    """Of several messages the one that is gone."""
    assert sender_of_received(("Ask", f"{VOTE_2}, {OTHER_2}"), ("HandleVote", VOTE_2)) == "m3"


def test_a_term_that_is_adopted_comes_from_the_message_that_carries_it() -> None:
    """Of several messages the one of the receiver's new term."""
    votes = f"{VOTE_2}, {OTHER_2.replace('term |-> 1', 'term |-> 5')}"
    adopted = "(m1 :> 0 @@ m2 :> 5 @@ m3 :> 0)"
    assert sender_of_received(("Ask", votes), ("HandleVote", votes, adopted)) == "m3"


def test_what_is_noted_about_a_member_comes_from_its_message() -> None:
    """Of several messages the one whose sender the changed part is about."""
    acks = ", ".join(f'[kind |-> "Ack", from |-> {m}, to |-> m1]' for m in ("m2", "m3"))
    noted = IDLE.replace("m3 :> 0", "m3 :> 1")
    before, after = (f"(m1 :> {row} @@ m2 :> {IDLE} @@ m3 :> {IDLE})" for row in (IDLE, noted))
    assert sender_of_received(("Send", acks, before), ("HandleAck", acks, after)) == "m3"


def test_a_refusal_from_nobody_is_known_by_its_term() -> None:
    """It carries the term of whoever refuses, which is thereby its sender."""
    terms = "(m1 :> 0 @@ m2 :> 0 @@ m3 :> 5)"
    refused = '[kind |-> "Refused", from |-> None, to |-> m1, term |-> 5]'
    votes = f"{VOTE_2}, {VOTE_3}"
    told = story(("Ask", votes, terms), ("HandleVote", f"{votes}, {refused}"))
    assert last(told).actor == "m3"
    assert last(told).sent == (Sent(kind="Refused", sender="m3", receiver="m1", content="term 5"),)


def test_a_member_receives_only_what_is_for_it() -> None:
    """Whose variables changed is known before its message is."""
    voted = "(m1 :> 0 @@ m2 :> 0 @@ m3 :> 1)"
    told = story(("Ask", f"{VOTE_2}, {VOTE_3}"), ("HandleVote", VOTE_2, voted))
    assert [bool(flight.receptions) for flight in told.flights] == [False, True]


def test_a_message_for_everybody_is_received_by_whoever_acts() -> None:
    """But not by its sender."""
    changed = "(m1 :> 0 @@ m2 :> 1 @@ m3 :> 0)"
    told = story(("Greet", HELLO), ("HandleHello", HELLO, changed))
    assert told.flights[0].receptions == (Reception(step=3, by="m2"),)
    own = changed.replace("m1 :> 0", "m1 :> 1").replace("m2 :> 1", "m2 :> 0")
    assert story(("Greet", HELLO), ("HandleHello", HELLO, own)).flights[0].receptions == ()


def test_an_action_of_another_name_receives_only_what_it_uses_up() -> None:
    """A leader elected by its last vote has received it; other actions receive nothing."""
    vote = '[kind |-> "VoteGranted", from |-> m2, to |-> m1, term |-> 1]'
    elected = "(m1 :> 1 @@ m2 :> 0 @@ m3 :> 0)"
    used = story(("Vote", vote), ("BecomeLeader", "", elected))
    assert used.flights[0].receptions == (Reception(step=3, by="m1"),)
    kept = story(("Vote", vote), ("BecomeLeader", vote, elected))
    assert kept.flights[0].receptions == ()
    assert story(("Vote", vote), ("Crash", "", elected)).flights[0].receptions == ()


def test_a_message_that_grew_older_was_not_sent() -> None:
    """It flies on; received later, it is told with its age."""
    older = VOTE_2.replace("age |-> 0", "age |-> 1")
    told = story(("Ask", VOTE_2), ("Tick", older), ("HandleVote", YES))
    assert (told.scenes[2].older, told.scenes[2].sent, told.scenes[2].lost) == (1, (), ())
    assert told.scenes[3].received == Sent(
        kind="Vote", sender="m1", receiver="m2", content="age 1, term 1"
    )
    assert told.flights[0].since == 2


def test_a_message_that_grew_younger_or_otherwise_differs_was_sent() -> None:
    """It replaces the one before, which was never received."""
    older = VOTE_2.replace("age |-> 0", "age |-> 2")
    for other in (VOTE_2, older.replace("term |-> 1", "term |-> 2")):
        scene = last(story(("Ask", older), ("Ask", other)))
        assert (len(scene.sent), len(scene.lost), scene.older) == (1, 1, 0)
