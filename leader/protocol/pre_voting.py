"""Asking for pre-votes and answering them. A pre-vote binds no member; it only keeps vain campaigns away.

One function for each action of the specification. What only paces pre-votes is in ``pacing``.
"""

from dataclasses import replace

from leader.protocol.actions import Action, ActionResult, NoAction, ignored, refused
from leader.protocol.effects import RefusalReason, Send
from leader.protocol.guards import (
    is_free_to_vote_for,
    is_higher_term,
    is_next_term,
    is_not_older,
    is_of_this_round,
    is_voter,
)
from leader.protocol.messages import PreVoteGranted, PreVoteRefused, PreVoteRequest
from leader.protocol.pacing import (
    after_granting_pre_vote,
    deferred_until,
    park,
    round_superseded,
)
from leader.protocol.promises import without_own_promise
from leader.protocol.quorum import is_quorum
from leader.protocol.sending import to_others
from leader.protocol.state import Candidate, Follower, PreCandidate, State
from leader.protocol.vocabulary import Instant, Moment, Term, require
from leader.protocol.voting import campaign


def start_pre_vote(state: State, moment: Moment) -> ActionResult:
    """Ask whether a campaign would succeed; binds no member. Spec: StartPreVote."""
    # Spec: role[m] \in {"follower", "precandidate", "candidate"}
    may_ask = isinstance(state.role, Follower | PreCandidate | Candidate)
    require(may_ask, "StartPreVote: a leader must not ask for pre-votes")
    # Spec: m \in Voters
    require(is_voter(state), "StartPreVote: an observer must not ask for votes")
    # Spec: ~PromisedToAnother(m, m)
    free = is_free_to_vote_for(state, state.member, moment.now)
    require(free, "StartPreVote: a live promise to another member must not be disturbed")
    timing, membership = state.settings.timing, state.durable.membership
    granted = frozenset({state.member})
    wait = 0 if is_quorum(granted, state.voters) else timing.election_timeout(moment.jitter)
    role = PreCandidate(started=moment.now, granted=granted, deadline=Instant(moment.now + wait))
    request = PreVoteRequest(
        cluster=state.settings.cluster,
        sender=state.member,
        term=Term(state.term + 1),
        sent=moment.now,
        membership=membership.identity,
    )
    asking = replace(state, role=role, promise=without_own_promise(state))
    return ActionResult(Action.START_PRE_VOTE, asking, to_others(state, request))


def handle_pre_vote_request(
    state: State, message: PreVoteRequest, moment: Moment
) -> ActionResult | NoAction:
    """Say whether we would vote for the asker; binds us to nothing. Spec: HandlePreVoteRequest.

    A request that only a promise stands against is parked, and answered again when that has ended.
    """
    asker, now = message.sender, moment.now
    # Spec: v \in Voters
    if not is_voter(state):
        return _refused(state, message, RefusalReason.NOT_A_VOTER)
    # Spec: r.term > term[v]
    if not is_higher_term(state, message.term):
        return _refused(state, message, RefusalReason.TERM_NOT_HIGHER)
    # Spec: ~PromisedToAnother(v, r.from)
    if not is_free_to_vote_for(state, asker, now):
        parked = park(state, message) if is_not_older(state, message.membership) else state
        return _refused(parked, message, RefusalReason.PROMISED_TO_ANOTHER)
    # Spec: r.stamp >= stamp[v]
    if not is_not_older(state, message.membership):
        return _refused(state, message, RefusalReason.MEMBERSHIP_OLDER)
    if now < deferred_until(state, asker):
        why = f"the pre-vote of {asker} waits: another round goes first"
        return ignored(park(state, message), RefusalReason.PRE_VOTE_DEFERRED, why)
    granted = PreVoteGranted(
        cluster=state.settings.cluster, sender=state.member, term=message.term, sent=message.sent
    )
    helped = after_granting_pre_vote(state, asker, moment)
    send = Send(to=asker, message=granted)
    return ActionResult(Action.HANDLE_PRE_VOTE_REQUEST, helped, (send,))


def _refused(state: State, message: PreVoteRequest, reason: RefusalReason) -> ActionResult:
    refusal = PreVoteRefused(cluster=state.settings.cluster, sender=state.member, term=state.term)
    return refused(Action.HANDLE_PRE_VOTE_REQUEST, state, message.sender, refusal, reason)


def handle_pre_vote_granted(
    state: State, message: PreVoteGranted, moment: Moment
) -> ActionResult | NoAction:
    """Count a pre-vote of this round; with a quorum, campaign. Spec: Grants, HandlePreVoteGranted, Campaign."""
    role, voter = state.role, message.sender
    if (
        # Spec: r.term = term[m] + 1
        not is_next_term(state, message.term)
        # Spec: role[m] = "precandidate"
        or not isinstance(role, PreCandidate)
        # A delayed grant of an earlier round would help a member that was away to disturb a leader.
        or not is_of_this_round(role, message)
    ):
        why = f"the pre-vote of {voter} is for a round that is over"
        return ignored(state, RefusalReason.ROUND_OVER, why)
    if round_superseded(state):
        why = f"the pre-vote of {voter} does not count: another member was just granted one"
        return ignored(state, RefusalReason.ROUND_SUPERSEDED, why)
    granted = role.granted | {voter}
    counted = replace(state, role=replace(role, granted=granted))
    # Spec: ~WouldWin(granted[m] \cup {r.from})
    # Spec: WouldWin(granted[m] \cup last)
    if is_quorum(granted, state.voters):
        return campaign(counted, moment)
    return ActionResult(Action.HANDLE_PRE_VOTE_GRANTED, counted)
