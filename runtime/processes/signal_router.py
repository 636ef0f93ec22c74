"""Carries signals: within this node at once, to other nodes over their connections.

Leaves the meaning of a signal to its handler. A signal to a process of this node is handled like one
that came over the network, only at once. So calls, monitors and links need not know where the other
process is.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from runtime.network import NODE, Envelope, NodeContext, NodeIdentity, Peers
from runtime.pid import Pid, ProcessId

Target = Pid | ProcessId | str
"""A process, or a node by its name."""

Signal = TypeVar("Signal")


class Address(NamedTuple):
    """A process, or with `NODE` the node itself; creation None stands for any incarnation."""

    node: str
    creation: int | None
    addressee: int | str


def address_of(target: Target) -> Address:
    """Returns the address of a target; raises TypeError for anything else."""
    if isinstance(target, Pid):
        return Address(target.node, target.creation, target.number)
    if isinstance(target, ProcessId):
        return Address(target.node, None, target.name)
    if isinstance(target, str):
        return Address(target, None, NODE)
    raise TypeError(f"target must be a Pid, a ProcessId or a node's name, not {target!r}")


def sender_of(peer: NodeIdentity, envelope: Envelope) -> Pid | None:
    """Returns the process that sent a message, None if it was sent without a sender."""
    # The other node only claims the number. Name and creation are those that it has proved, so no
    # node can send in the name of another node's process.
    return None if envelope.sender is None else Pid(peer.name, peer.creation, envelope.sender)


class SignalRouter:
    """Sends signals, and knows the handler of each type of signal."""

    def __init__(self, context: NodeContext, peers: Peers) -> None:
        self._context = context
        self._peers = peers
        self._handlers: dict[type, Callable[[NodeIdentity, Envelope, Any], None]] = {}
        self.is_closed = False
        """Whether nothing is sent any more, because the node has stopped."""

    def handle(
        self, kind: type[Signal], handler: Callable[[NodeIdentity, Envelope, Signal], None]
    ) -> None:
        """Sets the handler of a type; it is given the node that sent the signal, and the envelope."""
        self._handlers[kind] = handler

    def handler(self, kind: type) -> Callable[[NodeIdentity, Envelope, Any], None] | None:
        """Returns the handler of a type, None if messages of this type are no signals."""
        return self._handlers.get(kind)

    def send(
        self,
        to: Address,
        signal: object,
        sender: int | None = None,
        *,
        ignore_send_limit: bool = False,
    ) -> bool:
        """Sends a signal; returns False if it certainly does not arrive.

        With `ignore_send_limit` it is not dropped because the other node reads slowly: use this
        only if something else limits how many of these signals there are. Raises ValueError if the
        signal is too long.
        """
        if self.is_closed:
            return False
        own = self._context.own
        if to.node == own.name:
            if to.creation not in (None, own.creation):
                return False
            self._handlers[type(signal)](own, Envelope(to.addressee, sender, signal), signal)
            return True
        return self.transmit(to, signal, sender, ignore_send_limit=ignore_send_limit)

    def answer(
        self, node: NodeIdentity, signal: object, *, ignore_send_limit: bool = False
    ) -> bool:
        """Sends a signal back to a node that asked, if the node is still connected."""
        is_here = node == self._context.own
        # If the connection has ended, the other node has noticed and waits for nothing any more.
        if not is_here and not self._peers.is_up(node):
            return False
        to = Address(node.name, node.creation, NODE)
        return self.send(to, signal, ignore_send_limit=ignore_send_limit)

    def is_gone(self, to: Address) -> bool:
        """Whether the address is of an incarnation of a node that a newer one has replaced."""
        return to.creation is not None and self._peers.has_replaced(to.node, to.creation)

    def transmit(
        self, to: Address, message: object, sender: int | None, *, ignore_send_limit: bool = False
    ) -> bool:
        """Sends any message to another node; returns False if it was dropped.

        Raises TypeError if the message cannot be sent, ValueError if it is too long.
        """
        context = self._context
        frame = context.registry.encode(to.addressee, sender, message, context.limits.frame_bytes)
        peer, lane = self._peers.peer(to.node), context.registry.lane(type(message))
        return peer.send(lane, frame, to.creation, ignore_send_limit=ignore_send_limit)
