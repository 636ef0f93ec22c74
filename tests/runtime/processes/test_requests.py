"""How a process answers requests: with an answer or an error, and exactly once."""

import asyncio

import pytest

import runtime
from tests.runtime.calls_support import BOTH, Scene, on_stage
from tests.runtime.support import Recorder


@BOTH
def test_request_whose_handling_fails_ends_the_process_and_the_call(where: str) -> None:
    """The caller gets the error; callers that wait behind are told that the process ended."""

    async def main(scene: Scene) -> None:
        requests = ({"sleep": 0.1}, {"raise": "boom"}, "behind")
        calls = [scene.call(request) for request in requests]
        _, first, second = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(first, runtime.CallFailed)
        assert "handle_call raised LookupError: boom" in str(first)
        assert type(second) is runtime.ProcessEnded
        assert "it ended before it answered: LookupError: boom" in str(second)
        assert scene.at.whereis("oracle") is None

    on_stage(where, main)


@BOTH
def test_request_that_is_not_handled_ends_no_process(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One that the process refuses, and one to a process without `handle_call`."""

    async def main(scene: Scene) -> None:
        with pytest.raises(runtime.NotHandled, match=r"what\?"):
            await scene.call("unknown")
        assert await scene.call("still there") == "still there"
        mute = await scene.at.spawn(Recorder)
        with pytest.raises(runtime.NotHandled, match="Recorder answers no requests"):
            await scene.node.call(mute, "hello?")
        assert any("unhandled request from None: 'unknown'" in each for each in caplog.messages)

    on_stage(where, main)


@BOTH
def test_request_is_answered_by_a_process_that_stops_in_it(where: str) -> None:
    """Later requests are refused."""

    async def main(scene: Scene) -> None:
        calls = [scene.call(each) for each in ({"sleep": 0.1}, {"stop": "enough"}, "late")]
        _, last, late = await asyncio.gather(*calls, return_exceptions=True)
        assert last == "stopped"
        assert isinstance(late, runtime.ProcessEnded)
        assert "it ended before it answered: enough" in str(late)

    on_stage(where, main)


@BOTH
def test_request_to_a_process_that_is_killed_fails(where: str) -> None:
    """The one that it was handling and the one that waited."""

    async def main(scene: Scene) -> None:
        calls = [asyncio.create_task(scene.call(each)) for each in ({"sleep": 9}, "behind")]
        await scene.settle()
        killer = Recorder()
        await scene.node.spawn(lambda: killer)
        killer.send_exit(scene.pid, "kill")
        for error in await asyncio.gather(*calls, return_exceptions=True):
            assert type(error) is runtime.ProcessEnded
            assert "it ended before it answered: killed" in str(error)
        assert scene.world.loop.time() < 1

    on_stage(where, main)
