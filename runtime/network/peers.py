"""All other nodes: the listener, the links that are being established, who is up.

Knows nothing of processes: parcels go to a function. The idea: a stranger may hold a slot for some
seconds and no more, and when slots are short, the host with the most strangers loses its oldest, so
that nobody fills them all; only a node that proved itself gets a place in the table.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from runtime.clock import after
from runtime.dropped import Drop
from runtime.events import NodeDownReason, NodeEvent
from runtime.network.connection import Link, Surroundings
from runtime.network.handshake import Identity
from runtime.network.peer import Peer
from runtime.network.transport import Connection, Listener, Transport, split_address
from runtime.network.wire import Parcel
from runtime.pid import check_name
from runtime.statistics import ConnectionStatistics

GRACE_SECONDS = 2.0
"""How long connections that were closed may take to end before they are aborted."""


class Peers:
    """The other nodes by name."""

    def __init__(
        self,
        surroundings: Surroundings,
        transport: Transport,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        self._surroundings = surroundings
        self._transport = transport
        self._log = log
        self._peers: dict[str, Peer] = {}
        self._links: dict[Link, None] = {}
        self._strangers: dict[Link, None] = {}
        self._watchers: dict[object, Callable[[NodeEvent], None]] = {}
        self.on_message: Callable[[Identity, Parcel], None]
        """Called with every message and the node that it came from; set it before any connection."""
        self.on_giving_up: Callable[[str, str], None] = _ignore
        """Called with a node and the reason when what waited for a connection with it is dropped."""
        self._listener: Listener | None = None
        self._link_gone = asyncio.Event()
        self._is_stopped = False

    async def listen(self, address: str) -> str:
        """Accepts other nodes there; returns the address with its port; raises OSError."""
        self._listener = await self._transport.listen(address, self._accept)
        return self._listener.address

    def peer(self, name: str) -> Peer:
        """The node of that name, known before or not."""
        found = self._peers.get(name)
        if found is None:
            found = Peer(
                name,
                self._surroundings,
                self._transport,
                self._establish,
                self._announce,
                lambda node, detail: self.on_giving_up(node, detail),
            )
            self._peers[name] = found
            if self._is_stopped:
                # Nobody will retire it any more.
                found.retire()
        return found

    def is_up(self, node: Identity) -> bool:
        """Whether that incarnation of a node is connected."""
        return node.name in self._peers and self._peers[node.name].creation == node.creation

    def has_replaced(self, name: str, creation: int) -> bool:
        """Whether that incarnation of a node is gone for good."""
        return name in self._peers and self._peers[name].has_replaced(creation)

    def add_route(self, name: str, address: str) -> None:
        """Dials that node there from now on; raises ValueError for a malformed address."""
        check_name("name", name)
        split_address(address)
        self.peer(name).route(address)

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Calls back straight from the network's events; returns how to end that."""
        key = object()
        self._watchers[key] = callback

        def cancel() -> None:
            self._watchers.pop(key, None)

        return cancel

    def creations(self) -> dict[str, int]:
        """The nodes that are up and which incarnations of them."""
        found = {name: peer.creation for name, peer in self._peers.items()}
        return {name: creation for name, creation in found.items() if creation is not None}

    def statistics(self) -> dict[str, ConnectionStatistics]:
        """What has gone over the connections with each node that is up."""
        found = {name: peer.statistics() for name, peer in self._peers.items()}
        return {name: counted for name, counted in found.items() if counted is not None}

    @property
    def strangers(self) -> int:
        """How many accepted connections have not proved themselves."""
        return len(self._strangers)

    async def stop(self, reason: str) -> None:
        """Says goodbye to everybody and waits, for a bounded time, until all is closed."""
        attempts = self._retire()
        for link in list(self._links):
            link.hang_up(reason)
        impatience = after(self._surroundings.clock, GRACE_SECONDS, self._abort_links)
        await asyncio.gather(*attempts, return_exceptions=True)
        while self._links:
            self._link_gone.clear()
            await self._link_gone.wait()
        impatience.cancel()

    def kill(self) -> None:
        """Ends every connection at once, as the death of this process would."""
        self._watchers.clear()
        self._abort_links()
        self._retire()

    def objection(self, peer: Identity) -> str | None:
        """Why a node that has proved itself is not wanted, None if it is."""
        if peer.name == self._surroundings.own.name:
            return "bears the name of this node"
        known = self._peers.get(peer.name)
        if known is not None:
            return known.objection(peer.creation)
        limit = self._surroundings.limits.nodes
        return f"more than {limit} nodes" if len(self._peers) >= limit else None

    def link_opened(self, link: Link, peer: Identity) -> None:
        """Gives a link that has proved itself to its peer."""
        self._strangers.pop(link, None)
        self.peer(peer.name).link_opened(link, peer)

    def link_closed(self, link: Link, peer: Identity, reason: NodeDownReason) -> None:
        """Tells the peer that one of its links has ended."""
        self.peer(peer.name).link_closed(link, reason)

    def link_gone(self, link: Link) -> None:
        """Forgets a link whose connection has ended."""
        self._links.pop(link, None)
        self._strangers.pop(link, None)
        if link.wanted is not None:
            self.peer(link.wanted).dialling_failed(link)
        self._link_gone.set()

    def _accept(self, connection: Connection) -> None:
        if self._is_stopped:
            connection.abort()
        elif self._make_room(connection.remote):
            self._strangers[self._establish(connection)] = None
        else:
            connection.abort()

    def _make_room(self, host: str) -> bool:
        limits = self._surroundings.limits
        is_full = len(self._links) >= limits.connections
        if not is_full and len(self._strangers) < limits.unauthenticated_connections:
            return True
        if not self._strangers:
            self._surroundings.drops.record(Drop.CROWDED, "", f"the newest, of {host}, is closed")
            return False
        self._surroundings.drops.record(Drop.CROWDED, "", f"an older one makes room for {host}")
        self._evict_stranger()
        return True

    def _evict_stranger(self) -> None:
        crowds = Counter(link.remote for link in self._strangers)
        busiest = max(crowds, key=crowds.__getitem__)
        oldest = next(link for link in self._strangers if link.remote == busiest)
        del self._strangers[oldest]
        oldest.abort()

    def _establish(self, connection: Connection, wanted: str | None = None) -> Link:
        link = Link(self._surroundings, connection, self, self.on_message, wanted=wanted)
        self._links[link] = None
        return link

    def _announce(self, event: NodeEvent) -> None:
        self._log.info("%s", event)
        for watcher in list(self._watchers.values()):
            try:
                watcher(event)
            except Exception:
                # The others must hear of it, and the connection's callback must end in order.
                self._log.exception("a watcher failed at %s", event)

    def _retire(self) -> list[asyncio.Task[None]]:
        self._is_stopped = True
        if self._listener is not None:
            self._listener.close()
        attempts = [peer.retire() for peer in self._peers.values()]
        return [attempt for attempt in attempts if attempt is not None]

    def _abort_links(self) -> None:
        for link in list(self._links):
            link.abort()


def _ignore(node: str, detail: str) -> None:
    """Nobody waits for anything."""
