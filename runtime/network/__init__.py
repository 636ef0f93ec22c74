"""Connections between nodes: transport, TLS, handshake, wire format, and the table of peers.

These are the names that other folders may use. Inside, `transport` is the interface of a network and
`tcp` one network, with `tls` between its bytes and those of the socket. `handshake` lets two nodes
prove who they are with keys that `cookies` makes, `wire` turns messages into bytes and back.
`connection` puts these together; `peer` is one other node with its connections, `peers` is all others.
"""

from runtime.network.context import NodeContext
from runtime.network.cookies import SALT_LENGTH, Cookies
from runtime.network.handshake import NodeIdentity, RefusalNotice
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
    "Cookies",
    "Credentials",
    "DEFAULT_REGISTRY",
    "Envelope",
    "Listener",
    "Loss",
    "NODE",
    "NodeContext",
    "NodeIdentity",
    "Peers",
    "Receiver",
    "RefusalNotice",
    "Registry",
    "SALT_LENGTH",
    "TcpTransport",
    "Tls",
    "Transport",
    "WireError",
    "join_address",
    "message",
    "split_address",
]
