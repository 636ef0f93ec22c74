"""Asking for votes, giving one, and winning: one function for each action of the specification.

The guards stand at the top, in the specification's order, each below the specification's words for
it. Each function is pure: it takes the state and what happened, and returns an ActionResult, or a
NoAction if the specification takes none.
"""

from dataclasses import replace

from leader.protocol.actions import Action, ActionResult, NoAction, ignored, refused
from leader.protocol.effects import RefusalReason, Send
from leader.protocol.guards import (
    follows,
    is_free_to_vote_for,
    is_higher_term,
    is_in_the_past,
    is_not_older,
    is_own_term,
    is_released_for,
    is_voter,
    require_role,
)
from leader.protocol.lease import answered, lease_until, quorum_stands
from leader.protocol.messages import Resignation, VoteGranted, VoteRefused, VoteRequest
from leader.protocol.pacing import without_deferred
from leader.protocol.promises import next_record, promise_to
from leader.protocol.quorum import is_quorum
from leader.protocol.sending import to_others
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    PreCandidate,
    Renewing,
    State,
    with_role,
)
from leader.protocol.vocabulary import Duration, Instant, Moment, Term, after, require


def campaign(state: State, moment: Moment) -> ActionResult:
    """Ask for votes in the next term: a quorum said that it would vote for us. Spec: Campaign."""
    # Spec: role[m] = "precandidate"
    role = require_role(state, "Campaign", PreCandidate)
    # Spec: WouldWin(granted[m] \cup last)
    require(is_quorum(role.granted, state.voters), "Campaign: no quorum would vote for this member")
    return become_candidate(Action.CAMPAIGN, state, Term(state.term + 1), None, moment)


def become_candidate(
    action: Action, state: State, term: Term, resignation: Resignation | None, moment: Moment
) -> ActionResult:
    """Ask for votes in ``term``; a leader goes on acting by the lease that it has meanwhile. Spec: StandFor."""
    require(
        is_higher_term(state, term), f"{action}: a second vote in a term could elect two leaders"
    )
    now, timing = moment.now, state.settings.timing
    held = lease_until(state)
    own = frozenset({LeaseGrant(member=state.member, sent=now, promise=timing.promise)})
    alone = is_quorum({state.member}, state.voters)
    role: Candidate | Renewing
    if held is None:
        wait = Duration(0) if alone else timing.election_timeout(moment.jitter)
        role = Candidate(backing=own, deadline=after(now, wait))
    else:
        # At least half of the lease that is left: if a disk write takes longer than a heartbeat
        # interval, a shorter wait would start the next try before the votes of this one arrive.
        pace = max(timing.heartbeat_pace(timing.promise), (held - now) // 2)
        role = Renewing(
            lease_until=held, backing=own, deadline=Instant(now if alone else now + pace)
        )
    request = VoteRequest(
        cluster=state.settings.cluster,
        sender=state.member,
        term=term,
        sent=now,
        membership=state.durable.membership.identity,
        resignation=resignation,
    )
    asking = replace(
        state,
        durable=next_record(state, term, now),
        role=role,
        promise=promise_to(state, state.member, now),
    )
    return ActionResult(action, asking, to_others(state, request))


def handle_vote_request(state: State, message: VoteRequest, moment: Moment) -> ActionResult:
    """Vote, which is to move to the term, at most once in each. Spec: HandleVoteRequest."""
    candidate, now, timing = message.sender, moment.now, state.settings.timing
    # Spec: v \in Voters
    if not is_voter(state):
        return _refused(state, message, RefusalReason.NOT_A_VOTER)
    # Spec: r.term > term[v]
    if not is_higher_term(state, message.term):
        return _refused(state, message, RefusalReason.TERM_NOT_HIGHER)
    # Spec: ~PromisedToAnother(v, r.from) \/ ReleasedFor(v, r)
    if not (is_free_to_vote_for(state, candidate, now) or is_released_for(state, message)):
        return _refused(state, message, RefusalReason.PROMISED_TO_ANOTHER)
    # Spec: r.stamp >= stamp[v]
    if not is_not_older(state, message.membership):
        return _refused(state, message, RefusalReason.MEMBERSHIP_OLDER)
    # Spec: leader[v] = r.from
    leader = candidate if follows(state, candidate) else None
    voted = replace(
        state,
        durable=next_record(state, message.term, now),
        role=Follower(leader=leader, deadline=after(now, timing.election_timeout(moment.jitter))),
        promise=promise_to(state, candidate, now),
    )
    vote = VoteGranted(
        cluster=state.settings.cluster,
        sender=state.member,
        term=message.term,
        sent=message.sent,
        promise=timing.promise,
    )
    return ActionResult(Action.HANDLE_VOTE_REQUEST, voted, (Send(to=candidate, message=vote),))


def _refused(state: State, message: VoteRequest, reason: RefusalReason) -> ActionResult:
    """Refuse a vote. The candidate's term is not adopted: it could disturb a promised voter by it."""
    refusal = VoteRefused(cluster=state.settings.cluster, sender=state.member, term=state.term)
    return refused(Action.HANDLE_VOTE_REQUEST, state, message.sender, refusal, reason)


def handle_vote_granted(
    state: State, message: VoteGranted, moment: Moment
) -> ActionResult | NoAction:
    """Count a vote; with a quorum whose promises all still stand, lead. Spec: Votes, HandleVoteGranted, BecomeLeader."""
    role, voter = state.role, message.sender
    # Spec: r.term = term[m]
    # Spec: Asks(m) \/ role[m] = "leader"
    if not is_own_term(state, message.term) or not isinstance(role, Candidate | Renewing | Leader):
        why = f"the vote of {voter} is for a candidacy that is over"
        return ignored(state, RefusalReason.CANDIDACY_OVER, why)
    if not is_in_the_past(message.sent, moment.now):
        why = f"the vote of {voter} answers a request that was never sent"
        return ignored(state, RefusalReason.NEVER_ASKED, why)
    grant = LeaseGrant(member=voter, sent=message.sent, promise=message.promise)
    backing = answered(role.backing, grant, state.settings.timing)
    counted = with_role(state, replace(role, backing=backing))
    # Spec: Asks(m)
    # Spec: Asks(m) => ~IsQuorum(Backs(Answered(m, r)), Voters)
    # Spec: IsQuorum(Backs(answers), Voters)
    if not isinstance(role, Leader) and quorum_stands(backing, state, moment.now):
        return become_leader(counted, moment)
    return ActionResult(Action.HANDLE_VOTE_GRANTED, counted)


def become_leader(state: State, moment: Moment) -> ActionResult:
    """Lead the term that was won, and stamp the membership with it. Spec: BecomeLeader.

    The first heartbeat is due at once: it is the next step.
    """
    # Spec: Asks(m)
    role = require_role(state, "BecomeLeader", Candidate, Renewing)
    # Spec: IsQuorum(Backs(answers), Voters)
    stands = quorum_stands(role.backing, state, moment.now)
    require(stands, "BecomeLeader: no quorum has a promise that still backs a lease")
    leading = replace(
        state,
        durable=next_record(state, state.term, moment.now, stamped=True),
        role=Leader(backing=role.backing, deadline=moment.now),
        pacing=replace(without_deferred(state.pacing), informed=frozenset()),
    )
    return ActionResult(Action.BECOME_LEADER, leading)
