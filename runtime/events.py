"""What a node tells about other nodes: this one is up, that one is down and why.

Knows nothing of how it is found out. The idea: the reason keeps apart what kernels and networks
leave apart. A kernel closes the connections of a dead process at once and without a goodbye; a
living node says goodbye first; and silence is neither.
"""

import enum
from dataclasses import dataclass


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
