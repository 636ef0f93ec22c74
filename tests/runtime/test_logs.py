"""Logs: whatever happens, each record says which node, process and name it is about."""

import asyncio
import logging

import pytest

import runtime
from runtime.logs import process_log
from tests.runtime.support import Diary, Note, Recorder, World, in_world


def test_a_record_keeps_the_fields_of_its_call() -> None:
    """They are added to those of the process."""
    log = process_log("a", runtime.Pid("a", 1, 2), "x")
    _, keywords = log.process("text", {"extra": {"term": 3}})
    assert keywords["extra"] == {
        "node": "a",
        "pid": "<a.0000.2>",
        "registered_name": "x",
        "term": 3,
    }


def test_every_record_of_the_runtime_has_all_fields(caplog: pytest.LogCaptureFixture) -> None:
    """Through drops, failures, lost nodes, restarts and refused requests."""
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
