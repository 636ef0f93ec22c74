"""Until when a leader may act.

A leader counts a promise from the moment it sent the question, the voter from the later moment of
its answer. So every lease ends before the promises it rests on. Nothing is remembered here: each
caller passes the present time.
"""

from leader.protocol.quorum import reached_by_quorum
from leader.protocol.state import Leader, LeaseGrant, Renewing, State
from leader.protocol.timing import Timing
from leader.protocol.vocabulary import Instant, MemberId, after


def expires_at(grant: LeaseGrant, timing: Timing) -> Instant:
    """Until when ``grant`` backs a lease of the member that asked for it. Spec: Left."""
    return after(grant.sent, timing.lease(grant.promise))


def answered(
    backing: frozenset[LeaseGrant], grant: LeaseGrant, timing: Timing
) -> frozenset[LeaseGrant]:
    """``backing`` with ``grant`` in it, unless an earlier answer of that member lasts longer. Spec: Answered."""
    for known in backing:
        if known.member == grant.member:
            if expires_at(known, timing) >= expires_at(grant, timing):
                return backing
            return backing - {known} | {grant}
    return backing | {grant}


def backed_by_quorum_until(
    backing: frozenset[LeaseGrant], voters: tuple[MemberId, ...], timing: Timing
) -> Instant | None:
    """The latest instant until which a quorum of ``voters`` backs the lease; None without a quorum. Spec: Lease."""
    ends = [expires_at(grant, timing) for grant in backing if grant.member in voters]
    until = reached_by_quorum(ends, len(voters))
    return None if until is None else Instant(until)


def quorum_stands(backing: frozenset[LeaseGrant], state: State, now: Instant) -> bool:
    """Whether a quorum has answered whose promises all back a lease at ``now``."""
    until = backed_by_quorum_until(backing, state.voters, state.settings.timing)
    return until is not None and now < until


def lease_until(state: State) -> Instant | None:
    """Until when this member may act as leader; None if it does not lead or no quorum backs it."""
    match state.role:
        case Leader(backing=backing):
            return backed_by_quorum_until(backing, state.voters, state.settings.timing)
        case Renewing(lease_until=until):
            return until
        case _:
            return None


def acts(state: State, now: Instant) -> bool:
    """Whether this member may act as leader at ``now``. Spec: Acts."""
    until = lease_until(state)
    return until is not None and now < until


def may_application_act(state: State, now: Instant) -> bool:
    """Whether the application may act as leader at ``now``: it has the lease and was not told to stop."""
    return state.pacing.stopped is None and acts(state, now)
