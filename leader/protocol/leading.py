"""Staying leader by the answers to heartbeats, and following: one function for each action of the specification."""

from dataclasses import replace

from leader.protocol.actions import Action, ActionResult, NoAction, ignored, refused
from leader.protocol.durable import Durable
from leader.protocol.effects import RefusalReason, Send
from leader.protocol.guards import (
    is_in_the_past,
    is_not_lower_term,
    is_own_term,
    is_voter,
    knows_voters,
    require_role,
)
from leader.protocol.lease import acts, answered
from leader.protocol.messages import Heartbeat, HeartbeatAck, HeartbeatRefused
from leader.protocol.observers import after_telling_observers, observers_due
from leader.protocol.pacing import has_resigned, without_deferred
from leader.protocol.promises import promise_to, restart_wait, without_own_promise
from leader.protocol.sending import to_others_and
from leader.protocol.state import Follower, Leader, LeaseGrant, Renewing, State, with_role
from leader.protocol.vocabulary import Instant, Moment, after, require


def send_heartbeat(state: State, moment: Moment) -> ActionResult:
    """Renew the promise to ourselves, and ask the others for theirs. Spec: SendHeartbeat."""
    now, timing = moment.now, state.settings.timing
    # Spec: role[m] = "leader"
    role = require_role(state, "SendHeartbeat", Leader)
    # Spec: Acts(m)
    require(acts(state, now), "SendHeartbeat: the lease is over, so another member may lead")
    own = LeaseGrant(member=state.member, sent=now, promise=timing.promise)
    backing = answered(role.backing, own, timing)
    pace = timing.heartbeat_pace(min(grant.promise for grant in backing))
    heartbeat = Heartbeat(
        cluster=state.settings.cluster,
        sender=state.member,
        term=state.term,
        sent=now,
        membership=state.durable.membership,
    )
    sent = replace(
        state,
        role=Leader(backing=backing, deadline=after(now, pace)),
        promise=promise_to(state, state.member, now),
        pacing=after_telling_observers(state.pacing, timing.observer_interval, now),
    )
    messages = to_others_and(state, observers_due(state, now), heartbeat)
    return ActionResult(Action.SEND_HEARTBEAT, sent, messages)


def handle_heartbeat(state: State, message: Heartbeat, moment: Moment) -> ActionResult | NoAction:
    """Follow a leader of our term or a later one, and promise it. Spec: HandleHeartbeat."""
    cluster, leader = state.settings.cluster, message.sender
    # Spec: r.term >= term[v] \/ ~KnowsVoters(v)
    if knows_voters(state) and not is_not_lower_term(state, message.term):
        refusal = HeartbeatRefused(cluster=cluster, sender=state.member, term=state.term)
        reason = RefusalReason.TERM_LOWER
        return refused(Action.HANDLE_HEARTBEAT, state, leader, refusal, reason)
    if has_resigned(state, leader, message.term):
        why = f"a late heartbeat of {leader}, which has resigned"
        return ignored(state, RefusalReason.LEADER_RESIGNED, why)
    if isinstance(state.role, Leader) and is_own_term(state, message.term):
        # A voter that lies, or that lost its record against the assumptions. It must not end us, too.
        why = f"{leader} claims to lead term {state.term}, which {state.member} leads"
        return ignored(state, RefusalReason.SECOND_LEADER, why, alarming=True)
    following = _follow(state, message, moment)
    acknowledged = HeartbeatAck(
        cluster=cluster,
        sender=state.member,
        term=message.term,
        sent=message.sent,
        promise=state.settings.timing.promise,
        membership=following.durable.membership.identity,
    )
    send = Send(to=leader, message=acknowledged)
    return ActionResult(Action.HANDLE_HEARTBEAT, following, (send,))


def _follow(state: State, message: Heartbeat, moment: Moment) -> State:
    """With the leader's term, its membership unless ours is newer, and a promise to it.

    A live promise to another member does not matter: its lease is over, or this leader could not
    have been elected.
    """
    now, own, theirs = moment.now, state.durable.membership, message.membership
    return replace(
        state,
        durable=Durable(
            term=message.term,
            membership=theirs if own.identity.is_older_than(theirs.identity) else own,
            promise=restart_wait(state, now),
        ),
        role=Follower(leader=message.sender, deadline=_patience_ends(state, moment)),
        promise=promise_to(state, message.sender, now),
        pacing=without_deferred(state.pacing),
    )


def _patience_ends(state: State, moment: Moment) -> Instant:
    """Until when this member waits for the next heartbeat."""
    timing = state.settings.timing
    wait = timing.election_timeout(moment.jitter) if is_voter(state) else timing.observer_patience
    return after(moment.now, wait)


def handle_heartbeat_ack(
    state: State, message: HeartbeatAck, moment: Moment
) -> ActionResult | NoAction:
    """Count the lease from when the heartbeat was sent. Spec: HandleHeartbeatAck."""
    role, follower = state.role, message.sender
    # Spec: role[m] = "leader"
    # Spec: r.term = term[m]
    if not isinstance(role, Leader) or not is_own_term(state, message.term):
        why = f"the answer of {follower} is to a leadership that is over"
        return ignored(state, RefusalReason.LEADERSHIP_OVER, why)
    if not is_in_the_past(message.sent, moment.now):
        why = f"the answer of {follower} is to a heartbeat that was never sent"
        return ignored(state, RefusalReason.NEVER_ASKED, why)
    grant = LeaseGrant(member=follower, sent=message.sent, promise=message.promise)
    backing = answered(role.backing, grant, state.settings.timing)
    counted = with_role(state, Leader(backing=backing, deadline=role.deadline))
    return ActionResult(Action.HANDLE_HEARTBEAT_ACK, counted)


def expire_lease(state: State, moment: Moment) -> ActionResult:
    """The lease is over: step down without waiting for a message of another member. Spec: ExpireLease."""
    # Spec: role[m] \in {"leader", "renewing"}
    require_role(state, "ExpireLease", Leader, Renewing)
    # Spec: LeaseOver(m)
    require(not acts(state, moment.now), "ExpireLease: the lease still lasts")
    deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    stepped = replace(
        state, role=Follower(leader=None, deadline=deadline), promise=without_own_promise(state)
    )
    return ActionResult(Action.EXPIRE_LEASE, stepped)
