"""The bounds a node keeps to, validated together.

Knows nothing of what happens at a bound; the module that enforces it says so.
"""

import dataclasses
import math
from dataclasses import dataclass

from runtime.network import handshake, wire
from runtime.processes import mailbox

LONGEST_FRAME = 2**32 - 1
"""The longest that four bytes of length can announce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLimits:
    """How much and how long: counts, bytes, seconds, above zero; raises TypeError, ValueError."""

    mailbox_messages: int = mailbox.LIMIT
    """How many messages wait for one process."""
    frame_bytes: int = wire.FRAME_LIMIT
    """The longest message to or from another node, envelope included; the same on all nodes."""
    waiting_messages: int = 1_000
    """How many messages wait for a connection to one node that is being established."""
    send_buffer_bytes: int = 4 * 1024 * 1024
    """How far a node may fall behind, in connecting or in reading, before it loses messages."""
    nodes: int = 1_000
    """How many other nodes are remembered; unknown ones beyond are refused, cookie or not."""
    connections: int = 500
    """How many connections there are before no more are accepted."""
    connections_per_node: int = 4
    """How many of them one other node may have."""
    unauthenticated_connections: int = 64
    """How many of them may not have proved themselves; beyond, one of the busiest host goes."""
    handshake_seconds: float = 5.0
    """How long connecting may take, and then how long the handshake."""
    shutdown_seconds: float = 5.0
    """How long a stopping node waits for its processes to terminate."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if type(value) is not int and type(value) is not field.type:
                raise TypeError(f"{field.name} must be {field.type}, not {value!r}")
            if not 0 < value < math.inf:
                raise ValueError(f"{field.name} must be finite and above zero, not {value!r}")
        if not handshake.FRAME_LIMIT <= self.frame_bytes <= LONGEST_FRAME:
            raise ValueError(
                f"frame_bytes must be between {handshake.FRAME_LIMIT} and {LONGEST_FRAME}, "
                f"not {self.frame_bytes!r}"
            )
