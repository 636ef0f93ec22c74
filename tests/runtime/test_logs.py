"""Logs: each record has the node, the process and the name that it is about."""

import asyncio
import logging

import pytest

import runtime
from runtime.logs import QUOTE_LIMIT, process_log
from runtime.processes.signals import Stop
from tests.runtime.support import Diary, Note, Recorder, World, in_world


def test_process_log_keeps_the_fields_of_a_call() -> None:
    """They are added to those of the process."""
    log = process_log("a", runtime.Pid("a", 1, 2), "x")
    _, keywords = log.process("text", {"extra": {"term": 3}})
    assert keywords["extra"] == {
        "node": "a",
        "pid": "<a.0000.2>",
        "registered_name": "x",
        "term": 3,
    }


def test_process_log_gives_every_record_all_fields(caplog: pytest.LogCaptureFixture) -> None:
    """Records of drops, failures, lost nodes, restarts and refused requests."""
    caplog.set_level(logging.DEBUG, logger="runtime")

    class Boss(runtime.Supervisor):
        def init(self) -> runtime.Supervision:
            return runtime.Supervision([runtime.Child(factory=Diary, name="diary")])

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        watcher = Recorder()
        await a.spawn(lambda: watcher)
        await b.spawn_register("boss", Boss)
        diary = runtime.ProcessId("diary", "b")
        a.send(diary, Note(number=1))
        a.send(runtime.ProcessId("nobody", "b"), Note(number=1))
        a.send(runtime.ProcessId("nobody", "nowhere"), Note(number=1))
        await asyncio.gather(a.call(diary, "what?"), return_exceptions=True)
        b.send(diary, LookupError("boom"))
        b.send(await b.spawn(runtime.Process), "what?")
        await asyncio.sleep(1)
        b.kill()
        world.network.crash("b")
        await asyncio.sleep(1)

    in_world(main)
    records = [record for record in caplog.records if record.name.startswith("runtime")]
    assert len(records) > 8
    for record in records:
        fields = vars(record)
        assert fields["node"] in ("a", "b")
        assert {"pid", "registered_name"} <= set(fields)
    about = {(vars(record)["node"], vars(record)["registered_name"]) for record in records}
    assert {("a", None), ("b", "diary"), ("b", "boss"), ("b", None)} <= about


def test_quote_is_short_on_one_line_and_in_ascii(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A sender can neither fill the disk nor forge lines of the log."""

    async def main(world: World) -> None:
        node = await world.start("a")
        pid = await node.spawn(runtime.Process)
        for text in ("\nforged: \xe9", "x" * 10_000):
            node.send(pid, text)
            await asyncio.gather(node.call(pid, text), return_exceptions=True)

    in_world(main)
    short, short_request, *long = caplog.messages
    assert short == r"unhandled message from None: '\nforged: \xe9'"
    assert short_request == r"unhandled request from None: '\nforged: \xe9'"
    assert [each.split(": ")[0] for each in long] == [
        "unhandled message from None",
        "unhandled request from None",
    ]
    assert all(len(each.split(": ")[1]) == QUOTE_LIMIT for each in long)


def test_drop_record_escapes_a_name_that_another_node_invents(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The name of a process to stop, for example; the node that sent it is named."""
    caplog.set_level(logging.INFO, logger="runtime")

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        crooked = runtime.ProcessId("nobody", "a")
        object.__setattr__(crooked, "name", "x\nforged")
        b.send(crooked, Stop(reason="enough"), await b.spawn(Diary))
        await asyncio.sleep(1)
        assert a.statistics().dropped == {"no such process": 1}

    in_world(main)
    assert r"no such process: b: no process to stop: 'x\nforged'" in caplog.messages
