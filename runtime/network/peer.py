"""One other node: its newest incarnation, and whether it is up.

Leaves processes and other peers to others, and the connections of each lane to `peer_lane`. A node is
up as long as there is a link with it in any lane. It is down when its last link has ended. The end of
that link says why, because the kernel of a dead process closes all its connections.

If a link of the ordinary lane ends, messages may be lost although the node stays up. What waits for a
message is told of that, too.
"""

import asyncio
from collections.abc import Callable, Iterable

from runtime.clock import NANOSECONDS
from runtime.dropped import DropReason
from runtime.events import NodeDown, NodeDownReason, NodeEvent, NodeUp
from runtime.network.connection import NodeConnection
from runtime.network.context import NodeContext
from runtime.network.handshake import NodeIdentity, RefusalNotice
from runtime.network.lane import Lane
from runtime.network.peer_lane import Establish, PeerLane
from runtime.network.transport import Transport
from runtime.network.wire import NODE, Displaced
from runtime.statistics import ConnectionStatistics


class Peer:
    """Another node, connected or not."""

    def __init__(
        self,
        name: str,
        context: NodeContext,
        transport: Transport,
        establish: Establish,
        announce: Callable[[NodeEvent], None],
        on_loss: Callable[[NodeDown], None],
        on_giving_up: Callable[[str, str], None],
    ) -> None:
        """Begins no connection yet.

        `establish` starts the handshake on a dialled connection. `on_loss` is told that ordinary
        messages to or from an incarnation of the node may be lost. `on_giving_up` is called with the
        name of the node and a reason when ordinary messages that waited for a link are dropped.
        """
        self.name = name
        self._context = context
        self._announce = announce
        self._on_loss = on_loss
        self._on_giving_up = on_giving_up
        self._newest_creation = 0
        self._newest_precedence = 0
        self._up_since = 0
        self._lanes = {
            lane: PeerLane(lane, name, context, transport, establish, self._given_up)
            for lane in Lane
        }

    @property
    def creation(self) -> int | None:
        """Which incarnation is connected, None if none is."""
        return self._newest_creation if self._links() else None

    def statistics(self) -> ConnectionStatistics | None:
        """Returns what has gone over the open connections, None if there are none."""
        links = self._links()
        if not links:
            return None
        traffic = [link.traffic for link in links]
        return ConnectionStatistics(
            connections=len(links),
            frames_sent=sum(each.frames_sent for each in traffic),
            bytes_sent=sum(each.bytes_sent for each in traffic),
            frames_received=sum(each.frames_received for each in traffic),
            bytes_received=sum(each.bytes_received for each in traffic),
            connected_seconds=(self._context.clock.now() - self._up_since) / NANOSECONDS,
        )

    def send(
        self, lane: Lane, frame: bytes, creation: int | None, *, ignore_send_limit: bool = False
    ) -> bool:
        """Sends a message, or keeps it until the connection under way is open.

        With a creation it is for that incarnation only. Returns False if the message was dropped.
        """
        newest = self._newest_creation
        return self._lanes[lane].send(frame, creation, newest, ignore_send_limit=ignore_send_limit)

    def has_replaced(self, creation: int) -> bool:
        """Whether that incarnation has ended for good: a newer one has connected since."""
        return creation < self._newest_creation

    def keep_connected(self, lanes: Iterable[Lane]) -> None:
        """Connects now in these lanes, and again whenever a connection is lost."""
        for lane in lanes:
            self._lanes[lane].keep_connected()

    def route(self, address: str) -> None:
        """Sets the address that is dialled from now on."""
        for lane in self._lanes.values():
            lane.route(address)

    def suspect(self) -> None:
        """Dials a new link in place of an urgent one that is silent, which stays open until then."""
        self._lanes[Lane.URGENT].suspect()

    def objection(self, peer: NodeIdentity) -> RefusalNotice | None:
        """Returns why this incarnation is refused, None if it is accepted."""
        newest = self._newest_precedence
        if peer.creation == self._newest_creation or peer.precedence > newest:
            return None
        return RefusalNotice(f"its creation {peer.precedence} must exceed {newest}", newest)

    def connection_opened(self, connection: NodeConnection, peer: NodeIdentity) -> None:
        """There is a new connection with the node, perhaps with a newer incarnation of it."""
        if peer.creation != self._newest_creation:
            self._supersede(connection, peer)
        self._newest_precedence = max(self._newest_precedence, peer.precedence)
        was_up, lane = bool(self._links()), self._lanes[connection.link.lane]
        has_replaced = lane.opened(connection)
        if has_replaced and connection.link.lane is Lane.ORDINARY:
            self._on_loss(NodeDown(self.name, peer.creation, NodeDownReason.CLOSED_HERE))
        lane.send_waiting(self._newest_creation)
        if not was_up and self._links():
            self._up_since = self._context.clock.now()
            self._announce(NodeUp(self.name, peer.creation))

    def connection_closed(self, connection: NodeConnection, reason: NodeDownReason) -> None:
        """A connection has ended; it may have been the last one."""
        lane = self._lanes[connection.link.lane]
        if not lane.closed(connection):
            return
        down = NodeDown(self.name, self._newest_creation, reason)
        if connection.link.lane is Lane.ORDINARY:
            self._on_loss(down)
        if not self._links():
            self._announce(down)
        lane.dial_again()

    def dialled_ended(self, connection: NodeConnection) -> None:
        """A connection that was dialled here has ended, perhaps before it was open."""
        self._lanes[connection.link.lane].dialled_ended(connection)

    def retire(self) -> list[asyncio.Task[None]]:
        """Hangs up and dials no more; returns the attempts to dial that still have to end."""
        attempts = [lane.retire() for lane in self._lanes.values()]
        self._down(NodeDownReason.CLOSED_HERE, "this node stops")
        return [attempt for attempt in attempts if attempt is not None]

    def _links(self) -> list[NodeConnection]:
        return [link for lane in self._lanes.values() for link in lane.links]

    def _supersede(self, connection: NodeConnection, peer: NodeIdentity) -> None:
        earlier, was_up = self._newest_creation, bool(self._links())
        farewell = "a later incarnation of you has come"
        self._down(NodeDownReason.SUPERSEDED, farewell, exceed=peer.precedence)
        self._newest_creation = peer.creation
        if was_up:
            detail = f"creation {peer.creation} displaces {earlier}, which was still connected"
            self._context.drop_log.record(DropReason.DISPLACED, self.name, detail)
            displaced = Displaced(creation=earlier)
            connection.send(self._context.registry.encode(NODE, None, displaced))

    def _down(self, reason: NodeDownReason, farewell: str, *, exceed: int = 0) -> None:
        links = [link for lane in self._lanes.values() for link in lane.forget_links()]
        if links:
            down = NodeDown(self.name, self._newest_creation, reason)
            self._on_loss(down)
            self._announce(down)
        for link in links:
            link.hang_up(farewell, exceed)

    def _given_up(self, lane: Lane, detail: str) -> None:
        if lane is Lane.ORDINARY:
            self._on_giving_up(self.name, detail)
