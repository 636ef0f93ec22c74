"""Writes down what happens to a cluster, beside what its members tell themselves: losses, copies, deaths.

Perfect clocks are told as one, which an onlooker reads; of drifting ones each is its own.
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
    """Tells ``trace``, if there is one."""

    def __init__(self, plan: RunPlan, trace: Trace | None) -> None:
        self.trace = trace
        self._one_clock = not any(plan.drifts)
        if trace is not None:
            trace(Opened(clock="virtual time" if self._one_clock else None))

    def line(self, line: Line, true_time: int) -> None:
        """What a member told, with its own reading of its clock."""
        if self.trace is None:
            return
        if self._one_clock and isinstance(line, Started | Stepped | Crashed):
            line = replace(line, at=true_time)
        self.trace(line)

    def crashed(self, member: MemberId, reading: int, true_time: int) -> None:
        """A process ended when its clock showed ``reading``."""
        self.line(Crashed(member=member, at=reading), true_time)

    def lost(self, message: Message, to: MemberId) -> None:
        """A message will not arrive."""
        told = letter(message, to)
        if self.trace is not None and told is not None:
            self.trace(Lost(told))

    def repeated(self, message: Message, to: MemberId) -> None:
        """A message will arrive once more."""
        told = letter(message, to)
        if self.trace is not None and told is not None:
            self.trace(Repeated(told))
