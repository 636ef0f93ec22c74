"""Staying leader, ceasing to be, and what others make of it: one function for each action of the spec."""

from dataclasses import replace

from leader.protocol.durable import Durable
from leader.protocol.effects import Send
from leader.protocol.lease import acts, answered
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    Refusal,
    Resignation,
    Resigned,
)
from leader.protocol.pacing import retry_once_at_once, round_superseded, staggered
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    PreCandidate,
    Renewing,
    State,
    promised_to_another,
)
from leader.protocol.transition import Action, ActionResult, NoAction, ignored
from leader.protocol.vocabulary import Instant, InvariantViolated, MemberId, Moment, Term, after
from leader.protocol.voting import (
    become_candidate,
    next_record,
    promise_to,
    restart_wait,
    to_all,
    without_own_promise,
)


def send_heartbeat(state: State, moment: Moment) -> ActionResult:
    """Renew the promise to ourselves, and ask the others for theirs. Spec: SendHeartbeat."""
    now, timing, role = moment.now, state.settings.timing, state.role
    # Spec: role[m] = "leader"
    if not isinstance(role, Leader):
        raise InvariantViolated(f"{state.member} sends a heartbeat as {role!r}")
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
    )
    return ActionResult(Action.SEND_HEARTBEAT, sent, to_all(state, heartbeat))


def handle_heartbeat(state: State, message: Heartbeat, moment: Moment) -> ActionResult | NoAction:
    """Follow a leader of our term or a later one, and promise it. Spec: HandleHeartbeat."""
    cluster, sender = state.settings.cluster, message.sender
    # Spec: r.term >= term[v]
    if message.term < state.term:
        refused = HeartbeatRefused(cluster=cluster, sender=state.member, term=state.term)
        return ActionResult(Action.HANDLE_HEARTBEAT, state, (Send(to=sender, message=refused),))
    resignation = state.pacing.resignation
    if (
        resignation is not None
        and resignation.leader == sender
        and message.term <= resignation.term
    ):
        return ignored(
            state, f"late heartbeat of {sender}, which resigned in term {resignation.term}"
        )
    if isinstance(state.role, Leader) and message.term == state.term:
        raise InvariantViolated(
            f"OneLeaderPerTerm: {sender} and {state.member} both lead term {state.term}"
        )
    following = _follow(state, message, moment)
    acknowledged = HeartbeatAck(
        cluster=cluster,
        sender=state.member,
        term=message.term,
        sent=message.sent,
        promise=state.settings.timing.promise,
        membership=following.durable.membership.identity,
    )
    return ActionResult(
        Action.HANDLE_HEARTBEAT, following, (Send(to=sender, message=acknowledged),)
    )


def _follow(state: State, message: Heartbeat, moment: Moment) -> State:
    """With the leader's term, its membership unless ours is newer, and a promise to it.

    A live promise to another does not matter: whoever holds that acts no longer, or this one could
    not lead.
    """
    now, own, theirs = moment.now, state.durable.membership, message.membership
    deadline = after(now, state.settings.timing.election_timeout(moment.jitter))
    return replace(
        state,
        durable=Durable(
            term=message.term,
            membership=theirs if own.identity.is_older_than(theirs.identity) else own,
            promise=restart_wait(state, now),
        ),
        role=Follower(leader=message.sender, deadline=deadline),
        promise=promise_to(state, message.sender, now),
        pacing=replace(state.pacing, parked=(), backoff=None),
    )


def handle_heartbeat_ack(
    state: State, message: HeartbeatAck, moment: Moment
) -> ActionResult | NoAction:
    """Count the lease from when the heartbeat was sent. Spec: HandleHeartbeatAck."""
    role = state.role
    # Spec: role[m] = "leader"
    # Spec: r.term = term[m]
    if not isinstance(role, Leader) or message.term != state.term:
        return ignored(state, f"answer of {message.sender} is to a leadership that is over")
    if message.sent > moment.now:
        return ignored(state, f"answer of {message.sender} is to what was never sent")
    grant = LeaseGrant(member=message.sender, sent=message.sent, promise=message.promise)
    backing = answered(role.backing, grant, state.settings.timing)
    return ActionResult(
        Action.HANDLE_HEARTBEAT_ACK, replace(state, role=replace(role, backing=backing))
    )


def expire_lease(state: State, moment: Moment) -> ActionResult:
    """The lease is over: step down, whatever anybody else says. Spec: ExpireLease."""
    deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    stepped = replace(
        state, role=Follower(leader=None, deadline=deadline), promise=without_own_promise(state)
    )
    return ActionResult(Action.EXPIRE_LEASE, stepped)


def handle_refusal(state: State, message: Refusal, moment: Moment) -> ActionResult | NoAction:
    """Learn of a higher term: adopt it, or, while leading, go above it. Spec: Refusals, UpdateTerm, Renew."""
    # Spec: r.term > term[m]
    if message.term <= state.term:
        return ignored(state, f"refused by {message.sender}, in term {message.term}")
    if round_superseded(state):
        return ignored(state, f"refused by {message.sender}, maybe for the one we just helped")
    # Spec: LeaseOver(m)
    # Spec: Acts(m)
    if acts(state, moment.now):
        return renew(state, Term(message.term + 1), moment)
    return update_term(state, message.term, moment)


def update_term(state: State, term: Term, moment: Moment) -> ActionResult:
    """Adopt a higher term and follow; whoever was asking asks again. Spec: UpdateTerm."""
    role = state.role
    deadline, paced = role.deadline, state
    if isinstance(role, PreCandidate | Candidate):
        deadline, paced = retry_once_at_once(state, role.deadline, moment.now)
    elif isinstance(role, Leader | Renewing):
        deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    adopted = replace(
        paced,
        durable=next_record(state, term, moment.now),
        role=Follower(
            leader=role.leader if isinstance(role, Follower) else None, deadline=deadline
        ),
        promise=without_own_promise(state),
    )
    return ActionResult(Action.UPDATE_TERM, adopted)


def renew(state: State, term: Term, moment: Moment) -> ActionResult:
    """Move a live leadership to ``term`` as a candidate does, without ceasing to act. Spec: Renew.

    The promises its voters gave are to it, whatever the term: they grant at once. Stepping down
    instead would let every member that comes back with a higher term depose a healthy leader.
    """
    return become_candidate(Action.RENEW, state, term, None, moment)


def renew_again(state: State, moment: Moment) -> ActionResult:
    """Votes were lost on the way: try the next term while the lease lasts. Spec: Renew."""
    return renew(state, Term(state.term + 1), moment)


def resign(state: State, successor: MemberId | None, moment: Moment) -> ActionResult | NoAction:
    """Stop acting, then say so. Spec: Resign."""
    # Spec: role[m] \in {"leader", "renewing"}
    if not isinstance(state.role, Leader | Renewing):
        return ignored(state, "only a leader can resign")
    deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    resigned = replace(state, role=Follower(leader=None, deadline=deadline), promise=None)
    message = Resigned(
        cluster=state.settings.cluster, sender=state.member, term=state.term, successor=successor
    )
    return ActionResult(Action.RESIGN, resigned, to_all(state, message))


def handle_resigned(state: State, message: Resigned, moment: Moment) -> ActionResult | NoAction:
    """Release what was promised to a leader that gave up; as its successor, campaign. Spec: HandleResigned."""
    role, now = state.role, moment.now
    # Spec: r.term >= term[v]
    if message.term < state.term:
        # Our promise may be to a later leadership of the same member: it stands.
        return ignored(state, f"late resignation of {message.sender} from term {message.term}")
    resignation = Resignation(leader=message.sender, term=message.term)
    paced = replace(
        state, pacing=replace(state.pacing, resignation=resignation, parked=(), backoff=None)
    )
    # Spec: role[v] = "follower"
    if not isinstance(role, Follower):
        return NoAction(paced)
    owes = promised_to_another(state, state.member, now)
    # Spec: promise[v].to = r.from
    released = owes and _promised(state, message.sender)
    free = replace(paced, promise=None) if released else paced
    # Spec: r.successor = v
    # Spec: r.term = term[v]
    named = message.successor == state.member and message.term == state.term
    # Spec: kept.left = 0
    # Spec: named
    if named and (released or not owes) and state.votes:
        return become_candidate(
            Action.HANDLE_RESIGNED, free, Term(state.term + 1), resignation, moment
        )
    followed = role.leader == message.sender
    # Spec: leader[v] = r.from \/ kept # promise[v]
    if not followed and not released:
        return NoAction(free)
    deadline = after_resignation(state, message, moment)
    # Spec: leader[v] = r.from
    leader = None if followed else role.leader
    return ActionResult(
        Action.HANDLE_RESIGNED, replace(free, role=Follower(leader=leader, deadline=deadline))
    )


def likeliest_successor(state: State) -> MemberId | None:
    """Who has answered last, and so most likely lives: the one to name when resigning. None if nobody has."""
    role = state.role
    if not isinstance(role, Leader | Renewing):
        return None
    others = set(state.voters) - {state.member}
    answers = [grant for grant in role.backing if grant.member in others]
    newest = max(answers, key=lambda grant: (grant.sent, grant.member), default=None)
    return None if newest is None else newest.member


def after_resignation(state: State, message: Resigned, moment: Moment) -> Instant:
    """When to campaign oneself: a successor is given one election timeout, nobody is given none."""
    if message.successor is None:
        return after(moment.now, staggered(state, message.sender))
    return after(moment.now, state.settings.timing.election_timeout(moment.jitter))


def lose_leader(state: State, moment: Moment) -> ActionResult | NoAction:
    """Whoever has no vote can only cease to believe in a leader that has fallen silent. Spec: LoseLeader.

    Only the due_actions call this: the deadline has passed.
    """
    follower = state.role
    if not isinstance(follower, Follower):
        return NoAction(state)
    return ActionResult(Action.LOSE_LEADER, replace(state, role=replace(follower, leader=None)))


def peer_down(state: State, peer: MemberId, moment: Moment) -> ActionResult | NoAction:
    """The connection to ``peer`` broke: be ready when its promise ends, or, where that is proof, now. Spec: PeerDown."""
    role, promise = state.role, state.promise if _promised(state, peer) else None
    # Spec: promise[m].to = p \/ leader[m] = p
    if not isinstance(role, Follower) or (promise is None and role.leader != peer):
        return NoAction(state)
    trusted = state.settings.trust_disconnect
    free = moment.now if promise is None or trusted else promise.until
    soon = Instant(min(role.deadline, after(free, staggered(state, peer))))
    owes = promise is not None and moment.now < promise.until
    if not trusted or not (owes or role.leader == peer):
        return NoAction(replace(state, role=replace(role, deadline=soon)))
    # Spec: @.to = p
    kept = None if promise is not None else state.promise
    # Spec: @ = p
    leader = None if role.leader == peer else role.leader
    return ActionResult(
        Action.PEER_DOWN,
        replace(state, role=Follower(leader=leader, deadline=soon), promise=kept),
    )


def _promised(state: State, member: MemberId) -> bool:
    return state.promise is not None and state.promise.to == member
