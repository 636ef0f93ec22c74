"""Big messages of the application over slow connections: they cost the leader nothing."""

import asyncio
from collections.abc import Sequence

import pytest

import leader
from runtime import Node, Pid, ProcessId
from runtime.network.transport import split_address
from tests.runtime.support import COOKIE, Bulk, until

BYTES_A_SECOND = 2_000_000
BIG = 1_000_000
MEMBERS = [ProcessId("member", name) for name in "abc"]


class Member(leader.Actor):
    """Counts its leaderships and the messages that have come."""

    leaderships = 0
    received = 0

    def init(self, bootstrap: Sequence[ProcessId]) -> leader.Options:
        return leader.Options(cluster_id="big", bootstrap=bootstrap)

    def handle_become_leader(self) -> None:
        self.leaderships += 1

    def handle_become_follower(self, leader: Pid | None) -> None:
        pass

    def handle_message(self, sender: Pid | None, message: Bulk) -> None:
        self.received += 1


class SlowLink:
    """Passes the bytes of each connection on at a limited rate."""

    def __init__(self, to: str) -> None:
        self._to = split_address(to)
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Listens; returns where."""
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Ends all connections."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(*self._to)
        for source, sink in ((reader, there[1]), (there[0], writer)):
            task = asyncio.get_running_loop().create_task(_pump(source, sink))
            self._tasks.add(task)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(16_384):
            sink.write(data)
            await sink.drain()
            await asyncio.sleep(len(data) / BYTES_A_SECOND)
    except ConnectionError:
        pass
    finally:
        sink.close()


async def _member_on(node: Node) -> Member:
    member = Member()
    await node.spawn_register("member", lambda: member, MEMBERS)
    return member


async def _broadcast(leading: Member, others: list[Member]) -> None:
    wanted = [member.received + 1 for member in others]
    for peer in leading.peers():
        leading.send(peer, Bulk(number=1, ballast=bytes(BIG)))
    await until(lambda: [member.received for member in others] == wanted)


@pytest.mark.slow
def test_big_messages_over_slow_connections_cost_the_leader_nothing() -> None:
    """A megabyte to each follower takes half a second, more than three time-outs of an election."""

    async def main() -> None:
        nodes = [await Node.start(f"{name}@127.0.0.1:0", cookie=COOKIE) for name in "abc"]
        links = []
        for node in nodes:
            for other in nodes:
                if other is not node:
                    links.append(SlowLink(other.address))
                    node.add_route(other.name, await links[-1].start())
        members = [await _member_on(node) for node in nodes]
        await until(lambda: len({member.leader for member in members} - {None}) == 1)
        leading = next(member for member in members if member.is_leader)
        elected = sum(member.leaderships for member in members)
        for _ in range(3):
            await _broadcast(leading, [member for member in members if member is not leading])
        assert leading.is_leader
        assert sum(member.leaderships for member in members) == elected
        for node in nodes:
            await node.stop()
        for link in links:
            await link.stop()

    asyncio.run(main())
