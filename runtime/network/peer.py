"""One other node, as seen from here: its links, its newest incarnation, the way to it.

Knows nothing of processes and of other peers. The idea: what is sent goes over the link that was
established first, so messages stay in order even when both nodes dialled at once; and the end of
any link is the end of that incarnation, because a dead process loses all its connections.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from runtime.clock import NANOSECONDS, Timer, after
from runtime.dropped import Drop
from runtime.events import NodeDown, NodeDownReason, NodeEvent, NodeUp
from runtime.network.connection import Link, Surroundings
from runtime.network.handshake import Identity
from runtime.network.transport import Connection, Transport
from runtime.statistics import ConnectionStatistics

FIRST_PAUSE_SECONDS = 0.020
LONGEST_PAUSE_SECONDS = 1.0


class Backoff:
    """How long to wait before the next attempt: twice as long each time, up to a second."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._random = surroundings.random
        self._pause = FIRST_PAUSE_SECONDS

    def next_pause(self) -> float:
        """Seconds; somewhat random, so that two nodes do not keep missing each other."""
        pause = self._pause * self._random.uniform(0.5, 1.0)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return pause

    def reset(self) -> None:
        """Starts again with a short pause, after a success."""
        self._pause = FIRST_PAUSE_SECONDS


class Peer:
    """Another node, connected or not."""

    def __init__(
        self,
        name: str,
        surroundings: Surroundings,
        transport: Transport,
        establish: Callable[[Connection, str], Link],
        announce: Callable[[NodeEvent], None],
        give_up: Callable[[str, str], None],
    ) -> None:
        self.name = name
        self.address: str | None = None
        self._surroundings = surroundings
        self._transport = transport
        self._establish = establish
        self._announce = announce
        self._give_up = give_up
        self._newest_creation = 0
        self._up_since = 0
        self._links: list[Link] = []
        self._waiting: deque[tuple[int | None, bytes]] = deque()
        self._waiting_bytes = 0
        self._is_kept = False
        self._is_retired = False
        self._backoff = Backoff(surroundings)
        self._backoff_after_loss = Backoff(surroundings)
        self._attempt: asyncio.Task[None] | None = None
        self._dialled: Link | None = None
        self._pause: Timer | None = None

    @property
    def creation(self) -> int | None:
        """Which incarnation is connected, None if none is."""
        return self._newest_creation if self._links else None

    def statistics(self) -> ConnectionStatistics | None:
        """What has gone over the open links, None if there are none."""
        if not self._links:
            return None
        traffic = [link.traffic for link in self._links]
        return ConnectionStatistics(
            connections=len(self._links),
            frames_sent=sum(each.frames_sent for each in traffic),
            bytes_sent=sum(each.bytes_sent for each in traffic),
            frames_received=sum(each.frames_received for each in traffic),
            bytes_received=sum(each.bytes_received for each in traffic),
            connected_seconds=(self._surroundings.clock.now() - self._up_since) / NANOSECONDS,
        )

    def send(self, frame: bytes, creation: int | None, *, certainly: bool = False) -> bool:
        """Sends, or keeps for the connection under way; for any incarnation if None is given."""
        if self._links:
            return self._transmit(frame, creation, certainly=certainly)
        if self.address is None:
            return self._drop(Drop.NO_ROUTE, "add_route tells where it listens")
        limits = self._surroundings.limits
        count, size = len(self._waiting), self._waiting_bytes
        if count >= limits.waiting_messages or size > limits.send_buffer_bytes:
            return self._drop(Drop.QUEUE_FULL, f"{count} wait already, {size} bytes")
        self._waiting.append((creation, frame))
        self._waiting_bytes += len(frame)
        self._dial_if_needed()
        return True

    def has_replaced(self, creation: int) -> bool:
        """Whether that incarnation is gone for good: a newer one has been met."""
        return creation < self._newest_creation

    def keep_connected(self) -> None:
        """Connects now, and again whenever the connection is lost."""
        self._is_kept = True
        self._dial_if_needed()

    def route(self, address: str) -> None:
        """Dials there from now on."""
        self.address = address
        self._dial_if_needed()

    def objection(self, creation: int) -> str | None:
        """Why this incarnation is not let in, None if it is."""
        if creation < self._newest_creation:
            return "an older incarnation than the newest one met"
        limit = self._surroundings.limits.connections_per_node
        if creation == self._newest_creation and len(self._links) >= limit:
            return f"it has {limit} connections already"
        return None

    def link_opened(self, link: Link, peer: Identity) -> None:
        """A new way to the peer, perhaps to a newer incarnation of it."""
        if peer.creation > self._newest_creation:
            self._down(NodeDownReason.SUPERSEDED, "a newer incarnation of you has come")
            self._newest_creation = peer.creation
        self._links.append(link)
        self._stop_dialling(link)
        if len(self._links) == 1:
            self._up_since = self._surroundings.clock.now()
            self._send_waiting()
            self._announce(NodeUp(self.name, peer.creation))

    def link_closed(self, link: Link, reason: NodeDownReason) -> None:
        """One link has ended, and with it all that led to the same incarnation."""
        if link in self._links:
            self._down(reason, "another connection with you has ended", ended=link)
            self._dial_again()

    def dialling_failed(self, link: Link) -> None:
        """The connection that was being established has ended before it could be used."""
        if link is self._dialled:
            self._dialled = None
            self._fail("no connection was established")

    def retire(self) -> asyncio.Task[None] | None:
        """Dials no more and is down; returns the attempt to dial, if any, that still has to end."""
        self._is_retired = True
        self._stop_pause()
        self._drop_waiting(Drop.ENDING, "it had no connection")
        self._down(NodeDownReason.CLOSED_HERE, "this node stops")
        if self._attempt is not None:
            self._attempt.cancel()
        return self._attempt

    def _transmit(self, frame: bytes, creation: int | None, *, certainly: bool = False) -> bool:
        if creation is not None and creation != self._newest_creation:
            return self._drop(Drop.OTHER_INCARNATION, "the process addressed is gone")
        return self._links[0].send(frame, certainly=certainly)

    def _send_waiting(self) -> None:
        while self._waiting and self._links:
            creation, frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            self._transmit(frame, creation)

    def _down(self, reason: NodeDownReason, farewell: str, ended: Link | None = None) -> None:
        links, self._links = self._links, []
        if links:
            self._announce(NodeDown(self.name, self._newest_creation, reason))
        for link in links:
            if link is not ended:
                link.hang_up(farewell)

    def _dial_if_needed(self) -> None:
        wanted = (self._is_kept or self._waiting) and not self._links and not self._is_retired
        busy = self._attempt or self._dialled or self._pause
        if wanted and not busy and self.address is not None:
            self._attempt = asyncio.get_running_loop().create_task(self._dial(self.address))

    async def _dial(self, address: str) -> None:
        try:
            async with asyncio.timeout(self._surroundings.limits.handshake_seconds):
                connection = await self._transport.dial(address)
        except OSError as error:
            self._fail(f"{address}: {str(error) or type(error).__name__}")
        else:
            self._dialled = self._establish(connection, self.name)
        finally:
            self._attempt = None

    def _fail(self, detail: str) -> None:
        self._drop_waiting(Drop.UNREACHABLE, detail)
        self._rest(self._backoff)

    def _dial_again(self) -> None:
        lasted = self._surroundings.clock.now() - self._up_since
        if lasted >= LONGEST_PAUSE_SECONDS * NANOSECONDS:
            self._backoff_after_loss.reset()
            self._dial_if_needed()
        elif self._pause is None:
            # A node that hangs up at once would otherwise be dialled without a break, for ever.
            self._rest(self._backoff_after_loss)

    def _rest(self, backoff: Backoff) -> None:
        self._pause = after(self._surroundings.clock, backoff.next_pause(), self._pause_over)

    def _pause_over(self) -> None:
        self._pause = None
        self._dial_if_needed()

    def _stop_dialling(self, link: Link) -> None:
        self._backoff.reset()
        self._stop_pause()
        if link is self._dialled:
            self._dialled = None

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _drop_waiting(self, cause: Drop, detail: str) -> None:
        had_waiting = bool(self._waiting)
        self._waiting_bytes = 0
        while self._waiting:
            self._waiting.popleft()
            self._drop(cause, detail)
        if had_waiting:
            self._give_up(self.name, detail)

    def _drop(self, cause: Drop, detail: str) -> bool:
        self._surroundings.drops.record(cause, self.name, detail)
        return False
