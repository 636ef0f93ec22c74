"""A node: the processes of one operating-system process, and its place among other nodes.

Knows nothing of elections, sockets or bytes. The idea: a name (`node1`) for who it is, a creation
for which life of it this is, an address only for where it listens. Sending never waits and never
raises because of the network; what cannot be delivered is dropped, counted and logged.
"""

import asyncio
import random as random_module
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from runtime.clock import Clock, SystemClock, sleep
from runtime.dropped import Drops
from runtime.events import NodeEvent
from runtime.host import Factory
from runtime.limits import NodeLimits
from runtime.logs import process_log
from runtime.network.connection import Surroundings
from runtime.network.handshake import Identity, Keys, stretch
from runtime.network.peers import Peers
from runtime.network.tcp import TcpTransport
from runtime.network.tls import Credentials, Tls
from runtime.network.transport import Transport, split_address
from runtime.network.wire import DEFAULT_REGISTRY, Registry
from runtime.pid import Pid, ProcessId, check_name
from runtime.processes.calls import Calls
from runtime.processes.endpoints import Endpoint, Endpoints, Registration
from runtime.processes.message_router import MessageRouter
from runtime.processes.signal_router import Switchboard
from runtime.processes.table import Processes
from runtime.signals import Inspect
from runtime.statistics import Statistics


class Node:
    """One node; made by `Node.start`, ended by `stop` or at the end of an `async with`."""

    def __init__(
        self,
        name: str,
        creation: int,
        *,
        keys: Keys,
        transport: Transport,
        clock: Clock,
        random: random_module.Random,
        registry: Registry,
        limits: NodeLimits,
    ) -> None:
        """Not listening yet: use `start`."""
        self._log = process_log(name)
        self._drops = Drops(clock, self._log)
        self._surroundings = Surroundings(
            own=Identity(name, creation),
            keys=keys,
            clock=clock,
            random=random,
            registry=registry,
            limits=limits,
            drops=self._drops,
        )
        self._peers = Peers(self._surroundings, transport, self._log)
        self._switchboard = Switchboard(self._surroundings, self._peers)
        self._endpoints = Endpoints()
        self._processes = Processes(
            self, self._surroundings, self._switchboard, self._endpoints, self._log
        )
        self._messages = MessageRouter(
            self._surroundings, self._switchboard, self._endpoints, self._processes
        )
        self._calls = Calls(self._surroundings, self._switchboard, self._processes.find, self._log)
        self._peers.on_message = self._messages.arrived
        self._peers.watch(self._node_changed)
        self._peers.on_giving_up = self._node_lost
        self._address = ""
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    async def start(
        cls,
        name: str,
        *,
        cookie: str | list[str] | tuple[str, ...],
        tls: Tls | None = None,
        routes: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        random: random_module.Random | None = None,
        registry: Registry | None = None,
        allow_insecure: bool = False,
        limits: NodeLimits | None = None,
    ) -> Self:
        """Starts `node1@127.0.0.1:7001` listening; port 0 is any free one, see `address`.

        The same cookie lets nodes in; make it long and random. Of several, the first is shown and
        all are accepted, to replace one without stopping all nodes at once. Without TLS only
        loopback addresses are listened on unless `allow_insecure`. A seeded `random` makes the
        handshake predictable: for simulations only. Raises ValueError or TypeError for misuse,
        OSError for the address or the files of TLS.
        """
        own_name, address = _parse(name)
        if transport is not None and tls is not None:
            raise ValueError("tls must be None with a transport: it is the transport that encrypts")
        clock = clock or SystemClock(asyncio.get_running_loop())
        node = cls(
            own_name,
            await _claim_creation(clock),
            keys=_check_cookies(cookie),
            transport=transport or _tcp(own_name, tls, allow_insecure),
            clock=clock,
            random=random or random_module.SystemRandom(),
            registry=registry or DEFAULT_REGISTRY,
            limits=limits or NodeLimits(),
        )
        for other, where in (routes or {}).items():
            node.add_route(other, where)
        node._address = await node._peers.listen(address)
        return node

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def name(self) -> str:
        """Who this node is."""
        return self._surroundings.own.name

    @property
    def creation(self) -> int:
        """Which life of this node it is: its start in nanoseconds of the wall clock."""
        return self._surroundings.own.creation

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`."""
        return self._address

    @property
    def clock(self) -> Clock:
        """The clock of everything on this node."""
        return self._surroundings.clock

    @property
    def registry(self) -> Registry:
        """The types of messages that travel to and from this node."""
        return self._surroundings.registry

    @property
    def random(self) -> random_module.Random:
        """Where all chance on this node comes from."""
        return self._surroundings.random

    async def spawn(
        self,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """Starts a process and waits for its init, whose error it raises.

        At most `mailbox_messages` wait for it, or as many as the limits of the node say. A parent,
        a process of this node, is linked with it as soon as its init is done.
        """
        return await self._spawn(None, factory, arguments, mailbox_messages, parent)

    async def spawn_register(
        self,
        name: str,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """The same under a name; raises NameTaken if a process of this node bears it."""
        return await self._spawn(name, factory, arguments, mailbox_messages, parent)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None = None) -> None:
        """Sends to a process anywhere, in order per sender; it arrives once or not at all.

        Raises TypeError if the message has to travel and its type is not registered, ValueError if
        it is too long to travel or the sender is not of this node; never because of the network.
        """
        self._check_own("sender", sender)
        self._messages.send(to, message, sender)

    async def call(
        self,
        to: Pid | ProcessId,
        request: object,
        timeout: float = 5.0,
        *,
        sender: Pid | None = None,
    ) -> Any:
        """Asks a process anywhere and waits for what its `handle_call` returns.

        Waits that many seconds at most. Raises CallError, a kind of it for each way to fail, or
        ValueError for a time-out that is none or a sender of another node.
        """
        self._check_own("sender", sender)
        return await self._calls.call(to, request, timeout, sender)

    async def inspect(
        self, to: Pid | ProcessId, *items: str, timeout: float = 5.0
    ) -> dict[str, str]:
        """What a process anywhere shows of itself, and what the runtime knows of it, in its turn.

        The runtime's own keys begin with `runtime.`. Raises as `call` does.
        """
        found: dict[str, str] = await self.call(to, Inspect(items=items), timeout)
        return found

    def register_endpoint(
        self, name: str, endpoint: Endpoint, types: Iterable[type]
    ) -> Registration:
        """Has messages of these types that are sent to this name handed to an endpoint on arrival.

        If a process of this node has the name, the endpoint shares its pid, and all other messages
        go to that process; otherwise the endpoint gets a pid of its own. Raises TypeError or
        ValueError for a name that is none, ValueError if another endpoint of that name has claimed
        one of the types, RuntimeError if this node has stopped.
        """
        check_name("name", name)
        pid = self.whereis(name) or self._processes.next_pid()
        return self._endpoints.add(name, pid, types, endpoint)

    def whereis(self, name: str) -> Pid | None:
        """The process of this node that bears the name, None if none does."""
        execution = self._processes.find(name)
        return None if execution is None else execution.pid

    def add_route(self, name: str, address: str) -> None:
        """Tells where the node of that name listens; raises ValueError for a malformed one."""
        self._peers.add_route(name, address)

    def connect(self, name: str) -> None:
        """Keeps connected with the node of that name until this one stops, however often it is lost."""
        check_name("name", name)
        if name == self.name:
            raise ValueError(f"name must be another node's, not {name!r}")
        self._peers.peer(name).keep_connected()

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Calls back, straight from the network's event, when a node goes up or down.

        Returns a function that ends it. Which nodes are up already, `nodes` tells.
        """
        return self._peers.watch(callback)

    def nodes(self) -> dict[str, int]:
        """The other nodes that are up, with the creation of each."""
        return self._peers.creations()

    def statistics(self) -> Statistics:
        """Counters since the start, and what waits now; messages within the node do not count."""
        return Statistics(
            sent=self._messages.sent,
            received=self._messages.received,
            dropped=self._drops.counts(),
            mailboxes=self._processes.statistics(),
            connections=self._peers.statistics(),
            calls=len(self._calls),
            watches=len(self._processes.monitors),
            unauthenticated=self._peers.strangers,
        )

    async def stop(self) -> None:
        """Terminates the processes, says goodbye to the nodes, closes; twice is no harm."""
        if self._stopping is None:
            self._stopping = asyncio.get_running_loop().create_task(self._stop())
        await asyncio.shield(self._stopping)

    def kill(self) -> None:
        """Ends as a killed process does, for simulations: no goodbye, no terminate, nothing sent.

        What the processes hold is released within the next turns of the event loop.
        """
        self._switchboard.is_closed = True
        self._endpoints.close()
        self._peers.kill()
        self._processes.kill()

    async def _spawn(
        self,
        name: str | None,
        factory: Factory,
        arguments: tuple[object, ...],
        mailbox_messages: int | None,
        parent: Pid | None,
    ) -> Pid:
        if self._switchboard.is_closed or self._stopping is not None:
            raise RuntimeError(f"{self.name} is stopping or has stopped, it starts no process")
        self._check_own("parent", parent)
        return await self._processes.spawn(name, factory, arguments, mailbox_messages, parent)

    def _node_changed(self, event: NodeEvent) -> None:
        self._processes.monitors.node_changed(event)
        self._calls.node_changed(event)

    def _node_lost(self, name: str, detail: str) -> None:
        self._processes.monitors.node_lost(name, f"node unreachable: {detail}")
        self._calls.node_lost(name, detail)

    def _check_own(self, field: str, pid: Pid | None) -> None:
        if pid is not None and (pid.node, pid.creation) != (self.name, self.creation):
            raise ValueError(f"{field} must be a process of {self.name}, not {pid!r}")

    async def _stop(self) -> None:
        await self._processes.stop(self._surroundings.limits.shutdown_seconds)
        self._switchboard.is_closed = True
        self._endpoints.close()
        await self._peers.stop("this node stops")
        self._calls.close()


def _parse(name: str) -> tuple[str, str]:
    own_name, at, address = name.partition("@")
    check_name("name", own_name)
    if not at:
        raise ValueError(f"name must be node@host:port, not {name!r}")
    split_address(address)
    return own_name, address


def _tcp(own_name: str, tls: Tls | None, allow_insecure: bool) -> TcpTransport:
    credentials = None if tls is None else Credentials(tls, own_name, process_log(own_name))
    return TcpTransport(allow_insecure=allow_insecure, credentials=credentials)


def _check_cookies(cookie: str | list[str] | tuple[str, ...]) -> Keys:
    cookies = tuple(cookie) if isinstance(cookie, list | tuple) else (cookie,)
    for each in cookies:
        if not isinstance(each, str):
            raise TypeError(f"cookie must be a str, not {type(each).__name__}")
    if not cookies or "" in cookies:
        raise ValueError("cookie must not be empty: whoever knows it may send to every process")
    return tuple(map(stretch, cookies))


async def _claim_creation(clock: Clock) -> int:
    """A creation that no later start of this node can have: its millisecond is over."""
    claimed = clock.wall_milliseconds()
    while clock.wall_milliseconds() == claimed:
        await sleep(clock, 0.001)
    return claimed * 1_000_000
