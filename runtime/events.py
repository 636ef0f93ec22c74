"""Events about other nodes (up, down and why) and about processes (ended and why).

Leaves to the network and to the monitors how events are found out. The reasons of `NodeDown` differ
in what they prove: a kernel closes the connections of a dead process at once, without a goodbye; a
living node says goodbye before it closes; silence proves neither.
"""

import enum
from dataclasses import dataclass

from runtime.pid import Pid, ProcessId


class NodeDownReason(enum.Enum):
    """Why a node counts as down."""

    DIED = "its connection was closed or reset without a goodbye: what a killed process looks like"
    GOODBYE = "it is alive and said that it hangs up"
    UNREACHABLE = "the network gave the connection up, which says nothing about the node"
    SUPERSEDED = "a newer incarnation of it has come"
    CLOSED_HERE = "this node closed the connection"


@dataclass(frozen=True, slots=True)
class NodeUp:
    """An incarnation of a node has proved who it is, and messages can be sent to it."""

    node: str
    creation: int


@dataclass(frozen=True, slots=True)
class NodeDown:
    """An incarnation of a node that was up has no connection with this node any more."""

    node: str
    creation: int
    reason: NodeDownReason


NodeEvent = NodeUp | NodeDown


@dataclass(frozen=True, slots=True)
class Down:
    """What was monitored has ended, cannot be reached any more, or was never there."""

    target: Pid | ProcessId | str
    """What was given to `monitor`: a process, or the name of a node."""
    reason: str
    reference: int
    """What `monitor` returned."""


@dataclass(frozen=True, slots=True)
class Exit:
    """What would have ended this process if it did not trap exits."""

    sender: Pid
    """The process that sent the exit, or the linked process that ended."""
    reason: str
    has_ended: bool = False
    """Whether the sender was linked and has ended itself."""
