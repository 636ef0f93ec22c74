"""Liveness: once faults end among a quorum, it gets a leader within some timeouts, and keeps it.

Faults among the others need not end: they may be down, stopped, or hear one way only.
"""

from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import LONGEST_PROMISE, MILLISECOND
from stateful_tests.system import System

TRAVEL = MILLISECOND // 2
"""How long a message is under way in calm times: a round trip is shorter than a backoff."""
LONGEST_TIMEOUT = 2 * LONGEST_PROMISE
ELECTED_WITHIN = 8 * LONGEST_TIMEOUT
KEPT_FOR = 2 * LONGEST_TIMEOUT


class LivenessFailed(Exception):
    """A connected quorum was without a leader for too long."""


def settle(system: System, connected: tuple[MemberId, ...]) -> None:
    """End the faults among ``connected`` and look on.

    Raises:
        LivenessFailed: they get no leader in time, or do not keep it, or do not know it.
    """
    _end_faults(system, connected)
    lapsed = system.true_time + LONGEST_TIMEOUT  # By then no lease is left of earlier times.
    settled = system.true_time + ELECTED_WITHIN
    while system.true_time < lapsed or (
        system.true_time < settled and not _agreed(system, connected)
    ):
        _next_thing(system)
    leader = system.acting()
    if not _agreed(system, connected):
        raise LivenessFailed(f"EventuallyALeader: {', '.join(connected)} have none, {leader} act")
    kept = system.true_time + KEPT_FOR
    while system.true_time < kept:
        _next_thing(system)
        if system.acting() != leader:
            raise LivenessFailed(f"StableLeader: {leader} acted, now {system.acting()} do")


def _end_faults(system: System, connected: tuple[MemberId, ...]) -> None:
    for member in connected:
        if system.is_down(member):
            system.restart(member, keeps_record=True, keeps_clock=True, promise=None)
        if system.is_paused(member):
            system.resume(member)
        for other in connected:
            system.mend(member, other)
            system.mend(other, member)


def _agreed(system: System, connected: tuple[MemberId, ...]) -> bool:
    """Whether somebody acts and, if it is one of ``connected``, all of them know."""
    acting = system.acting()
    if len(acting) != 1:
        return False
    if acting[0] not in connected:
        return True
    return all(system.believes_in(member) == acting[0] for member in connected)


def _next_thing(system: System) -> None:
    """Whatever comes first: the oldest message arrives, or somebody's time comes."""
    due = system.next_due()
    if system.in_flight:
        arrives = system.in_flight[0].sent_at + TRAVEL
        if due is None or arrives <= due:
            system.pass_until(arrives)
            system.deliver(0)
            return
    system.pass_until(system.true_time + TRAVEL if due is None else due)
