"""Where the signals between processes go: to this node at once, to others over their links.

Knows nothing of what a signal means or leads to: its handler is named by whoever does. The idea: a signal to a
process of this node takes the same path as one that came over the network, only at once, so that
calls, monitors and links do not know where the other process lives.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from runtime.network.connection import Surroundings
from runtime.network.handshake import Identity
from runtime.network.peers import Peers
from runtime.network.wire import NODE, Parcel
from runtime.pid import Pid, ProcessId

Target = Pid | ProcessId | str
"""A process, or a node by its name."""

Signal = TypeVar("Signal")


class Address(NamedTuple):
    """A process, or with `NODE` the node itself, of a given incarnation or of whichever it is."""

    node: str
    creation: int | None
    addressee: int | str


def address_of(target: Target) -> Address:
    """Where it goes; raises TypeError for what is no target."""
    if isinstance(target, Pid):
        return Address(target.node, target.creation, target.number)
    if isinstance(target, ProcessId):
        return Address(target.node, None, target.name)
    if isinstance(target, str):
        return Address(target, None, NODE)
    raise TypeError(f"target must be a Pid, a ProcessId or a node's name, not {target!r}")


def sender_of(peer: Identity, parcel: Parcel) -> Pid | None:
    """The process that signed, None if nobody did."""
    # The sender's number is the only thing the peer can claim: its name and creation are the
    # ones it proved, so no node can speak for another one's processes.
    return None if parcel.sender is None else Pid(peer.name, peer.creation, parcel.sender)


class Switchboard:
    """Carries signals, and what travels at all."""

    def __init__(self, surroundings: Surroundings, peers: Peers) -> None:
        self._surroundings = surroundings
        self._peers = peers
        self._handlers: dict[type, Callable[[Identity, Parcel, Any], None]] = {}
        self.is_closed = False

    def handle(
        self, kind: type[Signal], handler: Callable[[Identity, Parcel, Signal], None]
    ) -> None:
        """Has signals of this type handed over, with the node that sent them and their parcel."""
        self._handlers[kind] = handler

    def handler(self, kind: type) -> Callable[[Identity, Parcel, Any], None] | None:
        """Who handles signals of this type; None if messages of this type are no signals."""
        return self._handlers.get(kind)

    def send(
        self, to: Address, signal: object, sender: int | None = None, *, certainly: bool = False
    ) -> bool:
        """Sends a signal; False if it is sure to get nowhere; raises ValueError if too long.

        One that is to arrive `certainly` does not fall victim to a node that reads slowly: there
        must be a bound to how many of its kind there are.
        """
        if self.is_closed:
            return False
        own = self._surroundings.own
        if to.node == own.name:
            if to.creation not in (None, own.creation):
                return False
            self._handlers[type(signal)](own, Parcel(to.addressee, sender, signal), signal)
            return True
        return self.transmit(to, signal, sender, certainly=certainly)

    def answer(self, node: Identity, signal: object, *, certainly: bool = False) -> bool:
        """Sends back to a node that asked, over the connection that still stands, or not at all."""
        is_here = node == self._surroundings.own
        # The end of a connection has told the other node all there is to know: it waits no more.
        if not is_here and not self._peers.is_up(node):
            return False
        return self.send(Address(node.name, node.creation, NODE), signal, certainly=certainly)

    def is_gone(self, to: Address) -> bool:
        """Whether that incarnation of a node has been replaced by a newer one."""
        return to.creation is not None and self._peers.has_replaced(to.node, to.creation)

    def transmit(
        self, to: Address, message: object, sender: int | None, *, certainly: bool = False
    ) -> bool:
        """Sends anything to another node; raises TypeError, ValueError for what cannot travel."""
        near = self._surroundings
        frame = near.registry.encode(to.addressee, sender, message, near.limits.frame_bytes)
        return self._peers.peer(to.node).send(frame, to.creation, certainly=certainly)
