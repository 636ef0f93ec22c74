"""One end of a simulated connection.

Leaves delay, loss and partitions to `ways`. As in TCP, the frames of a connection stay in order,
unless `reordering` says otherwise; its end comes behind them and is never lost, only delayed by a
partition, which closes nothing. Not as in TCP, frames that are lost in a partition stay lost, as if
the send buffer was full.
"""

from collections.abc import Callable

from runtime.network import Channel, Loss, Receiver
from runtime.simulation.virtual_time import virtual_nanoseconds
from runtime.simulation.ways import SimulatedWays

SPARED_FRAMES = 2
"""How many frames each way are never lost: those of the handshake, which TCP would repeat."""

DETOUR = 10
"""A frame out of order takes up to this many times the usual delay, so that others overtake it."""


class SimulatedHost:
    """A host as its connections see it."""

    def __init__(self, ways: SimulatedWays, name: str) -> None:
        self.ways = ways
        self.name = name
        self.is_alive = True
        self.connections: dict[SimulatedConnection, None] = {}


class SimulatedConnection:
    """One end of a connection."""

    frame_limit = 0
    buffered = 0
    channel = Channel()
    other: "SimulatedConnection"

    def __init__(self, host: SimulatedHost, remote: str) -> None:
        self.remote = remote
        self.is_over = False
        self._host = host
        self._ways = host.ways
        self._receiver: Receiver | None = None
        self._early: list[Callable[[Receiver], None]] = []
        self._sent = 0
        self._last_arrival = 0
        self._is_swallowed = False
        host.connections[self] = None

    def attach(self, receiver: Receiver) -> None:
        """Sets the receiver of all events from now on."""
        self._receiver = receiver
        early, self._early = self._early, []
        for event in early:
            self._ways.loop.call_soon(event, receiver)

    def send(self, frame: bytes) -> None:
        """Sends a frame; does nothing after the end."""
        if self.is_over:
            return
        self._sent += 1
        is_spared = self._sent <= SPARED_FRAMES
        self._ways.when_free(self._host.name, lambda: self._transmit(frame, is_spared))

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if given, and ends; neither is lost."""
        if not self.is_over:
            self._end(last)
            self._ways.loop.call_soon(self._tell_loss, Loss.CLOSED_HERE)

    def abort(self) -> None:
        """Ends at once."""
        self.close()

    def swallow(self) -> None:
        """Loses whatever this end sends from now on, its end included."""
        self._is_swallowed = True

    def deliver(self, frame: bytes) -> None:
        """A frame has arrived from the other end."""
        if not self.is_over:
            self._ways.when_free(self._host.name, lambda: self._hand_over(frame))

    def lose(self, last: bytes) -> None:
        """The other end has closed, with a last frame unless that is empty."""
        self._ways.when_free(self._host.name, lambda: self._receive_end(last))

    def _transmit(self, frame: bytes, is_spared: bool) -> None:
        way = (self._host.name, self.remote)
        conditions, chance = self._ways.conditions(*way), self._ways.random.random
        is_cut = self._is_swallowed or self._ways.is_cut(*way)
        if is_cut or (chance() < conditions.loss and not is_spared):
            return
        if not is_spared and self._ways.holds(*way, frame, self.other.deliver):
            return
        self._schedule(frame, strays=chance() < conditions.reordering and not is_spared)
        if chance() < conditions.duplication and not is_spared:
            self._schedule(frame, strays=False)

    def _schedule(self, frame: bytes, *, strays: bool) -> None:
        ways = self._ways
        delay = ways.draw_delay(self._host.name, self.remote)
        now = virtual_nanoseconds(ways.loop)
        if strays:
            arrival = now + round(delay * ways.random.uniform(1, DETOUR))
        else:
            arrival = self._last_arrival = max(now + delay, self._last_arrival + 1)
        ways.at(arrival, lambda: self._arrive(frame))

    def _arrive(self, frame: bytes) -> None:
        # Of the frames that a host sent just before it crashed, some arrive and some do not.
        if self._host.is_alive or self._ways.random.random() < 0.5:
            self.other.deliver(frame)

    def _end(self, last: bytes) -> None:
        self.is_over = True
        host = self._host
        host.connections.pop(self, None)
        self._ways.when_free(
            host.name,
            lambda: self._ways.when_whole(host.name, self.remote, lambda: self._send_end(last)),
        )

    def _send_end(self, last: bytes) -> None:
        ways, host = self._ways, self._host
        if self._is_swallowed:
            return
        if not host.is_alive and ways.holds_end(
            host.name, self.remote, lambda: self.other.lose(last)
        ):
            return
        delay = ways.draw_delay(host.name, self.remote)
        now = virtual_nanoseconds(ways.loop)
        ways.at(max(now + delay, self._last_arrival + 1), lambda: self.other.lose(last))

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

    def _receive_end(self, last: bytes) -> None:
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
