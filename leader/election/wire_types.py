"""Lets members' messages travel: each under a name of its own that no move of the code changes."""

from leader.election.discovery import Farewell, Greeting
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from runtime import Registry

ELECTION_MESSAGES: tuple[type, ...] = (
    PreVoteRequest,
    PreVoteGranted,
    PreVoteRefused,
    VoteRequest,
    VoteGranted,
    VoteRefused,
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    Resigned,
    MembershipContradicted,
)
"""Those of the core."""

PEER_MESSAGES: tuple[type, ...] = (Greeting, Farewell)
"""Those that only make members known to each other."""


def register_election_messages(registry: Registry) -> None:
    """Register what members say to each other; each type may be registered once."""
    for message_type in (*ELECTION_MESSAGES, *PEER_MESSAGES):
        registry.register(message_type, name=f"election.{message_type.__name__}")
