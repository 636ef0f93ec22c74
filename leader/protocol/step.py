"""The election: one pure step from an event to a new state and what to do in the world.

``step`` is all that drives it, ``next_deadline`` says when to call it next if nothing happens. What
is due when is written once, in ``due_actions``; what must be recorded or announced is read off the
difference between two states, so no action can forget it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import assert_never

from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Persist,
    Send,
)
from leader.protocol.events import (
    ActingStopped,
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from leader.protocol.leading import (
    expire_lease,
    handle_heartbeat,
    handle_heartbeat_ack,
    handle_refusal,
    handle_resigned,
    lose_leader,
    peer_down,
    renew_again,
    resign,
    send_heartbeat,
)
from leader.protocol.lease import lease_until
from leader.protocol.membership import MembershipId
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
from leader.protocol.pacing import (
    act_again,
    answerable,
    earliest_pre_vote,
    lets_lease_expire,
    stop_acting,
    unpark,
)
from leader.protocol.quorum import is_quorum
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    PreCandidate,
    Renewing,
    State,
    leader_of,
    visible_term,
)
from leader.protocol.transition import ActionResult, NoAction, Transition, ignored
from leader.protocol.vocabulary import LARGEST, Instant, MemberId, Moment, Term
from leader.protocol.voting import (
    become_leader,
    campaign,
    handle_pre_vote_granted,
    handle_pre_vote_request,
    handle_vote_granted,
    handle_vote_request,
    quorum_stands,
    start_pre_vote,
)

HIGHEST_TERM = Term(LARGEST // 2)
"""No honest term comes near it; one that did would leave none to move on to."""

DueAction = tuple[Instant, Callable[[State, Moment], ActionResult | NoAction]]


def step(state: State, event: Event, moment: Moment) -> Transition:
    """What ``event``, at ``moment``, makes of ``state``. One step is at most one action of the spec.

    Raises:
        InvariantViolated: what safety rests on does not hold; the member must not go on.
    """
    outcome = _react(state, event, moment)
    if isinstance(outcome, NoAction):
        return Transition(None, outcome.state, outcome.effects)
    return Transition(outcome.action, outcome.state, _effects(state, outcome))


def next_deadline(state: State) -> Instant | None:
    """When to step with ``Woke``, if nothing happens before; None if only an event can change anything."""
    return min((when for when, _ in due_actions(state)), default=None)


def due_actions(state: State) -> list[DueAction]:
    """What is due when, in the order of precedence among what is due together.

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
    """The next attempt of one that does not lead; an observer has none, it only waits for a leader.

    Spec: StartPreVote, LoseLeader, Campaign, BecomeLeader.
    """
    # Spec: m \in Voters
    # Spec: m \notin Voters
    # Spec: leader[m] # None
    if not state.votes:
        return [] if leader_of(state) is None else [(role.deadline, lose_leader)]
    # Spec: role[m] = "precandidate"
    # Spec: WouldWin(granted[m] \cup last)
    if isinstance(role, PreCandidate) and is_quorum(role.granted, state.voters):
        return [(role.deadline, campaign)]
    # Spec: Asks(m)
    if isinstance(role, Candidate) and is_quorum({state.member}, state.voters):
        return [(role.deadline, _lead_alone)]
    return [(earliest_pre_vote(state, role.deadline), start_pre_vote)]


def _lead_alone(state: State, moment: Moment) -> ActionResult:
    """Lead a cluster of one, unless its own promise has run out since: then ask anew. Spec: BecomeLeader."""
    role = state.role
    # Spec: Asks(m)
    # Spec: IsQuorum(Backs(answers), Voters)
    if isinstance(role, Candidate | Renewing) and quorum_stands(role.backing, state, moment.now):
        return become_leader(state, moment)
    return start_pre_vote(state, moment)


def _answer(parked: PreVoteRequest, state: State, moment: Moment) -> ActionResult | NoAction:
    """LeaseGrant a parked request, which is to handle the same message later."""
    return handle_pre_vote_request(unpark(state, parked), parked, moment)


def _react(state: State, event: Event, moment: Moment) -> ActionResult | NoAction:
    match event:
        case Woke():
            due = next((act for when, act in due_actions(state) if when <= moment.now), None)
            return NoAction(state) if due is None else due(state, moment)
        case Received(message=message):
            return _receive(state, message, moment)
        case PeerWentDown(peer=peer):
            return peer_down(replace(state, observers=state.observers - {peer}), peer, moment)
        case ObserverCameUp(observer=observer):
            return _watched(state, observer)
        case ActingStopped(let_lease_expire=let_lease_expire):
            return NoAction(stop_acting(state, let_lease_expire=let_lease_expire))
        case ResignationAsked(successor=successor):
            return resign(act_again(state), successor, moment)
        case _:
            assert_never(event)


def _watched(state: State, observer: MemberId) -> NoAction:
    if observer in state.voters:
        why = (
            f"{observer} was started without a bootstrap list, but votes here: {list(state.voters)}"
        )
        return ignored(state, why, alarming=True)
    return NoAction(replace(state, observers=state.observers | {observer}))


def _receive(state: State, message: Message, moment: Moment) -> ActionResult | NoAction:
    if message.cluster != state.settings.cluster:
        return ignored(state, f"{message.sender} is of cluster {message.cluster!r}")
    if message.sender == state.member:
        return ignored(state, "a message from another that bears our own name", alarming=True)
    if _term_of(message) > HIGHEST_TERM:
        return ignored(state, f"{message.sender} speaks of term {_term_of(message)}", alarming=True)
    if _contradicts(state, message):
        own = MembershipContradicted(
            cluster=state.settings.cluster, sender=state.member, membership=state.durable.membership
        )
        return NoAction(state, (Send(to=message.sender, message=own),))
    if lets_lease_expire(state) and isinstance(
        message, PreVoteGranted | VoteGranted | HeartbeatAck
    ):
        return ignored(state, f"answer of {message.sender} is not counted: the lease is to expire")
    return _handle(state, message, moment)


def _term_of(message: Message) -> Term:
    return message.membership.term if isinstance(message, MembershipContradicted) else message.term


def _contradicts(state: State, message: Message) -> bool:
    match message:
        case (
            PreVoteRequest(membership=MembershipId() as theirs)
            | VoteRequest(membership=MembershipId() as theirs)
        ):
            return theirs.contradicts(state.durable.membership.identity)
        case Heartbeat(membership=membership) if not state.voters:
            # Taking its vote for granted, without the memory of a voter: it could vote twice in a term.
            return state.member in membership.voters
        case Heartbeat(membership=membership):
            return membership.identity.contradicts(state.durable.membership.identity)
        case _:
            return False


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
        case MembershipContradicted(membership=theirs):
            own = state.durable.membership.voters
            why = f"{message.sender} was started with another bootstrap list: {list(theirs.voters)}, ours is {list(own)}"
            return ignored(state, why, alarming=True)
        case _:
            assert_never(message)


def _effects(before: State, outcome: ActionResult) -> tuple[Effect, ...]:
    """What the difference between two states asks for: the record first, then messages, then news."""
    after = outcome.state
    record: tuple[Effect, ...] = (
        (Persist(after.durable),) if after.durable != before.durable else ()
    )
    return (*record, *outcome.messages, *_announcements(before, after))


def _announcements(before: State, after: State) -> list[Effect]:
    """What the application has to be told."""
    news: list[Effect] = []
    old, new = visible_term(before), visible_term(after)
    if old != new:
        news.append(AnnounceTerm(old=old, new=new))
    led, leads = (
        isinstance(before.role, Leader | Renewing),
        isinstance(after.role, Leader | Renewing),
    )
    if leads and not led:
        news.append(AnnounceLeading(new))
    elif not leads and (led or leader_of(before) != leader_of(after)):
        news.append(AnnounceFollowing(leader_of(after)))
    return news
