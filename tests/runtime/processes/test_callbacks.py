"""The callbacks of a process, as they are unless its author overrides them."""

import asyncio
from typing import Any

import pytest

import runtime
from tests.runtime.support import World, in_world


def test_initialize_lets_a_subclass_use_what_init_returns() -> None:
    """By overriding the method that runs `init`."""

    class Configured(runtime.Process):
        options: Any = None

        def init(self, word: str) -> str:
            return word.upper()

        async def _initialize(self, *arguments: Any) -> None:
            self.options = self.init(*arguments)

    async def main(world: World) -> None:
        node, configured = await world.start("a"), Configured()
        await node.spawn(lambda: configured, "x")
        assert configured.options == "X"

    in_world(main)


def test_handle_message_logs_what_is_not_handled(caplog: pytest.LogCaptureFixture) -> None:
    """Unless the process overrides it."""

    async def main(world: World) -> None:
        node = await world.start("a")
        node.send(await node.spawn(runtime.Process), "what?")
        await asyncio.sleep(1)

    in_world(main)
    assert "unhandled message from None: 'what?'" in caplog.messages


def test_callbacks_show_nothing_and_answer_nothing() -> None:
    """Unless the process overrides them."""
    process = runtime.Process()
    assert process.handle_inspect() == {}
    with pytest.raises(NotImplementedError, match="Process answers no requests"):
        process.handle_call(runtime.Pid("a", 1, 1), "x")
