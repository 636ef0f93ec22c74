"""An actor's orderly end, over real sockets and in asyncio's debug mode: nothing is left behind."""

import asyncio
import logging

import pytest

from leader import FileStorage, Options
from runtime import Node, ProcessId
from tests.actor.actor_support import ACTOR, History, Member
from tests.runtime.support import COOKIE, over_tcp, until


class Worker(Member):
    """Works while it leads."""

    async def handle_become_leader(self) -> None:
        await super().handle_become_leader()
        self.while_leader(asyncio.sleep(3_600))


async def cluster(history: History, folder: str) -> tuple[list[Node], list[Worker]]:
    """Three nodes that know the way to each other, with a member on each."""
    nodes = [await Node.start(f"n{number}@127.0.0.1:0", cookie=COOKIE) for number in range(3)]
    for node in nodes:
        for other in nodes:
            if other is not node:
                node.add_route(other.name, other.address)
    members = [Worker(history) for _ in nodes]
    for node, member in zip(nodes, members, strict=True):
        given = Options(
            cluster_id="shop",
            bootstrap=[ProcessId(ACTOR, each.name) for each in nodes],
            storage=FileStorage(folder),
        )
        await node.spawn_register(ACTOR, lambda member=member: member, given)  # type: ignore[misc]
    return nodes, members


@pytest.mark.slow
def test_actors_are_stopped_node_by_node(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Each hands over while there is a quorum; no task is left, and no error is logged."""
    history: History = []

    async def main() -> None:
        # In debug mode asyncio warns of slow callbacks; the speed of this machine does not matter here.
        asyncio.get_running_loop().slow_callback_duration = 60
        nodes, members = await cluster(history, str(tmp_path))
        acting: list[int] = []

        def has_leader() -> bool:
            # Remember the leader now: on a busy machine its lease may end before the test continues.
            acting[:] = [number for number in range(3) if members[number].is_leader]
            return bool(acting)

        await until(has_leader)
        first = acting[0]
        await nodes[first].stop()
        rest = [number for number in range(3) if number != first]
        await until(lambda: any(members[number].is_leader for number in rest))
        for number in rest:
            await nodes[number].stop()

    with caplog.at_level(logging.WARNING):
        over_tcp(main)
    ended = [(node, about) for _, node, what, about in history if what == "terminates"]
    assert sorted(ended) == [("n0", "shutdown"), ("n1", "shutdown"), ("n2", "shutdown")]
    assert [r.getMessage() for r in caplog.records if r.name == "asyncio"] == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
