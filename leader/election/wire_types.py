"""The types of message between members, each under a name on the wire that does not depend on the code's layout."""

from typing import get_args

from leader.election.peer_messages import Farewell, Greeting
from leader.protocol.messages import Message
from runtime import Registry

MESSAGE_TYPES: tuple[type, ...] = (*get_args(Message), Greeting, Farewell)
"""Everything that one member sends to another: the core's messages, and those of discovery."""


def register_election_messages(registry: Registry) -> None:
    """Let members' messages travel through ``registry``; a second call does nothing.

    Raises:
        ValueError: one of the names is taken by another type.
    """
    names = {f"election.{each.__name__}": each for each in MESSAGE_TYPES}
    # A heartbeat that waited behind a long message of the application would cost the leader its place.
    registry.register_all(names, urgent=True)
