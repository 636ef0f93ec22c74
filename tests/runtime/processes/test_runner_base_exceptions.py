"""The runner, if a callback raises what is no `Exception`: it is a failure, and the end is orderly."""

import subprocess
import sys

import pytest

import runtime
from runtime.process import ExitReason
from tests.runtime.support import World, in_world, until


class Odd(BaseException):
    """What is no `Exception`."""


class Raising(runtime.Process):
    """Raises in the callback that is named."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.ended: list[ExitReason] = []

    def init(self) -> None:
        self.fail_in("init")

    def handle_message(self, sender: runtime.Pid | None, message: object) -> None:
        self.fail_in("handle_message")

    def handle_call(self, sender: runtime.Pid | None, request: object) -> object:
        self.fail_in("handle_call")
        return request

    def terminate(self, reason: ExitReason) -> None:
        self.ended.append(reason)

    def fail_in(self, callback: str) -> None:
        """Raises if this is the callback that was named."""
        if callback == self.where:
            raise Odd("very")


def test_runner_runs_terminate_after_a_message_that_raised_anything(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With an error as the reason, whose cause is what was raised; it is logged."""

    async def main(world: World) -> None:
        node, process = await world.start("a"), Raising("handle_message")
        node.send(await node.spawn(lambda: process), "hello")
        await until(lambda: process.ended)
        [reason] = process.ended
        assert str(reason) == "a callback raised Odd: very"
        assert isinstance(reason, RuntimeError)
        assert isinstance(reason.__cause__, Odd)

    in_world(main)
    assert any("failed, which ends it" in message for message in caplog.messages)


def test_runner_answers_a_call_that_raised_anything() -> None:
    """The caller must not wait until its time-out."""

    async def main(world: World) -> None:
        node, process = await world.start("a"), Raising("handle_call")
        pid = await node.spawn(lambda: process)
        with pytest.raises(runtime.CallFailed, match="a callback raised Odd: very"):
            await node.call(pid, "hello")
        await until(lambda: process.ended)

    in_world(main)


def test_runner_fails_a_spawn_whose_init_raised_anything() -> None:
    """Instead of saying that the process was killed."""

    async def main(world: World) -> None:
        node = await world.start("a")
        with pytest.raises(RuntimeError, match="a callback raised Odd: very"):
            await node.spawn(lambda: Raising("init"))

    in_world(main)


PROGRAM = """
import asyncio, sys
import runtime

class Exiting(runtime.Process):
    def handle_message(self, sender, message):
        sys.exit(3)

    async def terminate(self, reason):
        await asyncio.sleep(0.01)
        print("terminates:", reason)

async def main():
    node = await runtime.Node.start("a@127.0.0.1:0", cookie="a cookie that is long")
    node.send(await node.spawn(Exiting), "exit")
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.slow
def test_runner_lets_a_program_exit_when_the_process_has_ended() -> None:
    """A leader resigns first: its followers need not wait until its lease has ended."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True, timeout=50
    )
    assert (ended.returncode, ended.stdout) == (3, "terminates: a callback raised SystemExit: 3\n")
