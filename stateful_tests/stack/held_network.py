"""A simulated network on which election messages wait, listed, until they are delivered on request.

Knows nothing of members. All else travels by itself: handshakes, goodbyes, whatever no election
knows. So does the end of a connection, unless its host has crashed: that is heard on request, since
a machine that lost its power says nothing.
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
    """Lists what is in flight in ``letters``; ``sent`` and ``lost`` hear of every message."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seed: int,
        sent: Callable[[InFlightMessage], None],
        lost: Callable[[InFlightMessage], None],
    ) -> None:
        super().__init__(loop, seed)
        self.letters = MessagePool()
        self._sent = sent
        self._lost = lost
        self._arrivals: dict[int, Arrive] = {}
        self._ends: dict[tuple[str, str], list[Arrive]] = {}

    def holds(
        self, source: str, destination: str, frame: bytes, arrive: Callable[[bytes], None]
    ) -> bool:
        """List it, if an election says it."""
        message = DEFAULT_REGISTRY.decode(frame).message
        if not isinstance(message, Message):
            return False
        self._list(MemberId(source), MemberId(destination), message, lambda: arrive(frame))
        return True

    def holds_end(self, source: str, destination: str, tell: Arrive) -> bool:
        """Keep it."""
        self._ends.setdefault((source, destination), []).append(tell)
        return True

    def deliver(self, index: int) -> InFlightMessage:
        """Let one message arrive, if there still is a connection; which one it was."""
        letter = self.letters.take(index)
        self._arrivals.pop(letter.number)()
        return letter

    def drop(self, index: int) -> None:
        """Lose one message."""
        self._forget(self.letters.take(index))

    def duplicate(self, index: int) -> InFlightMessage:
        """List a message twice; which one it was."""
        letter = self.letters.in_flight[index]
        self.letters.duplicate(index)
        self._arrivals[self.letters.in_flight[-1].number] = self._arrivals[letter.number]
        return letter

    def tell_end(self, source: str, destination: str) -> None:
        """Have the destination hear that the source has died, if it has, or else that they are disconnected."""
        for tell in self._ends.pop((source, destination), ()):
            tell()
        self.reset(source, destination)

    def _list(self, source: MemberId, to: MemberId, message: Message, arrive: Arrive) -> None:
        now = virtual_nanoseconds(self.loop)
        lost = self.letters.send(source, to, message, now)
        letter = self.letters.in_flight[-1]
        self._arrivals[letter.number] = arrive
        self._sent(letter)
        if lost is not None:
            self._forget(lost)

    def _forget(self, letter: InFlightMessage) -> None:
        del self._arrivals[letter.number]
        self._lost(letter)
