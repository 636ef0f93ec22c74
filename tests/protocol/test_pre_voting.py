"""Pre-votes, and the campaign that follows a quorum of them."""

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import AnnounceFollowing, AnnounceTerm, Persist, RefusalReason
from leader.protocol.state import Promise, Role
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Term
from tests.protocol.builders import (
    FIVE,
    HALF,
    NANOSECOND,
    WOKE,
    A,
    B,
    C,
    D,
    E,
    asking,
    at,
    backoff,
    following,
    grant,
    heard,
    ignoring,
    leading,
    member,
    nothing,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    promised,
    record,
    refusing,
    renewing,
    standing,
    to,
    vote_request,
)

BECAME_5_TO_6 = AnnounceTerm(old=Term(5), new=Term(6))


# StartPreVote


def test_start_pre_vote_asks_every_other_voter_at_the_deadline_and_not_before() -> None:
    """It asks about the next term and records nothing."""
    state = member(following(B, 150), promise=promised(B, 140))
    question = pre_vote_request(A, 6, sent=150)
    assert step(state, WOKE, at(150 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(150)) == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=150, deadline=251), promise=promised(B, 140)),
        (to(B, question), to(C, question), AnnounceFollowing(None)),
    )


def test_start_pre_vote_waits_for_the_end_of_a_promise_to_another() -> None:
    """A voter does not disturb the leader that it has promised its vote."""
    state = member(following(None, 100), promise=promised(B, 140))
    assert step(state, WOKE, at(140 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(140)).action == Action.START_PRE_VOTE


@pytest.mark.parametrize(
    "role",
    [asking(A, started=40, deadline=150), standing(grant(A, 40), grant(B, 40), deadline=150)],
)
def test_start_pre_vote_asks_again_if_the_last_round_was_not_won(role: Role) -> None:
    """There is an election after a split vote; earlier grants and the promise to itself are forgotten."""
    state = member(role, promise=promised(A, 400))
    question = pre_vote_request(A, 6, sent=150)
    assert step(state, WOKE, at(150 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(150)) == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=150, deadline=251)),
        (to(B, question), to(C, question)),
    )


def test_start_pre_vote_draws_the_length_of_the_round_at_random() -> None:
    """Otherwise two members could time out together again and again."""
    asked = step(member(following(None, 150)), WOKE, at(150, HALF))
    assert asked.state == member(asking(A, started=150, deadline=301))


def test_start_pre_vote_is_never_due_for_an_observer() -> None:
    """It is not in its own membership, so nothing is due while it follows no leader and knows no list."""
    observer = member(following(None, 150), name=D, durable=record(voters=()))
    assert next_deadline(observer) is None
    assert step(observer, WOKE, at(900)) == nothing(observer)


# HandlePreVoteRequest


def test_handle_pre_vote_request_grants_and_binds_no_member() -> None:
    """Nothing is recorded or promised; the own deadline moves back to leave time for the asker's round."""
    state = member(following(None, 101))
    assert step(state, heard(pre_vote_request(B, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 102), backoff=backoff(B, 102)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


@pytest.mark.parametrize("term", [4, 5])
def test_handle_pre_vote_request_refuses_a_term_that_is_not_higher(term: int) -> None:
    """The vote would be refused too; the asker learns our term, and its request is not parked."""
    state = member(following(None, 101))
    assert step(state, heard(pre_vote_request(B, term, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        state,
        refusing(B, pre_vote_refused(A, 5), RefusalReason.TERM_NOT_HIGHER),
    )


def test_handle_pre_vote_request_refuses_and_parks_because_of_a_promise() -> None:
    """A live leader must not be disturbed; the asker gets another answer when the promise is over."""
    state = member(following(C, 150), promise=promised(C, 120))
    request = pre_vote_request(B, 6, sent=7)
    before_its_end, at_its_end = at(120 - NANOSECOND), at(120)
    assert step(state, heard(request), before_its_end) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(C, 150), promise=promised(C, 120), parked=(request,)),
        refusing(B, pre_vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER),
    )
    assert step(state, heard(request), at_its_end) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(C, 150), promise=promised(C, 120), backoff=backoff(B, 122)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


def test_handle_pre_vote_request_grants_to_the_promised_member() -> None:
    """A leader that lost its quorum may ask the voters that have promised it their votes."""
    state = member(following(B, 150), promise=promised(B, 120))
    assert step(state, heard(pre_vote_request(B, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(B, 150), promise=promised(B, 120), backoff=backoff(B, 102)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


def test_handle_pre_vote_request_refuses_an_older_membership() -> None:
    """A member with an older list of voters would count former quorums."""
    state = member(following(None, 150), durable=record(5, stamp=3))
    asked = heard(pre_vote_request(B, 6, sent=7, stamp=2))
    assert step(state, asked, at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        state,
        refusing(B, pre_vote_refused(A, 5), RefusalReason.MEMBERSHIP_OLDER),
    )


@pytest.mark.parametrize("stamp", [3, 4])
def test_handle_pre_vote_request_grants_the_same_membership_or_a_newer_one(stamp: int) -> None:
    """A newer list of voters has replaced ours."""
    state = member(following(None, 150), durable=record(5, stamp=3))
    asked = heard(pre_vote_request(B, 6, sent=7, stamp=stamp))
    assert step(state, asked, at(100)).effects == (to(B, pre_vote_granted(A, 6, sent=7)),)


def test_handle_pre_vote_request_defers_a_worse_ranked_asker() -> None:
    """For two milliseconds: if two members grant each other a pre-vote, neither gets a quorum."""
    state = member(asking(A, started=100, deadline=200))
    request = pre_vote_request(B, 6, sent=7)
    parked = member(asking(A, started=100, deadline=200), parked=(request,))
    assert step(state, heard(request), at(102 - NANOSECOND)) == ignoring(
        parked,
        RefusalReason.PRE_VOTE_DEFERRED,
        f"the pre-vote of {B} waits: another round goes first",
    )
    assert step(state, heard(request), at(102)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(asking(A, started=100, deadline=200), backoff=backoff(B, 104)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


@pytest.mark.parametrize("promise", [None, promised(C, 120)])
def test_handle_pre_vote_request_refuses_at_once_even_during_an_own_round(
    promise: Promise | None,
) -> None:
    """The asker learns our term at once if its own is not higher, or if a promise prevents a grant."""
    term = 5 if promise is None else 6
    reason = RefusalReason.TERM_NOT_HIGHER if promise is None else RefusalReason.PROMISED_TO_ANOTHER
    role = asking(A, started=100, deadline=200)
    request = pre_vote_request(B, term, sent=7)
    remembered = () if promise is None else (request,)
    assert step(member(role, promise=promise), heard(request), at(101)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(role, promise=promise, parked=remembered),
        refusing(B, pre_vote_refused(A, 5), reason),
    )


def test_handle_pre_vote_request_grants_to_a_better_ranked_asker_at_once() -> None:
    """Our own round is given up, and starts again later in case the asker fails."""
    state = member(asking(B, started=100, deadline=200), name=B)
    assert step(state, heard(pre_vote_request(A, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(asking(B, started=100, deadline=102.5), name=B, backoff=backoff(A, 102)),
        (to(A, pre_vote_granted(B, 6, sent=7)),),
    )


def test_handle_pre_vote_request_defers_an_asker_after_a_grant_to_another() -> None:
    """Until the backoff is over; the member that got the grant may ask again."""
    state = member(following(None, 150), backoff=backoff(C, 102))
    of_b, of_c = pre_vote_request(B, 6, sent=7), pre_vote_request(C, 6, sent=8)
    parked = member(following(None, 150), backoff=backoff(C, 102), parked=(of_b,))
    assert step(state, heard(of_b), at(102 - NANOSECOND)) == ignoring(
        parked,
        RefusalReason.PRE_VOTE_DEFERRED,
        f"the pre-vote of {B} waits: another round goes first",
    )
    for request, now in ((of_b, at(102)), (of_c, at(100))):
        granted = step(state, heard(request), now)
        assert granted.action == Action.HANDLE_PRE_VOTE_REQUEST


def test_handle_pre_vote_request_of_an_acting_leader_refuses_and_parks() -> None:
    """It has promised its own vote to itself."""
    role = leading(grant(A, 90), grant(C, 90), deadline=120)
    state = member(role, durable=record(5, stamp=5), promise=promised(A, 191))
    request = pre_vote_request(B, 6, sent=7, stamp=5)
    assert step(state, heard(request), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(role, durable=record(5, stamp=5), promise=promised(A, 191), parked=(request,)),
        refusing(B, pre_vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER),
    )


def test_parked_request_is_granted_when_the_promise_ends() -> None:
    """The asker need not ask again, and the voter moves its own deadline back."""
    request = pre_vote_request(B, 6, sent=7)
    state = member(following(None, 120), promise=promised(C, 120), parked=(request,))
    assert step(state, WOKE, at(120 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(120)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 122), promise=promised(C, 120), backoff=backoff(B, 122)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


def test_parked_request_is_refused_if_the_own_term_has_risen_meanwhile() -> None:
    """It is handled like any other request."""
    request = pre_vote_request(B, 5, sent=7)
    state = member(following(None, 150), promise=promised(C, 120), parked=(request,))
    assert step(state, WOKE, at(120)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 150), promise=promised(C, 120)),
        refusing(B, pre_vote_refused(A, 5), RefusalReason.TERM_NOT_HIGHER),
    )


def test_parked_request_is_granted_when_the_backoff_ends() -> None:
    """By then the other member has won, or its round is over."""
    request = pre_vote_request(B, 6, sent=7)
    state = member(following(None, 150), backoff=backoff(C, 102), parked=(request,))
    assert step(state, WOKE, at(102 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(102)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 150), backoff=backoff(B, 104)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


# HandlePreVoteGranted, Campaign


def test_handle_pre_vote_granted_counts_a_grant_short_of_a_quorum() -> None:
    """Two of five voters are no quorum."""
    durable = record(voters=FIVE)
    state = member(asking(A, started=100, deadline=200), durable=durable)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110)) == Transition(
        Action.HANDLE_PRE_VOTE_GRANTED,
        member(asking(A, B, started=100, deadline=200), durable=durable),
        (),
    )


def test_handle_pre_vote_granted_counts_each_voter_once() -> None:
    """A repeated grant makes no quorum."""
    durable = record(voters=(A, B, C, E))
    state = member(asking(A, B, started=100, deadline=200), durable=durable)
    counted = step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110))
    role = asking(A, B, started=100, deadline=200)
    assert counted == Transition(Action.HANDLE_PRE_VOTE_GRANTED, member(role, durable=durable), ())


def test_handle_pre_vote_granted_campaigns_with_a_quorum() -> None:
    """The next term, a promise to itself and the record of both come before any request for a vote."""
    state = member(asking(A, started=100, deadline=200))
    request = vote_request(A, 6, sent=110)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110, HALF)) == Transition(
        Action.CAMPAIGN,
        member(standing(grant(A, 110), deadline=261), durable=record(6), promise=promised(A, 211)),
        (Persist(record(6)), to(B, request), to(C, request), BECAME_5_TO_6),
    )


@pytest.mark.parametrize(("term", "sent"), [(6, 100 - NANOSECOND), (5, 100), (7, 100)])
def test_handle_pre_vote_granted_ignores_a_grant_of_another_round(term: int, sent: float) -> None:
    """A delayed grant would help a member that was away to disturb a leader."""
    state = member(asking(A, started=100, deadline=200))
    granted = heard(pre_vote_granted(B, term, sent=sent))
    assert step(state, granted, at(110)) == ignoring(
        state, RefusalReason.ROUND_OVER, f"the pre-vote of {B} is for a round that is over"
    )


def test_handle_pre_vote_granted_ignores_a_grant_after_a_grant_to_a_better_ranked_member() -> None:
    """Otherwise both would campaign; if the other fails, the next round asks again."""
    state = member(asking(C, started=100, deadline=105), name=C, backoff=backoff(A, 104))
    granted = heard(pre_vote_granted(B, 6, sent=100))
    assert step(state, granted, at(104.5)) == ignoring(
        state,
        RefusalReason.ROUND_SUPERSEDED,
        f"the pre-vote of {B} does not count: another member was just granted one",
    )
    later = member(asking(C, started=105, deadline=200), name=C, backoff=backoff(A, 104))
    granted = heard(pre_vote_granted(B, 6, sent=105))
    assert step(later, granted, at(106)).action == Action.CAMPAIGN


@pytest.mark.parametrize(
    "role",
    [
        following(B, 200),
        standing(grant(A, 100), deadline=200),
        leading(grant(A, 100), grant(C, 100), deadline=200),
        renewing(grant(A, 100), lease_until=180, deadline=200),
    ],
)
def test_handle_pre_vote_granted_ignores_a_grant_in_another_role(role: Role) -> None:
    """The round that it belongs to is over."""
    state = member(role)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110)) == ignoring(
        state, RefusalReason.ROUND_OVER, f"the pre-vote of {B} is for a round that is over"
    )
