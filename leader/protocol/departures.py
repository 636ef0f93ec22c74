"""A leader that goes: it resigns, or falls silent, or the connection to its process breaks.

One function for each action of the specification.
"""

from dataclasses import replace

from leader.protocol.actions import Action, ActionResult, NoAction, ignored
from leader.protocol.effects import RefusalReason
from leader.protocol.guards import (
    follows,
    has_live_promise,
    is_free_to_vote_for,
    is_not_lower_term,
    is_own_term,
    is_promised_to,
    is_voter,
    knows_voters,
    require_role,
    trusts_disconnect,
)
from leader.protocol.membership import founding
from leader.protocol.messages import Resignation, Resigned
from leader.protocol.pacing import after_resignation, hasten, remember_resignation
from leader.protocol.sending import to_others_and
from leader.protocol.state import Follower, Leader, Renewing, State
from leader.protocol.vocabulary import MemberId, Moment, Term, after, require
from leader.protocol.voting import become_candidate


def resign(state: State, successor: MemberId | None, moment: Moment) -> ActionResult | NoAction:
    """Stop acting, then say so. Spec: Resign."""
    # Spec: role[m] \in {"leader", "renewing"}
    if not isinstance(state.role, Leader | Renewing):
        return ignored(state, RefusalReason.NOT_LEADING, "only a leader can resign")
    deadline = after(moment.now, state.settings.timing.election_timeout(moment.jitter))
    resigned = replace(state, role=Follower(leader=None, deadline=deadline), promise=None)
    message = Resigned(
        cluster=state.settings.cluster, sender=state.member, term=state.term, successor=successor
    )
    return ActionResult(Action.RESIGN, resigned, to_others_and(state, state.observers, message))


def handle_resigned(state: State, message: Resigned, moment: Moment) -> ActionResult | NoAction:
    """Release what was promised to a leader that gave up; as its successor, campaign. Spec: HandleResigned."""
    leader, role = message.sender, state.role
    # Spec: r.term >= term[v]
    if not is_not_lower_term(state, message.term):
        # Our promise may be to a later leadership of the same member: it stands.
        why = f"a late resignation of {leader} from term {message.term}"
        return ignored(state, RefusalReason.TERM_LOWER, why)
    resignation = Resignation(leader=leader, term=message.term)
    heard = remember_resignation(state, resignation)
    # Spec: role[v] = "follower"
    if not isinstance(role, Follower):
        return NoAction(heard)
    # Spec: promise[v].to = r.from
    released = is_promised_to(state, leader) and has_live_promise(state, moment.now)
    kept = replace(heard, promise=None) if released else heard
    # Spec: r.successor = v
    # Spec: r.term = term[v]
    named = message.successor == state.member and is_own_term(state, message.term)
    # Spec: kept.left = 0
    free = is_free_to_vote_for(kept, state.member, moment.now)
    # Spec: named
    if named and free and is_voter(state):
        return become_candidate(
            Action.HANDLE_RESIGNED, kept, Term(state.term + 1), resignation, moment
        )
    # Spec: leader[v] = r.from \/ kept # promise[v]
    if not (follows(state, leader) or released):
        return NoAction(heard)
    deadline = after_resignation(state, message, moment)
    # Spec: leader[v] = r.from
    believed = None if follows(state, leader) else role.leader
    following = replace(kept, role=Follower(leader=believed, deadline=deadline))
    return ActionResult(Action.HANDLE_RESIGNED, following)


def lose_leader(state: State, moment: Moment) -> ActionResult:
    """Cease to believe in a leader that has fallen silent, and in the list that it sent. Spec: LoseLeader.

    An observer can do no more. If the list was made up, its next true leader is on another one. It can
    never become a voter by a later list, because it would not remember which votes it has given.
    """
    # Spec: m \notin Voters
    require(not is_voter(state), "LoseLeader: a voter asks for votes instead")
    # Spec: leader[m] # None \/ stamp[m] > 0
    role = require_role(state, "LoseLeader", Follower)
    believes = role.leader is not None or knows_voters(state)
    require(believes, "LoseLeader: no leader is followed, and no list is known")
    lost = replace(
        state,
        durable=replace(state.durable, membership=founding(())),
        role=replace(role, leader=None),
    )
    return ActionResult(Action.LOSE_LEADER, lost)


def peer_down(state: State, peer: MemberId, moment: Moment) -> ActionResult | NoAction:
    """The connection to ``peer`` broke: be ready when its promise ends or, if that is proof, now. Spec: PeerDown."""
    role = state.role
    hastened = hasten(state, peer, moment)
    owed = is_promised_to(state, peer)
    if not trusts_disconnect(state) or not isinstance(role, Follower):
        return NoAction(hastened)
    # Spec: promise[m].to = p \/ leader[m] = p
    if not ((owed and has_live_promise(state, moment.now)) or follows(state, peer)):
        return NoAction(hastened)
    # Spec: @.to = p
    promise = None if owed else state.promise
    # Spec: @ = p
    leader = None if follows(state, peer) else role.leader
    return ActionResult(
        Action.PEER_DOWN,
        replace(
            hastened,
            role=Follower(leader=leader, deadline=hastened.role.deadline),
            promise=promise,
        ),
    )


def likeliest_successor(state: State) -> MemberId | None:
    """The member to name when resigning: the one that has answered last. None if none has answered."""
    role = state.role
    if not isinstance(role, Leader | Renewing):
        return None
    others = set(state.voters) - {state.member}
    grants = [grant for grant in role.backing if grant.member in others]
    newest = max(grants, key=lambda grant: (grant.sent, grant.member), default=None)
    return None if newest is None else newest.member
