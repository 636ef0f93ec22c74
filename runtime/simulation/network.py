"""A network that exists only in virtual time: delay, loss, partitions, stopped and dead hosts.

Knows nothing of nodes: it is a `Transport` like TCP, and the same node runs on either. The idea:
all chance comes from one seed and all time from one loop, so a run is reproduced byte for byte. As
in TCP, frames of a connection stay in order unless `reordering` says otherwise; its end comes
behind them and is never lost, only delayed by a partition, which closes nothing. Not as in TCP,
frames lost in a partition stay lost, as if the send buffer had been full.
"""

import asyncio
import random
from collections.abc import Callable

from runtime.clock import NANOSECONDS
from runtime.network.transport import (
    Channel,
    Connection,
    Listener,
    Loss,
    Receiver,
    join_address,
    split_address,
)
from runtime.simulation.conditions import Conditions
from runtime.simulation.virtual_time import (
    Deadlock,
    SimulatedClock,
    VirtualTimeLoop,
    run,
    virtual_nanoseconds,
)

__all__ = [
    "Conditions",
    "Deadlock",
    "SimulatedClock",
    "SimulatedNetwork",
    "SimulatedTransport",
    "VirtualTimeLoop",
    "run",
]

SPARED_FRAMES = 2
"""How many frames each way are spared bad luck: they are the handshake's, which TCP would repeat."""

DETOUR = 10
"""A frame out of order takes up to this many times the usual delay, the others overtake it."""

DIAL_AGAIN_SECONDS = 1.0
"""How long a kernel waits before it tries again to connect across a partition."""

FIRST_PORT = 49152


class SimulatedNetwork:
    """Hosts by name, and the ways between them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: int) -> None:
        self.default = Conditions()
        """The conditions of every way that has none of its own."""
        self.loop = loop
        self.random = random.Random(seed)
        self._conditions: dict[tuple[str, str], Conditions] = {}
        self._cut: dict[tuple[str, str], list[Callable[[], None]]] = {}
        self._held: dict[str, list[Callable[[], None]]] = {}
        self._transports: dict[str, list[SimulatedTransport]] = {}
        self._listeners: dict[str, _SimulatedListener] = {}

    def transport(self, host: str) -> "SimulatedTransport":
        """The network as a process on that host uses it; take a new one after a crash."""
        transport = SimulatedTransport(self, host)
        self._transports.setdefault(host, []).append(transport)
        return transport

    def set_conditions(self, source: str, destination: str, conditions: Conditions) -> None:
        """Sets one direction."""
        self._conditions[source, destination] = conditions

    def conditions(self, source: str, destination: str) -> Conditions:
        """The conditions from one host to another."""
        return self._conditions.get((source, destination), self.default)

    def partition(self, source: str, destination: str) -> None:
        """Loses what the source sends to the destination from now on; one direction only."""
        self._cut.setdefault((source, destination), [])

    def heal(self, source: str | None = None, destination: str | None = None) -> None:
        """Ends the partitions from that source, to that destination; None stands for all."""
        for cut in list(self._cut):
            if source in (None, cut[0]) and destination in (None, cut[1]):
                for action in self._cut.pop(cut):
                    action()

    def hold(self, host: str) -> None:
        """Stops a host: nothing reaches it and nothing of it leaves; its connections stay open."""
        self._held.setdefault(host, [])

    def release(self, host: str) -> None:
        """Lets a stopped host go on: all that was held back is delivered, in order."""
        held = self._held.get(host, [])
        # Still held meanwhile: what these lead to must queue up behind them.
        while held:
            held.pop(0)()
        self._held.pop(host, None)

    def crash(self, host: str) -> None:
        """Kills a host: its connections end at the others, frames in flight may not arrive.

        Its objects live on, without a network: call `Node.kill` just before.
        """
        self._held.pop(host, None)
        for transport in self._transports.pop(host, []):
            transport.die()

    def reset(self, source: str, destination: str) -> None:
        """Breaks the connections of two hosts: the destination hears that the source's end is closed."""
        for transport in self._transports.get(destination, []):
            for connection in list(transport.connections):
                if connection.remote == source:
                    connection.lose(b"")

    def is_cut(self, source: str, destination: str) -> bool:
        """Whether a partition lies between them in that direction."""
        return (source, destination) in self._cut

    def draw_delay(self, source: str, destination: str) -> int:
        """How many nanoseconds a frame takes on this way."""
        return round(self.random.uniform(*self.conditions(source, destination).delay) * NANOSECONDS)

    def at(self, instant: int, action: Callable[[], None]) -> None:
        """Does something at a virtual instant in nanoseconds."""
        self.loop.call_at(instant / NANOSECONDS, action)

    def when_free(self, host: str, action: Callable[[], None]) -> None:
        """Does something now, or when that host is released."""
        held = self._held.get(host)
        if held is None:
            action()
        else:
            held.append(action)

    def when_whole(self, source: str, destination: str, action: Callable[[], None]) -> None:
        """Does something now, or when that way is healed."""
        cut = self._cut.get((source, destination))
        if cut is None:
            action()
        else:
            cut.append(action)

    def holds(
        self, source: str, destination: str, frame: bytes, arrive: Callable[[bytes], None]
    ) -> bool:
        """Whether a frame waits until somebody calls `arrive`: none does, for subclasses to change."""
        return False

    def holds_end(self, source: str, destination: str, tell: Callable[[], None]) -> bool:
        """Whether a dead host's connection goes on in silence until somebody calls `tell`: as above."""
        return False

    def open(self, listener: "_SimulatedListener") -> None:
        """Lets a listener be found; raises OSError if its address is in use."""
        if listener.address in self._listeners:
            raise OSError(f"address in use: {listener.address}")
        self._listeners[listener.address] = listener

    def shut(self, listener: "_SimulatedListener") -> None:
        """Lets a listener be found no more."""
        if self._listeners.get(listener.address) is listener:
            del self._listeners[listener.address]

    def find(self, address: str) -> "_SimulatedListener | None":
        """Who listens there."""
        return self._listeners.get(address)

    def free_address(self, host: str) -> str:
        """An address of that host at which nobody listens."""
        port = FIRST_PORT
        while join_address(host, port) in self._listeners:
            port += 1
        return join_address(host, port)


class SimulatedTransport:
    """The network from one host, for as long as that lives."""

    def __init__(self, network: SimulatedNetwork, host: str) -> None:
        self.network = network
        self.host = host
        self.is_alive = True
        self._listeners: list[_SimulatedListener] = []
        self.connections: dict[SimulatedConnection, None] = {}

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Listens at an address of this host; raises OSError."""
        host, port = split_address(address)
        self._check_alive()
        if host != self.host:
            raise OSError(f"address must be one of {self.host}, not {address!r}")
        address = address if port else self.network.free_address(host)
        listener = _SimulatedListener(self, address, on_accept)
        self.network.open(listener)
        self._listeners.append(listener)
        return listener

    async def dial(self, address: str) -> Connection:
        """Connects after a round trip; across a partition when that is healed; raises OSError."""
        network, (host, _) = self.network, split_address(address)
        if network.is_cut(self.host, host) or network.is_cut(host, self.host):
            await asyncio.sleep(DIAL_AGAIN_SECONDS)
            return await self.dial(address)
        there = network.draw_delay(self.host, host)
        await asyncio.sleep((there + network.draw_delay(host, self.host)) / NANOSECONDS)
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

    def _connect(self, listener: "_SimulatedListener") -> "SimulatedConnection":
        near = SimulatedConnection(self, listener.transport.host)
        far = SimulatedConnection(listener.transport, self.host)
        near.other, far.other = far, near
        self.network.when_free(listener.transport.host, lambda: listener.accept(far))
        return near

    def _check_alive(self) -> None:
        if not self.is_alive:
            raise OSError(f"{self.host} has crashed")


class _SimulatedListener:
    def __init__(
        self, transport: SimulatedTransport, address: str, on_accept: Callable[[Connection], None]
    ) -> None:
        self.transport = transport
        self.address = address
        self.accept = on_accept

    def close(self) -> None:
        self.transport.network.shut(self)


class SimulatedConnection:
    """One end of a connection."""

    frame_limit = 0
    buffered = 0
    channel = Channel()
    other: "SimulatedConnection"

    def __init__(self, transport: SimulatedTransport, remote: str) -> None:
        self.remote = remote
        self.is_over = False
        self._transport = transport
        self._network = transport.network
        self._receiver: Receiver | None = None
        self._early: list[Callable[[Receiver], None]] = []
        self._sent = 0
        self._last_arrival = 0
        transport.connections[self] = None

    def attach(self, receiver: Receiver) -> None:
        """Names who hears of everything from here on."""
        self._receiver = receiver
        early, self._early = self._early, []
        for event in early:
            self._network.loop.call_soon(event, receiver)

    def send(self, frame: bytes) -> None:
        """Sends a frame or, after the end, nothing."""
        if self.is_over:
            return
        self._sent += 1
        is_spared = self._sent <= SPARED_FRAMES
        self._network.when_free(self._transport.host, lambda: self._transmit(frame, is_spared))

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if any, and ends; neither is lost."""
        if not self.is_over:
            self._end(last)
            self._network.loop.call_soon(self._tell_loss, Loss.CLOSED_HERE)

    def abort(self) -> None:
        """Ends at once."""
        self.close()

    def deliver(self, frame: bytes) -> None:
        """A frame has arrived from the other end."""
        if not self.is_over:
            self._network.when_free(self._transport.host, lambda: self._hand_over(frame))

    def lose(self, last: bytes) -> None:
        """The other end has closed, with a last frame or none."""
        self._network.when_free(self._transport.host, lambda: self._hear_end(last))

    def _transmit(self, frame: bytes, is_spared: bool) -> None:
        way = (self._transport.host, self.remote)
        conditions, chance = self._network.conditions(*way), self._network.random.random
        if self._network.is_cut(*way) or (chance() < conditions.loss and not is_spared):
            return
        if not is_spared and self._network.holds(*way, frame, self.other.deliver):
            return
        self._schedule(frame, strays=chance() < conditions.reordering and not is_spared)
        if chance() < conditions.duplication and not is_spared:
            self._schedule(frame, strays=False)

    def _schedule(self, frame: bytes, *, strays: bool) -> None:
        network = self._network
        delay = network.draw_delay(self._transport.host, self.remote)
        now = virtual_nanoseconds(network.loop)
        if strays:
            arrival = now + round(delay * network.random.uniform(1, DETOUR))
        else:
            arrival = self._last_arrival = max(now + delay, self._last_arrival + 1)
        network.at(arrival, lambda: self._arrive(frame))

    def _arrive(self, frame: bytes) -> None:
        if self._transport.is_alive or self._network.random.random() < 0.5:
            self.other.deliver(frame)

    def _end(self, last: bytes) -> None:
        self.is_over = True
        self._transport.connections.pop(self, None)
        self._network.when_free(
            self._transport.host,
            lambda: self._network.when_whole(
                self._transport.host, self.remote, lambda: self._send_end(last)
            ),
        )

    def _send_end(self, last: bytes) -> None:
        network, transport = self._network, self._transport
        if not transport.is_alive and network.holds_end(
            transport.host, self.remote, lambda: self.other.lose(last)
        ):
            return
        delay = network.draw_delay(self._transport.host, self.remote)
        now = virtual_nanoseconds(network.loop)
        network.at(max(now + delay, self._last_arrival + 1), lambda: self.other.lose(last))

    def _hand_over(self, frame: bytes) -> None:
        if not self.is_over:
            self._tell(lambda receiver: self._offer(receiver, frame))

    def _offer(self, receiver: Receiver, frame: bytes) -> None:
        if self.is_over:
            return
        if 0 < len(frame) <= self.frame_limit:
            receiver.frame_received(frame)
        else:
            receiver.frame_refused(f"a frame of {len(frame)} bytes")
            self.abort()

    def _hear_end(self, last: bytes) -> None:
        if last:
            self._hand_over(last)
        if not self.is_over:
            self._tell(self._offer_end)

    def _offer_end(self, receiver: Receiver) -> None:
        if not self.is_over:
            self._end(b"")
            receiver.connection_lost(Loss.CLOSED_BY_PEER)

    def _tell_loss(self, loss: Loss) -> None:
        if self._receiver is not None:
            self._receiver.connection_lost(loss)

    def _tell(self, event: Callable[[Receiver], None]) -> None:
        if self._receiver is None:
            self._early.append(event)
        else:
            event(self._receiver)
