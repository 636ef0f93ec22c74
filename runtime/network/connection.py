"""One connection with another node: first a handshake, then messages, at last a goodbye.

Leaves processes, routes and other connections to others. Until the other node has proved who it is,
only frames of the handshake are read. If the connection may count as up at the other end, it is not
closed without a goodbye, because a close without a goodbye means that this process is dead.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from runtime.clock import after
from runtime.dropped import DropReason
from runtime.events import NodeDownReason
from runtime.limits import HANDSHAKE_FRAME_BYTES
from runtime.network import handshake
from runtime.network.context import NodeContext
from runtime.network.handshake import (
    REASON_LIMIT,
    Handshake,
    HandshakeRefused,
    KeyRequest,
    NodeIdentity,
    Proven,
    RefusalNotice,
    RefusedByPeer,
)
from runtime.network.lane import FIRST_LINK, LinkIdentity
from runtime.network.transport import Channel, Connection, Loss
from runtime.network.wire import NODE, Displaced, Envelope, Goodbye, UnknownKind, WireError

REASON_OF_LOSS = {
    Loss.CLOSED_BY_PEER: NodeDownReason.DIED,
    Loss.BROKEN: NodeDownReason.UNREACHABLE,
    Loss.CLOSED_HERE: NodeDownReason.CLOSED_HERE,
}
"""What the end of a connection without a goodbye says about the other node."""

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

    def objection(self, peer: NodeIdentity) -> RefusalNotice | None:
        """Returns why this node, if it proves who it is, is refused; None if it is accepted."""

    def refused_by(self, peer: NodeIdentity, refusal: RefusalNotice) -> None:
        """That node, which has proved who it is, refuses this one or hangs up on it."""

    def told_of_earlier(self, peer: NodeIdentity, creation: int) -> None:
        """An earlier incarnation of this node was connected with that node until this one came."""

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
        link: LinkIdentity = FIRST_LINK,
    ) -> None:
        """Starts the handshake, as the dialler of the named node, or else as the acceptor.

        The dialler says what the link is for.
        """
        self._context = context
        self._connection = connection
        self._owner = owner
        self._on_message = on_message
        self._dialled = dialled
        self.link = link
        """What the connection is for; if it was accepted, known since it has opened."""
        self._handshake = self._begin()
        self._peer: NodeIdentity | None = None
        self._key: asyncio.Future[bytes] | None = None
        self._is_closed = False
        self._handshake_frames_sent = 0
        self.traffic = Traffic()
        limit = context.limits.handshake_seconds
        self._alarm = after(context.clock, limit, self._run_out_of_time)
        connection.frame_limit = HANDSHAKE_FRAME_BYTES
        self._advance(next(self._handshake))
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

    def hang_up(self, reason: str, exceed: int = 0) -> None:
        """Ends the connection, with a goodbye if it may count as up at the other end."""
        if self._peer is not None or (self._dialled is not None and self._has_sent_proof()):
            # The reason may quote the other end: cut it, so that it fits into any frame limit.
            goodbye = Goodbye(reason=reason[:REASON_LIMIT], exceed=exceed)
            self._close(self._context.registry.encode(NODE, None, goodbye))
        else:
            self.abort()

    def retire(self, reason: str, seconds: float, is_overtaken: Callable[[], bool]) -> None:
        """Hangs up after so many seconds; until then delivers what nothing has overtaken."""
        deliver = self._on_message
        self._on_message = lambda *message: None if is_overtaken() else deliver(*message)
        self._alarm = after(self._context.clock, seconds, lambda: self.hang_up(reason))

    def abort(self) -> None:
        """Ends the connection as the death of this process would: at once and without a goodbye."""
        self._end()
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
        if envelope.to != NODE or not self._is_for_connection(peer, envelope.message):
            self._on_message(peer, envelope)

    def frame_refused(self, reason: str) -> None:
        """Hangs up: the other end has broken the framing."""
        self._refuse(reason)
        self._report(NodeDownReason.CLOSED_HERE)

    def connection_lost(self, loss: Loss) -> None:
        """Tells the owner what has ended."""
        if self._peer is None and not self._is_closed:
            self._record_refusal("closed during the handshake")
        self._end()
        self._report(REASON_OF_LOSS[loss])
        self._owner.connection_ended(self)

    def _begin(self) -> Handshake:
        context, nonce = self._context, self._context.nonce()
        own, objection = context.own, self._owner.objection
        if self._dialled is not None:
            return handshake.dial(own, self._dialled, nonce, self._channel, objection, self.link)
        keys, salt = context.cookies.keys, context.cookies.salt
        return handshake.accept(keys, salt, own, nonce, self._channel, objection)

    def _channel(self) -> Channel:
        return self._connection.channel

    def _shake_hands(self, frame: bytes) -> None:
        if self._key is not None:
            return self._refuse("a frame before its turn")
        try:
            self._advance(self._handshake.send(frame))
        except StopIteration as finished:
            self._open(finished.value)
        except HandshakeRefused as refusal:
            self._refuse(str(refusal), refusal.last)
        except RefusedByPeer as refused:
            self._close()
            self._owner.refused_by(refused.peer, refused.refusal)

    def _advance(self, step: bytes | KeyRequest) -> None:
        if isinstance(step, KeyRequest):
            try:
                self._key = self._context.cookies.key(step.salt)
            except RuntimeError as error:
                return self._refuse(f"no thread could be started to make a key: {error}")
            if self._key.done():
                self._key_made(self._key)
            else:
                self._key.add_done_callback(self._key_made)
        elif step:
            self._handshake_frames_sent += 1
            self._connection.send(step)

    def _key_made(self, made: asyncio.Future[bytes]) -> None:
        self._key = None
        if self._is_closed or made.cancelled():
            return
        error = made.exception()
        if error is None:
            self._shake_hands(made.result())
        else:
            self._refuse(f"no key could be made: {error!r}")

    def _has_sent_proof(self) -> bool:
        return self._handshake_frames_sent == 2

    def _open(self, proven: Proven) -> None:
        # Again, because another connection may have been opened since the node was asked.
        objection = self._owner.objection(proven.peer)
        if objection is not None:
            self._record_refusal(f"{proven.peer.name}: {objection.reason}")
            return self.hang_up(*objection)
        self._alarm.cancel()
        self._peer, self.link = proven.peer, proven.link
        self._advance(proven.last)
        self._connection.frame_limit = self._context.limits.frame_bytes
        self._owner.connection_opened(self, proven.peer)

    def _is_for_connection(self, peer: NodeIdentity, message: object) -> bool:
        match message:
            case Goodbye(reason=reason, exceed=exceed):
                self._report(NodeDownReason.GOODBYE)
                self._close()
                if exceed:
                    self._owner.refused_by(peer, RefusalNotice(reason, exceed))
            case Displaced(creation=creation):
                self._owner.told_of_earlier(peer, creation)
            case _:
                return False
        return True

    def _refuse(self, reason: str, last: bytes = b"") -> None:
        self._record_refusal(reason)
        if last:
            self._close(last)
        else:
            self.hang_up(reason)

    def _close(self, last: bytes = b"") -> None:
        self._end()
        self._connection.close(last)

    def _end(self) -> None:
        self._is_closed = True
        self._alarm.cancel()
        if self._key is not None:
            self._key.cancel()

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
