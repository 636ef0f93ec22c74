"""What the examples' members know of their own leadership."""

import asyncio
from dataclasses import dataclass
from typing import Any

from examples.member import Member
from runtime import Pid, ProcessId
from tests.examples.arena import ACTOR, HOSTS, Arena, run
from tests.runtime.support import until


@dataclass(frozen=True)
class Think:
    """Keep a member busy."""

    seconds: float


@dataclass(frozen=True)
class Look:
    """Have a member look whether it leads."""


class Thinker(Member):
    """Notes what it finds when it looks."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[bool, bool]] = []
        self.times_taken_over = 0

    async def take_over(self) -> None:
        self.times_taken_over += 1

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        if isinstance(message, Think):
            await asyncio.sleep(message.seconds)
        else:
            self.seen.append((self.is_leader, self.serves))


def others(arena: Arena, host: str) -> list[Member]:
    """Everybody else."""
    return [member for other, member in arena.members.items() if other != host]


def test_a_leader_serves() -> None:
    """From when it was told on; followers do not."""

    async def trial(arena: Arena) -> None:
        await arena.start()
        leading = await arena.led()
        assert not any(member.serves for member in others(arena, leading.node.name))

    run(trial, 0, lambda _: Thinker())


def test_who_leads_again_does_not_serve_before_it_is_told() -> None:
    """Others have led meanwhile: what it knows from its former leadership is stale."""

    async def trial(arena: Arena) -> None:
        await arena.start()
        busy = await arena.led()
        host, node = busy.node.name, arena.nodes[busy.node.name]
        node.send(busy.pid, Think(5.0))
        node.send(busy.pid, Look())
        arena.isolate(host, HOSTS)
        await until(lambda: any(member.serves for member in others(arena, host)))
        successor = await arena.led()
        arena.network.heal()
        await asyncio.sleep(2)
        successor.resign(ProcessId(ACTOR, host))
        await until(lambda: busy.is_leader)
        node.send(busy.pid, Look())
        await asyncio.sleep(5)
        node.send(busy.pid, Look())
        await asyncio.sleep(0.1)
        assert isinstance(busy, Thinker)
        assert busy.seen[0] == (True, False)
        assert busy.seen[-1] == (True, True)

    run(trial, 0, lambda _: Thinker())


def test_a_leadership_that_is_renewed_in_place_is_the_same_one() -> None:
    """A member that lost its record comes back with a higher term; nobody is told to lead anew."""

    async def trial(arena: Arena) -> None:
        await arena.start()
        leading = await arena.led()
        former = leading.term
        host = next(host for host in HOSTS if host != leading.node.name)
        await asyncio.sleep(2)
        arena.crash(host, keeps_record=False)
        await arena.start()
        await until(lambda: leading.term > former)
        await asyncio.sleep(0.1)
        assert leading.serves
        assert isinstance(leading, Thinker)
        assert leading.times_taken_over == 1

    run(trial, 0, lambda _: Thinker())
