"""What makes elections short and decides nothing: no claim rests on anything in this module.

Each rule here only delays a pre-vote, repeats one, ignores a message as if it were lost, or moves a
deadline. In the specification any member may ask at any time and any message may be lost, so it
has none of these rules.
"""

from dataclasses import replace
from typing import Final

from leader.protocol.messages import PreVoteRequest, Resignation, Resigned
from leader.protocol.state import (
    Candidate,
    Follower,
    Pacing,
    PreCandidate,
    PreVoteBackoff,
    State,
    StopMode,
)
from leader.protocol.vocabulary import (
    JITTER_RANGE,
    Duration,
    Instant,
    MemberId,
    Moment,
    Term,
    after,
)


def park(state: State, request: PreVoteRequest) -> State:
    """Keep ``request``, the newest of its asker, to be answered when nothing prevents it any more."""
    others = tuple(parked for parked in state.pacing.parked if parked.sender != request.sender)
    return replace(state, pacing=replace(state.pacing, parked=(*others, request)))


def unpark(state: State, parked: PreVoteRequest) -> State:
    """Keep ``parked`` no longer."""
    others = tuple(other for other in state.pacing.parked if other != parked)
    return replace(state, pacing=replace(state.pacing, parked=others))


def answerable(state: State, parked: PreVoteRequest) -> Instant:
    """When a parked request can be granted: no promise and no other round stands against it then."""
    promise, waits = state.promise, deferred_until(state, parked.sender)
    if promise is not None and promise.to != parked.sender:
        return max(promise.until, waits)
    return waits


def deferred_until(state: State, asker: MemberId) -> Instant:
    """Until when ``asker`` waits for our own better-ranked round, or for one that we just granted a pre-vote.

    If two members grant each other a pre-vote at the same moment, both campaign, and each blocks the
    other for a whole promise.
    """
    role, backoff = state.role, state.pacing.backoff
    waits = Instant(0)
    if backoff is not None and backoff.to != asker:
        waits = backoff.until
    if isinstance(role, PreCandidate) and _outranks(state, asker):
        waits = max(waits, after(role.started, state.settings.timing.pre_vote_backoff))
    return waits


ANSWERS_LIMIT: Final = 16
"""How many members are told within an election timeout that they are not heard: names cost nothing."""


def answering(state: State, to: MemberId, now: Instant) -> State | None:
    """The state after ``to`` is told that it is not heard; None if it, or too many others, were told lately."""
    lately = tuple(each for each in state.pacing.answered if now < each[1])
    if len(lately) >= ANSWERS_LIMIT or any(to == told for told, _ in lately):
        return None
    until = after(now, state.settings.timing.election_timeout_max)
    return replace(state, pacing=replace(state.pacing, answered=(*lately, (to, until))))


def _outranks(state: State, asker: MemberId) -> bool:
    membership = state.durable.membership
    return membership.rank(state.member) < membership.rank(asker)


def after_granting_pre_vote(state: State, asker: MemberId, moment: Moment) -> State:
    """Grant no other member a pre-vote for a while, and start our own next round later.

    We keep our own round if we outrank the asker; otherwise two members could yield to each other
    for ever. Random jitter separates members that wait, for the same reason.
    """
    role, timing = state.role, state.settings.timing
    until = after(moment.now, timing.pre_vote_backoff)
    jitter = timing.pre_vote_backoff * moment.jitter // JITTER_RANGE
    later = after(until, Duration(staggered(state, None) + jitter))
    if isinstance(role, PreCandidate) and not _outranks(state, asker):
        role = replace(role, deadline=later)
    elif isinstance(role, Follower | Candidate):
        role = replace(role, deadline=max(role.deadline, later))
    backoff = PreVoteBackoff(to=asker, until=until)
    return replace(state, role=role, pacing=replace(state.pacing, backoff=backoff))


def round_superseded(state: State) -> bool:
    """Whether a better-ranked member was granted a pre-vote since our own round started.

    If a late grant counted, we would campaign against that member. If a refusal's term, which most
    likely is the one in which that member campaigns, were adopted, we would have to refuse it our
    vote. Our next round asks for both again.
    """
    role, backoff = state.role, state.pacing.backoff
    if not isinstance(role, PreCandidate) or backoff is None or _outranks(state, backoff.to):
        return False
    return backoff.until > role.started


def staggered(state: State, gone: MemberId | None) -> Duration:
    """How much later than the first this voter starts if all learn the same thing at once."""
    rank = sum(1 for voter in state.voters if voter < state.member and voter != gone)
    return Duration(rank * state.settings.timing.stagger)


def retry_once_at_once(state: State, role_deadline: Instant, now: Instant) -> tuple[Instant, State]:
    """The deadline after a refusal that showed a higher term: now, but only once per deadline.

    Otherwise two members could raise each other's terms without a pause.
    """
    if now < state.pacing.no_retry_before:
        return role_deadline, state
    return now, replace(state, pacing=replace(state.pacing, no_retry_before=role_deadline))


def without_deferred(pacing: Pacing) -> Pacing:
    """Drop parked requests and backoff, because a leader is known or has gone: members ask again."""
    if not pacing.parked and pacing.backoff is None:
        return pacing
    return replace(pacing, parked=(), backoff=None)


def remember_resignation(state: State, resignation: Resignation) -> State:
    """Ignore late heartbeats of a leader that has resigned, and drop what was parked: its lease is over."""
    pacing = replace(without_deferred(state.pacing), resignation=resignation)
    return replace(state, pacing=pacing)


def has_resigned(state: State, leader: MemberId, term: Term) -> bool:
    """Whether ``leader`` is known to have resigned in ``term`` or later: its heartbeat was late."""
    resignation = state.pacing.resignation
    return resignation is not None and resignation.leader == leader and term <= resignation.term


def after_resignation(state: State, message: Resigned, moment: Moment) -> Instant:
    """When to start a round of our own: after one election timeout if a successor was named, else now.

    An observer starts none. It keeps its list of the voters for a while: they elect the next leader.
    """
    if state.member not in state.voters:
        return after(moment.now, state.settings.timing.observer_patience)
    if message.successor is None:
        return after(moment.now, staggered(state, message.sender))
    return after(moment.now, state.settings.timing.election_timeout(moment.jitter))


def hasten(state: State, peer: MemberId, moment: Moment) -> State:
    """After the connection to ``peer`` broke: start a round when the promise to it ends, if that is sooner.

    If a broken connection is trusted, the promise ends now.
    """
    role, promise = state.role, state.promise
    promised = promise is not None and promise.to == peer
    if not isinstance(role, Follower) or not (promised or role.leader == peer):
        return state
    free = moment.now
    if promise is not None and promised and not state.settings.trust_disconnect:
        free = promise.until
    soon = Instant(min(role.deadline, after(free, staggered(state, peer))))
    return replace(state, role=Follower(leader=role.leader, deadline=soon))


def stop_acting(state: State, *, let_lease_expire: bool) -> State:
    """Remember that the application was told to stop; if that is asked for twice, the stricter counts."""
    kept = state.pacing.stopped or StopMode.KEEP_LEASE
    mode = StopMode.LET_LEASE_EXPIRE if let_lease_expire else kept
    return replace(state, pacing=replace(state.pacing, stopped=mode))


def act_again(state: State) -> State:
    """Forget that the application was told to stop: it has stopped, and now this member resigns.

    If it were forgotten sooner, for example when the lease ends, a member that is elected again would
    act while its application still ends the work of the former leadership.
    """
    if state.pacing.stopped is None:
        return state
    return replace(state, pacing=replace(state.pacing, stopped=None))


def lets_lease_expire(state: State) -> bool:
    """Whether answers must not count: they would extend the lease of a leader that no longer acts."""
    return state.pacing.stopped is StopMode.LET_LEASE_EXPIRE


def earliest_pre_vote(state: State, deadline: Instant) -> Instant:
    """When a round may start: at the deadline, but not before a promise to another is over. Spec: StartPreVote."""
    promise = state.promise
    # Spec: ~PromisedToAnother(m, m)
    if promise is not None and promise.to != state.member:
        return max(deadline, promise.until)
    return deadline
