"""All other nodes: the listener, the connections that are being established, the nodes that are up.

Leaves processes to others: messages go to a function. A connection whose other end has not proved
who it is ("unauthenticated") holds its place for a few seconds only. When there are too many, the
host that has most of them loses its oldest, so no single host can fill all places. Only a node that
has proved who it is gets an entry in the table of peers.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable

from runtime.clock import after, far_ahead_limit
from runtime.dropped import DropReason
from runtime.events import NodeDown, NodeDownReason, NodeEvent
from runtime.network.connection import NodeConnection, OnMessage
from runtime.network.context import NodeContext
from runtime.network.handshake import NodeIdentity, RefusalNotice
from runtime.network.lane import FIRST_LINK, Lane, LinkIdentity
from runtime.network.peer import Peer
from runtime.network.transport import Connection, Listener, Transport, split_address
from runtime.pid import check_name
from runtime.statistics import ConnectionStatistics

GRACE_SECONDS = 2.0
"""How long closed connections may take to end before they are aborted."""


class Peers:
    """The other nodes by name."""

    def __init__(
        self,
        context: NodeContext,
        transport: Transport,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        self._context = context
        self._transport = transport
        self._log = log
        self._peers: dict[str, Peer] = {}
        self._connections: dict[NodeConnection, None] = {}
        self._unauthenticated: dict[NodeConnection, None] = {}
        self._kept: dict[str, None] = {}
        self._lanes = {Lane.ORDINARY}
        self._watchers: dict[object, Callable[[NodeEvent], None]] = {}
        self.on_message: OnMessage
        """Called for every message of another node; set it before the first connection."""
        self.on_refused: Callable[[str, RefusalNotice], None] = lambda node, refusal: None
        """Called with the name of a node that has proved who it is, and refuses this one."""
        self.has_been_up = False
        """Whether any other node has ever accepted this one."""
        self.on_loss: Callable[[NodeDown], None] = lambda down: None
        """Called when messages to or from a node may be lost, even if another link keeps it up."""
        self.on_giving_up: Callable[[str, str], None] = lambda node, detail: None
        """Called with a node and a reason when messages that waited for a connection are dropped."""
        self._listener: Listener | None = None
        self._connection_ended = asyncio.Event()
        self._is_stopped = False

    async def listen(self, address: str) -> str:
        """Accepts other nodes there; returns the address with its port; raises OSError."""
        self._listener = await self._transport.listen(address, self._accept)
        return self._listener.address

    def peer(self, name: str) -> Peer:
        """Returns the node of that name, and remembers it from now on."""
        found = self._peers.get(name)
        if found is None:
            found = Peer(
                name,
                self._context,
                self._transport,
                self._establish,
                self._announce,
                lambda down: self.on_loss(down),
                lambda node, detail: self.on_giving_up(node, detail),
            )
            self._peers[name] = found
            if self._is_stopped:
                # `stop` has retired all peers that it knew, and does not run again.
                found.retire()
        return found

    def is_up(self, node: NodeIdentity) -> bool:
        """Whether that incarnation of a node is connected."""
        return node.name in self._peers and self._peers[node.name].creation == node.creation

    def has_replaced(self, name: str, creation: int) -> bool:
        """Whether that incarnation of a node has ended for good."""
        return name in self._peers and self._peers[name].has_replaced(creation)

    def add_route(self, name: str, address: str) -> None:
        """Sets where that node is dialled from now on; raises ValueError for a malformed address."""
        check_name("name", name)
        split_address(address)
        self.peer(name).route(address)

    def keep_connected(self, name: str) -> None:
        """Connects with that node now, and again whenever the connection is lost."""
        self._kept[name] = None
        self.peer(name).keep_connected(self._lanes)

    def use_lanes(self, lanes: Iterable[Lane]) -> None:
        """Keeps connected in these lanes too, wherever it is asked to keep connected."""
        self._lanes.update(lanes)
        for name in self._kept:
            self.peer(name).keep_connected(self._lanes)

    def suspect(self, name: str) -> None:
        """A link with that node is silent: dials a new one; does nothing for a node that is not up."""
        if name in self._peers:
            self._peers[name].suspect()

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Calls back directly from the network's events; returns a function that ends this."""
        key = object()
        self._watchers[key] = callback

        def cancel() -> None:
            self._watchers.pop(key, None)

        return cancel

    def creations(self) -> dict[str, int]:
        """Returns the nodes that are up, and which incarnation of each it is."""
        found = {name: peer.creation for name, peer in self._peers.items()}
        return {name: creation for name, creation in found.items() if creation is not None}

    def statistics(self) -> dict[str, ConnectionStatistics]:
        """Returns what has gone over the connections with each node that is up."""
        found = {name: peer.statistics() for name, peer in self._peers.items()}
        return {name: counted for name, counted in found.items() if counted is not None}

    @property
    def unauthenticated(self) -> int:
        """How many accepted connections have not proved who the other node is."""
        return len(self._unauthenticated)

    async def stop(self, reason: str) -> None:
        """Says goodbye to all nodes and waits, for a bounded time, until all is closed."""
        attempts = self._retire()
        for connection in list(self._connections):
            connection.hang_up(reason)
        grace = after(self._context.clock, GRACE_SECONDS, self._abort_connections)
        await asyncio.gather(*attempts, return_exceptions=True)
        while self._connections:
            self._connection_ended.clear()
            await self._connection_ended.wait()
        grace.cancel()

    def kill(self) -> None:
        """Ends every connection at once, as the death of this process would."""
        self._watchers.clear()
        self._abort_connections()
        self._retire()

    def objection(self, peer: NodeIdentity) -> RefusalNotice | None:
        """Returns why a node, if it proves who it is, is refused; None if it is accepted."""
        own, known = self._context.own, self._peers.get(peer.name)
        if peer.name == own.name:
            return RefusalNotice("bears the name of this node", own.precedence)
        limit = far_ahead_limit(self._context.clock.wall_milliseconds())
        if limit is not None and peer.precedence > limit * 1_000_000:
            return RefusalNotice("its creation is more than ten years ahead of the wall clock here")
        if known is not None:
            return known.objection(peer)
        count = self._context.limits.nodes
        return RefusalNotice(f"more than {count} nodes") if len(self._peers) >= count else None

    def refused_by(self, peer: NodeIdentity, refusal: RefusalNotice) -> None:
        """Hands on why a node refuses this one."""
        self.on_refused(peer.name, refusal)

    def told_of_earlier(self, peer: NodeIdentity, creation: int) -> None:
        """Logs that an earlier incarnation of this node was connected until this one came."""
        detail = (
            f"it was still connected with creation {creation} of this node, which has to end: "
            "if it was alive, two processes have one name"
        )
        self._context.drop_log.record(DropReason.DISPLACED, peer.name, detail)

    def connection_opened(self, connection: NodeConnection, peer: NodeIdentity) -> None:
        """Gives a connection whose other end has proved who it is to its peer."""
        self._unauthenticated.pop(connection, None)
        self.has_been_up = True
        self.peer(peer.name).connection_opened(connection, peer)

    def connection_closed(
        self, connection: NodeConnection, peer: NodeIdentity, reason: NodeDownReason
    ) -> None:
        """Tells the peer that one of its connections has ended."""
        self.peer(peer.name).connection_closed(connection, reason)

    def connection_ended(self, connection: NodeConnection) -> None:
        """Forgets a connection that has ended."""
        self._connections.pop(connection, None)
        self._unauthenticated.pop(connection, None)
        if connection.dialled is not None:
            self.peer(connection.dialled).dialled_ended(connection)
        self._connection_ended.set()

    def _accept(self, connection: Connection) -> None:
        if self._is_stopped:
            connection.abort()
        elif self._make_room(connection.remote):
            self._unauthenticated[self._establish(connection)] = None
        else:
            connection.abort()

    def _make_room(self, host: str) -> bool:
        limits, drop_log = self._context.limits, self._context.drop_log
        is_full = len(self._connections) >= limits.connections
        if not is_full and len(self._unauthenticated) < limits.unauthenticated_connections:
            return True
        if not self._unauthenticated:
            drop_log.record(DropReason.CROWDED, "", f"the newest, of {host}, is closed")
            return False
        drop_log.record(DropReason.CROWDED, "", f"an older one makes room for {host}")
        self._evict_oldest_of_busiest_host()
        return True

    def _evict_oldest_of_busiest_host(self) -> None:
        counts = Counter(connection.remote for connection in self._unauthenticated)
        busiest = max(counts, key=counts.__getitem__)
        oldest = next(each for each in self._unauthenticated if each.remote == busiest)
        del self._unauthenticated[oldest]
        oldest.abort()

    def _establish(
        self, connection: Connection, dialled: str | None = None, link: LinkIdentity = FIRST_LINK
    ) -> NodeConnection:
        made = NodeConnection(
            self._context, connection, self, self.on_message, dialled=dialled, link=link
        )
        self._connections[made] = None
        return made

    def _announce(self, event: NodeEvent) -> None:
        self._log.info("%s", event)
        for watcher in list(self._watchers.values()):
            try:
                watcher(event)
            except Exception:
                # The other watchers must be told, and the connection's callback must complete.
                self._log.exception("a watcher failed at %s", event)

    def _retire(self) -> list[asyncio.Task[None]]:
        self._is_stopped = True
        if self._listener is not None:
            self._listener.close()
        return [attempt for peer in self._peers.values() for attempt in peer.retire()]

    def _abort_connections(self) -> None:
        for connection in list(self._connections):
            connection.abort()
