"""How a leader goes: it resigns, or the connection to its process breaks.

Each guard is tried on both sides of its boundary; each test compares a whole transition.
"""

from dataclasses import replace

import pytest

from leader.protocol.actions import Action
from leader.protocol.departures import likeliest_successor
from leader.protocol.effects import AnnounceFollowing, AnnounceTerm, Persist, RefusalReason
from leader.protocol.events import PeerWentDown, ResignationAsked
from leader.protocol.state import Role
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    HALF,
    NANOSECOND,
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
    leading,
    member,
    nothing,
    pre_vote_request,
    promised,
    record,
    renewing,
    resignation,
    resigned,
    standing,
    to,
    vote_request,
)

LED_5 = record(5, stamp=5)
"""The record of whoever leads term 5, or follows its leader."""


# Resign


@pytest.mark.parametrize("successor", [None, C])
def test_a_leader_stops_acting_and_then_says_so(successor: MemberId | None) -> None:
    """Every other voter is told, and who is to come; its own promise is over."""
    state = member(
        leading(grant(A, 90), grant(B, 90), deadline=120), durable=LED_5, promise=promised(A, 191)
    )
    news = resigned(A, 5, successor)
    assert step(state, ResignationAsked(successor=successor), at(100, HALF)) == Transition(
        Action.RESIGN,
        member(following(None, 251), durable=LED_5),
        (to(B, news), to(C, news), AnnounceFollowing(None)),
    )


def test_a_renewing_leader_resigns_the_term_it_has_asked_for() -> None:
    """Voters that granted it already release that promise too."""
    state = member(
        renewing(grant(A, 90), lease_until=150, deadline=120),
        durable=record(9, stamp=5),
        promise=promised(A, 191),
    )
    news = resigned(A, 9)
    assert step(state, ResignationAsked(successor=None), at(100)) == Transition(
        Action.RESIGN,
        member(following(None, 201), durable=record(9, stamp=5)),
        (to(B, news), to(C, news), AnnounceTerm(old=Term(5), new=Term(9)), AnnounceFollowing(None)),
    )


@pytest.mark.parametrize(
    "role",
    [
        following(B, 150),
        asking(A, started=90, deadline=200),
        standing(grant(A, 90), deadline=200),
    ],
)
def test_only_a_leader_resigns(role: Role) -> None:
    """Anybody else has nothing to give up."""
    state = member(role)
    assert step(state, ResignationAsked(successor=B), at(100)) == ignoring(
        state, RefusalReason.NOT_LEADING, "only a leader can resign"
    )


@pytest.mark.parametrize(
    "role",
    [
        leading(grant(A, 90), grant(B, 60), grant(C, 30), deadline=120),
        renewing(grant(A, 90), grant(B, 60), grant(C, 30), lease_until=150, deadline=120),
    ],
)
def test_the_likeliest_successor_has_answered_last(role: Role) -> None:
    """It most likely lives; the leader itself is none."""
    assert likeliest_successor(member(role, durable=LED_5)) == B


@pytest.mark.parametrize("role", [leading(grant(A, 90), deadline=120), following(B, 150)])
def test_without_an_answer_there_is_no_likely_successor(role: Role) -> None:
    """And whoever does not lead has none to name."""
    assert likeliest_successor(member(role)) is None


# HandleResigned


def test_a_resignation_without_a_successor_releases_the_promise() -> None:
    """What was parked is dropped, and voters ask one after the other, by rank, at once."""
    state = member(
        following(B, 180),
        name=C,
        durable=LED_5,
        promise=promised(B, 150),
        parked=(pre_vote_request(A, 6, sent=3, stamp=5),),
    )
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 100.5), name=C, durable=LED_5, resignation=resignation(B, 5)),
        (AnnounceFollowing(None),),
    )


def test_a_successor_is_given_one_election_timeout() -> None:
    """Whoever was not named waits that long before it asks for itself."""
    state = member(following(B, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5, successor=C)), at(100, HALF)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 251), durable=LED_5, resignation=resignation(B, 5)),
        (AnnounceFollowing(None),),
    )


def test_the_named_successor_campaigns_at_once() -> None:
    """Without pre-votes; its request shows the resignation to voters that have not heard of it."""
    state = member(following(B, 180), durable=LED_5, promise=promised(B, 150))
    request = vote_request(A, 6, sent=100, stamp=5, rests_on=resignation(B, 5))
    durable = record(6, stamp=5)
    assert step(state, heard(resigned(B, 5, successor=A)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(
            standing(grant(A, 100), deadline=201),
            durable=durable,
            promise=promised(A, 201),
            resignation=resignation(B, 5),
        ),
        (
            Persist(durable),
            to(B, request),
            to(C, request),
            AnnounceTerm(old=Term(5), new=Term(6)),
            AnnounceFollowing(None),
        ),
    )


def test_a_successor_that_is_behind_does_not_campaign_at_once() -> None:
    """The resignation is of a later term than its own; it releases and waits like the others."""
    state = member(following(B, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 6, successor=A)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 201), durable=LED_5, resignation=resignation(B, 6)),
        (AnnounceFollowing(None),),
    )


def test_a_successor_that_owes_another_a_promise_does_not_campaign() -> None:
    """At the very end of that promise it does."""
    state = member(following(None, 180), promise=promised(C, 150))
    named = heard(resigned(B, 5, successor=A))
    heeded = member(following(None, 180), promise=promised(C, 150), resignation=resignation(B, 5))
    assert step(state, named, at(150 - NANOSECOND)) == nothing(heeded)
    assert step(state, named, at(150)).state.role == standing(grant(A, 150), deadline=251)


def test_a_successor_without_a_vote_does_not_campaign() -> None:
    """It never does."""
    state = member(following(B, 180), name=D, durable=LED_5, promise=promised(B, 150))
    released = step(state, heard(resigned(B, 5, successor=D)), at(100))
    assert released.state.role == following(None, 201)


def test_a_late_resignation_is_ignored() -> None:
    """Our promise may be to a later leadership of the same member: it stands."""
    state = member(following(B, 180), durable=record(6, stamp=6), promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == ignoring(
        state, RefusalReason.TERM_LOWER, f"a late resignation of {B} from term 5"
    )


@pytest.mark.parametrize(
    "role",
    [
        asking(A, started=90, deadline=200),
        standing(grant(A, 90), deadline=200),
        leading(grant(A, 90), grant(C, 90), deadline=120),
        renewing(grant(A, 90), lease_until=150, deadline=120),
    ],
)
def test_whoever_does_not_follow_only_remembers_a_resignation(role: Role) -> None:
    """It has promised nobody but itself; what it parked is dropped."""
    request = pre_vote_request(C, 6, sent=3, stamp=5)
    state = member(role, durable=LED_5, parked=(request,))
    assert step(state, heard(resigned(B, 5, successor=A)), at(100)) == nothing(
        member(role, durable=LED_5, resignation=resignation(B, 5))
    )


def test_whoever_has_heard_of_a_resignation_while_it_asked_ignores_late_heartbeats() -> None:
    """Whatever its role was then: to follow would be to wait for a leader that is gone."""
    state = member(asking(A, started=90, deadline=200), durable=LED_5)
    told = step(state, heard(resigned(B, 5)), at(100)).state
    late = step(told, heard(heartbeat(B, 5, sent=80)), at(101))
    assert (late.action, late.state.role) == (None, asking(A, started=90, deadline=200))


def test_a_resignation_of_whom_nobody_follows_is_only_remembered() -> None:
    """Its late heartbeats are ignored."""
    state = member(following(C, 180), durable=LED_5, promise=promised(C, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == nothing(
        member(
            following(C, 180),
            durable=LED_5,
            promise=promised(C, 150),
            resignation=resignation(B, 5),
        )
    )


def test_a_promise_to_another_outlasts_a_resignation() -> None:
    """The leader that resigned is followed no longer; whoever holds the vote keeps it."""
    state = member(following(B, 180), durable=LED_5, promise=promised(C, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(
            following(None, 100),
            durable=LED_5,
            promise=promised(C, 150),
            resignation=resignation(B, 5),
        ),
        (AnnounceFollowing(None),),
    )


def test_a_vote_for_whom_resigned_is_released() -> None:
    """It won, led and resigned before its first heartbeat arrived here."""
    state = member(following(None, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 100), durable=LED_5, resignation=resignation(B, 5)),
        (),
    )


def test_a_vote_released_leaves_the_leader_that_is_followed() -> None:
    """It was another's: only the deadline moves up."""
    state = member(following(C, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(C, 100), durable=LED_5, resignation=resignation(B, 5)),
        (),
    )


def test_a_promise_that_is_over_is_nothing_to_release() -> None:
    """At its very end there is nothing left of it; a nanosecond before there is."""
    state = member(following(None, 180), durable=LED_5, promise=promised(B, 100))
    heeded = member(
        following(None, 180),
        durable=LED_5,
        promise=promised(B, 100),
        resignation=resignation(B, 5),
    )
    assert step(state, heard(resigned(B, 5)), at(100)) == nothing(heeded)
    released = step(state, heard(resigned(B, 5)), at(100 - NANOSECOND))
    assert released.action == Action.HANDLE_RESIGNED


# PeerDown


def test_a_broken_connection_moves_the_deadline_up_to_the_end_of_the_promise() -> None:
    """No vote sooner than promised, and then one after the other by rank; the leader may live on."""
    state = member(following(A, 180), name=C, durable=LED_5, promise=promised(A, 150))
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(
        member(following(A, 150.5), name=C, durable=LED_5, promise=promised(A, 150))
    )


def test_a_broken_connection_never_moves_a_deadline_back() -> None:
    """The deadline was sooner by chance: it stays."""
    state = member(following(A, 150.2), name=C, durable=LED_5, promise=promised(A, 150))
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(state)


@pytest.mark.parametrize(
    ("leader", "promise", "deadline"),
    [(None, promised(A, 150), 150.5), (A, None, 100.5), (A, promised(B, 150), 100.5)],
)
def test_whom_it_voted_for_or_follows_is_missed(
    leader: MemberId | None, promise: None, deadline: float
) -> None:
    """Whichever of the two it is; a promise to a third one is waited for as ever."""
    state = member(following(leader, 180), name=C, promise=promise)
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(
        member(following(leader, deadline), name=C, promise=promise)
    )


def test_a_trusted_broken_connection_releases_the_promise_at_once() -> None:
    """It proves a dead process: who promised it may vote, who followed it follows nobody."""
    state = member(
        following(A, 180),
        name=C,
        durable=LED_5,
        promise=promised(A, 150),
        trust_disconnect=True,
    )
    assert step(state, PeerWentDown(peer=A), at(100)) == Transition(
        Action.PEER_DOWN,
        member(following(None, 100.5), name=C, durable=LED_5, trust_disconnect=True),
        (AnnounceFollowing(None),),
    )


def test_a_trusted_broken_connection_releases_no_promise_to_another() -> None:
    """Neither when the leader goes that it follows, nor the leader when whom it voted for goes."""
    state = member(following(A, 180), name=C, promise=promised(B, 150), trust_disconnect=True)
    assert step(state, PeerWentDown(peer=A), at(100)).state == replace(
        state, role=following(None, 100.5)
    )
    assert step(state, PeerWentDown(peer=B), at(100)).state == replace(
        state, role=following(A, 100.5), promise=None
    )


def test_a_trusted_broken_connection_finds_nothing_to_release_in_a_promise_that_is_over() -> None:
    """The specification has no such step: only the deadline moves."""
    state = member(following(None, 180), name=C, promise=promised(A, 90), trust_disconnect=True)
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(
        replace(state, role=following(None, 100.5))
    )


@pytest.mark.parametrize("trust_disconnect", [False, True])
@pytest.mark.parametrize(
    "role",
    [
        following(A, 180),
        asking(C, started=90, deadline=180),
        standing(grant(C, 90), deadline=180),
        leading(grant(C, 90), grant(B, 90), deadline=120),
        renewing(grant(C, 90), lease_until=150, deadline=120),
    ],
)
def test_a_connection_to_any_other_member_decides_nothing(
    role: Role, trust_disconnect: bool
) -> None:
    """Quorum, membership and term do not depend on who can be reached."""
    state = member(role, name=C, promise=promised(A, 150), trust_disconnect=trust_disconnect)
    assert step(state, PeerWentDown(peer=B), at(100)) == nothing(state)
