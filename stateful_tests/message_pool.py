"""The messages in flight, and the directions that are cut. It delivers nothing by itself."""

from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId
from stateful_tests.system import InFlightMessage

CAPACITY = 300
"""How many messages are in flight at most; if there is one more, the oldest is lost."""


class MessagePool:
    """One list of all messages in flight, the oldest first."""

    def __init__(self) -> None:
        self.in_flight: list[InFlightMessage] = []
        self.cuts: set[tuple[MemberId, MemberId]] = set()
        """Pairs of sender and receiver; what the one sends to the other is lost."""
        self._sent = 0

    def send(
        self, source: MemberId, to: MemberId, message: Message, true_time: int
    ) -> InFlightMessage | None:
        """Put ``message`` in flight, unless its direction is cut now; a later cut does not stop it.

        Returns the message that is lost by this, if any: ``message`` itself or the oldest.
        """
        if (source, to) in self.cuts:
            return InFlightMessage(source, to, message, true_time, 0)
        lost = self.in_flight.pop(0) if len(self.in_flight) >= CAPACITY else None
        self._add(source, to, message, true_time)
        return lost

    def take(self, index: int) -> InFlightMessage:
        """Remove one message and return it."""
        return self.in_flight.pop(index)

    def duplicate(self, index: int) -> InFlightMessage:
        """Put a copy of one message behind all others; returns the original."""
        original = self.in_flight[index]
        self._add(original.source, original.to, original.content, original.sent_at)
        return original

    def _add(self, source: MemberId, to: MemberId, message: Message, sent_at: int) -> None:
        self._sent += 1
        self.in_flight.append(InFlightMessage(source, to, message, sent_at, self._sent))
