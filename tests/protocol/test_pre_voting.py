"""Becoming a leader, first half: pre-votes, and the campaign that follows a quorum of them.

Each guard is tried on both sides of its boundary; each test compares a whole transition.
"""

import pytest

from leader.protocol.actions import Action
from leader.protocol.effects import AnnounceFollowing, AnnounceTerm, Persist, RefusalReason
from leader.protocol.state import Promise, Role
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
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


def test_a_follower_asks_for_pre_votes_at_its_deadline_and_not_before() -> None:
    """It asks every other voter, about the next term, and records nothing."""
    state = member(following(B, 150), promise=promised(B, 140))
    question = pre_vote_request(A, 6, sent=150)
    assert step(state, WOKE, at(150 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(150)) == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=150, deadline=251), promise=promised(B, 140)),
        (to(B, question), to(C, question), AnnounceFollowing(None)),
    )


def test_a_promise_to_another_outlasts_the_deadline() -> None:
    """A promised voter leaves the leader it promised in peace; at the end of the promise it is free."""
    state = member(following(None, 100), promise=promised(B, 140))
    assert step(state, WOKE, at(140 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(140)).action == Action.START_PRE_VOTE


@pytest.mark.parametrize(
    "role",
    [asking(A, started=40, deadline=150), standing(grant(A, 40), grant(B, 40), deadline=150)],
)
def test_whoever_was_not_elected_asks_again_at_its_deadline(role: Role) -> None:
    """A split vote is not the last election; what was granted is forgotten, the own promise too."""
    state = member(role, promise=promised(A, 400))
    question = pre_vote_request(A, 6, sent=150)
    assert step(state, WOKE, at(150 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(150)) == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=150, deadline=251)),
        (to(B, question), to(C, question)),
    )


def test_chance_decides_how_long_a_round_lasts() -> None:
    """So that equals part."""
    asked = step(member(following(None, 150)), WOKE, at(150, HALF))
    assert asked.state == member(asking(A, started=150, deadline=301))


def test_a_member_without_a_vote_never_asks() -> None:
    """It is not among the voters of its own membership: nothing is due while it follows nobody."""
    observer = member(following(None, 150), name=D)
    assert next_deadline(observer) is None
    assert step(observer, WOKE, at(900)) == nothing(observer)


# HandlePreVoteRequest


def test_a_pre_vote_is_granted_and_binds_nobody() -> None:
    """Nothing is recorded or promised; the own deadline moves back to leave the asker its round."""
    state = member(following(None, 101))
    assert step(state, heard(pre_vote_request(B, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 102), backoff=backoff(B, 102)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


@pytest.mark.parametrize("term", [4, 5])
def test_a_pre_vote_for_a_term_not_above_ours_is_refused(term: int) -> None:
    """The vote would be refused; the asker learns our term, and is not remembered."""
    state = member(following(None, 101))
    assert step(state, heard(pre_vote_request(B, term, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        state,
        refusing(B, pre_vote_refused(A, 5), RefusalReason.TERM_NOT_HIGHER),
    )


def test_a_pre_vote_against_a_live_promise_is_refused_and_parked() -> None:
    """A live leader is not to be disturbed; the asker is answered again when the promise is over."""
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


def test_a_promise_to_the_asker_does_not_stand_against_it() -> None:
    """A leader that lost its quorum may ask those that it promised to."""
    state = member(following(B, 150), promise=promised(B, 120))
    assert step(state, heard(pre_vote_request(B, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(B, 150), promise=promised(B, 120), backoff=backoff(B, 102)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


def test_a_pre_vote_for_an_older_membership_is_refused() -> None:
    """Whoever holds an older list of voters would count quorums of the past."""
    state = member(following(None, 150), durable=record(5, stamp=3))
    asked = heard(pre_vote_request(B, 6, sent=7, stamp=2))
    assert step(state, asked, at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        state,
        refusing(B, pre_vote_refused(A, 5), RefusalReason.MEMBERSHIP_OLDER),
    )


@pytest.mark.parametrize("stamp", [3, 4])
def test_a_pre_vote_for_the_same_membership_or_a_newer_one_is_granted(stamp: int) -> None:
    """Nothing speaks against a list of voters that has replaced ours."""
    state = member(following(None, 150), durable=record(5, stamp=3))
    asked = heard(pre_vote_request(B, 6, sent=7, stamp=stamp))
    assert step(state, asked, at(100)).effects == (to(B, pre_vote_granted(A, 6, sent=7)),)


def test_a_worse_ranked_asker_waits_for_our_own_young_round() -> None:
    """For two milliseconds: of two equals that help each other, neither would have a quorum left."""
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
def test_an_asker_that_is_refused_anyway_does_not_wait_for_our_own_round(
    promise: Promise | None,
) -> None:
    """It learns our term at once: its own is not above that, or a promise stands against it."""
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


def test_a_better_ranked_asker_is_helped_at_once() -> None:
    """Our own round is given up for it, to be started anew should it fail."""
    state = member(asking(B, started=100, deadline=200), name=B)
    assert step(state, heard(pre_vote_request(A, 6, sent=7)), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(asking(B, started=100, deadline=102.5), name=B, backoff=backoff(A, 102)),
        (to(A, pre_vote_granted(B, 6, sent=7)),),
    )


def test_an_asker_waits_for_another_that_was_just_helped() -> None:
    """Until that backoff is over; whoever was helped may ask again."""
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


def test_a_member_of_no_membership_we_know_may_be_granted() -> None:
    """Only the asker counts the answers, and it counts those of its own voters."""
    state = member(following(None, 150))
    granted = step(state, heard(pre_vote_request(D, 6, sent=7)), at(100))
    assert granted.effects == (to(D, pre_vote_granted(A, 6, sent=7)),)


def test_an_acting_leader_refuses_and_parks() -> None:
    """Its promise is to itself."""
    role = leading(grant(A, 90), grant(C, 90), deadline=120)
    state = member(role, durable=record(5, stamp=5), promise=promised(A, 191))
    request = pre_vote_request(B, 6, sent=7, stamp=5)
    assert step(state, heard(request), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(role, durable=record(5, stamp=5), promise=promised(A, 191), parked=(request,)),
        refusing(B, pre_vote_refused(A, 5), RefusalReason.PROMISED_TO_ANOTHER),
    )


def test_a_parked_request_is_answered_when_the_promise_ends() -> None:
    """Nobody has to ask twice; and whoever helped moves its own deadline back."""
    request = pre_vote_request(B, 6, sent=7)
    state = member(following(None, 120), promise=promised(C, 120), parked=(request,))
    assert step(state, WOKE, at(120 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(120)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 122), promise=promised(C, 120), backoff=backoff(B, 122)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


def test_a_parked_request_that_came_too_late_is_refused() -> None:
    """Our term has caught up with it meanwhile: it is handled like any other."""
    request = pre_vote_request(B, 5, sent=7)
    state = member(following(None, 150), promise=promised(C, 120), parked=(request,))
    assert step(state, WOKE, at(120)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 150), promise=promised(C, 120)),
        refusing(B, pre_vote_refused(A, 5), RefusalReason.TERM_NOT_HIGHER),
    )


def test_a_request_parked_out_of_courtesy_is_answered_when_that_is_over() -> None:
    """The other has won by then, or needs help no more."""
    request = pre_vote_request(B, 6, sent=7)
    state = member(following(None, 150), backoff=backoff(C, 102), parked=(request,))
    assert step(state, WOKE, at(102 - NANOSECOND)) == nothing(state)
    assert step(state, WOKE, at(102)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST,
        member(following(None, 150), backoff=backoff(B, 104)),
        (to(B, pre_vote_granted(A, 6, sent=7)),),
    )


# HandlePreVoteGranted, Campaign


def test_a_pre_vote_short_of_a_quorum_is_counted() -> None:
    """Of five voters two are none."""
    durable = record(voters=FIVE)
    state = member(asking(A, started=100, deadline=200), durable=durable)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110)) == Transition(
        Action.HANDLE_PRE_VOTE_GRANTED,
        member(asking(A, B, started=100, deadline=200), durable=durable),
        (),
    )


@pytest.mark.parametrize("sender", [B, D])
def test_a_repeated_pre_vote_and_one_of_a_stranger_make_no_quorum(sender: MemberId) -> None:
    """Voters are counted, not messages."""
    durable = record(voters=(A, B, C, E))
    state = member(asking(A, B, started=100, deadline=200), durable=durable)
    counted = step(state, heard(pre_vote_granted(sender, 6, sent=100)), at(110))
    role = asking(A, B, sender, started=100, deadline=200)
    assert counted == Transition(Action.HANDLE_PRE_VOTE_GRANTED, member(role, durable=durable), ())


def test_the_last_pre_vote_of_a_quorum_is_a_campaign() -> None:
    """The next term, a promise to itself and the record of both come before any request for a vote."""
    state = member(asking(A, started=100, deadline=200))
    request = vote_request(A, 6, sent=110)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110, HALF)) == Transition(
        Action.CAMPAIGN,
        member(standing(grant(A, 110), deadline=261), durable=record(6), promise=promised(A, 211)),
        (Persist(record(6)), to(B, request), to(C, request), BECAME_5_TO_6),
    )


@pytest.mark.parametrize(("term", "sent"), [(6, 100 - NANOSECOND), (5, 100), (7, 100)])
def test_a_pre_vote_of_another_round_is_ignored(term: int, sent: float) -> None:
    """A delayed one would help a member that was away to disturb a leader."""
    state = member(asking(A, started=100, deadline=200))
    granted = heard(pre_vote_granted(B, term, sent=sent))
    assert step(state, granted, at(110)) == ignoring(
        state, RefusalReason.ROUND_OVER, f"the pre-vote of {B} is for a round that is over"
    )


def test_a_pre_vote_that_would_make_us_a_rival_of_whom_we_just_helped_is_ignored() -> None:
    """Both would campaign; should the other fail, the next round brings it anew."""
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
def test_a_pre_vote_is_ignored_by_whoever_does_not_ask(role: Role) -> None:
    """The round it belongs to is over."""
    state = member(role)
    assert step(state, heard(pre_vote_granted(B, 6, sent=100)), at(110)) == ignoring(
        state, RefusalReason.ROUND_OVER, f"the pre-vote of {B} is for a round that is over"
    )
