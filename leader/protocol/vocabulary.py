"""The glossary as types: the words that the election is written in. There is no rule here.

Times are whole nanoseconds on one member's own clock. Instants of two members are never compared,
because their clocks have no common zero.
"""

from dataclasses import dataclass
from typing import Final, NewType

MemberId = NewType("MemberId", str)
"""A participant, named for life: ``name@node``."""

ClusterId = NewType("ClusterId", str)
"""Which election a message belongs to."""

Term = NewType("Term", int)
"""The number of an election; also the token of the member that wins it."""

Token = NewType("Token", int)
"""A leadership's term, as the leader passes it to a store, which refuses every lower one."""

Instant = NewType("Instant", int)
"""A reading of a member's own clock, in nanoseconds."""

Duration = NewType("Duration", int)
"""A length of time on a member's own clock, in nanoseconds."""

JITTER_RANGE: Final = 1 << 16
"""A random draw is a whole number from 0 up to, not including, this."""

LARGEST: Final = (1 << 63) - 1
"""The largest number that a message may carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a step happens, and one random draw for it: the core has neither a clock nor randomness."""

    now: Instant
    jitter: int
    highest_term: Term | None
    """The highest term that an honest member can have now; None: the wall clock is wrong and shows no limit."""


class InvariantViolated(Exception):
    """A condition that safety depends on does not hold: this member must not take another step."""


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
