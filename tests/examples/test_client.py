"""The client of the examples: which members it asks, and what it does with and without an answer."""

import asyncio
from dataclasses import dataclass

import pytest

import runtime
from examples.client import Client
from examples.member import TryAgain
from runtime import Pid, Process, ProcessId
from tests.runtime.support import World, in_world

NAME = "teller"


@runtime.message(name="tests.examples.question")
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question."""

    number: int


@runtime.message(name="tests.examples.reply")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer."""

    number: int
    by: str


@runtime.message(name="tests.examples.noise")
@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """No answer to anything."""


class Teller(Process):
    """Answers as one that leads, or as one that does not; never without noise."""

    def __init__(self, *, leads: bool) -> None:
        self.leads = leads
        self.asked = 0

    def handle_message(self, sender: Pid | None, message: Question) -> None:
        self.asked += 1
        assert sender is not None
        self.send(sender, Noise())
        self.send(sender, Reply(number=message.number + 1, by="no member"))
        reply = Reply(number=message.number, by=self.node.name)
        again = TryAgain(number=message.number, leader=None)
        self.send(sender, reply if self.leads else again)


async def start(world: World, *names: str, leads: str) -> tuple[Client, list[Teller]]:
    """Tellers on the nodes a and b where named, and a client on c that knows of both."""
    tellers = [Teller(leads=name == leads) for name in names]
    for name, teller in zip(names, tellers, strict=True):
        node = await world.start(name)
        await node.spawn_register(NAME, lambda made=teller: made)  # type: ignore[misc]
    client = Client()
    node = await world.start("c")
    await node.spawn(lambda: client, [ProcessId(NAME, "a"), ProcessId(NAME, "b")])
    await client.connected()
    return client, tellers


def test_the_leader_is_looked_for_from_member_to_member() -> None:
    """Until one has more to say than that it does not serve."""

    async def main(world: World) -> None:
        client, tellers = await start(world, "a", "b", leads="b")
        answer = await client.ask_leader(lambda number: Question(number=number))
        assert answer == Reply(number=2, by="b")
        assert [teller.asked for teller in tellers] == [1, 1]

    in_world(main)


def test_a_member_that_is_not_there_is_passed_over() -> None:
    """Nothing is sent to it that it could carry out later."""

    async def main(world: World) -> None:
        client, _ = await start(world, "b", leads="b")
        answer = await client.ask_leader(lambda number: Question(number=number))
        assert answer == Reply(number=1, by="b")

    in_world(main)


def test_without_an_answer_it_is_asked_once_only() -> None:
    """The request may have been carried out, so the caller decides whether to repeat it."""

    async def main(world: World) -> None:
        client, [teller] = await start(world, "a", leads="a")
        world.network.partition("a", "c")
        with pytest.raises(TimeoutError):
            await client.ask_leader(lambda number: Question(number=number), 3.0)
        await asyncio.sleep(1)
        assert teller.asked == 1

    in_world(main)
