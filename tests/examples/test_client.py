"""The client of the examples: which members it asks, and what it does with and without an answer."""

import asyncio
from dataclasses import dataclass

import pytest

import runtime
from examples.client import Client
from examples.member import TryAgain
from runtime import Pid, Process, ProcessId
from tests.runtime.support import World, in_world

NAME = "member"


@runtime.message(name="tests.examples.question")
@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedQuestion:
    """A request."""

    number: int


@runtime.message(name="tests.examples.reply")
@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedReply:
    """An answer."""

    number: int
    by: str


@runtime.message(name="tests.examples.unrelated")
@dataclass(frozen=True, slots=True, kw_only=True)
class UnrelatedMessage:
    """A message that answers no request."""


class SimulatedMember(Process):
    """Answers like a leader or like a follower, and first sends messages that are not the answer."""

    def __init__(self, *, leads: bool) -> None:
        self.leads = leads
        self.asked = 0

    def handle_message(self, sender: Pid | None, message: NumberedQuestion) -> None:
        self.asked += 1
        assert sender is not None
        self.send(sender, UnrelatedMessage())
        self.send(sender, NumberedReply(number=message.number + 1, by="no member"))
        reply = NumberedReply(number=message.number, by=self.node.name)
        again = TryAgain(number=message.number, leader=None)
        self.send(sender, reply if self.leads else again)


async def start(world: World, *names: str, leads: str) -> tuple[Client, list[SimulatedMember]]:
    """Members on the named nodes of a and b, and a client on c that asks both."""
    members = [SimulatedMember(leads=name == leads) for name in names]
    for name, member in zip(names, members, strict=True):
        node = await world.start(name)
        await node.spawn_register(NAME, lambda made=member: made)  # type: ignore[misc]
    client = Client()
    node = await world.start("c")
    await node.spawn(lambda: client, [ProcessId(NAME, "a"), ProcessId(NAME, "b")])
    await client.connected()
    return client, members


def test_the_client_asks_one_member_after_the_other() -> None:
    """Until one gives another answer than that it does not lead."""

    async def main(world: World) -> None:
        client, members = await start(world, "a", "b", leads="b")
        answer = await client.ask_leader(lambda number: NumberedQuestion(number=number))
        assert answer == NumberedReply(number=2, by="b")
        assert [member.asked for member in members] == [1, 1]

    in_world(main)


def test_the_client_does_not_ask_a_member_that_is_not_connected() -> None:
    """Otherwise the member could carry the request out later."""

    async def main(world: World) -> None:
        client, _ = await start(world, "b", leads="b")
        answer = await client.ask_leader(lambda number: NumberedQuestion(number=number))
        assert answer == NumberedReply(number=1, by="b")

    in_world(main)


def test_the_client_asks_once_only_if_there_is_no_answer() -> None:
    """The request may have been carried out, so the caller decides whether to repeat it."""

    async def main(world: World) -> None:
        client, [member] = await start(world, "a", leads="a")
        world.network.partition("a", "c")
        with pytest.raises(TimeoutError):
            await client.ask_leader(lambda number: NumberedQuestion(number=number), 3.0)
        await asyncio.sleep(1)
        assert member.asked == 1

    in_world(main)
