"""The bounds a node keeps to, validated together.

Knows nothing of what happens at a bound; the module that enforces it says so.
"""

import dataclasses
import math
from dataclasses import dataclass

from runtime import mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLimits:
    """How much and how long: counts, bytes and seconds, all above zero; raises ValueError."""

    mailbox_messages: int = mailbox.LIMIT
    """How many messages wait for one process."""
    waiting_messages: int = 1_000
    """How many messages wait for a connection to one node that is being established."""
    send_buffer_bytes: int = 4 * 1024 * 1024
    """How far a node may fall behind in reading before it loses messages."""
    unauthenticated_connections: int = 64
    """How many connections may be accepted and not have proved themselves."""
    handshake_seconds: float = 5.0
    """How long connecting may take, and then how long the handshake."""
    shutdown_seconds: float = 5.0
    """How long a stopping node waits for its processes to terminate."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not 0 < value < math.inf:
                raise ValueError(f"{field.name} must be finite and above zero, not {value!r}")
