"""One lane to one other node: its links, the dialling of new ones, and the messages that wait for one.

Leaves it to `peer` whether the node counts as up, and which incarnation of it is the newest. A message
that waits was sent when there was no link; it goes out over the next one, or is dropped when dialling
has failed.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from runtime.dropped import DropReason
from runtime.network.connection import NodeConnection
from runtime.network.context import NodeContext
from runtime.network.dialling import Dialler
from runtime.network.lane import GENERATION_LIMIT, Lane, LinkIdentity
from runtime.network.links import Links
from runtime.network.transport import Connection, Transport

Establish = Callable[[Connection, str, LinkIdentity], NodeConnection]
"""Starts the handshake on a connection that was dialled, with the node of that name."""


class PeerLane:
    """One lane to one node, connected or not."""

    def __init__(
        self,
        lane: Lane,
        name: str,
        context: NodeContext,
        transport: Transport,
        establish: Establish,
        on_giving_up: Callable[[Lane, str], None],
    ) -> None:
        """`on_giving_up` is told why the messages that waited are dropped."""
        self._lane = lane
        self._name = name
        self._context = context
        self._on_giving_up = on_giving_up
        self._links = Links()
        self._open_since = 0
        self._waiting: deque[tuple[int | None, bytes]] = deque()
        self._waiting_bytes = 0
        self._is_kept = False
        self._is_suspected = False

        def begin_handshake(connection: Connection) -> NodeConnection:
            generation = min(self._links.newest + 1, GENERATION_LIMIT)
            return establish(connection, name, LinkIdentity(lane, generation))

        self._dialler = Dialler(
            name, context, transport, begin_handshake, self._is_link_wanted, self._dialling_failed
        )

    @property
    def links(self) -> tuple[NodeConnection, ...]:
        """The links in use; messages go over the first."""
        return self._links.open

    def send(
        self, frame: bytes, creation: int | None, newest: int, *, ignore_send_limit: bool = False
    ) -> bool:
        """Sends a message, or keeps it until a link is open; returns False if it was dropped.

        With a creation it is for that incarnation of the node only; `newest` is the one that is there.
        """
        link = self._links.current
        if link is not None:
            if creation is not None and creation != newest:
                return self._drop(DropReason.OTHER_INCARNATION, "the process addressed has ended")
            return link.send(frame, ignore_send_limit=ignore_send_limit)
        if self._dialler.address is None:
            return self._drop(DropReason.NO_ROUTE, "add_route tells where it listens")
        limits = self._context.limits
        count, size = len(self._waiting), self._waiting_bytes
        if count >= limits.waiting_messages or size > limits.send_buffer_bytes:
            return self._drop(DropReason.QUEUE_FULL, f"{count} wait already, {size} bytes")
        self._waiting.append((creation, frame))
        self._waiting_bytes += len(frame)
        self._dialler.dial_if_wanted()
        return True

    def keep_connected(self) -> None:
        """Connects now, and again whenever the last link is lost."""
        self._is_kept = True
        self._dialler.dial_if_wanted()

    def route(self, address: str) -> None:
        """Sets the address that is dialled from now on."""
        self._dialler.address = address
        self._dialler.dial_if_wanted()

    def suspect(self) -> None:
        """Dials a new link, if there is one that may be dead; it stays until the new one is open."""
        self._is_suspected = self._links.current is not None
        self._dialler.dial_if_wanted()

    def opened(self, connection: NodeConnection) -> bool:
        """There is a new link; returns whether it has replaced another one."""
        self._is_suspected = False
        self._dialler.opened(connection)
        if self._links.current is None:
            self._open_since = self._context.clock.now()
        return self._links.add(connection)

    def send_waiting(self, newest: int) -> None:
        """Sends what has waited for a link to the newest incarnation of the node."""
        while self._waiting and self._links.current is not None:
            creation, frame = self._waiting.popleft()
            self._waiting_bytes -= len(frame)
            self.send(frame, creation, newest)

    def closed(self, connection: NodeConnection) -> bool:
        """A link has ended; returns whether it was in use."""
        return self._links.remove(connection)

    def dial_again(self) -> None:
        """Makes a new link in place of one that was lost, if one is wanted."""
        if self._links.current is None:
            self._dialler.dial_again(self._context.clock.now() - self._open_since)

    def dialled_ended(self, connection: NodeConnection) -> None:
        """A connection that was dialled here has ended, perhaps before it was open."""
        self._dialler.ended(connection)

    def forget_links(self) -> list[NodeConnection]:
        """Returns the links in use and forgets them: that incarnation of the node is over."""
        self._is_suspected = False
        return self._links.forget()

    def retire(self) -> asyncio.Task[None] | None:
        """Dials no more and drops what waits; returns the attempt that still has to end, if any."""
        attempt = self._dialler.retire()
        self._drop_waiting(DropReason.ENDING, "it had no connection")
        return attempt

    def _is_link_wanted(self) -> bool:
        if self._links.current is None:
            return self._is_kept or bool(self._waiting)
        return self._is_suspected

    def _dialling_failed(self, detail: str) -> None:
        # If the link is still silent, `suspect` is called again; a link that works is not replaced.
        self._is_suspected = False
        self._drop_waiting(DropReason.UNREACHABLE, detail)

    def _drop_waiting(self, reason: DropReason, detail: str) -> None:
        had_waiting = bool(self._waiting)
        self._waiting_bytes = 0
        while self._waiting:
            self._waiting.popleft()
            self._drop(reason, detail)
        if had_waiting:
            self._on_giving_up(self._lane, detail)

    def _drop(self, reason: DropReason, detail: str) -> bool:
        self._context.drop_log.record(reason, self._name, detail)
        return False
