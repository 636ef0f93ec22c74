"""The election: one pure step from an event to a new state and what to do in the world.

``step`` is all that drives it, ``next_deadline`` says when to call it next if nothing happens. What
is due when is written once, in ``due_actions``. The actions themselves are in ``pre_voting``,
``voting``, ``leading``, ``refusals`` and ``departures``.
"""

from collections.abc import Callable
from functools import partial
from typing import assert_never

from leader.protocol.actions import ActionResult, NoAction
from leader.protocol.admission import contradicted, observer_that_votes, turned_away
from leader.protocol.departures import handle_resigned, lose_leader, peer_down, resign
from leader.protocol.events import (
    ActingStopped,
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from leader.protocol.guards import is_voter, knows_voters
from leader.protocol.leading import (
    expire_lease,
    handle_heartbeat,
    handle_heartbeat_ack,
    send_heartbeat,
)
from leader.protocol.lease import lease_until, quorum_stands
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.news import effects_of
from leader.protocol.observers import unwatched_by, watched_by
from leader.protocol.pacing import act_again, answerable, earliest_pre_vote, stop_acting, unpark
from leader.protocol.pre_voting import (
    handle_pre_vote_granted,
    handle_pre_vote_request,
    start_pre_vote,
)
from leader.protocol.quorum import is_quorum
from leader.protocol.refusals import handle_refusal, renew_again
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    PreCandidate,
    Renewing,
    State,
)
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import Instant, Moment
from leader.protocol.voting import (
    become_leader,
    campaign,
    handle_vote_granted,
    handle_vote_request,
)

DueAction = tuple[Instant, Callable[[State, Moment], ActionResult | NoAction]]


def step(state: State, event: Event, moment: Moment) -> Transition:
    """What ``event``, at ``moment``, makes of ``state``. One step is at most one action of the spec.

    Raises:
        InvariantViolated: what safety rests on does not hold; the member must not go on.
    """
    result = _react(state, event, moment)
    if isinstance(result, NoAction):
        return Transition(None, result.state, result.effects)
    return Transition(result.action, result.state, effects_of(state, result))


def next_deadline(state: State) -> Instant | None:
    """When to step with ``Woke`` if nothing happens before; None if only an event can change anything."""
    return min((when for when, _ in due_actions(state)), default=None)


def due_actions(state: State) -> list[DueAction]:
    """What is due when; of what is due at the same instant, the first comes first.

    Spec: ExpireLease, SendHeartbeat, Renew, StartPreVote.
    """
    role = state.role
    match role:
        # Spec: role[m] \in {"leader", "renewing"}
        case Leader():
            over = lease_until(state)
            return [
                # Spec: LeaseOver(m)
                (Instant(0) if over is None else over, expire_lease),
                # Spec: Acts(m)
                (role.deadline, send_heartbeat),
            ]
        case Renewing():
            alone = is_quorum({state.member}, state.voters)
            return [
                (role.lease_until, expire_lease),
                # Spec: t > term[m] \/ role[m] = "renewing"
                (role.deadline, _lead_alone if alone else renew_again),
            ]
        # Spec: role[m] \in {"follower", "precandidate", "candidate"}
        case Follower() | PreCandidate() | Candidate():
            answers = [
                (answerable(state, parked), partial(_answer, parked))
                for parked in state.pacing.parked
            ]
            return [*answers, *_due_for_non_leader(state, role)]
        case _:
            assert_never(role)


def _due_for_non_leader(state: State, role: Follower | PreCandidate | Candidate) -> list[DueAction]:
    """The next attempt of a member that does not lead. An observer has none: it waits for a leader.

    Spec: StartPreVote, LoseLeader, Campaign, BecomeLeader.
    """
    # Spec: m \in Voters
    # Spec: m \notin Voters
    # Spec: leader[m] # None \/ stamp[m] > 0
    if not is_voter(state):
        believes = isinstance(role, Follower) and (role.leader is not None or knows_voters(state))
        return [(role.deadline, lose_leader)] if believes else []
    # Spec: role[m] = "precandidate"
    # Spec: WouldWin(granted[m] \cup last)
    if isinstance(role, PreCandidate) and is_quorum(role.granted, state.voters):
        return [(role.deadline, campaign)]
    soonest = earliest_pre_vote(state, role.deadline)
    # Spec: Asks(m)
    if isinstance(role, Candidate) and is_quorum({state.member}, state.voters):
        return [(soonest, _lead_alone)]
    return [(soonest, start_pre_vote)]


def _lead_alone(state: State, moment: Moment) -> ActionResult:
    """Lead a cluster of one; if its promise to itself has run out since, ask again. Spec: BecomeLeader."""
    role = state.role
    # Spec: Asks(m)
    # Spec: IsQuorum(Backs(answers), Voters)
    if isinstance(role, Candidate | Renewing) and quorum_stands(role.backing, state, moment.now):
        return become_leader(state, moment)
    if isinstance(role, Renewing):
        return renew_again(state, moment)
    return start_pre_vote(state, moment)


def _answer(parked: PreVoteRequest, state: State, moment: Moment) -> ActionResult | NoAction:
    """Answer a parked request, which is to handle the same message later."""
    return handle_pre_vote_request(unpark(state, parked), parked, moment)


def _react(state: State, event: Event, moment: Moment) -> ActionResult | NoAction:
    match event:
        case Woke():
            due = next((act for when, act in due_actions(state) if when <= moment.now), None)
            return NoAction(state) if due is None else due(state, moment)
        case Received(message=message):
            return turned_away(state, message, moment) or _handle(state, message, moment)
        case PeerWentDown(peer=peer):
            return peer_down(unwatched_by(state, peer), peer, moment)
        case ObserverCameUp(observer=observer):
            return observer_that_votes(state, observer) or NoAction(watched_by(state, observer))
        case ActingStopped(let_lease_expire=let_lease_expire):
            return NoAction(stop_acting(state, let_lease_expire=let_lease_expire))
        case ResignationAsked(successor=successor):
            return resign(act_again(state), successor, moment)
        case _:
            assert_never(event)


def _handle(state: State, message: Message, moment: Moment) -> ActionResult | NoAction:
    match message:
        case PreVoteRequest():
            return handle_pre_vote_request(state, message, moment)
        case PreVoteGranted():
            return handle_pre_vote_granted(state, message, moment)
        case VoteRequest():
            return handle_vote_request(state, message, moment)
        case VoteGranted():
            return handle_vote_granted(state, message, moment)
        case Heartbeat():
            return handle_heartbeat(state, message, moment)
        case HeartbeatAck():
            return handle_heartbeat_ack(state, message, moment)
        case PreVoteRefused() | VoteRefused() | HeartbeatRefused():
            return handle_refusal(state, message, moment)
        case Resigned():
            return handle_resigned(state, message, moment)
        case MembershipContradicted():
            return contradicted(state, message)
        case _:
            assert_never(message)
