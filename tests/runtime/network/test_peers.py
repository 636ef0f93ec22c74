"""All peers: limits on connections, watchers, and an end that leaves nothing."""

import asyncio
import contextlib
import socket

import pytest

import runtime
from runtime.clock import FAR_AHEAD_MILLISECONDS
from runtime.events import NodeDownReason as Reason
from runtime.network.transport import split_address
from runtime.simulation import SimulatedClock
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Events,
    World,
    in_world,
    over_tcp,
    until,
)


def knock(node: runtime.Node, source: str = "127.0.0.1") -> socket.socket:
    """A client that connects from that address and sends nothing."""
    return socket.create_connection(split_address(node.address), source_address=(source, 0))


async def is_closed(stranger: socket.socket) -> bool:
    """Waits until the node has closed the connection of the client."""
    stranger.setblocking(False)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with contextlib.suppress(ConnectionResetError):
            return await loop.sock_recv(stranger, 1) == b""
        return True


def test_peers_close_the_oldest_unauthenticated_connection_for_a_new_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The limit holds; it is counted, and logged once."""

    async def main() -> None:
        limits = runtime.NodeLimits(unauthenticated_connections=2)
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=limits) as a:
            strangers = [knock(a) for _ in range(5)]
            for stranger in strangers[:3]:
                assert await is_closed(stranger)
            assert a.statistics().unauthenticated == 2
            assert a.statistics().dropped == {"too many connections": 3}
            for stranger in strangers:
                stranger.close()
            await until(lambda: a.statistics().unauthenticated == 0)

    over_tcp(main)
    assert sum("too many connections" in message for message in caplog.messages) == 1


def test_peers_close_a_connection_of_the_host_that_has_most() -> None:
    """A handshake with another host goes on."""

    async def main() -> None:
        limits = runtime.NodeLimits(unauthenticated_connections=4)
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=limits) as a:
            honest = knock(a)
            await until(lambda: a.statistics().unauthenticated == 1)
            hostile = [knock(a, "127.0.0.2") for _ in range(20)]
            for stranger in hostile[:17]:
                assert await is_closed(stranger)
            await until(lambda: a.statistics().dropped == {"too many connections": 17})
            honest.setblocking(False)
            with pytest.raises(BlockingIOError):
                honest.recv(1)
            for stranger in (honest, *hostile):
                stranger.close()

    over_tcp(main)


def test_peers_make_room_for_a_node_while_others_hold_every_connection() -> None:
    """Connections that have not proved themselves are closed for it."""

    async def main() -> None:
        limits = runtime.NodeLimits(connections=3, handshake_seconds=10**6)
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=limits) as a:
            strangers = [knock(a) for _ in range(10)]
            await until(lambda: a.statistics().dropped == {"too many connections": 7})
            routes = {"a": a.address}
            async with await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, routes=routes) as b:
                b.connect("a")
                await until(lambda: a.nodes() and b.nodes())
            for stranger in strangers:
                stranger.close()

    over_tcp(main)


def test_peers_close_the_newest_if_all_connections_are_authenticated() -> None:
    """A node that is up never loses its connection to a new one."""

    async def main() -> None:
        limits = runtime.NodeLimits(connections=1)
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=limits) as a:
            routes = {"a": a.address}
            async with await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, routes=routes) as b:
                b.connect("a")
                await until(lambda: a.nodes() and b.nodes())
                with knock(a) as stranger:
                    assert await is_closed(stranger)
                assert a.nodes() == {"b": b.creation}

    over_tcp(main)


def test_peers_refuse_unknown_names_beyond_the_limit() -> None:
    """Invented names cannot fill the table; a node with a route is known."""

    async def main(world: World) -> None:
        limits = runtime.NodeLimits(nodes=2)
        a = await world.start("a", limits=limits, routes={"b": "b:1"})
        for name in ("c", "d", "b"):
            (await world.start(name, routes={"a": "a:1"})).connect("a")
            await asyncio.sleep(1)
        assert set(a.nodes()) == {"b", "c"}
        assert a.statistics().dropped["connection refused"] > 0

    in_world(main)


def test_peers_log_the_error_of_a_watcher(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The other watchers are called, and the connection stays."""

    def fail(event: runtime.NodeEvent) -> None:
        raise LookupError(event)

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        a.watch(fail)
        events = Events(a)
        a.connect("b")
        assert await events.next() == runtime.NodeUp("b", b.creation)
        assert a.nodes() == {"b": b.creation}

    in_world(main)
    assert any(record.exc_info for record in caplog.records)


def test_peers_call_a_watcher_until_it_is_cancelled() -> None:
    """Cancelling may be repeated; a function that watches twice is cancelled once."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await world.start("b")
        heard: list[runtime.NodeEvent] = []
        cancel = a.watch(heard.append)
        a.watch(heard.append)
        cancel()
        cancel()
        a.connect("b")
        await asyncio.sleep(1)
        assert len(heard) == 1

    in_world(main)


def test_peers_tell_an_event_in_the_call_that_reads_it() -> None:
    """There is no turn of the event loop between the end of a connection and the watcher."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        a.connect("b")
        await asyncio.sleep(1)
        start, told = world.loop.time(), list[float]()
        a.watch(lambda event: told.append(world.loop.time() - start))
        b.kill()
        world.network.crash("b")
        await asyncio.sleep(1)
        assert told == [pytest.approx(0.0001)]

    in_world(main)


def test_peers_report_all_nodes_as_closed_here_when_they_stop() -> None:
    """No node is dialled any more."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        events = Events(a)
        a.connect("b")
        assert await events.next() == runtime.NodeUp("b", b.creation)
        await a.stop()
        assert await events.next() == runtime.NodeDown("b", b.creation, Reason.CLOSED_HERE)
        await asyncio.sleep(60)
        assert events.queue.empty()
        assert b.nodes() == {}

    in_world(main)


def test_peers_that_stop_while_dialling_leave_nothing() -> None:
    """While it dials, shakes hands, or waits to dial again; the other node does not count it as dead."""

    async def main(world: World) -> None:
        for moment in (0, 0.0001, 0.00025, 0.00035, 0.00045, 0.00055, 0.01):
            a = await world.start("a")
            a.connect("b")
            a.connect("c")
            await asyncio.sleep(moment)
            await a.stop()
            world.network.crash("a")
            await asyncio.sleep(10)
            assert len(asyncio.all_tasks()) == 1

    async def with_b(world: World) -> None:
        events = Events(await world.start("b", routes={}))
        await main(world)
        heard = [events.queue.get_nowait() for _ in range(events.queue.qsize())]
        reasons = [event.reason for event in heard if isinstance(event, runtime.NodeDown)]
        assert reasons == [Reason.GOODBYE] * (len(heard) // 2) != []

    in_world(with_b)


def test_peers_do_not_wait_for_a_dial_when_they_stop() -> None:
    """Although it would go on for seconds."""

    async def main(world: World) -> None:
        a = await world.start("a")
        world.network.partition("a", "b")
        a.connect("b")
        await asyncio.sleep(0.5)
        start = world.loop.time()
        await a.stop()
        assert world.loop.time() == start

    in_world(main)


def test_peers_do_not_wait_for_a_node_that_reads_nothing() -> None:
    """A node that its operating system has stopped cannot delay others."""

    async def main() -> None:
        a = await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE)
        with socket.create_connection(split_address(a.address)):
            await until(lambda: a.statistics().unauthenticated == 1)
            await a.stop()
            assert a.statistics().unauthenticated == 0

    over_tcp(main)


def test_peers_refuse_a_creation_that_is_far_ahead(caplog: pytest.LogCaptureFixture) -> None:
    """The other node, which is told why, does not take it for a reason to end."""

    async def main(world: World) -> None:
        a = await world.start("a")
        ahead = WALL_MILLISECONDS + 2 * FAR_AHEAD_MILLISECONDS
        b = await world.start("b", clock=SimulatedClock(world.loop, wall_milliseconds=ahead))
        b.connect("a")
        await asyncio.sleep(1)
        assert a.nodes() == b.nodes() == {}

    in_world(main)
    reason = "its creation is more than ten years ahead of the wall clock here"
    assert f"connection refused: b: 'b: {reason}'" in caplog.messages
    assert f"this node is refused: a: '{reason}'" in caplog.messages


def test_peers_hand_on_that_an_earlier_process_of_the_name_was_connected(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The later one is told of it, and logs which creation that was."""

    async def main(world: World) -> int:
        await world.start("a")
        earlier = await world.start("b")
        earlier.connect("a")
        await until(earlier.nodes)
        later = await world.start("b", host="c")
        later.connect("a")
        with pytest.raises(runtime.Superseded):
            await earlier.ended()
        await asyncio.sleep(1)
        return earlier.creation

    creation = in_world(main)
    told = f"a: it was still connected with creation {creation} of this node, which has to end"
    assert any(told in line for line in caplog.messages)
