"""Which messages are heard at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from leader.protocol.actions import Action
from leader.protocol.admission import HIGHEST_TERM
from leader.protocol.effects import RefusalReason
from leader.protocol.events import ObserverCameUp
from leader.protocol.messages import MembershipContradicted, Message
from leader.protocol.state import Role
from leader.protocol.step import step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import ClusterId, MemberId, Term
from tests.protocol.builders import (
    CLUSTER,
    TRIO,
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
    heartbeat_refused,
    ignoring,
    leading,
    member,
    membership,
    pre_vote_request,
    record,
    refusing,
    renewing,
    standing,
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


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("message", [vote_refused, heartbeat_refused])
def test_message_of_a_term_that_is_too_high_is_an_alarm(
    role: Role, message: Callable[[MemberId, Term], Message]
) -> None:
    """The highest term that is heard leads to no error, neither now nor at the next deadline."""
    state = member(role, durable=record(5, stamp=5))
    beyond = Term(HIGHEST_TERM + 1)
    assert step(state, heard(message(B, beyond)), at(100)) == ignoring(
        state,
        RefusalReason.TERM_TOO_HIGH,
        f"{B} names term {beyond}, which no honest member reaches",
        alarming=True,
    )
    told = step(state, heard(message(B, HIGHEST_TERM)), at(100)).state
    assert told.term >= HIGHEST_TERM
    step(step(told, WOKE, at(900)).state, WOKE, at(1900))


@pytest.mark.parametrize(
    "request_",
    [
        pre_vote_request(B, 9, sent=1, voters=(A, B)),
        vote_request(B, 9, sent=1, voters=(A, B)),
        heartbeat(B, 9, sent=1, voters=(A, B)),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_request_of_another_bootstrap_list_is_refused(role: Role, request_: Message) -> None:
    """The answer names our list and carries no term to act on; nothing here changes."""
    state = member(role, durable=record(5, stamp=5))
    ours = MembershipContradicted(cluster=CLUSTER, sender=A, membership=membership(5))
    assert step(state, heard(request_), at(100)) == Transition(
        None, state, refusing(B, ours, RefusalReason.OTHER_BOOTSTRAP_LIST)
    )


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
    assert step(state, heard(heartbeat(B, 5, sent=7)), at(100)) == Transition(None, state, refused)
    observed = heard(heartbeat(B, 5, sent=7, voters=(B, C)))
    assert step(state, observed, at(100)).action == Action.HANDLE_HEARTBEAT
