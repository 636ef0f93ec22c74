"""The limits of a node, validated together, and what all nodes have agreed on.

Leaves to each module that enforces a limit what happens when it is reached.
"""

import dataclasses
import math
from dataclasses import dataclass

VERSION = 2
"""The version of handshake and envelope; nodes of different versions do not connect."""

HANDSHAKE_FRAME_BYTES = 1024
"""The longest frame of a handshake."""

FRAME_BYTES = 16 * 1024 * 1024
"""The longest message on the wire, envelope included, unless a node sets another limit."""

LONGEST_FRAME_BYTES = 2**32 - 1
"""The longest frame whose length four bytes can announce."""

MAILBOX_MESSAGES = 10_000
"""How many messages wait in a mailbox, unless a node or a process sets another limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLimits:
    """How much and how long: counts, bytes and seconds, all above zero.

    Raises TypeError or ValueError; the text names the field, the value and the rule.
    """

    mailbox_messages: int = MAILBOX_MESSAGES
    """How many messages wait for one process."""
    frame_bytes: int = FRAME_BYTES
    """The longest message to or from another node, envelope included; the same on all nodes."""
    waiting_messages: int = 1_000
    """How many messages wait for a connection to one node that is being established."""
    send_buffer_bytes: int = 4 * 1024 * 1024
    """How many bytes wait for a node that connects or reads slowly before messages are dropped."""
    nodes: int = 1_000
    """How many other nodes are remembered; unknown nodes beyond that are refused."""
    connections: int = 1_000
    """How many connections there may be before no more are accepted."""
    unauthenticated_connections: int = 64
    """How many of them may not have proved themselves; beyond that, one of them is closed."""
    handshake_seconds: float = 5.0
    """How long connecting may take, and then how long the handshake may take."""
    shutdown_seconds: float = 5.0
    """How long a stopping node waits for its processes to terminate."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if type(value) is not int and type(value) is not field.type:
                raise TypeError(f"{field.name} must be {field.type}, not {value!r}")
            if not 0 < value < math.inf:
                raise ValueError(f"{field.name} must be finite and above zero, not {value!r}")
        if not HANDSHAKE_FRAME_BYTES <= self.frame_bytes <= LONGEST_FRAME_BYTES:
            raise ValueError(
                f"frame_bytes must be between {HANDSHAKE_FRAME_BYTES} and {LONGEST_FRAME_BYTES}, "
                f"not {self.frame_bytes!r}"
            )
