"""A node: the processes of one operating-system process, and its place among other nodes.

Knows nothing of elections, sockets or bytes. The idea: a name (`node1`) for who it is, a creation
for which life of it this is, an address only for where it listens. Sending never waits and never
raises because of the network; what cannot be delivered is dropped, counted and logged.
"""

import asyncio
import itertools
import random as random_module
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from runtime.clock import Clock, SystemClock, sleep
from runtime.drops import Drop, Drops
from runtime.events import NodeEvent
from runtime.handshake import Identity, Keys, stretch
from runtime.limits import NodeLimits
from runtime.link import Surroundings
from runtime.peers import Peers
from runtime.pid import Pid, ProcessId, check_name
from runtime.process import Execution, Process, process_log
from runtime.tcp import TcpTransport
from runtime.tls import Credentials, Tls
from runtime.transport import Transport, split_address
from runtime.wire import DEFAULT_REGISTRY, Parcel, Registry


class NameTaken(ValueError):
    """Another process of this node bears the name already."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a node has done so far, and what waits in it."""

    sent: int
    received: int
    dropped: dict[str, int]
    mailboxes: dict[str, int]
    connections: dict[str, int]
    unauthenticated: int


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
        self._peers = Peers(self._surroundings, transport, self._parcel_arrived, self._log)
        self._address = ""
        self._numbers = itertools.count(1)
        self._executions: dict[int, Execution] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._names: dict[str, Execution] = {}
        self._sent = 0
        self._received = 0
        self._stopping: asyncio.Task[None] | None = None
        self._is_stopped = False

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
    def random(self) -> random_module.Random:
        """Where all chance on this node comes from."""
        return self._surroundings.random

    async def spawn(self, factory: Callable[[], Process], *arguments: object) -> Pid:
        """Starts a process and waits for its init, whose error it raises."""
        return await self._spawn(None, factory, arguments)

    async def spawn_register(
        self, name: str, factory: Callable[[], Process], *arguments: object
    ) -> Pid:
        """The same under a name; raises NameTaken if a process of this node bears it."""
        check_name("name", name)
        if name in self._names:
            raise NameTaken(f"name must be free on {self.name}, {name!r} is taken")
        return await self._spawn(name, factory, arguments)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None = None) -> None:
        """Sends to a process anywhere, in order per sender; it arrives once or not at all.

        Raises TypeError if the message has to travel and its type is not registered, ValueError if
        it is too long to travel or the sender is not of this node; never because of the network.
        """
        number = None if sender is None else self._number_of_sender(sender)
        if self._is_stopped:
            self._drops.record(Drop.STOPPED, str(to), "message dropped")
        elif to.node == self.name:
            self._send_locally(to, message, sender)
        else:
            self._send_away(to, message, number)

    def whereis(self, name: str) -> Pid | None:
        """The process of this node that bears the name, None if none does."""
        execution = self._names.get(name)
        return None if execution is None else execution.pid

    def add_route(self, name: str, address: str) -> None:
        """Tells where the node of that name listens; raises ValueError for a malformed one."""
        self._peers.add_route(name, address)

    def connect(self, name: str) -> None:
        """Keeps connected with the node of that name from now on, however often it is lost."""
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
            sent=self._sent,
            received=self._received,
            dropped=self._drops.counts(),
            mailboxes={e.name or str(e.pid): len(e.mailbox) for e in self._executions.values()},
            connections=self._peers.connections(),
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
        self._is_stopped = True
        self._peers.kill()
        for number, task in self._tasks.items():
            self._executions[number].silence()
            task.cancel()

    async def _spawn(
        self, name: str | None, factory: Callable[[], Process], arguments: tuple[object, ...]
    ) -> Pid:
        if self._is_stopped or self._stopping is not None:
            raise RuntimeError(f"{self.name} is stopping or has stopped, it starts no process")
        execution = self._enter(name, factory())
        loop = asyncio.get_running_loop()
        started: asyncio.Future[None] = loop.create_future()
        task = loop.create_task(execution.run(arguments, started), name=str(execution.pid))
        self._tasks[execution.pid.number] = task
        task.add_done_callback(lambda _: self._forget(execution))
        try:
            await started
        except asyncio.CancelledError:
            # Nobody would ever learn its pid.
            task.cancel()
            raise
        return execution.pid

    def _enter(self, name: str | None, process: Process) -> Execution:
        pid = Pid(self.name, self.creation, next(self._numbers))
        limit = self._surroundings.limits.mailbox_messages
        execution = Execution(self, pid, name, process, limit, self._drops)
        self._executions[pid.number] = execution
        if name is not None:
            self._names[name] = execution
        return execution

    def _forget(self, execution: Execution) -> None:
        del self._executions[execution.pid.number]
        del self._tasks[execution.pid.number]
        if execution.name is not None:
            del self._names[execution.name]

    def _send_locally(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        if isinstance(to, ProcessId):
            execution = self._find(to.name)
        else:
            execution = self._find(to.number) if to.creation == self.creation else None
        if execution is None:
            self._drops.record(Drop.UNKNOWN_PROCESS, str(to), "message dropped")
        else:
            execution.deliver_locally(sender, message)

    def _send_away(self, to: Pid | ProcessId, message: object, sender: int | None) -> None:
        addressee: int | str
        if isinstance(to, ProcessId):
            addressee, creation = to.name, None
        else:
            addressee, creation = to.number, to.creation
        near = self._surroundings
        frame = near.registry.encode(addressee, sender, message, near.limits.frame_bytes)
        if self._peers.peer(to.node).send(frame, creation):
            self._sent += 1

    def _parcel_arrived(self, peer: Identity, parcel: Parcel) -> None:
        self._received += 1
        execution = self._find(parcel.to)
        if execution is None:
            return self._drops.record(Drop.UNKNOWN_PROCESS, peer.name, f"it wrote to {parcel.to!a}")
        # The sender's number is the only thing the peer can claim: its name and creation are the
        # ones it proved, so no node can speak for another one's processes.
        number = parcel.sender
        sender = None if number is None else Pid(peer.name, peer.creation, number)
        execution.deliver(sender, parcel.message)

    def _find(self, process: int | str) -> Execution | None:
        if isinstance(process, str):
            return self._names.get(process)
        return self._executions.get(process)

    def _number_of_sender(self, sender: Pid) -> int:
        if (sender.node, sender.creation) != (self.name, self.creation):
            raise ValueError(f"sender must be a process of {self.name}, not {sender!r}")
        return sender.number

    async def _stop(self) -> None:
        for execution in list(self._executions.values()):
            execution.stop("shutdown")
        await self._wait_for_processes()
        self._is_stopped = True
        await self._peers.stop("this node stops")

    async def _wait_for_processes(self) -> None:
        seconds = self._surroundings.limits.shutdown_seconds
        for _ in ("terminate", "release"):
            if self._tasks:
                _, late = await asyncio.wait(self._tasks.values(), timeout=seconds)
                for task in late:
                    self._log.error("%s did not terminate in time", task.get_name())
                    task.cancel()


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
