"""One member's process as its world sees it: running, silent, paused or gone, and what it knows.

It takes no step by itself. What a look at it costs is paid once per step, not once per look.
"""

from dataclasses import dataclass, field
from typing import Final

from leader.protocol.durable import Durable
from leader.protocol.events import Event
from leader.protocol.invariants import MemberView
from leader.protocol.state import State
from leader.protocol.vocabulary import Instant, MemberId, Term
from stateful_tests.core import Core
from stateful_tests.lemmas import VoterCommitment
from stateful_tests.plan import DriftingClock
from stateful_tests.system import WriteFault

NEVER: Final = 1 << 80
NOTHING_YET: Final = Term(0)


@dataclass(slots=True, kw_only=True)
class CoreMachine:
    """A machine and the member that lives on it. ``due`` is in true time; all else the member's own."""

    member: MemberId
    clock: DriftingClock
    promise: int
    bond: VoterCommitment
    """Whom it may vote for. Who is down, or silent, votes for nobody."""
    record: Durable | None = None
    state: State | None = None
    silent_until: Instant | None = None
    paused: bool = False
    fault: WriteFault = WriteFault.NONE
    """What the next record that it writes comes to."""
    waiting: list[Event] = field(default_factory=list)
    due: int = NEVER
    highest_term: Term = NOTHING_YET
    lease_until: Instant | None = None
    lease_ends: int = 0
    """The same in true time, while there is one."""
    idle: MemberView | None = None
    """How it looks while it does not act."""

    @property
    def is_down(self) -> bool:
        return self.state is None and self.silent_until is None

    def has_become(self, state: State, core: Core) -> None:
        """Remember ``state``, and when it is to be woken."""
        self.state = state
        deadline = core.next_deadline(state)
        self.due = NEVER if deadline is None else self.clock.shows(deadline)
        self.lease_until = core.lease_until(state)
        if self.lease_until is not None:
            self.lease_ends = self.clock.shows(self.lease_until)
        promise = state.promise
        self.bond = (
            VoterCommitment(self.member, self.member, 0)
            if promise is None
            else VoterCommitment(self.member, promise.to, self.clock.shows(promise.until))
        )
        self.idle = MemberView(
            member=self.member,
            term=state.term,
            highest_term=self.highest_term,
            token=None,
            voters=state.voters,
        )
        self.highest_term = max(self.highest_term, state.term)

    def has_died(self) -> None:
        """Forget what a process forgets with its end."""
        self.state = self.silent_until = self.lease_until = self.idle = None
        self.paused, self.fault = False, WriteFault.NONE
        self.waiting.clear()
        self.due = NEVER
        self.bond = VoterCommitment(self.member, None, NEVER)

    def is_silent_until(self, reading: Instant) -> None:
        """LeaseGrant nothing before the own clock shows ``reading``."""
        self.silent_until = reading
        self.due = self.clock.shows(reading)
        self.bond = VoterCommitment(self.member, None, self.due)

    def acts(self, true_time: int) -> bool:
        """Whether it may act as leader now, by its own clock."""
        return self.lease_until is not None and true_time < self.lease_ends

    def seen(self, true_time: int) -> MemberView | None:
        """How it looks now; None where nothing runs, or only a silent process."""
        idle, state = self.idle, self.state
        if self.lease_until is None or idle is None or state is None or not self.acts(true_time):
            return idle
        return MemberView(
            member=self.member,
            term=idle.term,
            highest_term=idle.highest_term,
            token=state.durable.membership.term,
            voters=idle.voters,
        )
