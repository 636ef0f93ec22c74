"""An election on the event loop of uvloop."""

import asyncio
from collections.abc import Sequence

import uvloop

import leader
from runtime import Node, Pid, ProcessId
from tests.runtime.support import COOKIE, PATIENCE_SECONDS


class Candidate(leader.Actor):
    """Tells which member it follows."""

    def __init__(self) -> None:
        self.followed: asyncio.Queue[ProcessId] = asyncio.Queue()

    def init(self, bootstrap: Sequence[ProcessId]) -> leader.Options:
        return leader.Options(cluster_id="uvloop", bootstrap=bootstrap)

    def handle_become_leader(self) -> None:
        self.followed.put_nowait(ProcessId("candidate", self.node.name))

    def handle_become_follower(self, leader: Pid | None) -> None:
        if leader is not None:
            self.followed.put_nowait(ProcessId("candidate", leader.node))


def test_actors_on_uvloop_elect_a_leader() -> None:
    """Both follow the same member."""

    async def main() -> None:
        async with (
            await Node.start("a@127.0.0.1:0", cookie=COOKIE) as a,
            await Node.start("b@127.0.0.1:0", cookie=COOKIE, routes={"a": a.address}) as b,
        ):
            a.add_route("b", b.address)
            one, other = Candidate(), Candidate()
            members = [ProcessId("candidate", node.name) for node in (a, b)]
            await a.spawn_register("candidate", lambda: one, members)
            await b.spawn_register("candidate", lambda: other, members)
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await one.followed.get() == await other.followed.get()

    uvloop.run(main())
