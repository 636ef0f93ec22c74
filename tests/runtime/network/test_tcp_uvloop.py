"""Nodes on the event loop of uvloop, with and without TLS: they connect, talk and see each other end."""

import asyncio
from pathlib import Path

import pytest
import uvloop

import runtime
from runtime.events import NodeDownReason as Reason
from tests.runtime.certificates import Authority
from tests.runtime.support import (
    COOKIE,
    Bulk,
    Events,
    Note,
    UrgentNote,
    start_recorder,
    until,
)

RECORDER = runtime.ProcessId("recorder", "a")


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_nodes_on_uvloop_connect_talk_and_end(is_encrypted: bool, tmp_path: Path) -> None:
    """As on asyncio's own loop: each end of a node is told from the others."""
    authority = Authority(tmp_path)

    def tls(name: str) -> runtime.Tls | None:
        return authority.sign(name) if is_encrypted else None

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, tls=tls("a")) as a:
            recorder, events = await start_recorder(a), Events(a)
            for ends_well in (True, False):
                b = await runtime.Node.start(
                    "b@127.0.0.1:0", cookie=COOKIE, routes={"a": a.address}, tls=tls("b")
                )
                for message in (Note(number=1), Bulk(number=2, ballast=bytes(3_000_000))):
                    b.send(RECORDER, message)
                    assert await recorder.receive() == message
                b.send(RECORDER, UrgentNote(number=3))
                assert await recorder.receive() == UrgentNote(number=3)
                assert await events.next() == runtime.NodeUp("b", b.creation)
                if ends_well:
                    await b.stop()
                else:
                    b.kill()
                reason = Reason.GOODBYE if ends_well else Reason.DIED
                assert await events.next() == runtime.NodeDown("b", b.creation, reason)
            await until(lambda: not a.statistics().unauthenticated)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    uvloop.run(main())
