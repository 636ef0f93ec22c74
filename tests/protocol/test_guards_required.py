"""An action that is called although its guards do not hold raises, and changes nothing.

The step has decided these guards already when it calls an action. The action checks them again, so a
mistake in a caller ends the member instead of breaking a claim.
"""

from collections.abc import Callable

import pytest

from leader.protocol.actions import Action, ActionResult
from leader.protocol.departures import lose_leader
from leader.protocol.leading import expire_lease, send_heartbeat
from leader.protocol.pre_voting import start_pre_vote
from leader.protocol.refusals import renew, renew_again, update_term
from leader.protocol.state import State
from leader.protocol.vocabulary import InvariantViolated, Moment, Term
from leader.protocol.voting import become_candidate, become_leader, campaign
from tests.protocol.builders import (
    NANOSECOND,
    A,
    B,
    D,
    asking,
    at,
    following,
    grant,
    leading,
    member,
    promised,
    record,
    renewing,
    standing,
)

LED_5 = record(5, stamp=5)
LEADER = member(leading(grant(A, 90), grant(B, 90), deadline=120), durable=LED_5)
"""Its lease lasts until 189."""
RENEWING = member(renewing(grant(A, 90), lease_until=150, deadline=120), durable=record(9, stamp=5))
BACKED = standing(grant(A, 90), grant(B, 90), deadline=200)
FOLLOWER = member(following(B, 150))


def update_to(term: int) -> Callable[[State, Moment], ActionResult]:
    return lambda state, moment: update_term(state, Term(term), moment)


def renew_above(term: int) -> Callable[[State, Moment], ActionResult]:
    return lambda state, moment: renew(state, Term(term), moment)


def stand_in(term: int) -> Callable[[State, Moment], ActionResult]:
    return lambda state, moment: become_candidate(Action.RENEW, state, Term(term), None, moment)


@pytest.mark.parametrize(
    ("action", "state", "now", "rule"),
    [
        (start_pre_vote, LEADER, 100, "StartPreVote: a leader"),
        (start_pre_vote, member(following(B, 150), name=D), 100, "StartPreVote: an observer"),
        (
            start_pre_vote,
            member(following(B, 150), promise=promised(B, 150)),
            150 - NANOSECOND,
            "StartPreVote: a live promise",
        ),
        (campaign, FOLLOWER, 100, "Campaign: .* not PreCandidate"),
        (campaign, member(asking(A, D, started=90, deadline=150)), 100, "Campaign: no quorum"),
        (stand_in(5), LEADER, 100, "Renew: a second vote"),
        (become_leader, FOLLOWER, 100, "BecomeLeader: .* not Candidate or Renewing"),
        (become_leader, member(BACKED), 189, "BecomeLeader: no quorum"),
        (
            become_leader,
            member(standing(grant(A, 90), deadline=200)),
            100,
            "BecomeLeader: no quorum",
        ),
        (send_heartbeat, FOLLOWER, 100, "SendHeartbeat: .* not Leader"),
        (send_heartbeat, LEADER, 189, "SendHeartbeat: the lease is over"),
        (expire_lease, FOLLOWER, 100, "ExpireLease: .* not Leader or Renewing"),
        (expire_lease, LEADER, 189 - NANOSECOND, "ExpireLease: the lease still lasts"),
        (expire_lease, RENEWING, 150 - NANOSECOND, "ExpireLease: the lease still lasts"),
        (update_to(5), FOLLOWER, 100, "UpdateTerm: a term must never decrease"),
        (update_to(6), LEADER, 189 - NANOSECOND, "UpdateTerm: a leader with a live lease"),
        (renew_above(8), LEADER, 189, "Renew: the lease is over"),
        (renew_above(5), LEADER, 100, "Renew: no higher term"),
        (renew_above(8), RENEWING, 100, "Renew: no higher term"),
        (renew_again, LEADER, 100, "Renew: no higher term"),
        (lose_leader, FOLLOWER, 100, "LoseLeader: a voter"),
        (lose_leader, member(standing(deadline=1), name=D), 100, "LoseLeader: .* not Follower"),
        (
            lose_leader,
            member(following(None, 150), name=D, durable=record(voters=())),
            100,
            "LoseLeader: no leader",
        ),
    ],
)
def test_an_action_whose_guard_does_not_hold_ends_the_member(
    action: Callable[[State, Moment], object], state: State, now: float, rule: str
) -> None:
    """The text names the action and the rule."""
    with pytest.raises(InvariantViolated, match=f"^{rule}"):
        action(state, at(now))


@pytest.mark.parametrize(
    ("action", "state", "now"),
    [
        (start_pre_vote, member(following(B, 150), promise=promised(B, 150)), 150),
        (campaign, member(asking(A, B, started=90, deadline=150)), 100),
        (stand_in(6), FOLLOWER, 100),
        (become_leader, member(BACKED), 189 - NANOSECOND),
        (send_heartbeat, LEADER, 189 - NANOSECOND),
        (expire_lease, LEADER, 189),
        (expire_lease, RENEWING, 150),
        (update_to(6), LEADER, 189),
        (renew_above(6), LEADER, 189 - NANOSECOND),
        (renew_again, RENEWING, 100),
        (lose_leader, member(following(B, 150), name=D), 100),
    ],
)
def test_an_action_whose_guards_hold_is_taken(
    action: Callable[[State, Moment], ActionResult], state: State, now: float
) -> None:
    """On the other side of each boundary above."""
    assert action(state, at(now)).state.role != state.role
