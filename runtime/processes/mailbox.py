"""The queue between a node and one of its processes.

Leaves the meaning of messages to the process. It is bounded, so a slow process costs a bounded amount
of memory. When it is full the newest message is refused, so what waits stays in order. What a process
posts to itself is never refused: that it leads no more, for example, must not be lost because other
processes send too much.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from runtime.limits import MAILBOX_MESSAGES
from runtime.pid import Pid
from runtime.statistics import MailboxStatistics

Post = Callable[[], Awaitable[None] | None]
"""Work that a process gives itself: called in its turn, and awaited if it returns an awaitable."""

Reply = Callable[[object], None]
"""Gives the caller the answer, or a `CallError` if there is none."""


class QueuedMessage(NamedTuple):
    """A message and its sender, None if it was sent without one; with `reply`, it is a request."""

    sender: Pid | None
    message: object
    reply: Reply | None = None


class Mailbox:
    """First in, first out, for a single reader."""

    def __init__(self, limit: int = MAILBOX_MESSAGES) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit!r}")
        self._limit = limit
        self._entries: deque[QueuedMessage | Post] = deque()
        self._messages = 0
        self._filled = asyncio.Event()
        self.handled = 0
        """How many messages were taken out."""
        self.dropped = 0
        """How many messages were refused."""

    def __len__(self) -> int:
        """How many entries wait, including posts."""
        return len(self._entries)

    def statistics(self) -> MailboxStatistics:
        """Returns how many messages wait, were handled, and were refused."""
        return MailboxStatistics(length=len(self), handled=self.handled, dropped=self.dropped)

    def put(self, message: QueuedMessage) -> bool:
        """Adds a message; if the limit is reached, adds nothing and returns False."""
        if self._messages >= self._limit:
            self.dropped += 1
            return False
        self._messages += 1
        self._append(message)
        return True

    def post(self, post: Post) -> None:
        """Adds the process's own work behind all that waits, also if the limit is reached."""
        self._append(post)

    async def get(self) -> QueuedMessage | Post:
        """Waits for the oldest entry and takes it out."""
        while not self._entries:
            self._filled.clear()
            await self._filled.wait()
        entry = self._entries.popleft()
        if isinstance(entry, QueuedMessage):
            self._messages -= 1
            self.handled += 1
        return entry

    def drain(self) -> list[QueuedMessage]:
        """Takes everything out; returns the messages, in order."""
        messages = [entry for entry in self._entries if isinstance(entry, QueuedMessage)]
        self._entries.clear()
        self._messages = 0
        return messages

    def _append(self, entry: QueuedMessage | Post) -> None:
        self._entries.append(entry)
        self._filled.set()
