"""One machine of the whole stack: its clock, its disk, and the member's process while one runs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from leader.protocol.invariants import MemberView
from leader.protocol.vocabulary import MemberId, Term
from stateful_tests.core_machine import NEVER, NO_TERM
from stateful_tests.lemmas import VoterCommitment
from stateful_tests.plan import DriftingClock
from stateful_tests.stack.disk import Disk
from stateful_tests.stack.member_process import MemberProcess


@dataclass(slots=True, kw_only=True)
class StackMachine:
    """A machine and its disk; ``promise`` is for how long its next process promises."""

    member: MemberId
    voters: tuple[MemberId, ...]
    clock: DriftingClock
    promise: int
    disk: Disk
    process: MemberProcess | None = None
    processes: int = 0
    """How many were started."""
    paused: bool = False
    waiting: list[Callable[[], None]] = field(default_factory=list)
    """What its process was asked to do while it was stopped."""
    highest_term: Term = NO_TERM

    @property
    def acts(self) -> bool:
        """Whether its actor, asked now, answers that it leads."""
        return self.process is not None and self.process.actor.is_leader

    @property
    def commitment(self) -> VoterCommitment:
        """Whom its member may vote for; while it is down, no member at all."""
        if self.process is None:
            return VoterCommitment(self.member, None, NEVER)
        return self.process.commitment

    def view(self) -> MemberView | None:
        """What the invariants see of its member now; None if it is down or has not begun."""
        process = self.process
        if process is None or process.view is None:
            return None
        return MemberView(
            member=self.member,
            term=Term(process.view.term),
            highest_term=self.highest_term,
            token=Term(process.actor.term) if self.acts else None,
            voters=self.voters,
        )
