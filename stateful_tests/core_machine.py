"""One simulated machine that runs the core without an engine: clock, record, and member while it runs.

It takes no step by itself. The values that the checks need after every step are computed once, when
the state changes: otherwise the checks would take most of the time of a run.
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
NO_TERM: Final = Term(0)


@dataclass(slots=True, kw_only=True)
class CoreMachine:
    """A machine and its member. ``due`` and ``lease_ends`` are true times; instants are its own clock's."""

    member: MemberId
    clock: DriftingClock
    promise: int
    commitment: VoterCommitment
    """Whom it may vote for; while it is down or silent, no member at all."""
    record: Durable | None = None
    state: State | None = None
    silent_until: Instant | None = None
    paused: bool = False
    fault: WriteFault = WriteFault.NONE
    """What happens to the next record that it writes."""
    waiting: list[Event] = field(default_factory=list)
    """What arrived while it was paused."""
    due: int = NEVER
    highest_term: Term = NO_TERM
    lease_until: Instant | None = None
    lease_ends: int = 0
    """``lease_until`` in true time; meaningless without it."""
    inactive_view: MemberView | None = None
    """Its view while it does not act as leader."""

    @property
    def is_down(self) -> bool:
        return self.state is None and self.silent_until is None

    def become(self, state: State, core: Core) -> None:
        """Remember ``state``, and when the member is to be woken."""
        self.state = state
        deadline = core.next_deadline(state)
        self.due = NEVER if deadline is None else self.clock.shows(deadline)
        self.lease_until = core.lease_until(state)
        if self.lease_until is not None:
            self.lease_ends = self.clock.shows(self.lease_until)
        promise = state.promise
        self.commitment = (
            VoterCommitment(self.member, self.member, 0)
            if promise is None
            else VoterCommitment(self.member, promise.to, self.clock.shows(promise.until))
        )
        # The highest term before this state: a state with a lower one must be noticed.
        self.inactive_view = MemberView(
            member=self.member,
            term=state.term,
            highest_term=self.highest_term,
            token=None,
            voters=state.voters,
        )
        self.highest_term = max(self.highest_term, state.term)

    def crash(self) -> None:
        """Forget what a process forgets when it ends."""
        self.state = self.silent_until = self.lease_until = self.inactive_view = None
        self.paused, self.fault = False, WriteFault.NONE
        self.waiting.clear()
        self.due = NEVER
        self.commitment = VoterCommitment(self.member, None, NEVER)

    def be_silent_until(self, reading: Instant) -> None:
        """Answer nothing before its own clock shows ``reading``."""
        self.silent_until = reading
        self.due = self.clock.shows(reading)
        self.commitment = VoterCommitment(self.member, None, self.due)

    def acts(self, true_time: int) -> bool:
        """Whether it may act as leader now, by its own clock."""
        return self.lease_until is not None and true_time < self.lease_ends

    def view(self, true_time: int) -> MemberView | None:
        """What the invariants see of it now; None if it is down or silent."""
        inactive, state = self.inactive_view, self.state
        if inactive is None or state is None or not self.acts(true_time):
            return inactive
        return MemberView(
            member=self.member,
            term=inactive.term,
            highest_term=inactive.highest_term,
            token=state.durable.membership.term,
            voters=inactive.voters,
        )
