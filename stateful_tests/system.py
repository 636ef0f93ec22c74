"""What the rules need of a system under test, in which everything happens on request only.

The rules know nothing else, so that they drive the bare core and the whole stack alike. A member acts
on its own only in ``advance_to``, when something is due, and when a message is delivered to it.
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
    """A message that was sent and has neither arrived nor been lost."""

    source: MemberId
    to: MemberId
    content: Message
    sent_at: int
    """In true time."""
    number: int
    """Unique in a run: a copy has its own."""


class WriteFault(Enum):
    """What happens to the next write of a record."""

    NONE = "it succeeds"
    FAILS = "nothing is written, and the process ends"
    CRASH_AFTER = "it succeeds, and the process ends before it sends anything"


class System(Protocol):
    """A cluster that does what it is told, and checks every invariant after every step.

    A method raises if an invariant is violated or if a member fails in any other way.
    """

    transcript: list[str] | None
    """What the members did, in words; None saves the time that this takes."""

    @property
    def true_time(self) -> int:
        """Nanoseconds since the beginning of the run."""

    @property
    def members(self) -> tuple[MemberId, ...]:
        """All members, running or not, in the order of their names."""

    def is_down(self, member: MemberId) -> bool:
        """Whether no process of ``member`` runs."""

    def is_paused(self, member: MemberId) -> bool:
        """Whether the process of ``member`` is stopped and may continue later."""

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        """Every message sent and neither delivered nor lost, the oldest first."""

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        """Deliver one message in flight; it is lost if its receiver is down.

        ``fault`` happens to the first record that the receiver writes because of it, if it writes one.
        """

    def drop(self, index: int) -> None:
        """Lose one message in flight."""

    def duplicate(self, index: int) -> None:
        """Put a copy of one message in flight behind all others."""

    def cut(self, source: MemberId, to: MemberId) -> None:
        """From now on lose whatever ``source`` sends to ``to``."""

    def restore(self, source: MemberId, to: MemberId) -> None:
        """From now on carry whatever ``source`` sends to ``to``."""

    def next_due(self) -> int | None:
        """The true time at which the next member that is not paused has something to do."""

    def advance_to(self, true_time: int) -> None:
        """Let time pass, and let members do what becomes due meanwhile."""

    def crash(self, member: MemberId) -> None:
        """End the process; its record and the messages that it sent remain."""

    def restart(
        self, member: MemberId, *, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        """Start a process; ``promise`` is how many nanoseconds it promises, None for as long as before.

        Without ``keeps_clock`` the machine was restarted too, so its clock begins at zero again.
        """

    def pause(self, member: MemberId) -> None:
        """Stop the process; its clock goes on, and what is delivered to it waits."""

    def resume(self, member: MemberId) -> None:
        """Let a stopped process continue."""

    def force_campaign(self, member: MemberId) -> None:
        """Let a member that does not lead campaign without a pre-vote, or as soon as its promise ends.

        Pre-votes and deadlines only pace: the spec allows this too, so no invariant may rest on them.
        A system that cannot change a member from outside does nothing.
        """

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        """Ask a running member to resign."""

    def report_peer_down(self, member: MemberId, peer: MemberId) -> None:
        """Tell ``member`` that its connection to ``peer`` broke."""

    def highest_term(self) -> int:
        """The highest term that any member ever had."""

    def acting(self) -> tuple[MemberId, ...]:
        """The members that may act as leader at this instant."""

    def believed_leader(self, member: MemberId) -> MemberId | None:
        """The member that ``member`` takes for the leader."""

    def close(self) -> None:
        """Release what the run holds; its results can still be read."""


SystemFactory = Callable[[RunPlan], System]
"""Builds the system for a plan: the core, the whole stack, or either with a planted bug."""
