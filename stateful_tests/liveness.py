"""Liveness: once faults end among a quorum, it gets a leader within some election timeouts, and keeps it.

Faults among the other members need not end: those may be down, stopped, or reachable in one
direction only.
"""

from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import LONGEST_PROMISE, MILLISECOND
from stateful_tests.system import System

TRAVEL = MILLISECOND // 2
"""How long a message travels without faults, in nanoseconds.

A round trip is then shorter than the time for which a member holds its own round back after it
granted a pre-vote.
"""
LONGEST_TIMEOUT = 2 * LONGEST_PROMISE
ELECTED_WITHIN = 8 * LONGEST_TIMEOUT
KEPT_FOR = 2 * LONGEST_TIMEOUT


class LivenessFailed(Exception):
    """A connected quorum had no leader for too long, or lost the one that it had."""


def check_liveness(system: System, connected: tuple[MemberId, ...]) -> None:
    """End the faults among ``connected`` and let time pass.

    Raises:
        LivenessFailed: no leader was elected in time, not every member knows it, or it did not stay.
    """
    _end_faults(system, connected)
    expired = system.true_time + LONGEST_TIMEOUT  # By then every lease from before has expired.
    limit = system.true_time + ELECTED_WITHIN
    while system.true_time < expired or (
        system.true_time < limit and not _agree(system, connected)
    ):
        _next_event(system)
    leader = system.acting()
    if not _agree(system, connected):
        raise LivenessFailed(f"EventuallyALeader: {', '.join(connected)} have none, {leader} act")
    end = system.true_time + KEPT_FOR
    while system.true_time < end:
        _next_event(system)
        if system.acting() != leader:
            raise LivenessFailed(f"StableLeader: {leader} acted, now {system.acting()} do")


def _end_faults(system: System, connected: tuple[MemberId, ...]) -> None:
    for member in connected:
        if system.is_down(member):
            system.restart(member, keeps_record=True, keeps_clock=True, promise=None)
        if system.is_paused(member):
            system.resume(member)
        for other in connected:
            system.restore(member, other)
            system.restore(other, member)


def _agree(system: System, connected: tuple[MemberId, ...]) -> bool:
    """Whether one member acts as leader and, if it is one of ``connected``, all of these know it."""
    acting = system.acting()
    if len(acting) != 1:
        return False
    if acting[0] not in connected:
        return True
    return all(system.believed_leader(member) == acting[0] for member in connected)


def _next_event(system: System) -> None:
    """What comes first: the oldest message arrives, or a member has something to do."""
    due = system.next_due()
    if system.in_flight:
        arrival = system.in_flight[0].sent_at + TRAVEL
        if due is None or arrival <= due:
            system.advance_to(arrival)
            system.deliver(0)
            return
    system.advance_to(system.true_time + TRAVEL if due is None else due)
