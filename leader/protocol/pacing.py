"""What makes failover sharp and costs no safety: a pre-vote binds nobody.

Everything here only delays a pre-vote, repeats one, or moves a deadline; the spec, in which any
member may ask at any time, has none of it.
"""

from dataclasses import replace

from leader.protocol.messages import PreVoteRequest
from leader.protocol.state import Candidate, Follower, PreCandidate, PreVoteBackoff, State, StopMode
from leader.protocol.vocabulary import JITTER_RANGE, Duration, Instant, MemberId, Moment, after


def park(state: State, request: PreVoteRequest) -> State:
    """Keep ``request``, the newest of its asker, to be answered when what stands against it has ended."""
    others = tuple(parked for parked in state.pacing.parked if parked.sender != request.sender)

    return replace(state, pacing=replace(state.pacing, parked=(*others, request)))


def unpark(state: State, parked: PreVoteRequest) -> State:
    """Keep ``parked`` no longer."""
    others = tuple(other for other in state.pacing.parked if other != parked)
    return replace(state, pacing=replace(state.pacing, parked=others))


def answerable(state: State, parked: PreVoteRequest) -> Instant:
    """When nothing will stand against a parked request any more: no promise, and nothing that ``deferred_until`` names."""
    promise, waits = state.promise, deferred_until(state, parked.sender)
    if promise is not None and promise.to != parked.sender:
        return max(promise.until, waits)
    return waits


def deferred_until(state: State, asker: MemberId) -> Instant:
    """Until when ``asker`` has to wait for a better-ranked round of our own, or for another that we just helped.

    Of equals that help each other at the same moment both would campaign, and each block the other
    for a whole promise.
    """
    role, backoff = state.role, state.pacing.backoff
    waits = Instant(0)
    if backoff is not None and backoff.to != asker:
        waits = backoff.until
    if isinstance(role, PreCandidate) and _outranks(state, asker):
        waits = max(waits, after(role.started, state.settings.timing.pre_vote_backoff))
    return waits


def _outranks(state: State, asker: MemberId) -> bool:
    membership = state.durable.membership
    return membership.rank(state.member) < membership.rank(asker)


def after_granting_pre_vote(state: State, asker: MemberId, moment: Moment) -> State:
    """Having granted ``asker`` a pre-vote: nobody else is helped for a while, and our next round waits.

    A round of ours that outranks the asker's goes on: were both given up for each other, and again in
    step, neither would ever campaign. Chance parts those that wait, for the same reason.
    """
    role, timing = state.role, state.settings.timing
    until = after(moment.now, timing.pre_vote_backoff)
    by_chance = timing.pre_vote_backoff * moment.jitter // JITTER_RANGE
    later = after(until, Duration(staggered(state, None) + by_chance))
    if isinstance(role, PreCandidate) and not _outranks(state, asker):
        role = replace(role, deadline=later)
    elif isinstance(role, Follower | Candidate):
        role = replace(role, deadline=max(role.deadline, later))
    backoff = PreVoteBackoff(to=asker, until=until)
    return replace(state, role=role, pacing=replace(state.pacing, backoff=backoff))


def round_superseded(state: State) -> bool:
    """Whether the present round is given up for a better-ranked one that we helped since it started.

    A late grant would make us its rival. And a refusal most likely tells of the very term in which
    it campaigns: to adopt that would be to refuse it our vote. The next round brings both anew.
    """
    role, backoff = state.role, state.pacing.backoff
    if not isinstance(role, PreCandidate) or backoff is None or _outranks(state, backoff.to):
        return False
    return backoff.until > role.started


def staggered(state: State, gone: MemberId | None) -> Duration:
    """How much later than the first this voter starts where all learn the same thing at once."""
    rank = sum(1 for voter in state.voters if voter < state.member and voter != gone)
    return Duration(rank * state.settings.timing.stagger)


def retry_once_at_once(state: State, role_deadline: Instant, now: Instant) -> tuple[Instant, State]:
    """The deadline after a refusal that taught a higher term: at once, but once per deadline.

    Otherwise two members could chase each other's terms without a pause.
    """
    if now < state.pacing.no_retry_before:
        return role_deadline, state
    return now, replace(state, pacing=replace(state.pacing, no_retry_before=role_deadline))


def stop_acting(state: State, *, let_lease_expire: bool) -> State:
    """Keep in mind that the application was told to stop; what was asked for twice stays the stricter."""
    kept = state.pacing.stopped or StopMode.KEEP_LEASE
    mode = StopMode.LET_LEASE_EXPIRE if let_lease_expire else kept
    return replace(state, pacing=replace(state.pacing, stopped=mode))


def act_again(state: State) -> State:
    """Forget that the application was told to stop: it has stopped, and now this member resigns.

    Forgotten any sooner, for example when the lease ends, a member that is elected again would act
    while its application still ends the work of the former leadership.
    """
    if state.pacing.stopped is None:
        return state
    return replace(state, pacing=replace(state.pacing, stopped=None))


def lets_lease_expire(state: State) -> bool:
    """Whether answers must not count: their promises would go on for a leader that no longer acts.

    Then no other member could take over before they end.
    """
    return state.pacing.stopped is StopMode.LET_LEASE_EXPIRE


def earliest_pre_vote(state: State, deadline: Instant) -> Instant:
    """When a round may start: at the deadline, but not before a promise to another is over. Spec: StartPreVote."""
    promise = state.promise
    # Spec: ~PromisedToAnother(m, m)
    if promise is not None and promise.to != state.member:
        return max(deadline, promise.until)
    return deadline
