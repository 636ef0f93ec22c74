"""One other node: its connections, its newest incarnation, and the route to it.

Leaves processes and other peers to others. Messages are sent over the connection that was opened
first, so they stay in order even if both nodes dialled at the same time. The end of any connection
is the end of that incarnation of the node, because a dead process loses all its connections.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from runtime.clock import NANOSECONDS, Timer, after
from runtime.dropped import DropReason
from runtime.events import NodeDown, NodeDownReason, NodeEvent, NodeUp
from runtime.network.connection import NodeConnection
from runtime.network.context import NodeContext
from runtime.network.handshake import NodeIdentity, RefusalNotice
from runtime.network.transport import Connection, Transport
from runtime.network.wire import NODE, Displaced
from runtime.statistics import ConnectionStatistics

FIRST_PAUSE_SECONDS = 0.020
LONGEST_PAUSE_SECONDS = 1.0


class Backoff:
    """How long to wait before the next attempt to dial: twice as long each time, up to a second."""

    def __init__(self, context: NodeContext) -> None:
        self._random = context.random
        self._pause = FIRST_PAUSE_SECONDS

    def next_pause(self) -> float:
        """Returns seconds, partly random, so that two nodes do not dial in step for ever."""
        pause = self._pause * self._random.uniform(0.5, 1.0)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return pause

    def reset(self) -> None:
        """Makes the next pause short again, after a success."""
        self._pause = FIRST_PAUSE_SECONDS


class Peer:
    """Another node, connected or not."""

    def __init__(
        self,
        name: str,
        context: NodeContext,
        transport: Transport,
        establish: Callable[[Connection, str], NodeConnection],
        announce: Callable[[NodeEvent], None],
        on_giving_up: Callable[[str, str], None],
    ) -> None:
        """Begins no connection yet.

        `establish` starts the handshake on a dialled connection. `on_giving_up` is called with the
        name of the node and a reason when the messages that waited for a connection are dropped.
        """
        self.name = name
        self.address: str | None = None
        self._context = context
        self._transport = transport
        self._establish = establish
        self._announce = announce
        self._on_giving_up = on_giving_up
        self._newest_creation = 0
        self._newest_precedence = 0
        self._up_since = 0
        self._connections: list[NodeConnection] = []
        self._waiting: deque[tuple[int | None, bytes]] = deque()
        self._waiting_bytes = 0
        self._is_kept = False
        self._is_retired = False
        self._backoff = Backoff(context)
        self._backoff_after_loss = Backoff(context)
        self._attempt: asyncio.Task[None] | None = None
        self._dialled: NodeConnection | None = None
        self._pause: Timer | None = None

    @property
    def creation(self) -> int | None:
        """Which incarnation is connected, None if none is."""
        return self._newest_creation if self._connections else None

    def statistics(self) -> ConnectionStatistics | None:
        """Returns what has gone over the open connections, None if there are none."""
        if not self._connections:
            return None
        traffic = [connection.traffic for connection in self._connections]
        return ConnectionStatistics(
            connections=len(self._connections),
            frames_sent=sum(each.frames_sent for each in traffic),
            bytes_sent=sum(each.bytes_sent for each in traffic),
            frames_received=sum(each.frames_received for each in traffic),
            bytes_received=sum(each.bytes_received for each in traffic),
            connected_seconds=(self._context.clock.now() - self._up_since) / NANOSECONDS,
        )

    def send(self, frame: bytes, creation: int | None, *, ignore_send_limit: bool = False) -> bool:
        """Sends a message, or keeps it until the connection under way is open.

        With a creation it is for that incarnation only. Returns False if the message was dropped.
        """
        if self._connections:
            return self._transmit(frame, creation, ignore_send_limit=ignore_send_limit)
        if self.address is None:
            return self._drop(DropReason.NO_ROUTE, "add_route tells where it listens")
        limits = self._context.limits
        count, size = len(self._waiting), self._waiting_bytes
        if count >= limits.waiting_messages or size > limits.send_buffer_bytes:
            return self._drop(DropReason.QUEUE_FULL, f"{count} wait already, {size} bytes")
        self._waiting.append((creation, frame))
        self._waiting_bytes += len(frame)
        self._dial_if_needed()
        return True

    def has_replaced(self, creation: int) -> bool:
        """Whether that incarnation has ended for good: a newer one has connected since."""
        return creation < self._newest_creation

    def keep_connected(self) -> None:
        """Connects now, and again whenever the connection is lost."""
        self._is_kept = True
        self._dial_if_needed()

    def route(self, address: str) -> None:
        """Sets the address that is dialled from now on."""
        self.address = address
        self._dial_if_needed()

    def objection(self, peer: NodeIdentity) -> RefusalNotice | None:
        """Returns why this incarnation is refused, None if it is accepted."""
        is_same = peer.creation == self._newest_creation
        is_later = peer.precedence > self._newest_precedence
        if not (is_same or is_later):
            newest = self._newest_precedence
            return RefusalNotice(f"its creation {peer.precedence} must exceed {newest}", newest)
        limit = self._context.limits.connections_per_node
        if is_same and len(self._connections) >= limit:
            return RefusalNotice(f"it has {limit} connections already")
        return None

    def connection_opened(self, connection: NodeConnection, peer: NodeIdentity) -> None:
        """There is a new connection with the node, perhaps with a newer incarnation of it."""
        if peer.creation != self._newest_creation:
            self._supersede(connection, peer)
        self._newest_precedence = max(self._newest_precedence, peer.precedence)
        self._connections.append(connection)
        self._stop_dialling(connection)
        if len(self._connections) == 1:
            self._up_since = self._context.clock.now()
            self._send_waiting()
            self._announce(NodeUp(self.name, peer.creation))

    def connection_closed(self, connection: NodeConnection, reason: NodeDownReason) -> None:
        """One connection has ended: hangs up all others with the same incarnation."""
        if connection in self._connections:
            self._down(reason, "another connection with you has ended", ended=connection)
            self._dial_again()

    def dialling_failed(self, connection: NodeConnection) -> None:
        """The connection that was being established has ended before it was open."""
        if connection is self._dialled:
            self._dialled = None
            self._fail("no connection was established")

    def retire(self) -> asyncio.Task[None] | None:
        """Hangs up and dials no more; returns the attempt to dial that still has to end, if any."""
        self._is_retired = True
        self._stop_pause()
        self._drop_waiting(DropReason.ENDING, "it had no connection")
        self._down(NodeDownReason.CLOSED_HERE, "this node stops")
        if self._attempt is not None:
            self._attempt.cancel()
        return self._attempt

    def _supersede(self, connection: NodeConnection, peer: NodeIdentity) -> None:
        earlier, was_up = self._newest_creation, bool(self._connections)
        farewell = "a later incarnation of you has come"
        self._down(NodeDownReason.SUPERSEDED, farewell, exceed=peer.precedence)
        self._newest_creation = peer.creation
        if was_up:
            detail = f"creation {peer.creation} displaces {earlier}, which was still connected"
            self._context.drop_log.record(DropReason.DISPLACED, self.name, detail)
            displaced = Displaced(creation=earlier)
            connection.send(self._context.registry.encode(NODE, None, displaced))

    def _transmit(
        self, frame: bytes, creation: int | None, *, ignore_send_limit: bool = False
    ) -> bool:
        if creation is not None and creation != self._newest_creation:
            return self._drop(DropReason.OTHER_INCARNATION, "the process addressed has ended")
        return self._connections[0].send(frame, ignore_send_limit=ignore_send_limit)

    def _send_waiting(self) -> None:
        while self._waiting and self._connections:
            creation, frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            self._transmit(frame, creation)

    def _down(
        self,
        reason: NodeDownReason,
        farewell: str,
        *,
        ended: NodeConnection | None = None,
        exceed: int = 0,
    ) -> None:
        connections, self._connections = self._connections, []
        if connections:
            self._announce(NodeDown(self.name, self._newest_creation, reason))
        for connection in connections:
            if connection is not ended:
                connection.hang_up(farewell, exceed)

    def _dial_if_needed(self) -> None:
        has_reason = (self._is_kept or self._waiting) and not self._connections
        is_busy = self._attempt or self._dialled or self._pause
        if has_reason and not self._is_retired and not is_busy and self.address is not None:
            self._attempt = asyncio.get_running_loop().create_task(self._dial(self.address))

    async def _dial(self, address: str) -> None:
        try:
            async with asyncio.timeout(self._context.limits.handshake_seconds):
                connection = await self._transport.dial(address)
        except OSError as error:
            self._fail(f"{address}: {str(error) or type(error).__name__}")
        else:
            self._dialled = self._establish(connection, self.name)
        finally:
            self._attempt = None

    def _fail(self, detail: str) -> None:
        self._drop_waiting(DropReason.UNREACHABLE, detail)
        self._rest(self._backoff)

    def _dial_again(self) -> None:
        lasted = self._context.clock.now() - self._up_since
        if lasted >= LONGEST_PAUSE_SECONDS * NANOSECONDS:
            self._backoff_after_loss.reset()
            self._dial_if_needed()
        elif self._pause is None:
            # Without a pause, a node that hangs up at once would be dialled again and again.
            self._rest(self._backoff_after_loss)

    def _rest(self, backoff: Backoff) -> None:
        self._pause = after(self._context.clock, backoff.next_pause(), self._pause_over)

    def _pause_over(self) -> None:
        self._pause = None
        self._dial_if_needed()

    def _stop_dialling(self, connection: NodeConnection) -> None:
        self._backoff.reset()
        self._stop_pause()
        if connection is self._dialled:
            self._dialled = None

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _drop_waiting(self, reason: DropReason, detail: str) -> None:
        had_waiting = bool(self._waiting)
        self._waiting_bytes = 0
        while self._waiting:
            self._waiting.popleft()
            self._drop(reason, detail)
        if had_waiting:
            self._on_giving_up(self.name, detail)

    def _drop(self, reason: DropReason, detail: str) -> bool:
        self._context.drop_log.record(reason, self.name, detail)
        return False
