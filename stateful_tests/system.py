"""What the rules need of a system under test: a small world in which everything is done on request.

The rules know nothing else, so the bare core and the whole stack can stand behind them alike.
Members act on their own only in ``pass_until``, when their time has come, and on what is delivered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId
from stateful_tests.plan import RunPlan


@dataclass(frozen=True, slots=True)
class InFlightMessage:
    """A message in flight."""

    source: MemberId
    to: MemberId
    message: Message
    sent_at: int
    """In true time."""
    number: int
    """Which one it is; a copy has its own."""


class WriteFault(Enum):
    """What the next write of a record comes to."""

    NONE = "it succeeds"
    FAILS = "nothing is written, and the process ends"
    CRASH_AFTER = "it succeeds, and the process ends before it can say so"


class System(Protocol):
    """A cluster that does what it is told, claims included: each is checked after every step.

    A claim that does not hold, or anything else that goes wrong in a member, raises.
    """

    transcript: list[str] | None
    """What members did, in words; None to spare the time."""

    @property
    def true_time(self) -> int:
        """In nanoseconds since the beginning of the run."""

    @property
    def members(self) -> tuple[MemberId, ...]:
        """Everybody, running or not, in the order of their names."""

    def is_down(self, member: MemberId) -> bool:
        """Whether no process of ``member`` runs."""

    def is_paused(self, member: MemberId) -> bool:
        """Whether its process is stopped and may go on later."""

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        """Every message sent and not yet delivered or lost, the oldest first."""

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        """Hand over one message in flight; whoever is down misses it.

        ``fault`` befalls the first record that is written because of it, if one is.
        """

    def drop(self, index: int) -> None:
        """Lose one message in flight."""

    def duplicate(self, index: int) -> None:
        """Put a copy of one message in flight behind all others."""

    def cut(self, source: MemberId, to: MemberId) -> None:
        """Lose from now on whatever ``source`` sends to ``to``."""

    def mend(self, source: MemberId, to: MemberId) -> None:
        """Carry again what ``source`` sends to ``to``."""

    def next_due(self) -> int | None:
        """The true time at which the next member that is not paused has something to do."""

    def pass_until(self, true_time: int) -> None:
        """Let time pass, and members act as it does."""

    def crash(self, member: MemberId) -> None:
        """End the process; its record and what it sent remain."""

    def restart(
        self, member: MemberId, *, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        """Start a process, that promises ``promise`` ns at a time, or as long as the former one.

        A machine that was restarted too has a clock with another zero.
        """

    def pause(self, member: MemberId) -> None:
        """Stop the process; its clock goes on, and what is delivered waits."""

    def resume(self, member: MemberId) -> None:
        """Let a stopped process go on."""

    def lose_patience(self, member: MemberId) -> None:
        """Let one that does not lead campaign without asking first, or be ready once its promise ends.

        Pre-votes and deadlines only pace: the spec allows this too, so no claim may rest on them.
        Where nobody can reach into a member, nothing happens.
        """

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        """Ask a running member to give up leading."""

    def notice_down(self, member: MemberId, peer: MemberId) -> None:
        """Tell ``member`` that the connection to ``peer`` broke."""

    def highest_term(self) -> int:
        """The highest term that any member ever had."""

    def acting(self) -> tuple[MemberId, ...]:
        """Who may act as leader at this instant."""

    def believes_in(self, member: MemberId) -> MemberId | None:
        """Whom ``member`` takes for the leader."""

    def close(self) -> None:
        """Let go of what the run has taken; what it has come to can still be looked at."""


SystemFactory = Callable[[RunPlan], System]
"""Which system a run is of: the core's, the stack's, or that of either with a bug."""
