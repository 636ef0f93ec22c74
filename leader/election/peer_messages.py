"""The two messages by which members find each other; the core does not know them."""

from dataclasses import dataclass

from leader.protocol.vocabulary import ClusterId, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The sender takes part; ``known`` are its peers."""

    cluster: ClusterId
    sender: MemberId
    known: tuple[MemberId, ...]
    was_heard: bool
    """Whether the sender has heard from the receiver before; if not, it asks for a greeting."""
    observes: bool
    """Whether the sender takes part without a vote: it asks for heartbeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """The sender takes part no longer."""

    cluster: ClusterId
    sender: MemberId
