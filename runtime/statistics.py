"""What a node has counted since its start, and what waits in it.

Leaves the counting to others. All values are taken at one instant and do not change afterwards.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatistics:
    """The mailbox of one process, in messages and requests."""

    length: int
    """How many wait, including what the process has posted to itself."""
    handled: int
    dropped: int
    """How many were refused because the mailbox was full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionStatistics:
    """The connections with one node that is up; frames and bytes without the four length bytes."""

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
    """Messages to processes of other nodes, without calls, monitors and links."""
    received: int
    """Messages from processes of other nodes."""
    dropped: dict[str, int]
    """How many messages and connections were dropped, by reason."""
    mailboxes: dict[str, MailboxStatistics]
    """By the registered name of the process, or by its pid if it has no name."""
    connections: dict[str, ConnectionStatistics]
    """By the name of the node."""
    calls: int
    """How many calls of this node wait for an answer."""
    watches: int
    """How many ends of monitors and links there are here; within the node, both ends count."""
    unauthenticated: int
    """How many accepted connections have not proved who the other node is."""
