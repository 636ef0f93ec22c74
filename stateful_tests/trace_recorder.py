"""Records a run as trace lines: what members report of themselves, and what they cannot know.

The latter are lost and duplicated messages and crashes, which the simulated network and machines
report. If no clock drifts, all instants are given in true time, as readings of one clock that TLC
can compare; otherwise each member's instants are readings of its own clock.
"""

from msgspec.structs import replace

from leader.election.trace import (
    Crashed,
    Line,
    Lost,
    Opened,
    Repeated,
    Started,
    Stepped,
    Trace,
    letter,
)
from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import RunPlan


class TraceRecorder:
    """Hands every line to ``trace``; without one it records nothing."""

    def __init__(self, plan: RunPlan, trace: Trace | None) -> None:
        self._trace = trace
        self._one_clock = not any(plan.drifts)
        if trace is not None:
            trace(Opened(clock="virtual time" if self._one_clock else None))

    @property
    def is_on(self) -> bool:
        """Whether anything is recorded."""
        return self._trace is not None

    def record(self, line: Line, true_time: int) -> None:
        """Record what a member reports, whose instant is a reading of its own clock."""
        if self._trace is None:
            return
        if self._one_clock and isinstance(line, Started | Stepped | Crashed):
            line = replace(line, at=true_time)
        self._trace(line)

    def record_crash(self, member: MemberId, reading: int, true_time: int) -> None:
        """A process ended when its own clock showed ``reading``."""
        self.record(Crashed(member=member, at=reading), true_time)

    def record_loss(self, message: Message, to: MemberId) -> None:
        """A message will not arrive."""
        lost = letter(message, to)
        if self._trace is not None and lost is not None:
            self._trace(Lost(lost))

    def record_copy(self, message: Message, to: MemberId) -> None:
        """A message will arrive once more."""
        copied = letter(message, to)
        if self._trace is not None and copied is not None:
            self._trace(Repeated(copied))
