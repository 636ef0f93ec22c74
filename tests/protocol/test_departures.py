"""A leader that goes: it resigns, or the connection to its process breaks."""

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
"""The record of a member that leads term 5 or follows its leader."""


# Resign


@pytest.mark.parametrize("successor", [None, C])
def test_resign_stops_acting_and_then_tells_every_other_voter(successor: MemberId | None) -> None:
    """The message names the successor; the promise to itself is over."""
    state = member(
        leading(grant(A, 90), grant(B, 90), deadline=120), durable=LED_5, promise=promised(A, 191)
    )
    news = resigned(A, 5, successor)
    assert step(state, ResignationAsked(successor=successor), at(100, HALF)) == Transition(
        Action.RESIGN,
        member(following(None, 251), durable=LED_5),
        (to(B, news), to(C, news), AnnounceFollowing(None)),
    )


def test_resign_of_a_renewing_leader_is_of_the_term_that_it_asked_for() -> None:
    """So voters that have granted that term already release their promise too."""
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
def test_resign_is_ignored_in_another_role(role: Role) -> None:
    """There is nothing to give up."""
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
def test_likeliest_successor_has_answered_last(role: Role) -> None:
    """That member most likely lives; the leader itself is not chosen."""
    assert likeliest_successor(member(role, durable=LED_5)) == B


@pytest.mark.parametrize("role", [leading(grant(A, 90), deadline=120), following(B, 150)])
def test_likeliest_successor_is_none_without_an_answer(role: Role) -> None:
    """A member that does not lead has none to name either."""
    assert likeliest_successor(member(role)) is None


# HandleResigned


def test_handle_resigned_releases_the_promise() -> None:
    """Parked requests are dropped, and the voters ask one after the other, by rank."""
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


def test_handle_resigned_gives_a_named_successor_one_election_timeout() -> None:
    """Every other voter waits that long before it asks for itself."""
    state = member(following(B, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5, successor=C)), at(100, HALF)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 251), durable=LED_5, resignation=resignation(B, 5)),
        (AnnounceFollowing(None),),
    )


def test_handle_resigned_makes_the_named_successor_campaign_at_once() -> None:
    """It asks for no pre-votes, and shows the resignation to voters that have not heard of it."""
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


def test_handle_resigned_makes_no_successor_of_another_term_campaign() -> None:
    """The resignation is of a later term; the member releases its promise and waits like the others."""
    state = member(following(B, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 6, successor=A)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 201), durable=LED_5, resignation=resignation(B, 6)),
        (AnnounceFollowing(None),),
    )


def test_handle_resigned_makes_no_successor_with_a_promise_to_another_campaign() -> None:
    """At the very end of that promise it does campaign."""
    state = member(following(None, 180), promise=promised(C, 150))
    named = heard(resigned(B, 5, successor=A))
    heeded = member(following(None, 180), promise=promised(C, 150), resignation=resignation(B, 5))
    assert step(state, named, at(150 - NANOSECOND)) == nothing(heeded)
    assert step(state, named, at(150)).state.role == standing(grant(A, 150), deadline=251)


def test_handle_resigned_makes_no_observer_campaign() -> None:
    """An observer never campaigns."""
    state = member(following(B, 180), name=D, durable=LED_5, promise=promised(B, 150))
    released = step(state, heard(resigned(B, 5, successor=D)), at(100))
    assert released.state.role == following(None, 3_100)


def test_handle_resigned_ignores_a_lower_term() -> None:
    """Our promise may be to a later leadership of the same member, so it stands."""
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
def test_handle_resigned_is_only_remembered_in_another_role(role: Role) -> None:
    """Such a member has promised its vote at most to itself; parked requests are dropped."""
    request = pre_vote_request(C, 6, sent=3, stamp=5)
    state = member(role, durable=LED_5, parked=(request,))
    assert step(state, heard(resigned(B, 5, successor=A)), at(100)) == nothing(
        member(role, durable=LED_5, resignation=resignation(B, 5))
    )


def test_handle_resigned_makes_a_pre_candidate_ignore_late_heartbeats() -> None:
    """Otherwise it would wait for a leader that is gone."""
    state = member(asking(A, started=90, deadline=200), durable=LED_5)
    told = step(state, heard(resigned(B, 5)), at(100)).state
    late = step(told, heard(heartbeat(B, 5, sent=80)), at(101))
    assert (late.action, late.state.role) == (None, asking(A, started=90, deadline=200))


def test_handle_resigned_is_only_remembered_if_another_leader_is_followed() -> None:
    """Late heartbeats of the member that resigned are ignored."""
    state = member(following(C, 180), durable=LED_5, promise=promised(C, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == nothing(
        member(
            following(C, 180),
            durable=LED_5,
            promise=promised(C, 150),
            resignation=resignation(B, 5),
        )
    )


def test_handle_resigned_keeps_a_promise_to_another_member() -> None:
    """The leader that resigned is no longer followed."""
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


def test_handle_resigned_releases_a_vote_for_a_leader_that_was_never_followed() -> None:
    """It won, led and resigned before its first heartbeat arrived here."""
    state = member(following(None, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(None, 100), durable=LED_5, resignation=resignation(B, 5)),
        (),
    )


def test_handle_resigned_releases_a_vote_and_keeps_another_leader() -> None:
    """Only the deadline moves forward."""
    state = member(following(C, 180), durable=LED_5, promise=promised(B, 150))
    assert step(state, heard(resigned(B, 5)), at(100)) == Transition(
        Action.HANDLE_RESIGNED,
        member(following(C, 100), durable=LED_5, resignation=resignation(B, 5)),
        (),
    )


def test_handle_resigned_releases_no_promise_that_is_over() -> None:
    """At the instant of its end there is nothing to release; a nanosecond before there is."""
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


def test_peer_down_moves_the_deadline_to_the_end_of_the_promise() -> None:
    """No vote is given sooner than promised: the leader may still live. Then voters ask one by one."""
    state = member(following(A, 180), name=C, durable=LED_5, promise=promised(A, 150))
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(
        member(following(A, 150.5), name=C, durable=LED_5, promise=promised(A, 150))
    )


def test_peer_down_never_moves_the_deadline_back() -> None:
    """An earlier deadline stays."""
    state = member(following(A, 150.2), name=C, durable=LED_5, promise=promised(A, 150))
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(state)


@pytest.mark.parametrize(
    ("leader", "promise", "deadline"),
    [(None, promised(A, 150), 150.5), (A, None, 100.5), (A, promised(B, 150), 100.5)],
)
def test_peer_down_counts_for_the_promised_member_and_for_the_leader(
    leader: MemberId | None, promise: None, deadline: float
) -> None:
    """A promise to a third member is waited for as before."""
    state = member(following(leader, 180), name=C, promise=promise)
    assert step(state, PeerWentDown(peer=A), at(100)) == nothing(
        member(following(leader, deadline), name=C, promise=promise)
    )


def test_peer_down_releases_the_promise_at_once_if_it_is_trusted() -> None:
    """It proves a dead process, so the member may vote, and follows no leader."""
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


def test_peer_down_releases_no_promise_to_another_member() -> None:
    """Neither if the followed leader is gone, nor if the promised member is."""
    state = member(following(A, 180), name=C, promise=promised(B, 150), trust_disconnect=True)
    assert step(state, PeerWentDown(peer=A), at(100)).state == replace(
        state, role=following(None, 100.5)
    )
    assert step(state, PeerWentDown(peer=B), at(100)).state == replace(
        state, role=following(A, 100.5), promise=None
    )


def test_peer_down_is_no_action_if_the_promise_is_over() -> None:
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
def test_peer_down_of_any_other_member_changes_nothing(role: Role, trust_disconnect: bool) -> None:
    """Quorum, membership and term do not depend on which members can be reached."""
    state = member(role, name=C, promise=promised(A, 150), trust_disconnect=trust_disconnect)
    assert step(state, PeerWentDown(peer=B), at(100)) == nothing(state)
