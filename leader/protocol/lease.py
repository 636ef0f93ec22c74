"""When leadership is provably ours.

A leader counts from the moment it sent what was answered, a voter from the moment it answered; so
every lease ends before the promises it rests on. Nothing here is remembered: whoever asks, asks
with the clock in hand.
"""

from leader.protocol.quorum import reached_by_quorum
from leader.protocol.state import Answer, Leader, Renewing, State
from leader.protocol.timing import Timing
from leader.protocol.vocabulary import Instant, MemberId, after


def backed_until(answer: Answer, timing: Timing) -> Instant:
    """Until when ``answer`` backs the lease of whoever asked. Spec: Left."""
    return after(answer.sent, timing.lease(answer.promise))


def answered(backing: frozenset[Answer], answer: Answer, timing: Timing) -> frozenset[Answer]:
    """``backing`` with ``answer`` in it, unless an answer of that member already backs for longer. Spec: Answered."""
    for known in backing:
        if known.member == answer.member:
            if backed_until(known, timing) >= backed_until(answer, timing):
                return backing
            return backing - {known} | {answer}
    return backing | {answer}


def backed_by_quorum_until(
    backing: frozenset[Answer], voters: tuple[MemberId, ...], timing: Timing
) -> Instant | None:
    """The latest instant until which one quorum of ``voters`` backs; None without a quorum. Spec: Lease."""
    ends = [backed_until(answer, timing) for answer in backing if answer.member in voters]
    until = reached_by_quorum(ends, len(voters))
    return None if until is None else Instant(until)


def lease_until(state: State) -> Instant | None:
    """Until when this member may act as leader; None for one that does not lead."""
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
