"""Heartbeats, the answers to them, and the lease that rests on those answers."""

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import AnnounceFollowing, AnnounceTerm, Persist, RefusalReason
from leader.protocol.state import Role
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Term
from tests.protocol.builders import (
    HALF,
    NANOSECOND,
    WOKE,
    A,
    B,
    C,
    asking,
    at,
    following,
    grant,
    heard,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    ignoring,
    instant,
    leading,
    member,
    nothing,
    pre_vote_request,
    promised,
    record,
    refusing,
    renewing,
    resignation,
    standing,
    to,
)

LED_5 = record(5, stamp=5)
"""The record of a member that leads term 5 or follows its leader."""


# SendHeartbeat


def test_send_heartbeat_is_taken_when_it_is_due_and_not_before() -> None:
    """It renews the promise to itself and asks every other voter for a promise."""
    state = member(
        leading(grant(A, 0), grant(B, 0), deadline=30), durable=LED_5, promise=promised(A, 101)
    )
    beat = heartbeat(A, 5, sent=30)
    assert step(state, WOKE, at(30 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(30)) == Transition(
        Action.SEND_HEARTBEAT,
        member(
            leading(grant(A, 30), grant(B, 0), deadline=60),
            durable=LED_5,
            promise=promised(A, 131),
        ),
        (to(B, beat), to(C, beat)),
    )


@pytest.mark.parametrize(("promise", "deadline"), [(1, 30.5), (60, 50), (90, 60), (500, 60)])
def test_send_heartbeat_is_due_after_a_third_of_the_shortest_promise(
    promise: float, deadline: float
) -> None:
    """Longer promises of others do not slow the leader down, and an absurdly short one does not busy it."""
    role = leading(grant(A, 0), grant(B, 0), grant(C, 0, promise=promise), deadline=30)
    beat = step(member(role, durable=LED_5), WOKE, at(30))
    assert beat.state.role.deadline == instant(deadline)


def test_send_heartbeat_is_not_taken_when_the_lease_is_over() -> None:
    """If both are due at the same instant, the leader steps down."""
    state = member(leading(grant(A, 0), grant(B, 0), deadline=99), durable=LED_5)
    assert step(state, WOKE, at(99)).action == Action.EXPIRE_LEASE


# HandleHeartbeat


def test_handle_heartbeat_promises_again() -> None:
    """Nothing has to be recorded or announced; the deadline moves by a random time."""
    state = member(following(B, 120), durable=LED_5, promise=promised(B, 120))
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(50, HALF)) == Transition(
        Action.HANDLE_HEARTBEAT,
        member(following(B, 201), durable=LED_5, promise=promised(B, 151)),
        (to(B, heartbeat_ack(A, 5, sent=7)),),
    )


def test_handle_heartbeat_cuts_no_longer_promise_short() -> None:
    """It was given with other settings, and the leader may still count on it."""
    durable = record(5, stamp=5, promise=400)
    state = member(following(B, 120), durable=durable, promise=promised(B, 300))
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(50)).state == member(
        following(B, 151), durable=durable, promise=promised(B, 300)
    )


@pytest.mark.parametrize(
    "role", [asking(A, started=40, deadline=150), standing(grant(A, 40), deadline=150)]
)
def test_handle_heartbeat_ends_the_campaign_of_the_same_term(role: Role) -> None:
    """Another member has won the term; its membership is adopted, and parked requests are dropped."""
    request = pre_vote_request(C, 6, sent=3)
    state = member(role, promise=promised(A, 141), parked=(request,))
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(50)) == Transition(
        Action.HANDLE_HEARTBEAT,
        member(following(B, 151), durable=LED_5, promise=promised(B, 151)),
        (Persist(LED_5), to(B, heartbeat_ack(A, 5, sent=7)), AnnounceFollowing(B)),
    )


def test_handle_heartbeat_follows_a_higher_term_in_spite_of_a_promise() -> None:
    """That leader could not lead unless the promises of a quorum to the former one were over."""
    state = member(following(C, 120), durable=LED_5, promise=promised(C, 300))
    led_6 = record(6, stamp=6)
    assert step(state, heard(heartbeat(B, 6, sent=7)), at(50)) == Transition(
        Action.HANDLE_HEARTBEAT,
        member(following(B, 151), durable=led_6, promise=promised(B, 151)),
        (
            Persist(led_6),
            to(B, heartbeat_ack(A, 6, sent=7)),
            AnnounceTerm(old=Term(5), new=Term(6)),
            AnnounceFollowing(B),
        ),
    )


def test_handle_heartbeat_refuses_a_lower_term() -> None:
    """Its sender learns our term; nothing is promised."""
    state = member(following(C, 120), durable=LED_5, promise=promised(C, 120))
    assert step(state, heard(heartbeat(B, 4, sent=7)), at(50)) == Transition(
        Action.HANDLE_HEARTBEAT,
        state,
        refusing(B, heartbeat_refused(A, 5), RefusalReason.TERM_LOWER),
    )


@pytest.mark.parametrize(("theirs", "kept"), [(3, 4), (4, 4), (5, 5)])
def test_handle_heartbeat_adopts_only_a_newer_membership(theirs: int, kept: int) -> None:
    """The answer says which one the follower has."""
    state = member(following(B, 120), durable=record(5, stamp=4))
    followed = step(state, heard(heartbeat(B, 5, sent=7, stamp=theirs)), at(50))
    assert followed.state.durable == record(5, stamp=kept)
    assert to(B, heartbeat_ack(A, 5, sent=7, stamp=kept)) in followed.effects


@pytest.mark.parametrize("term", [5, 6])
def test_handle_heartbeat_ignores_a_leader_that_has_resigned(term: int) -> None:
    """Otherwise the member would wait for a leader that is gone."""
    state = member(following(None, 120), resignation=resignation(B, 6))
    assert step(state, heard(heartbeat(B, term, sent=7)), at(50)) == ignoring(
        state, RefusalReason.LEADER_RESIGNED, f"a late heartbeat of {B}, which has resigned"
    )


def test_handle_heartbeat_follows_a_later_term_of_a_leader_that_resigned() -> None:
    """The resignation was of terms up to its own, and of that member only."""
    state = member(following(None, 120), resignation=resignation(B, 6))
    for leader, term in ((B, 7), (C, 5)):
        followed = step(state, heard(heartbeat(leader, term, sent=7)), at(50))
        assert followed.state.role == following(leader, 151)


def test_handle_heartbeat_of_a_second_leader_of_our_term_is_an_alarm() -> None:
    """The sender lies or broke an assumption. If we ended, one message of a voter could end every leader."""
    state = member(leading(grant(A, 0), grant(C, 0), deadline=30), durable=LED_5)
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(20)) == ignoring(
        state,
        RefusalReason.SECOND_LEADER,
        f"{B} claims to lead term 5, which {A} leads",
        alarming=True,
    )


def test_handle_heartbeat_makes_a_leader_follow_a_higher_term() -> None:
    """It was cut off, and has not noticed yet that its lease is over."""
    state = member(
        leading(grant(A, 0), grant(C, 0), deadline=130), durable=LED_5, promise=promised(A, 101)
    )
    led_6 = record(6, stamp=6)
    assert step(state, heard(heartbeat(B, 6, sent=7)), at(120)) == Transition(
        Action.HANDLE_HEARTBEAT,
        member(following(B, 221), durable=led_6, promise=promised(B, 221)),
        (
            Persist(led_6),
            to(B, heartbeat_ack(A, 6, sent=7)),
            AnnounceTerm(old=Term(5), new=Term(6)),
            AnnounceFollowing(B),
        ),
    )


def test_handle_heartbeat_makes_a_renewing_leader_follow_the_winner_of_its_term() -> None:
    """It has led only its former term."""
    state = member(
        renewing(grant(A, 100), lease_until=130, deadline=120), durable=record(6, stamp=5)
    )
    followed = step(state, heard(heartbeat(B, 6, sent=7)), at(140))
    assert followed.state.role == following(B, 241)
    assert followed.effects[2:] == (
        AnnounceTerm(old=Term(5), new=Term(6)),
        AnnounceFollowing(B),
    )


# HandleHeartbeatAck


def test_handle_heartbeat_ack_counts_from_when_the_heartbeat_was_sent() -> None:
    """However late it arrives."""
    state = member(leading(grant(A, 30), grant(B, 0), deadline=60), durable=LED_5)
    assert step(state, heard(heartbeat_ack(B, 5, sent=30, promise=70)), at(55)) == Transition(
        Action.HANDLE_HEARTBEAT_ACK,
        member(leading(grant(A, 30), grant(B, 0), deadline=60), durable=LED_5),
        (),
    )
    assert step(state, heard(heartbeat_ack(B, 5, sent=30)), at(55)) == Transition(
        Action.HANDLE_HEARTBEAT_ACK,
        member(leading(grant(A, 30), grant(B, 30), deadline=60), durable=LED_5),
        (),
    )


@pytest.mark.parametrize("term", [4, 6])
def test_handle_heartbeat_ack_ignores_an_answer_to_another_term(term: int) -> None:
    """A promise to another leadership does not back this one, even if it is of the same member."""
    state = member(leading(grant(A, 30), grant(B, 0), deadline=60), durable=LED_5)
    assert step(state, heard(heartbeat_ack(B, term, sent=30)), at(55)) == ignoring(
        state, RefusalReason.LEADERSHIP_OVER, f"the answer of {B} is to a leadership that is over"
    )


@pytest.mark.parametrize(
    "role",
    [
        following(None, 200),
        asking(A, started=0, deadline=200),
        standing(grant(A, 0), deadline=200),
        renewing(grant(A, 40), lease_until=99, deadline=70),
    ],
)
def test_handle_heartbeat_ack_ignores_an_answer_in_another_role(role: Role) -> None:
    """Answers to heartbeats back neither a candidacy nor a renewal."""
    state = member(role, durable=LED_5)
    assert step(state, heard(heartbeat_ack(B, 5, sent=30)), at(55)) == ignoring(
        state, RefusalReason.LEADERSHIP_OVER, f"the answer of {B} is to a leadership that is over"
    )


def test_handle_heartbeat_ack_ignores_an_answer_to_a_heartbeat_of_the_future() -> None:
    """It would back a lease that no voter promised; an answer at the instant of the heartbeat counts."""
    state = member(leading(grant(A, 30), grant(B, 0), deadline=60), durable=LED_5)
    assert step(state, heard(heartbeat_ack(B, 5, sent=55 + NANOSECOND)), at(55)) == ignoring(
        state,
        RefusalReason.NEVER_ASKED,
        f"the answer of {B} is to a heartbeat that was never sent",
    )
    counted = step(state, heard(heartbeat_ack(B, 5, sent=55)), at(55))
    assert counted.state.role == leading(grant(A, 30), grant(B, 55), deadline=60)


# ExpireLease


def test_expire_lease_is_taken_when_the_lease_is_over_and_not_before() -> None:
    """It waits for no message; the promise to itself ends with the leadership."""
    state = member(
        leading(grant(A, 90), grant(B, 0), deadline=120), durable=LED_5, promise=promised(A, 191)
    )
    assert step(state, WOKE, at(99 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(99, HALF)) == Transition(
        Action.EXPIRE_LEASE,
        member(following(None, 250), durable=LED_5),
        (AnnounceFollowing(None),),
    )


def test_expire_lease_is_due_at_once_if_no_quorum_backs_the_lease() -> None:
    """Whatever the time is."""
    state = member(leading(grant(A, 90), deadline=120), durable=LED_5)
    assert next_deadline(state) == 0
    assert step(state, WOKE, at(0)).action == Action.EXPIRE_LEASE


def test_expire_lease_ends_a_renewal_with_the_lease_of_its_former_term() -> None:
    """If both are due it tries no further term; the application sees the term that was not won."""
    state = member(
        renewing(grant(A, 90), lease_until=99, deadline=99),
        durable=record(6, stamp=5),
        promise=promised(A, 191),
    )
    assert step(state, WOKE, at(99 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(99)) == Transition(
        Action.EXPIRE_LEASE,
        member(following(None, 200), durable=record(6, stamp=5)),
        (AnnounceTerm(old=Term(5), new=Term(6)), AnnounceFollowing(None)),
    )


def test_parked_requests_are_answered_after_the_leader_has_stepped_down() -> None:
    """Members that asked while it led need not ask again."""
    request = pre_vote_request(B, 6, sent=7, stamp=5)
    state = member(
        leading(grant(A, 90), grant(B, 0), deadline=120),
        durable=LED_5,
        promise=promised(A, 191),
        parked=(request,),
    )
    stepped = step(state, WOKE, at(99)).state
    assert step(stepped, WOKE, at(99)).action == Action.HANDLE_PRE_VOTE_REQUEST
