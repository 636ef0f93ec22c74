"""A process outside of the election that asks its members; requests and answers have numbers.

It knows nothing of what is asked. If there is no answer, the request may have been carried out,
may be carried out later, or never. A request is repeated only after the answer `TryAgain`.
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
"""The pause between two attempts; an election takes a few of them."""


class Client(Process):
    """Asks members and stays connected with all of them, since an answer may come from any."""

    def init(self, members: Sequence[ProcessId]) -> None:
        self.members = members
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        for member in members:
            self.node.connect(member.node)

    async def connected(self, patience_seconds: float = 1.0) -> None:
        """Waits until every member is connected, at most for the given time."""
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
        """Asks one member. ``request`` makes the request with a given number.

        Raises:
            TimeoutError: there was no answer within ``patience_seconds``.
        """
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
        """Asks one member after the other until the one that leads answers.

        Raises:
            TimeoutError: there was no answer within ``patience_seconds``; the request may have been
                carried out.
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
        # A member that is not connected cannot receive the request, so the next one is asked.
        if member.node not in self.node.nodes():
            return None
        return await self.ask(member, request, patience_seconds)
