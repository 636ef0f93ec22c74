"""Becoming a leader: one function for each action of the spec's section of that name.

The guards stand in the spec's order, each below the spec's words for it. Each function is pure: it
takes the state and what happened, and returns an ActionResult, or NoAction where the spec takes no action.
"""

from dataclasses import replace

from leader.protocol.durable import Durable
from leader.protocol.effects import Send
from leader.protocol.lease import answered, backed_by_quorum_until, lease_until
from leader.protocol.messages import (
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resignation,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.pacing import after_granting_pre_vote, deferred_until, park, round_superseded
from leader.protocol.quorum import is_quorum
from leader.protocol.state import (
    Candidate,
    Follower,
    Leader,
    LeaseGrant,
    PreCandidate,
    Promise,
    Renewing,
    State,
    leader_of,
    promised_to_another,
)
from leader.protocol.transition import Action, ActionResult, NoAction, ignored
from leader.protocol.vocabulary import Duration, Instant, MemberId, Moment, Term, after


def to_others(state: State, message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter. Spec: To."""
    return tuple(Send(to=voter, message=message) for voter in state.voters if voter != state.member)


def to_all(state: State, message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter and to all observers. Spec: To."""
    observers = sorted(state.observers - {*state.voters, state.member})
    watching = tuple(Send(to=observer, message=message) for observer in observers)
    return (*to_others(state, message), *watching)


def restart_wait(state: State, now: Instant) -> Duration:
    """The longest promise that may be owed from ``now`` on: what a restart will have to wait for.

    A former life may have promised for longer than today's setting; the record says so until no
    more than today's promise is left of that.
    """
    own, owed = state.settings.timing.promise, state.promise
    if owed is not None and owed.until > after(now, own):
        return max(state.durable.promise, own)
    return own


def next_record(state: State, term: Term, now: Instant, *, stamped: bool = False) -> Durable:
    """The record with ``term`` in it, and in its membership where the leader of ``term`` has ``stamped`` it."""
    membership = state.durable.membership
    return Durable(
        term=term,
        membership=membership.stamped(term) if stamped else membership,
        promise=restart_wait(state, now),
    )


def without_own_promise(state: State) -> Promise | None:
    """A promise to oneself ends with the candidacy or leadership it was made for. Spec: WithoutOwnPromise."""
    promise = state.promise
    return None if promise is not None and promise.to == state.member else promise


def promise_to(state: State, member: MemberId, now: Instant) -> Promise:
    """From ``now``, for one promise, a vote for nobody but ``member``.

    What was promised to it before, or to whomever by a former life, is not cut short: its lease may
    still count on that.
    """
    until, owed = after(now, state.settings.timing.promise), state.promise
    if owed is not None and owed.to in (None, member):
        until = max(until, owed.until)
    return Promise(to=member, until=until)


def start_pre_vote(state: State, moment: Moment) -> ActionResult:
    """Ask whether a campaign would succeed; binds nobody. Spec: StartPreVote.

    Only the due_actions call this: the deadline has passed, and no live promise is owed to another.
    """
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
    """Say whether we would vote for the asker; binds us to nothing. Spec: HandlePreVoteRequest."""
    cluster, now = state.settings.cluster, moment.now
    # Spec: v \in Voters
    # Spec: r.term > term[v]
    higher = state.votes and message.term > state.term
    # Spec: ~PromisedToAnother(v, r.from)
    promised = promised_to_another(state, message.sender, now)
    # Spec: r.stamp >= stamp[v]
    welcome = higher and not message.membership.is_older_than(state.durable.membership.identity)
    if welcome and not promised and now < deferred_until(state, message.sender):
        return ignored(
            park(state, message), f"pre-vote of {message.sender} waits for another round"
        )
    if welcome and not promised:
        granted = PreVoteGranted(
            cluster=cluster, sender=state.member, term=message.term, sent=message.sent
        )
        return ActionResult(
            Action.HANDLE_PRE_VOTE_REQUEST,
            after_granting_pre_vote(state, message.sender, moment),
            (Send(to=message.sender, message=granted),),
        )
    refused = PreVoteRefused(cluster=cluster, sender=state.member, term=state.term)
    remembered = park(state, message) if welcome else state
    return ActionResult(
        Action.HANDLE_PRE_VOTE_REQUEST, remembered, (Send(to=message.sender, message=refused),)
    )


def handle_pre_vote_granted(
    state: State, message: PreVoteGranted, moment: Moment
) -> ActionResult | NoAction:
    """Count a pre-vote of this round; with a quorum, campaign. Spec: Grants, HandlePreVoteGranted, Campaign."""
    role = state.role
    if (
        # Spec: role[m] = "precandidate"
        not isinstance(role, PreCandidate)
        # Spec: r.term = term[m] + 1
        or message.term != state.term + 1
        or message.sent != role.started
    ):
        # A delayed grant of an earlier round would help a member that was away to disturb a leader.
        return ignored(state, f"pre-vote of {message.sender} is for a round that is over")
    if round_superseded(state):
        return ignored(
            state, f"pre-vote of {message.sender} would make us a rival of the one we just helped"
        )
    granted = role.granted | {message.sender}
    counted = replace(state, role=replace(role, granted=granted))
    # Spec: ~WouldWin(granted[m] \cup {r.from})
    # Spec: WouldWin(granted[m] \cup last)
    if is_quorum(granted, state.voters):
        return campaign(counted, moment)
    return ActionResult(Action.HANDLE_PRE_VOTE_GRANTED, counted)


def campaign(state: State, moment: Moment) -> ActionResult:
    """Stand for the next term: a quorum said it would vote for us. Spec: Campaign."""
    return become_candidate(Action.CAMPAIGN, state, Term(state.term + 1), None, moment)


def become_candidate(
    action: Action, state: State, term: Term, resignation: Resignation | None, moment: Moment
) -> ActionResult:
    """Ask for votes in ``term``: a leader goes on acting by the lease it has meanwhile. Spec: StandFor."""
    now, timing = moment.now, state.settings.timing
    held = lease_until(state)
    own = frozenset({LeaseGrant(member=state.member, sent=now, promise=timing.promise)})
    alone = is_quorum({state.member}, state.voters)
    role: Candidate | Renewing
    if held is None:
        wait = Duration(0) if alone else timing.election_timeout(moment.jitter)
        role = Candidate(backing=own, deadline=after(now, wait))
    else:
        # Half of what is left, or a disk slower than a heartbeat would outrun every try with the next.
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
    standing = replace(
        state,
        durable=next_record(state, term, now),
        role=role,
        promise=promise_to(state, state.member, now),
    )
    return ActionResult(action, standing, to_others(state, request))


def handle_vote_request(state: State, message: VoteRequest, moment: Moment) -> ActionResult:
    """Vote, which is to move to the term, at most once in each. Spec: HandleVoteRequest."""
    cluster, now, timing = state.settings.cluster, moment.now, state.settings.timing
    if (
        # Spec: v \in Voters
        state.votes
        # Spec: r.term > term[v]
        and message.term > state.term
        # Spec: ~PromisedToAnother(v, r.from) \/ ReleasedFor(v, r)
        and (not promised_to_another(state, message.sender, now) or _released_for(state, message))
        # Spec: r.stamp >= stamp[v]
        and not message.membership.is_older_than(state.durable.membership.identity)
    ):
        # Spec: leader[v] = r.from
        leader = message.sender if leader_of(state) == message.sender else None
        voted = replace(
            state,
            durable=next_record(state, message.term, now),
            role=Follower(
                leader=leader, deadline=after(now, timing.election_timeout(moment.jitter))
            ),
            promise=promise_to(state, message.sender, now),
        )
        vote = VoteGranted(
            cluster=cluster,
            sender=state.member,
            term=message.term,
            sent=message.sent,
            promise=timing.promise,
        )
        return ActionResult(
            Action.HANDLE_VOTE_REQUEST, voted, (Send(to=message.sender, message=vote),)
        )
    # Not adopting the term here keeps a candidate from disturbing a promised voter.
    refused = VoteRefused(cluster=cluster, sender=state.member, term=state.term)
    return ActionResult(
        Action.HANDLE_VOTE_REQUEST, state, (Send(to=message.sender, message=refused),)
    )


def _released_for(state: State, message: VoteRequest) -> bool:
    """Whether the asker shows that the leader we promised has resigned since. Spec: ReleasedFor.

    A promise of a later term than the resignation's was given to a later leadership: it stands.
    """
    resignation, promise = message.resignation, state.promise
    return (
        # Spec: r.resigned # None
        resignation is not None
        and promise is not None
        # Spec: promise[v].to = r.resigned
        and promise.to == resignation.leader
        and state.term <= resignation.term
    )


def handle_vote_granted(
    state: State, message: VoteGranted, moment: Moment
) -> ActionResult | NoAction:
    """Count a vote; with a quorum whose promises all still stand, lead. Spec: Votes, HandleVoteGranted, BecomeLeader."""
    role = state.role
    # Spec: Asks(m) \/ role[m] = "leader"
    # Spec: r.term = term[m]
    if not isinstance(role, Candidate | Renewing | Leader) or message.term != state.term:
        return ignored(state, f"vote of {message.sender} is for a candidacy that is over")
    if message.sent > moment.now:
        return ignored(state, f"vote of {message.sender} answers what was never asked")
    grant = LeaseGrant(member=message.sender, sent=message.sent, promise=message.promise)
    backing = answered(role.backing, grant, state.settings.timing)
    counted = replace(state, role=replace(role, backing=backing))
    # Spec: Asks(m)
    # Spec: Asks(m) => ~IsQuorum(Backs(Answered(m, r)), Voters)
    # Spec: IsQuorum(Backs(answers), Voters)
    if not isinstance(role, Leader) and quorum_stands(backing, state, moment.now):
        return become_leader(counted, moment)
    return ActionResult(Action.HANDLE_VOTE_GRANTED, counted)


def quorum_stands(backing: frozenset[LeaseGrant], state: State, now: Instant) -> bool:
    """Whether a quorum has answered, all of whose promises back a lease at ``now``."""
    until = backed_by_quorum_until(backing, state.voters, state.settings.timing)
    return until is not None and now < until


def become_leader(state: State, moment: Moment) -> ActionResult:
    """Lead the term won, and stamp the membership with it. Spec: BecomeLeader.

    The first heartbeat is due at once: it is the next step.
    """
    role = state.role
    backing = role.backing if isinstance(role, Candidate | Renewing) else frozenset()
    leading = replace(
        state,
        durable=next_record(state, state.term, moment.now, stamped=True),
        role=Leader(backing=backing, deadline=moment.now),
        pacing=replace(state.pacing, parked=(), backoff=None),
    )
    return ActionResult(Action.BECOME_LEADER, leading)
