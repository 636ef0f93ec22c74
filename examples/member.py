"""What the examples' actors have in common: they log who leads, and answer requests."""

import asyncio
from dataclasses import dataclass
from typing import Any

import leader
from runtime import ExitReason, Pid, message


@message(name="examples.try_again")
@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Nothing was done, because this member does not serve now; the one on node ``leader`` may."""

    number: int
    leader: str | None


class ExampleMember(leader.Actor):
    """Override `take_over` and `stand_back` instead of the two callbacks that call them."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    def init(self, options: leader.Options) -> leader.Options:
        return options

    async def handle_become_leader(self) -> None:
        self.log.info("leads, token %d", self.term)
        await self.take_over()

    async def handle_become_follower(self, leader: Pid | None) -> None:
        self.log.info("follows %s", "nobody" if leader is None else leader.node)
        await self.stand_back(leader)

    def terminate(self, reason: ExitReason) -> None:
        self.ended.set()

    async def take_over(self) -> None:
        """Begins what only the leader does."""

    async def stand_back(self, leader: Pid | None) -> None:
        """Ends it; ``leader`` leads now, or no member if it is None."""

    def answer(self, asker: Pid | None, message: Any) -> None:
        """Sends an answer, if the asker is known."""
        if asker is not None:
            self.send(asker, message)

    def refuse(self, asker: Pid | None, number: int) -> None:
        """Tells the asker that this member does not serve."""
        led_by = None if self.leader is None else self.leader.node
        self.answer(asker, TryAgain(number=number, leader=led_by))
