"""A simulated network that lists election messages and delivers each on request only.

Everything else travels by itself: handshakes, goodbyes, messages of no election. So does the end of
a connection, unless its host has crashed: a machine that lost its power sends nothing, so its peers
learn of the end on request only.
"""

import asyncio
from collections.abc import Callable

from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId
from runtime import DEFAULT_REGISTRY
from runtime.simulation import SimulatedNetwork
from runtime.simulation.virtual_time import virtual_nanoseconds
from stateful_tests.message_pool import MessagePool
from stateful_tests.system import InFlightMessage

Arrive = Callable[[], None]


class HeldNetwork(SimulatedNetwork):
    """Keeps what is in flight in ``pool``; ``sent`` and ``lost`` are called for every message."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seed: int,
        sent: Callable[[InFlightMessage], None],
        lost: Callable[[InFlightMessage], None],
    ) -> None:
        super().__init__(loop, seed)
        self.pool = MessagePool()
        self._sent = sent
        self._lost = lost
        self._arrivals: dict[int, Arrive] = {}
        self._ends: dict[tuple[str, str], list[Arrive]] = {}

    def holds(
        self, source: str, destination: str, frame: bytes, arrive: Callable[[bytes], None]
    ) -> bool:
        """Hold a frame back if it is an election message."""
        message = DEFAULT_REGISTRY.decode(frame).message
        if not isinstance(message, Message):
            return False
        self._add(MemberId(source), MemberId(destination), message, lambda: arrive(frame))
        return True

    def holds_end(self, source: str, destination: str, tell: Arrive) -> bool:
        """Hold the end of a connection back."""
        self._ends.setdefault((source, destination), []).append(tell)
        return True

    def deliver(self, index: int) -> InFlightMessage:
        """Let one message arrive if its connection still exists; returns the message."""
        message = self.pool.take(index)
        self._arrivals.pop(message.number)()
        return message

    def drop(self, index: int) -> None:
        """Lose one message."""
        self._forget(self.pool.take(index))

    def duplicate(self, index: int) -> InFlightMessage:
        """Put a copy of one message in flight; returns the original."""
        original = self.pool.duplicate(index)
        self._arrivals[self.pool.in_flight[-1].number] = self._arrivals[original.number]
        return original

    def break_connection(self, source: str, destination: str) -> None:
        """Let the destination learn that the source crashed, if it did; otherwise disconnect the two."""
        for tell in self._ends.pop((source, destination), ()):
            tell()
        self.reset(source, destination)

    def _add(self, source: MemberId, to: MemberId, message: Message, arrive: Arrive) -> None:
        lost = self.pool.send(source, to, message, virtual_nanoseconds(self.loop))
        added = self.pool.in_flight[-1]
        self._arrivals[added.number] = arrive
        self._sent(added)
        if lost is not None:
            self._forget(lost)

    def _forget(self, message: InFlightMessage) -> None:
        del self._arrivals[message.number]
        self._lost(message)
