"""A network that exists only in virtual time: hosts that listen, dial, crash.

Leaves nodes to `Node`: this is a `Transport` like TCP, and the same node runs on either. `ways` has
delay, loss and partitions; `connection` has what happens to frames.
"""

import asyncio
from collections.abc import Callable

from runtime.clock import NANOSECONDS
from runtime.network import Connection, Listener, join_address, split_address
from runtime.simulation.connection import SimulatedConnection, SimulatedHost
from runtime.simulation.ways import SimulatedWays

DIAL_AGAIN_SECONDS = 1.0
"""How long a kernel waits before it tries again to connect across a partition."""

FIRST_PORT = 49152


class SimulatedNetwork(SimulatedWays):
    """Hosts by name, and the ways between them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: int) -> None:
        super().__init__(loop, seed)
        self._transports: dict[str, list[SimulatedTransport]] = {}
        self._listeners: dict[str, _SimulatedListener] = {}

    def transport(self, host: str) -> "SimulatedTransport":
        """Returns the network as seen from that host; take a new one after a crash."""
        transport = SimulatedTransport(self, host)
        self._transports.setdefault(host, []).append(transport)
        return transport

    def crash(self, host: str) -> None:
        """Kills a host: its connections end, and frames on their way may not arrive.

        Its objects live on, without a network: call `Node.kill` just before.
        """
        self.forget_held(host)
        for transport in self._transports.pop(host, []):
            transport.die()

    def reset(self, source: str, destination: str) -> None:
        """Breaks the connections of two hosts: the destination is told that the source has closed."""
        for transport in self._transports.get(destination, []):
            for connection in list(transport.connections):
                if connection.remote == source:
                    connection.lose(b"")

    def swallow(self, source: str, destination: str) -> None:
        """Loses all that the source sends over the connections that there are; later ones work.

        A firewall does this when it forgets its connections.
        """
        for transport in self._transports.get(source, []):
            for connection in list(transport.connections):
                if connection.remote == destination:
                    connection.swallow()

    def open(self, listener: "_SimulatedListener") -> None:
        """Lets a listener be found; raises OSError if its address is in use."""
        if listener.address in self._listeners:
            raise OSError(f"address in use: {listener.address}")
        self._listeners[listener.address] = listener

    def shut(self, listener: "_SimulatedListener") -> None:
        """Lets a listener be found no longer."""
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]

    def find(self, address: str) -> "_SimulatedListener | None":
        """Returns the listener at that address, None if there is none."""
        return self._listeners.get(address)

    def free_address(self, host: str) -> str:
        """Returns an address of that host without a listener."""
        port = FIRST_PORT
        while join_address(host, port) in self._listeners:
            port += 1
        return join_address(host, port)


class SimulatedTransport(SimulatedHost):
    """The network as seen from one host, as long as that host lives."""

    def __init__(self, network: SimulatedNetwork, host: str) -> None:
        super().__init__(network, host)
        self.network = network
        self._listeners: list[_SimulatedListener] = []

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Listens at an address of this host; raises OSError."""
        host, port = split_address(address)
        self._check_alive()
        if host != self.name:
            raise OSError(f"address must be one of {self.name}, not {address!r}")
        address = address if port else self.network.free_address(host)
        listener = _SimulatedListener(self, address, on_accept)
        self.network.open(listener)
        self._listeners.append(listener)
        return listener

    async def dial(self, address: str) -> Connection:
        """Connects after a round trip; across a partition when that is healed; raises OSError."""
        network, (host, _) = self.network, split_address(address)
        if network.is_cut(self.name, host) or network.is_cut(host, self.name):
            await asyncio.sleep(DIAL_AGAIN_SECONDS)
            return await self.dial(address)
        there = network.draw_delay(self.name, host)
        await asyncio.sleep((there + network.draw_delay(host, self.name)) / NANOSECONDS)
        self._check_alive()
        listener = network.find(address)
        if listener is None:
            raise ConnectionRefusedError(f"nobody listens at {address}")
        return self._connect(listener)

    def die(self) -> None:
        """Ends everything that goes through here."""
        self.is_alive = False
        for listener in self._listeners:
            listener.close()
        for connection in list(self.connections):
            connection.abort()

    def _connect(self, listener: "_SimulatedListener") -> SimulatedConnection:
        near = SimulatedConnection(self, listener.transport.name)
        far = SimulatedConnection(listener.transport, self.name)
        near.other, far.other = far, near
        self.network.when_free(listener.transport.name, lambda: listener.accept(far))
        return near

    def _check_alive(self) -> None:
        if not self.is_alive:
            raise OSError(f"{self.name} has crashed")


class _SimulatedListener:
    def __init__(
        self, transport: SimulatedTransport, address: str, on_accept: Callable[[Connection], None]
    ) -> None:
        self.transport = transport
        self.address = address
        self.accept = on_accept

    def close(self) -> None:
        self.transport.network.shut(self)
