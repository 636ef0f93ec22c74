"""The queue between a node and one of its processes.

Knows nothing of what the messages mean. The idea: bounded, so that a process that has fallen
behind costs a bounded amount of memory; full, it refuses the newest message, so that what is in
it stays in order. The process's own posts are never refused: what a process has to tell itself
(that it leads no more, say) must not be lost because strangers write too much.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from runtime.pid import Pid
from runtime.statistics import MailboxStatistics

LIMIT = 10_000
"""How many messages wait in a mailbox unless its owner says otherwise."""

Post = Callable[[], Awaitable[None] | None]
"""Work a process gives itself: run in its turn, awaited if it returns an awaitable."""


Reply = Callable[[object], None]
"""Gives whoever called the answer, or the `CallError` that stands for having none."""


class Letter(NamedTuple):
    """A message and the process that sent it, None if nobody signed; with `reply`, a request."""

    sender: Pid | None
    message: object
    reply: Reply | None = None


class Mailbox:
    """First in, first out, for a single reader."""

    def __init__(self, limit: int = LIMIT) -> None:
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit!r}")
        self._limit = limit
        self._entries: deque[Letter | Post] = deque()
        self._letters = 0
        self._filled = asyncio.Event()
        self.handled = 0
        """How many messages were taken out."""
        self.dropped = 0
        """How many messages were refused."""

    def __len__(self) -> int:
        """How many entries wait, posts included."""
        return len(self._entries)

    def statistics(self) -> MailboxStatistics:
        """What waits and what has been."""
        return MailboxStatistics(length=len(self), handled=self.handled, dropped=self.dropped)

    def put(self, letter: Letter) -> bool:
        """Adds a message; False, and nothing added, if as many as the limit wait already."""
        if self._letters >= self._limit:
            self.dropped += 1
            return False
        self._letters += 1
        self._append(letter)
        return True

    def post(self, post: Post) -> None:
        """Adds the process's own work behind all that waits, whether there is room or not."""
        self._append(post)

    async def get(self) -> Letter | Post:
        """Waits for the oldest entry and takes it out."""
        while not self._entries:
            self._filled.clear()
            await self._filled.wait()
        entry = self._entries.popleft()
        if isinstance(entry, Letter):
            self._letters -= 1
            self.handled += 1
        return entry

    def drain(self) -> list[Letter]:
        """Takes everything out; returns the messages, in order."""
        letters = [entry for entry in self._entries if isinstance(entry, Letter)]
        self._entries.clear()
        self._letters = 0
        return letters

    def _append(self, entry: Letter | Post) -> None:
        self._entries.append(entry)
        self._filled.set()
