"""One connection with another node: first a handshake, then messages, at last a goodbye.

Knows nothing of processes, routes, or other links. The idea: nothing but the handshake is read
until the other end has proved who it is, and a link that may count as up at the other end is never
closed without a goodbye, because a close without one means: this process is dead.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from runtime.clock import Clock, after
from runtime.dropped import Drop, Drops
from runtime.events import NodeDownReason
from runtime.limits import NodeLimits
from runtime.network import handshake, wire
from runtime.network.handshake import Handshake, Identity, Keys, Proven, Refused
from runtime.network.transport import Channel, Connection, Loss
from runtime.network.wire import Goodbye, Parcel, Registry, WireError

REASON_OF_LOSS = {
    Loss.CLOSED_BY_PEER: NodeDownReason.DIED,
    Loss.BROKEN: NodeDownReason.UNREACHABLE,
    Loss.CLOSED_HERE: NodeDownReason.CLOSED_HERE,
}

REASON_LIMIT = 200
"""How many characters of its reason a goodbye gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every link of a node shares."""

    own: Identity
    keys: Keys = field(repr=False)
    clock: Clock
    random: random.Random
    registry: Registry
    limits: NodeLimits
    drops: Drops

    def nonce(self) -> bytes:
        """Bytes never used before, and not to be guessed unless a seeded random was given."""
        return self.random.randbytes(handshake.NONCE_LENGTH)


@dataclass(slots=True)
class Traffic:
    """What has gone over a link, the handshake not counted."""

    frames_sent: int = 0
    bytes_sent: int = 0
    frames_received: int = 0
    bytes_received: int = 0


class LinkOwner(Protocol):
    """Who hears of a link's life: perhaps opened, if so then closed, and gone in any case."""

    def objection(self, peer: Identity) -> str | None:
        """Why this node, which has proved itself, is not wanted; None if it is."""

    def link_opened(self, link: "Link", peer: Identity) -> None:
        """The other end has proved itself; messages may travel."""

    def link_closed(self, link: "Link", peer: Identity, reason: NodeDownReason) -> None:
        """No message travels any more."""

    def link_gone(self, link: "Link") -> None:
        """The connection has ended; the last call."""


class Link:
    """A connection and how far it has come."""

    def __init__(
        self,
        surroundings: Surroundings,
        connection: Connection,
        owner: LinkOwner,
        deliver: Callable[[Identity, Parcel], None],
        *,
        wanted: str | None = None,
    ) -> None:
        """Starts the handshake, as the dialler of the wanted node, or as the one that accepts.

        Each message of the other node is then handed to `deliver`.
        """
        self._surroundings = surroundings
        self._connection = connection
        self._owner = owner
        self._deliver = deliver
        self._wanted = wanted
        self._handshake = self._begin()
        self._peer: Identity | None = None
        self._closed = False
        self._frames_said = 0
        self.traffic = Traffic()
        limit = surroundings.limits.handshake_seconds
        self._alarm = after(surroundings.clock, limit, self._run_out_of_time)
        connection.frame_limit = handshake.FRAME_LIMIT
        self._say(next(self._handshake))
        connection.attach(self)

    @property
    def wanted(self) -> str | None:
        """The node that was dialled, None for an accepted connection."""
        return self._wanted

    @property
    def remote(self) -> str:
        """The host at the other end."""
        return self._connection.remote

    @property
    def is_open(self) -> bool:
        """Whether the other end has proved itself and nobody has hung up."""
        return self._peer is not None and not self._closed

    def send(self, frame: bytes, *, certainly: bool = False) -> bool:
        """Sends a message, or False and drops it if the other end reads too slowly."""
        limits = self._surroundings.limits
        if self._connection.buffered > limits.send_buffer_bytes and not certainly:
            detail = f"{self._connection.buffered} bytes wait, message dropped"
            self._surroundings.drops.record(Drop.SLOW_PEER, self._name(), detail)
            return False
        self.traffic.frames_sent += 1
        self.traffic.bytes_sent += len(frame)
        self._connection.send(frame)
        return True

    def hang_up(self, reason: str) -> None:
        """Ends the link, with a goodbye wherever it may count as up at the other end."""
        self._closed = True
        self._alarm.cancel()
        if self._peer is not None or (self._wanted is not None and self._frames_said == 2):
            # It quotes what the other end said, and must fit into any frame limit.
            goodbye = Goodbye(reason=reason[:REASON_LIMIT])
            self._connection.close(self._surroundings.registry.encode(wire.NODE, None, goodbye))
        else:
            self._connection.abort()

    def abort(self) -> None:
        """Ends the link as the death of this process would: at once, with no goodbye."""
        self._closed = True
        self._alarm.cancel()
        self._connection.abort()

    def frame_received(self, frame: bytes) -> None:
        """Takes the handshake one step further or delivers a message."""
        peer = self._peer
        if peer is None:
            return self._shake_hands(frame)
        self.traffic.frames_received += 1
        self.traffic.bytes_received += len(frame)
        try:
            parcel = self._surroundings.registry.decode(frame)
        except WireError as error:
            return self._surroundings.drops.record(Drop.MALFORMED, peer.name, ascii(str(error)))
        if parcel.to == wire.NODE and isinstance(parcel.message, Goodbye):
            self._part()
        else:
            self._deliver(peer, parcel)

    def frame_refused(self, reason: str) -> None:
        """Hangs up on whoever breaks the framing."""
        self._refuse(reason)
        self._report(NodeDownReason.CLOSED_HERE)

    def connection_lost(self, loss: Loss) -> None:
        """Tells the owner what has ended."""
        self._alarm.cancel()
        if self._peer is None and not self._closed:
            self._record_refusal("closed during the handshake")
        self._report(REASON_OF_LOSS[loss])
        self._owner.link_gone(self)

    def _begin(self) -> Handshake:
        near, nonce = self._surroundings, self._surroundings.nonce()
        if self._wanted is None:
            return handshake.accept(near.keys, near.own, nonce, self._channel)
        return handshake.dial(near.keys, near.own, self._wanted, nonce, self._channel)

    def _channel(self) -> Channel:
        return self._connection.channel

    def _shake_hands(self, frame: bytes) -> None:
        try:
            self._say(self._handshake.send(frame))
        except StopIteration as finished:
            self._meet(finished.value)
        except Refused as refusal:
            self._refuse(str(refusal))

    def _say(self, frame: bytes) -> None:
        if frame:
            self._frames_said += 1
            self._connection.send(frame)

    def _meet(self, proven: Proven) -> None:
        objection = self._owner.objection(proven.peer)
        if objection is not None:
            return self._refuse(f"{proven.peer.name}: {objection}")
        self._alarm.cancel()
        self._peer = proven.peer
        self._say(proven.last)
        self._connection.frame_limit = self._surroundings.limits.frame_bytes
        self._owner.link_opened(self, proven.peer)

    def _part(self) -> None:
        self._report(NodeDownReason.GOODBYE)
        self._connection.close()

    def _refuse(self, reason: str) -> None:
        self._record_refusal(reason)
        self.hang_up(reason)

    def _record_refusal(self, reason: str) -> None:
        self._surroundings.drops.record(Drop.REFUSED, self._name(), ascii(reason))

    def _run_out_of_time(self) -> None:
        self._refuse("no handshake in time")

    def _report(self, reason: NodeDownReason) -> None:
        peer, self._peer = self._peer, None
        self._closed = True
        if peer is not None:
            self._owner.link_closed(self, peer, reason)

    def _name(self) -> str:
        if self._peer is not None:
            return self._peer.name
        return self._wanted or self._connection.remote
