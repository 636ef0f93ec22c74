"""Calls whose process cannot be reached: each ends at once, with the reason."""

import asyncio

import pytest

import runtime
from runtime.limits import FRAME_BYTES
from runtime.processes.signals import Answer
from tests.runtime.calls_support import BOTH, THERE, Oracle, Scene, Stranger, on_stage
from tests.runtime.support import Note, World, in_world


@BOTH
def test_call_to_a_full_mailbox_fails_at_once(where: str) -> None:
    """It is counted; what waits is answered."""

    async def main(scene: Scene) -> None:
        calls = []
        for _ in range(4):
            calls.append(asyncio.create_task(scene.call({"sleep": 1})))
            await scene.settle()
        with pytest.raises(runtime.MailboxFull, match="3 messages wait"):
            await scene.call("one too many")
        assert scene.at.statistics().dropped == {"mailbox full": 1}
        assert await asyncio.gather(*calls) == ["slept"] * 4

    on_stage(where, main, mailbox_messages=3)


def test_call_fails_if_request_or_answer_cannot_be_sent() -> None:
    """The process goes on."""

    async def main(scene: Scene) -> None:
        with pytest.raises(runtime.CannotTravel, match=r"the request: Stranger cannot travel"):
            await scene.call(Stranger())
        with pytest.raises(runtime.CannotTravel, match=r"the answer: Stranger cannot travel"):
            await scene.call("stranger")
        with pytest.raises(runtime.CannotTravel, match=r"the request: .* limit"):
            await scene.call(bytes(FRAME_BYTES))
        assert await scene.call("still there") == "still there"

    on_stage(THERE, main)


def test_call_fails_if_the_other_node_cannot_decode_the_request() -> None:
    """Its registry does not know the type."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b", registry=runtime.Registry())
        oracle = await b.spawn(Oracle)
        with pytest.raises(runtime.CannotTravel, match=r"the request: unknown kind 'tests\.note'"):
            await a.call(oracle, Note(number=1))
        assert b.statistics().dropped == {"malformed message": 1}

    in_world(main)


def test_call_fails_if_the_answer_cannot_be_decoded() -> None:
    """The registry of the caller does not know the type."""

    async def main(world: World) -> None:
        a, b = await world.start("a", registry=runtime.Registry()), await world.start("b")
        oracle = await b.spawn(Oracle)
        with pytest.raises(runtime.CannotTravel, match=r"the answer: unknown kind 'tests\.note'"):
            await a.call(oracle, "note")
        assert a.statistics().dropped == {"malformed message": 1}

    in_world(main)


def test_call_to_a_node_without_a_route_fails_at_once() -> None:
    """It waits for nothing."""

    async def main(world: World) -> None:
        a = await world.start("a")
        with pytest.raises(runtime.NodeLost, match="node x cannot be reached"):
            await a.call(runtime.ProcessId("oracle", "x"), "x")
        assert world.loop.time() < 0.1

    in_world(main)


def test_call_fails_when_dialling_fails() -> None:
    """Sooner than its time-out."""

    async def main(world: World) -> None:
        a = await world.start("a")
        with pytest.raises(runtime.NodeLost, match="nobody listens at b:1"):
            await a.call(runtime.ProcessId("oracle", "b"), "x")
        assert world.loop.time() < 0.1

    in_world(main)


def test_call_fails_when_the_node_dies_meanwhile() -> None:
    """The caller knows that the request may have been carried out."""

    async def main(scene: Scene) -> None:
        call = asyncio.create_task(scene.call({"sleep": 9}))
        await scene.settle()
        scene.at.kill()
        scene.world.network.crash("b")
        with pytest.raises(runtime.NodeLost, match="node b lost: its connection was closed"):
            await call
        assert scene.world.loop.time() < 1

    on_stage(THERE, main)


def test_answer_is_not_sent_to_a_node_that_is_gone() -> None:
    """The node is not dialled: it waits for nothing."""

    async def main(scene: Scene) -> None:
        call = asyncio.create_task(scene.call({"sleep": 1}, timeout=3))
        await scene.settle()
        scene.node.kill()
        scene.world.network.crash("a")
        await asyncio.gather(call, return_exceptions=True)
        assert scene.oracle.notes == [{"sleep": 1}]
        assert scene.at.statistics().dropped == {}

    on_stage(THERE, main)


def test_call_across_a_partition_ends_in_the_time_out() -> None:
    """Nothing else can be known; the late answer is dropped."""

    async def main(scene: Scene) -> None:
        await scene.call("connect first")
        scene.world.network.partition("b", "a")
        with pytest.raises(runtime.CallTimeout):
            await scene.call("x", timeout=3)
        scene.world.network.heal()
        assert await scene.call("y") == "y"

    on_stage(THERE, main)


def test_call_ignores_an_answer_of_another_node() -> None:
    """Whatever references that node guesses."""

    async def main(scene: Scene) -> None:
        call = asyncio.create_task(scene.call({"sleep": 1}))
        c = await scene.world.start("c")
        content = runtime.DEFAULT_REGISTRY.pack("forged")
        for reference in range(9):
            forged = Answer(reference=reference, content=content)
            c.send(runtime.ProcessId("anybody", "a"), forged)
        assert await call == "slept"
        assert scene.node.statistics().dropped == {"answer too late": 9}

    on_stage(THERE, main)


def test_calls_of_a_node_that_stops_end() -> None:
    """And it begins none any more."""

    async def main(scene: Scene) -> None:
        call = asyncio.create_task(scene.call({"sleep": 1}))
        await scene.settle()
        await scene.node.stop()
        with pytest.raises(runtime.NodeLost):
            await call
        with pytest.raises(runtime.NodeLost, match="this node has stopped"):
            await scene.call("x")

    on_stage(THERE, main)
