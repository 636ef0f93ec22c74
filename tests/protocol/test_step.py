"""The step as a whole: what is due when, the order of effects, clusters of one and of two members."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.actions import Action
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Ignored,
    Persist,
    RefusalReason,
    ReportRefusal,
    Send,
)
from leader.protocol.guards import is_voter
from leader.protocol.messages import Message
from leader.protocol.state import State
from leader.protocol.step import due_actions, next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Instant, Moment, Term
from tests.protocol.builders import (
    NANOSECOND,
    WOKE,
    A,
    B,
    C,
    D,
    asking,
    at,
    following,
    grant,
    heard,
    heartbeat,
    ignoring,
    instant,
    leading,
    member,
    nothing,
    pre_vote_request,
    promised,
    record,
    renewing,
    standing,
    to,
    vote_granted,
    vote_refused,
)
from tests.protocol.strategies import ON_A_BUSY_MACHINE, any_messages, messages, states

# What is due when


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (member(following(B, 150)), [150]),
        (member(following(B, 150), promise=promised(B, 190)), [190]),
        (member(asking(A, started=90, deadline=150)), [150]),
        (member(standing(grant(A, 90), deadline=150), promise=promised(A, 191)), [150]),
        (member(leading(grant(A, 90), grant(B, 60), deadline=120)), [159, 120]),
        (member(renewing(grant(A, 90), lease_until=150, deadline=120)), [150, 120]),
        (
            member(
                following(B, 150),
                promise=promised(B, 140),
                parked=(pre_vote_request(C, 6, sent=1), pre_vote_request(D, 6, sent=1)),
            ),
            [140, 140, 150],
        ),
    ],
)
def test_due_actions_follow_from_the_state_alone(state: State, due: list[float]) -> None:
    """The next deadline is the earliest of them."""
    assert [when for when, _ in due_actions(state)] == [instant(when) for when in due]
    assert next_deadline(state) == instant(min(due))


def test_step_takes_the_first_of_the_actions_that_are_due_together() -> None:
    """A parked request is answered before an own round starts: the asker may lack only this answer."""
    request = pre_vote_request(B, 6, sent=1)
    state = member(following(None, 150), promise=promised(C, 150), parked=(request,))
    assert step(state, WOKE, at(150)).action == Action.HANDLE_PRE_VOTE_REQUEST


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), jitter=st.integers(0, 65_535))
def test_step_does_nothing_when_woken_before_the_next_deadline(state: State, jitter: int) -> None:
    """In any state, at any earlier instant."""
    soonest = next_deadline(state)
    early = Instant(10**12) if soonest is None else Instant(soonest - 1)
    assert step(state, WOKE, Moment(now=early, jitter=jitter, highest_term=None)) == nothing(state)


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), jitter=st.integers(0, 65_535))
def test_step_is_due_only_a_few_times_at_one_instant(state: State, jitter: int) -> None:
    """Otherwise an engine that wakes whenever something is due would never return to its event loop."""
    soonest = next_deadline(state)
    now = Instant(0) if soonest is None else max(soonest, Instant(0))
    for _ in range(8):
        state = step(state, WOKE, Moment(now=now, jitter=jitter, highest_term=None)).state
    following_deadline = next_deadline(state)
    assert following_deadline is None or following_deadline > now


# The order of effects


def rank(effect: Effect) -> int:
    """First the record, then what depends on it, then the news."""
    news = (AnnounceTerm, AnnounceLeading | AnnounceFollowing)
    kinds = (Persist, Send, *news, Ignored | ReportRefusal)
    return next(place for place, kind in enumerate(kinds) if isinstance(effect, kind))


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), message=messages(), now=st.integers(0, 300))
def test_step_orders_the_record_before_messages_and_these_before_announcements(
    state: State, message: Message, now: int
) -> None:
    """A vote that is sent and then forgotten in a crash would be given a second time."""
    transition = step(state, heard(message), at(now))
    ranks = [rank(effect) for effect in transition.effects]
    assert ranks == sorted(ranks)
    owes = is_voter(state) or is_voter(transition.state)
    changed = owes and transition.state.durable != state.durable
    assert [effect for effect in transition.effects if isinstance(effect, Persist)] == (
        [Persist(transition.state.durable)] if changed else []
    )


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), message=any_messages(), limit=st.none() | st.integers(4, 100))
def test_no_message_of_a_peer_ends_a_member(
    state: State, message: Message, limit: int | None
) -> None:
    """Neither at once nor at the deadlines that follow: an error out of a step ends the election."""
    highest = None if limit is None else Term(limit)
    told = step(state, heard(message), at(100, highest_term=highest)).state
    for later in (100, 1_000, 5_000):
        told = step(told, WOKE, at(later, highest_term=highest)).state


@pytest.mark.slow
@ON_A_BUSY_MACHINE
@given(state=states(), message=messages(), now=st.integers(0, 300))
def test_step_without_an_action_changes_only_pacing(
    state: State, message: Message, now: int
) -> None:
    """It changes neither the record nor the promise nor the role, and no step lowers the term."""
    transition = step(state, heard(message), at(now))
    assert transition.state.term >= state.term or not state.voters
    if transition.action is None:
        assert replace(transition.state, pacing=state.pacing) == state


def test_step_announces_the_term_before_the_leader() -> None:
    """An application that is told of a leader knows the token already."""
    state = member(following(C, 120), durable=record(5, stamp=5))
    assert step(state, heard(heartbeat(B, 6, sent=7)), at(50)).effects[2:] == (
        AnnounceTerm(old=Term(5), new=Term(6)),
        AnnounceFollowing(B),
    )


# Clusters of one and of two


def test_cluster_of_one_elects_itself_in_three_steps() -> None:
    """Each is due at once; its term is recorded before it leads, and then its stamp."""
    alone = (A,)
    state = member(following(None, 100), durable=record(5, voters=alone))
    asked = step(state, WOKE, at(100))
    assert asked == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=100, deadline=100), durable=record(5, voters=alone)),
        (),
    )
    stood = step(asked.state, WOKE, at(100))
    assert stood == Transition(
        Action.CAMPAIGN,
        member(
            standing(grant(A, 100), deadline=100),
            durable=record(6, voters=alone),
            promise=promised(A, 201),
        ),
        (Persist(record(6, voters=alone)), AnnounceTerm(old=Term(5), new=Term(6))),
    )
    assert step(stood.state, WOKE, at(100)) == Transition(
        Action.BECOME_LEADER,
        member(
            leading(grant(A, 100), deadline=100),
            durable=record(6, stamp=6, voters=alone),
            promise=promised(A, 201),
        ),
        (Persist(record(6, stamp=6, voters=alone)), AnnounceLeading(Term(6))),
    )


def test_cluster_of_one_asks_again_if_its_record_was_written_too_slowly() -> None:
    """Its promise to itself has ended meanwhile, so it backs no lease."""
    role = standing(grant(A, 100), deadline=100)
    state = member(role, durable=record(6, voters=(A,)), promise=promised(A, 201))
    assert step(state, WOKE, at(199 - NANOSECOND)).action == Action.BECOME_LEADER
    assert step(state, WOKE, at(199)) == Transition(
        Action.START_PRE_VOTE,
        member(asking(A, started=199, deadline=199), durable=record(6, voters=(A,))),
        (),
    )


def test_cluster_of_one_extends_its_lease_by_its_own_heartbeats() -> None:
    """There is no other member to send them to."""
    durable = record(6, stamp=6, voters=(A,))
    state = member(leading(grant(A, 100), deadline=130), durable=durable)
    assert step(state, WOKE, at(130)) == Transition(
        Action.SEND_HEARTBEAT,
        member(leading(grant(A, 130), deadline=160), durable=durable, promise=promised(A, 231)),
        (),
    )


def test_cluster_of_one_hears_of_no_higher_term() -> None:
    """There is no other voter, so whoever names a higher term is a stranger."""
    durable = record(6, stamp=6, voters=(A,))
    state = member(leading(grant(A, 100), deadline=130), durable=durable)
    told = step(state, heard(vote_refused(B, 8)), at(110))
    assert told == ignoring(
        state,
        RefusalReason.NOT_HEARD,
        f"{B} has no vote here, so its VoteRefused counts for nothing",
    )


def test_cluster_of_one_wins_a_renewal_by_itself() -> None:
    """It needs no other member's vote."""
    role = renewing(grant(A, 110), lease_until=199, deadline=110)
    state = member(role, durable=record(9, stamp=6, voters=(A,)))
    assert step(state, WOKE, at(110)).effects == (
        Persist(record(9, stamp=9, voters=(A,))),
        AnnounceTerm(old=Term(6), new=Term(9)),
    )


def test_cluster_of_two_elects_only_if_both_agree() -> None:
    """One pre-vote of the other is enough, and so is its vote; without them there is no quorum."""
    pair = (A, B)
    state = member(following(None, 100), durable=record(5, voters=pair))
    asked = step(state, WOKE, at(100))
    assert asked.effects == (to(B, pre_vote_request(A, 6, sent=100, voters=pair)),)
    assert asked.state.role == asking(A, started=100, deadline=201)
    candidate = member(standing(grant(A, 110), deadline=211), durable=record(6, voters=pair))
    assert step(candidate, WOKE, at(211)).action == Action.START_PRE_VOTE
    elected = step(candidate, heard(vote_granted(B, 6, sent=110)), at(120))
    assert elected.action == Action.BECOME_LEADER


def test_cluster_of_two_has_no_leader_when_one_member_is_gone() -> None:
    """Half of the voters are no quorum."""
    role = leading(grant(A, 160), grant(B, 100), deadline=190)
    state = member(role, durable=record(6, stamp=6, voters=(A, B)))
    assert next_deadline(state) == instant(190)
    beaten = step(state, WOKE, at(190)).state
    assert next_deadline(beaten) == instant(199)
    assert step(beaten, WOKE, at(199)).action == Action.EXPIRE_LEASE


# A membership without voters


def test_empty_membership_elects_no_member() -> None:
    """Without voters there is no quorum, so nothing is ever due."""
    assert next_deadline(member(following(None, 100), durable=record(0, voters=()))) is None
