"""What a node has counted since its start, and what waits in it.

Knows nothing of who counts. The idea: values that are taken at one instant and do not change after.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatistics:
    """The mailbox of one process, in messages and requests."""

    length: int
    """How many wait, what the process gave itself to do included."""
    handled: int
    dropped: int
    """How many were refused because as many as may waited already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatistics:
    """The connections with one node that is up; frames and bytes as they travel, without framing."""

    connections: int
    frames_sent: int
    bytes_sent: int
    frames_received: int
    bytes_received: int
    connected_seconds: float
    """For how long the node has been up without a break."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a node has done so far, and what waits in it; messages within the node do not count."""

    sent: int
    """Messages to processes of other nodes; calls, monitors and links are not among them."""
    received: int
    """Messages from processes of other nodes."""
    dropped: dict[str, int]
    """What was dropped, by cause."""
    mailboxes: dict[str, MailboxStatistics]
    """By the registered name, or the pid, of the process."""
    connections: dict[str, ConnectionStatistics]
    """By the name of the node."""
    calls: int
    """How many calls of this node wait for an answer."""
    watches: int
    """How many ends of monitors and links there are here; within the node, both ends count."""
    unauthenticated: int
    """How many accepted connections have not proved themselves."""
