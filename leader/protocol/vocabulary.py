"""The glossary as types: the words that the election is written in.

Nothing here knows a rule. Times are whole nanoseconds on one member's own clock; two members'
instants are never compared.
"""

from dataclasses import dataclass
from typing import Final, NewType

MemberId = NewType("MemberId", str)
"""A participant for life: ``name@node``."""

ClusterId = NewType("ClusterId", str)
"""Which election a message belongs to."""

Term = NewType("Term", int)
"""The number of an election, and the token of whoever wins it."""

Token = NewType("Token", int)
"""A leadership's term, as handed to whatever the leader writes to: the fence against its predecessors."""

Instant = NewType("Instant", int)
"""A reading of a member's own clock, in nanoseconds."""

Duration = NewType("Duration", int)
"""A length of time on a member's own clock, in nanoseconds."""

JITTER_RANGE: Final = 1 << 16
"""A draw of chance is a whole number from 0 up to, not including, this."""

LARGEST: Final = (1 << 63) - 1
"""What a number in a message may be at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a step happens, and one draw of chance for it: the core has no clock and no dice."""

    now: Instant
    jitter: int


class InvariantViolated(Exception):
    """What safety rests on does not hold: this member must not take another step."""


def require(holds: bool, rule: str) -> None:
    """Check a guard that the caller has decided already. Unlike ``assert`` it stays under ``python -O``.

    Raises:
        InvariantViolated: it does not hold; the text is ``rule``.
    """
    if not holds:
        raise InvariantViolated(rule)


def after(instant: Instant, duration: Duration) -> Instant:
    """The instant that follows ``instant`` by ``duration``."""
    return Instant(instant + duration)
