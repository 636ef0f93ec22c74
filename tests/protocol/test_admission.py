"""Which messages are heard at all."""

from dataclasses import replace

import pytest

from leader.protocol.actions import Action
from leader.protocol.admission import HIGHEST_TERM, STEPS_BEYOND
from leader.protocol.effects import Ignored, RefusalReason
from leader.protocol.events import ObserverCameUp
from leader.protocol.membership import Membership
from leader.protocol.messages import MembershipContradicted, Message
from leader.protocol.pacing import ANSWERS_LIMIT
from leader.protocol.state import Role, State
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import ClusterId, Instant, MemberId, Term
from tests.protocol.builders import (
    CLUSTER,
    NANOSECOND,
    TRIO,
    WOKE,
    A,
    B,
    C,
    D,
    E,
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
    membership,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    record,
    refusing,
    renewing,
    resignation,
    resigned,
    standing,
    vote_granted,
    vote_refused,
    vote_request,
)

ROLES: list[Role] = [
    following(B, 150),
    asking(A, started=90, deadline=150),
    standing(grant(A, 90), deadline=150),
    leading(grant(A, 90), grant(B, 90), deadline=120),
    renewing(grant(A, 90), lease_until=150, deadline=120),
]


@pytest.mark.parametrize("role", ROLES)
def test_message_of_another_cluster_is_ignored(role: Role) -> None:
    """Whatever it contains."""
    state = member(role)
    foreign = replace(vote_refused(B, 9), cluster=ClusterId("bank"))
    assert step(state, heard(foreign), at(100)) == ignoring(
        state, RefusalReason.OTHER_CLUSTER, f"{B} is of cluster 'bank'"
    )


@pytest.mark.parametrize("role", ROLES)
def test_message_with_our_own_name_is_an_alarm(role: Role) -> None:
    """Two processes have the same name, and a person has to stop one of them."""
    state = member(role)
    assert step(state, heard(vote_refused(A, 9)), at(100)) == ignoring(
        state,
        RefusalReason.OWN_NAME,
        "a message of another process that bears this member's name",
        alarming=True,
    )


LIMIT = Term(1_000)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "message",
    [
        vote_refused(B, LIMIT + 1),
        resigned(B, LIMIT + 1),
        pre_vote_request(B, 9, sent=1, stamp=LIMIT + 1),
        vote_request(B, 9, sent=1, rests_on=resignation(C, LIMIT + 1)),
        heartbeat(B, 9, sent=1, stamp=LIMIT + 1),
        heartbeat_ack(B, 5, sent=1, stamp=LIMIT + 1),
        MembershipContradicted(cluster=CLUSTER, sender=B, membership=membership(LIMIT + 1)),
    ],
    ids=lambda message: type(message).__name__,
)
def test_term_beyond_the_limit_is_an_alarm_wherever_it_stands(role: Role, message: Message) -> None:
    """Whoever adopted it would use up the terms of all."""
    state = member(role, durable=record(5, stamp=5))
    assert step(state, heard(message), at(100, highest_term=LIMIT)) == ignoring(
        state,
        RefusalReason.TERM_TOO_HIGH,
        f"{B} names term {LIMIT + 1}, which no honest member reaches",
        alarming=True,
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("limit", [LIMIT, None], ids=["a limit", "none"])
def test_term_at_the_limit_does_not_end_the_elections(role: Role, limit: Term | None) -> None:
    """It is adopted, the next one is asked for, and the limit moves on before that is refused."""
    highest = HIGHEST_TERM if limit is None else limit
    state = member(role, durable=record(5, stamp=5))
    told = step(state, heard(vote_refused(B, highest)), at(100, highest_term=limit)).state
    assert told.term >= highest
    asked = step(told, WOKE, at(900, highest_term=limit)).state
    asked = step(asked, WOKE, at(1900, highest_term=limit)).state
    later = None if limit is None else Term(limit + 1_000)
    voter = member(following(None, 150), name=B, durable=record(highest, stamp=5))
    request = pre_vote_request(A, asked.term + 1, sent=1, stamp=5)
    granted = step(voter, heard(request), at(1900, highest_term=later))
    assert granted.action == Action.HANDLE_PRE_VOTE_REQUEST


def test_member_beyond_the_limit_hears_the_terms_beside_its_own() -> None:
    """Its cluster was started on clocks that were ahead and have been set back: it goes on."""
    state = member(following(B, 150), durable=record(2_000, stamp=2_000))
    followed = step(state, heard(heartbeat(B, 2_001, sent=7)), at(100, highest_term=LIMIT))
    assert followed.action == Action.HANDLE_HEARTBEAT
    far = heartbeat(B, 2_000 + STEPS_BEYOND + 1, sent=7)
    assert step(state, heard(far), at(100, highest_term=LIMIT)).state == state


def test_without_a_limit_no_term_near_the_largest_number_is_heard() -> None:
    """A wall clock that shows no limit leaves the one that keeps terms within their range."""
    state = member(following(None, 150))
    beyond = step(state, heard(vote_refused(B, HIGHEST_TERM + 1)), at(100))
    assert beyond.state == state


REQUESTS = [
    pre_vote_request(D, 9, sent=1),
    vote_request(D, 9, sent=1),
    heartbeat(D, 9, sent=1, stamp=0),
]
OTHER_LIST = [
    pre_vote_request(B, 9, sent=1, voters=(A, B)),
    vote_request(B, 9, sent=1, voters=(A, B)),
    heartbeat(B, 9, sent=1, voters=(A, B)),
]
UNHEARD = [
    *((request_, RefusalReason.NOT_HEARD) for request_ in REQUESTS),
    *((request_, RefusalReason.OTHER_BOOTSTRAP_LIST) for request_ in OTHER_LIST),
]


@pytest.mark.parametrize(("request_", "reason"), UNHEARD)
@pytest.mark.parametrize("role", ROLES)
def test_request_of_a_member_that_is_not_heard_is_answered_with_our_list(
    role: Role, request_: Message, reason: RefusalReason
) -> None:
    """It is started with another list, or has no vote. Nothing here changes but whom we have told."""
    state = member(role, durable=record(5, stamp=5))
    asker = request_.sender
    ours = MembershipContradicted(cluster=CLUSTER, sender=A, membership=membership(5))
    told = with_told(state, (asker, instant(301)))
    answered = step(state, heard(request_), at(100))
    assert answered == Transition(None, told, refusing(asker, ours, reason))


@pytest.mark.parametrize(("request_", "reason"), UNHEARD)
def test_it_is_told_once_in_an_election_timeout(request_: Message, reason: RefusalReason) -> None:
    """It may ask at any rate."""
    told = with_told(member(following(B, 150)), (request_.sender, instant(301)))
    again = step(told, heard(request_), at(301 - NANOSECOND))
    assert again.state == told
    assert [effect.reason for effect in again.effects if isinstance(effect, Ignored)] == [reason]
    later = step(told, heard(request_), at(301))
    assert later.state == with_told(told, (request_.sender, instant(502)))


def test_only_so_many_are_told_in_an_election_timeout() -> None:
    """Names cost nothing, so neither memory nor answers may grow with them."""
    state = member(following(B, 150))
    for number in range(3 * ANSWERS_LIMIT):
        request_ = vote_request(MemberId(f"d{number}@host"), 9, sent=1)
        state = step(state, heard(request_), at(100)).state
    assert len(state.pacing.answered) == ANSWERS_LIMIT


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "message",
    [
        pre_vote_granted(D, 6, sent=90),
        pre_vote_refused(D, 9),
        vote_granted(D, 5, sent=90),
        vote_refused(D, 9),
        heartbeat_ack(D, 5, sent=90, promise=0),
        heartbeat_refused(D, 9),
        resigned(D, 9, successor=A),
    ],
    ids=lambda message: type(message).__name__,
)
def test_answer_or_resignation_of_a_member_without_a_vote_counts_for_nothing(
    role: Role, message: Message
) -> None:
    """It moves no term, backs no lease, sets no pace, and is not answered."""
    state = member(role, durable=record(5, stamp=5))
    assert step(state, heard(message), at(100)) == ignoring(
        state,
        RefusalReason.NOT_HEARD,
        f"{D} has no vote here, so its {type(message).__name__} counts for nothing",
    )


def test_member_that_knows_no_list_hears_every_member() -> None:
    """Otherwise an observer would never hear of its first leader; also of one in a lower term."""
    state = member(following(None, 0), name=E, durable=record(7, voters=()))
    followed = step(state, heard(heartbeat(B, 5, sent=7)), at(100))
    assert (followed.state.term, followed.state.voters) == (5, TRIO)


def with_told(state: State, *told: tuple[MemberId, Instant]) -> State:
    """The state in which these members were told lately that they are not heard."""
    return replace(state, pacing=replace(state.pacing, answered=told))


def test_membership_contradicted_is_an_alarm_that_names_both_lists() -> None:
    """A person has to correct one of them."""
    state = member(following(None, 150))
    theirs = MembershipContradicted(cluster=CLUSTER, sender=B, membership=membership(0, (A, B)))
    assert step(state, heard(theirs), at(100)) == ignoring(
        state,
        RefusalReason.OTHER_BOOTSTRAP_LIST,
        f"{B} was started with another bootstrap list: {[A, B]}, ours is {[A, B, C]}",
        alarming=True,
    )


def test_membership_contradicted_with_a_long_list_is_reported_in_few_words() -> None:
    """The list may be as long as a message, and a report of each would fill the log."""
    state = member(following(None, 150))
    voters = tuple(MemberId(f"d{number:06}@host") for number in range(100_000))
    theirs = MembershipContradicted(
        cluster=CLUSTER, sender=B, membership=Membership(term=Term(0), version=0, voters=voters)
    )
    [told] = step(state, heard(theirs), at(100)).effects
    assert isinstance(told, Ignored)
    assert "and 99990 more" in told.why
    assert len(told.why) < 1_000


def test_observer_that_votes_here_is_an_alarm() -> None:
    """It was started without the list that it is on."""
    state = member(following(B, 150))
    why = f"{C} was started without a bootstrap list, but votes here: {list(TRIO)}"
    assert step(state, ObserverCameUp(observer=C), at(100)) == ignoring(
        state, RefusalReason.OTHER_BOOTSTRAP_LIST, why, alarming=True
    )


def test_heartbeat_makes_no_observer_a_voter() -> None:
    """It may have voted in a former life that it has forgotten, so it could vote twice in a term."""
    no_voters = membership(voters=())
    state = member(following(None, 0), durable=record(0, voters=()))
    own = MembershipContradicted(cluster=CLUSTER, sender=A, membership=no_voters)
    refused = refusing(B, own, RefusalReason.OTHER_BOOTSTRAP_LIST)
    told = with_told(state, (B, instant(301)))
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(100)) == Transition(None, told, refused)
    observed = heard(heartbeat(B, 5, sent=7, voters=(B, C)))
    assert step(state, observed, at(100)).action == Action.HANDLE_HEARTBEAT
