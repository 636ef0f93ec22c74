"""Messages in flight, and which ways are open. It delivers nothing on its own."""

from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId
from stateful_tests.system import InFlightMessage

CAPACITY = 300
"""How many messages are in flight at most; the oldest gets lost for the next one."""


class MessagePool:
    """One way for each ordered pair of members, and one list of what is under way."""

    def __init__(self) -> None:
        self.in_flight: list[InFlightMessage] = []
        self.cuts: set[tuple[MemberId, MemberId]] = set()
        self._sent = 0

    def send(
        self, source: MemberId, to: MemberId, message: Message, true_time: int
    ) -> InFlightMessage | None:
        """Put ``message`` in flight, unless the way is cut now; what is under way comes through a later cut.

        What gets lost by it, if anything does: itself, or the oldest.
        """
        if (source, to) in self.cuts:
            return InFlightMessage(source, to, message, true_time, 0)
        lost = self.in_flight.pop(0) if len(self.in_flight) >= CAPACITY else None
        self._add(source, to, message, true_time)
        return lost

    def take(self, index: int) -> InFlightMessage:
        """Remove one letter from the list and return it."""
        return self.in_flight.pop(index)

    def duplicate(self, index: int) -> None:
        """Put a copy of one letter behind all others."""
        letter = self.in_flight[index]
        self._add(letter.source, letter.to, letter.message, letter.sent_at)

    def _add(self, source: MemberId, to: MemberId, message: Message, sent_at: int) -> None:
        self._sent += 1
        self.in_flight.append(InFlightMessage(source, to, message, sent_at, self._sent))
