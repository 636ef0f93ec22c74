"""Connections between nodes: transport, TLS, handshake, wire format, and the table of peers.

These are the names that other folders may use. Inside, `transport` is the interface of a network and
`tcp` one network, with `tls` between its bytes and those of the socket. `handshake` lets two nodes
prove who they are, `wire` turns messages into bytes and back. `connection` puts these together;
`peer` is one other node with its connections, `peers` is all other nodes.
"""

from runtime.network.context import NodeContext
from runtime.network.handshake import Keys, NodeIdentity, stretch
from runtime.network.peers import Peers
from runtime.network.tcp import TcpTransport
from runtime.network.tls import Credentials, Tls
from runtime.network.transport import (
    Channel,
    Connection,
    Listener,
    Loss,
    Receiver,
    Transport,
    join_address,
    split_address,
)
from runtime.network.wire import (
    DEFAULT_REGISTRY,
    NODE,
    Envelope,
    Registry,
    WireError,
    message,
)

__all__ = [
    "Channel",
    "Connection",
    "Credentials",
    "DEFAULT_REGISTRY",
    "Envelope",
    "Keys",
    "Listener",
    "Loss",
    "NODE",
    "NodeContext",
    "NodeIdentity",
    "Peers",
    "Receiver",
    "Registry",
    "TcpTransport",
    "Tls",
    "Transport",
    "WireError",
    "join_address",
    "message",
    "split_address",
    "stretch",
]
