"""Giving a vote, counting votes, and the last vote of a quorum."""

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Persist,
    RefusalReason,
)
from leader.protocol.state import Promise, Role
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    FIVE,
    HALF,
    NANOSECOND,
    A,
    B,
    C,
    E,
    asking,
    at,
    following,
    grant,
    heard,
    ignoring,
    leading,
    member,
    pre_vote_request,
    promised,
    record,
    refusing,
    renewing,
    resignation,
    standing,
    to,
    vote_granted,
    vote_refused,
    vote_request,
)

BECAME_5_TO_6 = AnnounceTerm(old=Term(5), new=Term(6))


# HandleVoteRequest


def test_handle_vote_request_records_the_vote_before_it_is_sent() -> None:
    """A vote moves the voter to the term, and promises to vote for no other member."""
    state = member(following(None, 120))
    assert step(state, heard(vote_request(B, 6, sent=7)), at(100, HALF)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        member(following(None, 251), durable=record(6), promise=promised(B, 201)),
        (Persist(record(6)), to(B, vote_granted(A, 6, sent=7)), BECAME_5_TO_6),
    )


@pytest.mark.parametrize("term", [4, 5])
def test_handle_vote_request_refuses_a_term_that_is_not_higher(term: int) -> None:
    """Not even the same member gets a second vote in a term: two votes could elect two leaders."""
    state = member(following(None, 120), promise=promised(B, 110))
    assert step(state, heard(vote_request(B, term, sent=7)), at(100)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        state,
        refusing(B, vote_refused(A, 5), RefusalReason.TERM_NOT_HIGHER),
    )


@pytest.mark.parametrize("promise", [promised(C, 120), promised(None, 120), promised(A, 120)])
def test_handle_vote_request_refuses_because_of_a_promise_to_another(promise: Promise) -> None:
    """A lease may rest on that promise; a refusal does not adopt the term."""
    state = member(following(None, 150), promise=promise)
    asked = heard(vote_request(B, 9, sent=7))
    assert step(state, asked, at(120 - NANOSECOND)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        state,
        refusing(B, vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER),
    )
    assert step(state, asked, at(120)).effects[1] == to(B, vote_granted(A, 9, sent=7))


def test_handle_vote_request_grants_to_the_promised_member_at_once() -> None:
    """So a leader can renew in place, and its follower goes on following it."""
    durable = record(5, stamp=5)
    state = member(following(B, 150), durable=durable, promise=promised(B, 140))
    renewed = record(9, stamp=5)
    assert step(state, heard(vote_request(B, 9, sent=7, stamp=5)), at(100)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        member(following(B, 201), durable=renewed, promise=promised(B, 201)),
        (
            Persist(renewed),
            to(B, vote_granted(A, 9, sent=7)),
            AnnounceTerm(old=Term(5), new=Term(9)),
        ),
    )


def test_handle_vote_request_cuts_no_longer_promise_to_the_candidate_short() -> None:
    """Neither now nor after a restart: the candidate may still lead because of that promise."""
    durable = record(5, promise=400)
    state = member(following(B, 150), durable=durable, promise=promised(B, 300))
    assert step(state, heard(vote_request(B, 6, sent=7)), at(100)).state == member(
        following(B, 201), durable=record(6, promise=400), promise=promised(B, 300)
    )


@pytest.mark.parametrize(("stamp", "granted"), [(2, False), (3, True), (4, True)])
def test_handle_vote_request_refuses_an_older_membership(stamp: int, granted: bool) -> None:
    """Two lists of voters have two quorums, so a member with the older list must not lead."""
    state = member(following(None, 150), durable=record(5, stamp=3))
    answered = step(state, heard(vote_request(B, 6, sent=7, stamp=stamp)), at(100))
    vote, refusal = to(B, vote_granted(A, 6, sent=7)), to(B, vote_refused(A, 5))
    assert (vote in answered.effects, refusal in answered.effects) == (granted, not granted)
    assert answered.state.term == (6 if granted else 5)


def test_handle_vote_request_ends_following_the_former_leader() -> None:
    """The promise to that leader is over, and so is its lease."""
    state = member(following(C, 150), promise=promised(C, 90))
    assert step(state, heard(vote_request(B, 6, sent=7)), at(100)).effects == (
        Persist(record(6)),
        to(B, vote_granted(A, 6, sent=7)),
        BECAME_5_TO_6,
        AnnounceFollowing(None),
    )


def test_handle_vote_request_grants_the_vote_of_a_pre_candidate() -> None:
    """Its own round has bound it to nothing."""
    state = member(asking(A, C, started=90, deadline=200))
    assert step(state, heard(vote_request(B, 6, sent=7)), at(100)).state == member(
        following(None, 201), durable=record(6), promise=promised(B, 201)
    )


def test_handle_vote_request_lets_a_leader_vote_once_its_promise_to_itself_is_over() -> None:
    """Its lease ended before that promise did."""
    role = leading(grant(A, 0), grant(C, 0), deadline=150)
    state = member(role, durable=record(5, stamp=5), promise=promised(A, 101))
    asked = heard(vote_request(B, 6, sent=7, stamp=5))
    refused = refusing(B, vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER)
    assert step(state, asked, at(101 - NANOSECOND)).effects == refused
    assert step(state, asked, at(101)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        member(following(None, 202), durable=record(6, stamp=5), promise=promised(B, 202)),
        (
            Persist(record(6, stamp=5)),
            to(B, vote_granted(A, 6, sent=7)),
            BECAME_5_TO_6,
            AnnounceFollowing(None),
        ),
    )


@pytest.mark.parametrize("leader", [B, C])
def test_handle_vote_request_grants_if_it_shows_the_resignation_of_the_promised_leader(
    leader: MemberId,
) -> None:
    """The successor's request may arrive before the resignation; a promise to another member stands."""
    state = member(following(C, 150), promise=promised(C, 140))
    asked = vote_request(B, 6, sent=7, rests_on=resignation(leader, 5))
    answered = to(B, vote_granted(A, 6, sent=7)) if leader == C else to(B, vote_refused(A, 5))
    assert answered in step(state, heard(asked), at(100)).effects


@pytest.mark.parametrize(("term", "granted"), [(4, False), (5, True), (6, True)])
def test_handle_vote_request_heeds_a_resignation_only_up_to_its_term(
    term: int, granted: bool
) -> None:
    """A promise of a later term is to a later leadership of the same member, so it stands."""
    state = member(following(C, 150), promise=promised(C, 140))
    asked = vote_request(B, 7, sent=7, rests_on=resignation(C, term))
    assert step(state, heard(asked), at(100)).state.term == (7 if granted else 5)


def test_handle_vote_request_keeps_the_promise_of_a_former_life() -> None:
    """It is not known to which member that promise was made."""
    state = member(following(None, 150), promise=promised(None, 140))
    asked = vote_request(B, 6, sent=7, rests_on=resignation(C, 5))
    refused = refusing(B, vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER)
    assert step(state, heard(asked), at(100)).effects == refused


def test_handle_vote_request_grants_without_a_promise_whatever_resignation_it_shows() -> None:
    """The vote is given as to every candidate."""
    asked = vote_request(B, 6, sent=7, rests_on=resignation(C, 5))
    voted = step(member(following(None, 150)), heard(asked), at(100))
    assert voted == step(member(following(None, 150)), heard(vote_request(B, 6, sent=7)), at(100))


# HandleVoteGranted


def test_handle_vote_granted_counts_a_vote_short_of_a_quorum() -> None:
    """Its promise counts from when the request was sent."""
    durable = record(6, voters=FIVE)
    state = member(standing(grant(A, 100), deadline=250), durable=durable)
    voted = heard(vote_granted(B, 6, sent=100, promise=80))
    assert step(state, voted, at(110)) == Transition(
        Action.HANDLE_VOTE_GRANTED,
        member(standing(grant(A, 100), grant(B, 100, promise=80), deadline=250), durable=durable),
        (),
    )


def test_handle_vote_granted_counts_each_voter_once() -> None:
    """A repeated vote elects no member."""
    answers = grant(A, 100), grant(B, 100)
    durable = record(6, voters=(A, B, C, E))
    state = member(standing(*answers, deadline=250), durable=durable)
    counted = step(state, heard(vote_granted(B, 6, sent=100)), at(110))
    assert counted == Transition(
        Action.HANDLE_VOTE_GRANTED,
        member(standing(*answers, deadline=250), durable=durable),
        (),
    )


@pytest.mark.parametrize("term", [5, 7])
def test_handle_vote_granted_ignores_a_vote_of_another_term(term: int) -> None:
    """It was given to another candidacy."""
    state = member(standing(grant(A, 100), deadline=250), durable=record(6))
    assert step(state, heard(vote_granted(B, term, sent=100)), at(110)) == ignoring(
        state, RefusalReason.CANDIDACY_OVER, f"the vote of {B} is for a candidacy that is over"
    )


@pytest.mark.parametrize("role", [following(None, 200), asking(A, started=100, deadline=200)])
def test_handle_vote_granted_ignores_a_vote_in_another_role(role: Role) -> None:
    """The candidacy was given up, and the promise to itself with it."""
    state = member(role, durable=record(6))
    assert step(state, heard(vote_granted(B, 6, sent=100)), at(110)) == ignoring(
        state, RefusalReason.CANDIDACY_OVER, f"the vote of {B} is for a candidacy that is over"
    )


def test_handle_vote_granted_ignores_a_vote_for_a_request_of_the_future() -> None:
    """It would back a lease that no voter promised; an answer at the instant of the request counts."""
    state = member(standing(grant(A, 100), deadline=250), durable=record(6))
    assert step(state, heard(vote_granted(B, 6, sent=110 + NANOSECOND)), at(110)) == ignoring(
        state,
        RefusalReason.NEVER_ASKED,
        f"the vote of {B} answers a request that was never sent",
    )
    elected = step(state, heard(vote_granted(B, 6, sent=110)), at(110))
    assert elected.action == Action.BECOME_LEADER


# BecomeLeader


def test_become_leader_stamps_the_membership_and_is_due_a_heartbeat_at_once() -> None:
    """Parked requests are dropped: nothing stands against the new leader."""
    request = pre_vote_request(C, 6, sent=3)
    state = member(
        standing(grant(A, 100), deadline=250),
        durable=record(6),
        promise=promised(A, 201),
        parked=(request,),
    )
    assert step(state, heard(vote_granted(B, 6, sent=100)), at(110)) == Transition(
        Action.BECOME_LEADER,
        member(
            leading(grant(A, 100), grant(B, 100), deadline=110),
            durable=record(6, stamp=6),
            promise=promised(A, 201),
        ),
        (
            Persist(record(6, stamp=6)),
            AnnounceLeading(Term(6)),
        ),
    )


def test_become_leader_needs_a_quorum_whose_promises_still_last() -> None:
    """Until 199 ms, and not at that instant."""
    state = member(standing(grant(A, 100), deadline=250), durable=record(6))
    voted = heard(vote_granted(B, 6, sent=100))
    assert step(state, voted, at(199 - NANOSECOND)).action == Action.BECOME_LEADER
    assert step(state, voted, at(199)) == Transition(
        Action.HANDLE_VOTE_GRANTED,
        member(standing(grant(A, 100), grant(B, 100), deadline=250), durable=record(6)),
        (),
    )


def test_handle_vote_granted_extends_the_lease_of_a_leader() -> None:
    """After the election, a vote counts like an answer to a heartbeat."""
    durable = record(6, stamp=6)
    answers = grant(A, 120), grant(B, 100)
    state = member(leading(*answers, deadline=150), durable=durable)
    assert step(state, heard(vote_granted(C, 6, sent=100)), at(125)) == Transition(
        Action.HANDLE_VOTE_GRANTED,
        member(leading(*answers, grant(C, 100), deadline=150), durable=durable),
        (),
    )


def test_become_candidate_keeps_the_lease_of_a_leader() -> None:
    """It asks like a candidate and goes on acting meanwhile."""
    role = leading(grant(A, 90), grant(B, 60), deadline=120)
    renewed = step(member(role, durable=record(5, stamp=5)), heard(vote_refused(C, 8)), at(100))
    assert renewed.state == member(
        renewing(grant(A, 100), lease_until=159, deadline=130),
        durable=record(9, stamp=5),
        promise=promised(A, 201),
    )


def test_become_leader_after_a_renewal_announces_only_the_term() -> None:
    """The application has not ceased to lead."""
    state = member(
        renewing(grant(A, 100), lease_until=150, deadline=130),
        durable=record(9, stamp=5),
        promise=promised(A, 201),
    )
    assert step(state, heard(vote_granted(B, 9, sent=100)), at(110)) == Transition(
        Action.BECOME_LEADER,
        member(
            leading(grant(A, 100), grant(B, 100), deadline=110),
            durable=record(9, stamp=9),
            promise=promised(A, 201),
        ),
        (Persist(record(9, stamp=9)), AnnounceTerm(old=Term(5), new=Term(9))),
    )


def test_handle_vote_granted_short_of_a_quorum_does_not_end_a_renewal() -> None:
    """The leader goes on by the lease of its former term."""
    durable = record(9, stamp=5, voters=FIVE)
    state = member(renewing(grant(A, 100), lease_until=150, deadline=130), durable=durable)
    role = renewing(grant(A, 100), grant(B, 100), lease_until=150, deadline=130)
    assert step(state, heard(vote_granted(B, 9, sent=100)), at(110)) == Transition(
        Action.HANDLE_VOTE_GRANTED, member(role, durable=durable), ()
    )
