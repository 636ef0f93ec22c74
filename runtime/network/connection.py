"""One connection with another node: first a handshake, then messages, at last a goodbye.

Leaves processes, routes and other connections to others. Until the other node has proved who it is,
only frames of the handshake are read. If the connection may count as up at the other end, it is not
closed without a goodbye, because a close without a goodbye means that this process is dead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from runtime.clock import after
from runtime.dropped import DropReason
from runtime.events import NodeDownReason
from runtime.limits import HANDSHAKE_FRAME_BYTES
from runtime.network import handshake
from runtime.network.context import NodeContext
from runtime.network.handshake import Handshake, HandshakeRefused, NodeIdentity, Proven
from runtime.network.transport import Channel, Connection, Loss
from runtime.network.wire import NODE, Envelope, Goodbye, UnknownKind, WireError

REASON_OF_LOSS = {
    Loss.CLOSED_BY_PEER: NodeDownReason.DIED,
    Loss.BROKEN: NodeDownReason.UNREACHABLE,
    Loss.CLOSED_HERE: NodeDownReason.CLOSED_HERE,
}
"""What the end of a connection without a goodbye says about the other node."""

REASON_LIMIT = 200
"""How many characters of its reason a goodbye gives."""

OnMessage = Callable[[NodeIdentity, Envelope], None]
"""Called for each message, with the node that has sent it and has proved who it is."""


@dataclass(slots=True)
class Traffic:
    """What has gone over a connection, without the handshake."""

    frames_sent: int = 0
    bytes_sent: int = 0
    frames_received: int = 0
    bytes_received: int = 0


class ConnectionOwner(Protocol):
    """Is told how far a connection has come: perhaps opened, if so then closed, at last ended.

    The owner makes connections, and each connection calls its owner. This interface keeps the module
    of the owner out of the imports of this one.
    """

    def objection(self, peer: NodeIdentity) -> str | None:
        """Returns why this node, which has proved who it is, is refused; None if it is accepted."""

    def connection_opened(self, connection: "NodeConnection", peer: NodeIdentity) -> None:
        """The other node has proved who it is; messages can be sent."""

    def connection_closed(
        self, connection: "NodeConnection", peer: NodeIdentity, reason: NodeDownReason
    ) -> None:
        """No message can be sent any more; only called for a connection that was opened."""

    def connection_ended(self, connection: "NodeConnection") -> None:
        """The connection of the transport has ended; this is the last call."""


class NodeConnection:
    """A connection of the transport, and how far it has come."""

    def __init__(
        self,
        context: NodeContext,
        connection: Connection,
        owner: ConnectionOwner,
        on_message: OnMessage,
        *,
        dialled: str | None = None,
    ) -> None:
        """Starts the handshake, as the dialler of the named node, or else as the acceptor."""
        self._context = context
        self._connection = connection
        self._owner = owner
        self._on_message = on_message
        self._dialled = dialled
        self._handshake = self._begin()
        self._peer: NodeIdentity | None = None
        self._is_closed = False
        self._handshake_frames_sent = 0
        self.traffic = Traffic()
        limit = context.limits.handshake_seconds
        self._alarm = after(context.clock, limit, self._run_out_of_time)
        connection.frame_limit = HANDSHAKE_FRAME_BYTES
        self._send_handshake_frame(next(self._handshake))
        connection.attach(self)

    @property
    def dialled(self) -> str | None:
        """The name of the node that was dialled, None for an accepted connection."""
        return self._dialled

    @property
    def remote(self) -> str:
        """The host at the other end."""
        return self._connection.remote

    def send(self, frame: bytes, *, ignore_send_limit: bool = False) -> bool:
        """Sends a message; drops it and returns False if the other end reads too slowly."""
        limits = self._context.limits
        if self._connection.buffered > limits.send_buffer_bytes and not ignore_send_limit:
            detail = f"{self._connection.buffered} bytes wait, message dropped"
            self._context.drop_log.record(DropReason.SLOW_PEER, self._name(), detail)
            return False
        self.traffic.frames_sent += 1
        self.traffic.bytes_sent += len(frame)
        self._connection.send(frame)
        return True

    def hang_up(self, reason: str) -> None:
        """Ends the connection, with a goodbye if it may count as up at the other end."""
        self._is_closed = True
        self._alarm.cancel()
        if self._peer is not None or (self._dialled is not None and self._has_sent_proof()):
            # The reason may quote the other end: cut it, so that it fits into any frame limit.
            goodbye = Goodbye(reason=reason[:REASON_LIMIT])
            self._connection.close(self._context.registry.encode(NODE, None, goodbye))
        else:
            self._connection.abort()

    def abort(self) -> None:
        """Ends the connection as the death of this process would: at once and without a goodbye."""
        self._is_closed = True
        self._alarm.cancel()
        self._connection.abort()

    def frame_received(self, frame: bytes) -> None:
        """Takes the handshake one step further, or delivers a message."""
        peer = self._peer
        if peer is None:
            return self._shake_hands(frame)
        self.traffic.frames_received += 1
        self.traffic.bytes_received += len(frame)
        try:
            envelope = self._context.registry.decode(frame)
        except WireError as error:
            known = not isinstance(error, UnknownKind)
            reason = DropReason.MALFORMED if known else DropReason.UNKNOWN_KIND
            return self._context.drop_log.record(reason, peer.name, ascii(str(error)))
        if envelope.to == NODE and isinstance(envelope.message, Goodbye):
            self._part()
        else:
            self._on_message(peer, envelope)

    def frame_refused(self, reason: str) -> None:
        """Hangs up: the other end has broken the framing."""
        self._refuse(reason)
        self._report(NodeDownReason.CLOSED_HERE)

    def connection_lost(self, loss: Loss) -> None:
        """Tells the owner what has ended."""
        self._alarm.cancel()
        if self._peer is None and not self._is_closed:
            self._record_refusal("closed during the handshake")
        self._report(REASON_OF_LOSS[loss])
        self._owner.connection_ended(self)

    def _begin(self) -> Handshake:
        context, nonce = self._context, self._context.nonce()
        if self._dialled is None:
            return handshake.accept(context.keys, context.own, nonce, self._channel)
        return handshake.dial(context.keys, context.own, self._dialled, nonce, self._channel)

    def _channel(self) -> Channel:
        return self._connection.channel

    def _shake_hands(self, frame: bytes) -> None:
        try:
            self._send_handshake_frame(self._handshake.send(frame))
        except StopIteration as finished:
            self._open(finished.value)
        except HandshakeRefused as refusal:
            self._refuse(str(refusal))

    def _send_handshake_frame(self, frame: bytes) -> None:
        if frame:
            self._handshake_frames_sent += 1
            self._connection.send(frame)

    def _has_sent_proof(self) -> bool:
        return self._handshake_frames_sent == 2

    def _open(self, proven: Proven) -> None:
        objection = self._owner.objection(proven.peer)
        if objection is not None:
            return self._refuse(f"{proven.peer.name}: {objection}")
        self._alarm.cancel()
        self._peer = proven.peer
        self._send_handshake_frame(proven.last)
        self._connection.frame_limit = self._context.limits.frame_bytes
        self._owner.connection_opened(self, proven.peer)

    def _part(self) -> None:
        self._report(NodeDownReason.GOODBYE)
        self._connection.close()

    def _refuse(self, reason: str) -> None:
        self._record_refusal(reason)
        self.hang_up(reason)

    def _record_refusal(self, reason: str) -> None:
        self._context.drop_log.record(DropReason.REFUSED, self._name(), ascii(reason))

    def _run_out_of_time(self) -> None:
        self._refuse("no handshake in time")

    def _report(self, reason: NodeDownReason) -> None:
        peer, self._peer = self._peer, None
        self._is_closed = True
        if peer is not None:
            self._owner.connection_closed(self, peer, reason)

    def _name(self) -> str:
        if self._peer is not None:
            return self._peer.name
        return self._dialled or self._connection.remote
