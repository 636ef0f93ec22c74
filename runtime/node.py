"""A node: the processes of one operating-system process, and its place among other nodes.

Leaves processes and connections to their rooms; here they are put together. A node has a name
(`node1`) for who it is, a creation for which incarnation of it this is, and an address only for where
it listens. Sending never waits and never raises because of the network: what cannot be delivered is
dropped, counted and logged.
"""

import asyncio
import os
import random as random_module
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from runtime.clock import Clock, SystemClock
from runtime.dropped import DropLog
from runtime.events import NodeEvent
from runtime.limits import NodeLimits
from runtime.logs import process_log
from runtime.network import (
    DEFAULT_REGISTRY,
    NodeContext,
    Peers,
    Registry,
    Tls,
    Transport,
)
from runtime.node_end import NodeEnd
from runtime.pid import Pid, ProcessId, check_name
from runtime.processes import Endpoint, Factory, Inspect, LocalProcesses, Registration
from runtime.startup import Beginning, begin, given_transport, warn_of_short_cookies
from runtime.statistics import Statistics


class Node:
    """One node: made by `Node.start`, ended by `stop` or at the end of an `async with`."""

    def __init__(
        self,
        beginning: Beginning,
        *,
        random: random_module.Random,
        registry: Registry,
        limits: NodeLimits,
    ) -> None:
        """Not listening yet: use `start`."""
        log = process_log(beginning.own.name)
        self._context = NodeContext(
            own=beginning.own,
            cookies=beginning.cookies,
            clock=beginning.clock,
            random=random,
            registry=registry,
            limits=limits,
            drop_log=DropLog(beginning.clock, log),
        )
        self._peers = Peers(self._context, beginning.transport, log)
        self._processes = LocalProcesses(self, self._context, self._peers, log)
        self._end = NodeEnd(self._context, beginning.folder, self._peers, self._processes, log)
        self._address = ""

    @classmethod
    async def start(
        cls,
        name: str,
        *,
        cookie: str | list[str] | tuple[str, ...],
        state_dir: str | os.PathLike[str] | None = None,
        tls: Tls | None = None,
        routes: Mapping[str, str] | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
        random: random_module.Random | None = None,
        registry: Registry | None = None,
        allow_insecure: bool = False,
        limits: NodeLimits | None = None,
    ) -> Self:
        """Starts a node, `node1@127.0.0.1:7001`, that listens; for port 0, see `address`.

        All nodes have the same cookie, long and random; `docs/security.md` tells how to replace it. In
        `state_dir` the node keeps its last creation: it is accepted also if the wall clock was set back.
        Without TLS it listens on loopback addresses only, unless `allow_insecure`. A seeded `random`
        makes handshakes predictable: for simulations only. Raises ValueError or TypeError for misuse,
        OSError for the address or the files of TLS, StateFolderError for the folder.
        """
        beginning = await begin(
            name,
            cookie,
            state_dir,
            given_transport(name, transport, tls, allow_insecure),
            clock or SystemClock(asyncio.get_running_loop()),
            random,
        )
        random = random or random_module.SystemRandom()
        registry, limits = registry or DEFAULT_REGISTRY, limits or NodeLimits()
        node = cls(beginning, random=random, registry=registry, limits=limits)
        try:
            await node._listen(beginning, routes or {})
        except BaseException:
            node.kill()
            raise
        return node

    async def _listen(self, beginning: Beginning, routes: Mapping[str, str]) -> None:
        for other, where in routes.items():
            self.add_route(other, where)
        self._address = await self._peers.listen(beginning.address)
        warn_of_short_cookies(beginning)

    async def __aenter__(self) -> Self:
        """At the end of the block the node stops; if it is superseded, the block is cancelled."""
        self._end.enter()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._end.leave(error)

    @property
    def name(self) -> str:
        """The name of this node."""
        return self._context.own.name

    @property
    def creation(self) -> int:
        """Which incarnation of this node it is: about its start, in nanoseconds of the wall clock."""
        return self._context.own.creation

    @property
    def address(self) -> str:
        """Where it listens, as `host:port`."""
        return self._address

    @property
    def clock(self) -> Clock:
        """The clock of everything on this node."""
        return self._context.clock

    @property
    def registry(self) -> Registry:
        """The types of messages that can be sent to and from other nodes."""
        return self._context.registry

    @property
    def random(self) -> random_module.Random:
        """The source of all chance on this node."""
        return self._context.random

    async def spawn(
        self,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """Starts a process and waits for its `init`; raises what `init` raises.

        At most `mailbox_messages` wait for it, or as many as the limits of the node say. If a parent
        is given, a process of this node, the two are linked as soon as `init` is done.
        """
        return await self._processes.spawn(None, factory, arguments, mailbox_messages, parent)

    async def spawn_register(
        self,
        name: str,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        parent: Pid | None = None,
    ) -> Pid:
        """Does the same under a name; raises NameTaken if a process of this node has it."""
        return await self._processes.spawn(name, factory, arguments, mailbox_messages, parent)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None = None) -> None:
        """Sends to a process anywhere; it arrives once or not at all, in order for each sender.

        Raises TypeError if the message goes to another node and its type is not registered,
        ValueError if it is too long or the sender is not of this node; never because of the network.
        """
        self._processes.messages.send(to, message, sender)

    async def call(
        self,
        to: Pid | ProcessId,
        request: object,
        timeout: float = 5.0,
        *,
        sender: Pid | None = None,
    ) -> Any:
        """Asks a process anywhere, and returns what its `handle_call` returns.

        Waits `timeout` seconds at most. Raises CallError, with a subclass for each way to fail, or
        ValueError for an unusable time-out or a sender of another node.
        """
        return await self._processes.calls.call(to, request, timeout, sender)

    async def inspect(
        self, to: Pid | ProcessId, *items: str, timeout: float = 5.0
    ) -> dict[str, str]:
        """Returns what a process anywhere shows of itself, and what the runtime knows of it.

        The request waits in the mailbox. The runtime's own keys begin with `runtime.`. Raises what
        `call` raises.
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
        return self._processes.register_endpoint(name, endpoint, types)

    def whereis(self, name: str) -> Pid | None:
        """Returns the process of this node that has the name, None if none has."""
        return self._processes.whereis(name)

    def add_route(self, name: str, address: str) -> None:
        """Sets where the node of that name is dialled; raises ValueError for a malformed address."""
        self._peers.add_route(name, address)

    def connect(self, name: str) -> None:
        """Keeps connected with another node until this one stops: a lost connection is made again."""
        check_name("name", name)
        if name == self.name:
            raise ValueError(f"name must be another node's, not {name!r}")
        self._peers.keep_connected(name)

    def suspect(self, name: str) -> None:
        """Tells that messages to that node get no answer, though they should have got one by now.

        If its link for urgent messages is open, a new one is dialled, which replaces the old one as
        soon as it is open. Until then the old one stays in use, so nothing is lost if it works. Does
        nothing for a node that is not up. Call it again as long as nothing is heard.
        """
        check_name("name", name)
        self._peers.suspect(name)

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Calls back, directly from the network's event, when a node goes up or down.

        Returns a function that ends this. `nodes` tells which nodes are up already.
        """
        return self._peers.watch(callback)

    def nodes(self) -> dict[str, int]:
        """Returns the other nodes that are up, with the creation of each."""
        return self._peers.creations()

    def statistics(self) -> Statistics:
        """Returns counters since the start, and what waits now; messages within the node do not count."""
        return Statistics(
            sent=self._processes.messages.sent,
            received=self._processes.messages.received,
            dropped=self._context.drop_log.counts(),
            mailboxes=self._processes.table.statistics(),
            connections=self._peers.statistics(),
            calls=len(self._processes.calls),
            watches=len(self._processes.table.watches),
            unauthenticated=self._peers.unauthenticated,
        )

    async def stop(self) -> None:
        """Terminates the processes, says goodbye to the other nodes, closes; may be called twice."""
        await self._end.stop()

    async def ended(self) -> None:
        """Waits until this node has ended, and all that it held is released.

        Raises Superseded if a later process of its name has taken its place. The node then has ended by
        itself; a new one that is started under its name is a later one again.
        """
        await self._end.ended()

    def kill(self) -> None:
        """Ends as a killed program does, for simulations: no goodbye, no `terminate`, nothing sent.

        What the processes hold is released within the next turns of the event loop.
        """
        self._end.kill()
