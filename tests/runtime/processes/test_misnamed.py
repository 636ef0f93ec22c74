"""A mistyped name: told once, to both sides of it, and not while processes are still starting."""

import asyncio

import pytest

import runtime
from runtime.processes.misnamed import NAMES_LIMIT
from tests.runtime.endpoint_support import Receiver, start_sender
from tests.runtime.support import Bulk, Note, World, in_world


async def send_for_seconds(
    sender: runtime.Pid, node: runtime.Node, name: str, seconds: int, kind: type = Note
) -> None:
    """Sends to a name on node a, once a second."""
    for number in range(seconds):
        node.send(runtime.ProcessId(name, "a"), kind(number=number), sender)
        await asyncio.sleep(1)


def misnamed(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of mistyped names."""
    return [line for line in caplog.messages if "perhaps mistyped" in line]


def test_misnamed_is_told_once_with_both_names(caplog: pytest.LogCaptureFixture) -> None:
    """However long it goes on, and for each name on its own."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        a.register_endpoint("gate", Receiver(), [Note])
        a.register_endpoint("door", Receiver(), [Note, Bulk])
        sender = await start_sender(b)
        await send_for_seconds(sender, b, "gaet", 200)
        assert a.statistics().dropped["no such process"] == 200

    in_world(main)
    [line] = misnamed(caplog)
    assert line.endswith("here or there: 'gaet' for b: here ['door', 'gate'] receive a Note")


def test_misnamed_is_not_what_starts_within_seconds_or_has_no_like(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nor a type that no endpoint here receives, nor a message without a sender."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        a.register_endpoint("gate", Receiver(), [Note])
        sender = await start_sender(b)
        await send_for_seconds(sender, b, "late", 2)
        a.register_endpoint("late", Receiver(), [Note])
        await send_for_seconds(sender, b, "late", 20)
        await send_for_seconds(sender, b, "other", 20, Bulk)
        for _ in range(20):
            b.send(runtime.ProcessId("nobody", "a"), Note(number=1))
            await asyncio.sleep(1)

    in_world(main)
    assert misnamed(caplog) == []


def test_misnamed_watches_a_bounded_number_of_names(caplog: pytest.LogCaptureFixture) -> None:
    """A node that invents names fills neither memory nor log."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        a.register_endpoint("gate", Receiver(), [Note])
        sender = await start_sender(b)
        for _ in range(70):
            for number in range(NAMES_LIMIT + 1):
                b.send(runtime.ProcessId(f"name {number}", "a"), Note(number=1), sender)
            await asyncio.sleep(1)

    in_world(main)
    assert len(misnamed(caplog)) <= NAMES_LIMIT
    assert not any(f"'name {NAMES_LIMIT}'" in line for line in misnamed(caplog))
