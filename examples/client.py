"""Somebody outside of the election who asks its members: requests and answers bear numbers.

Knows nothing of what is asked. No answer says nothing: the request may have been carried out, may
be carried out later, or never. `TryAgain` is the only answer upon which it is asked again.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from examples.member import TryAgain
from runtime import Pid, Process, ProcessId
from runtime.clock import sleep

PAUSE_SECONDS = 0.1
"""Between two attempts: an election takes a few of these."""


class Client(Process):
    """Asks, and keeps connected with those it asks: an answer may come from any of them."""

    def init(self, members: Sequence[ProcessId]) -> None:
        self.members = members
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        for member in members:
            self.node.connect(member.node)

    async def connected(self, patience_seconds: float = 1.0) -> None:
        """Waits until answers can come from any member, but not for ever for one that is down."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while not {member.node for member in self.members} <= self.node.nodes().keys():
                    await sleep(self.clock, PAUSE_SECONDS / 10)

    def handle_message(self, sender: Pid | None, message: Any) -> None:
        waiting = self._waiting.get(getattr(message, "number", 0))
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    async def ask(
        self, member: ProcessId, request: Callable[[int], object], patience_seconds: float
    ) -> Any:
        """The answer of one member to the request that bears the given number; TimeoutError."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self.send(member, request(number))
            async with asyncio.timeout(patience_seconds):
                return await answer
        finally:
            del self._waiting[number]

    async def ask_leader(
        self, request: Callable[[int], object], patience_seconds: float = 10.0
    ) -> Any:
        """The answer of whoever leads, looked for from member to member; TimeoutError.

        Raised in the middle of a question it leaves open whether the request was carried out.
        """
        async with asyncio.timeout(patience_seconds):
            for turn in itertools.count():
                member = self.members[turn % len(self.members)]
                answer = await self._ask_if_there(member, request, patience_seconds)
                if answer is not None and not isinstance(answer, TryAgain):
                    return answer
                await sleep(self.clock, PAUSE_SECONDS)

    async def _ask_if_there(
        self, member: ProcessId, request: Callable[[int], object], patience_seconds: float
    ) -> Any:
        # Whoever is not connected cannot have heard the question: the next one may.
        if member.node not in self.node.nodes():
            return None
        return await self.ask(member, request, patience_seconds)
