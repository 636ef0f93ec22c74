"""What a node tells: of other nodes, which are up or down and why; of processes, that they ended.

Knows nothing of how it is found out. The idea: the reason keeps apart what kernels and networks
leave apart. A kernel closes the connections of a dead process at once and without a goodbye; a
living node says goodbye first; and silence is neither.
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
    """An incarnation of a node has proved itself and can be talked to."""

    node: str
    creation: int


@dataclass(frozen=True, slots=True)
class NodeDown:
    """An incarnation of a node that was up has no connection with us any more."""

    node: str
    creation: int
    reason: NodeDownReason


NodeEvent = NodeUp | NodeDown


@dataclass(frozen=True, slots=True)
class Down:
    """What was monitored has ended, cannot be reached any more, or never was there."""

    target: Pid | ProcessId | str
    """As it was given to `monitor`: a process, or a node's name."""
    reason: str
    reference: int
    """What `monitor` returned."""


@dataclass(frozen=True, slots=True)
class Exit:
    """What would have ended this process, had it not trapped exits."""

    sender: Pid
    """The process that sent the exit, or the linked one that ended."""
    reason: str
    has_ended: bool = False
    """Whether the sender was linked and has ended itself."""
