"""The part of a member's state that survives a crash. Who writes it, and where, is left to others."""

from dataclasses import dataclass

from leader.protocol.membership import Membership
from leader.protocol.vocabulary import LARGEST, Duration, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Durable:
    """What must survive a crash: it is written before any message that depends on it is sent."""

    term: Term
    """The highest term granted, led or adopted: the term is the vote."""
    membership: Membership
    promise: Duration
    """The longest promise that may still be owed, whatever the setting of the next start."""

    def __post_init__(self) -> None:
        if not 0 <= self.term <= LARGEST:
            raise ValueError(f"term = {self.term}: must be from 0 to {LARGEST}")
        if not 0 <= self.promise <= LARGEST:
            raise ValueError(f"promise = {self.promise} ns: must be from 0 to {LARGEST}")
