"""The ways between simulated hosts: conditions, partitions, hosts that are stopped."""

import asyncio
from collections.abc import Callable
from typing import Any

from runtime.network.transport import Loss
from runtime.simulation import Conditions, SimulatedNetwork
from tests.runtime.simulation_support import Line, on_a_line


def test_ways_have_conditions_for_one_direction() -> None:
    """The other direction keeps the default."""

    async def main(line: Line) -> None:
        line.network.set_conditions("a", "b", Conditions(loss=1.0))
        line.send(1)
        line.far.connection.send(b"back")
        await asyncio.sleep(1)
        assert (line.far.what, line.near.what) == ([], [b"back"])

    on_a_line(main)


def test_partition_loses_one_direction_and_closes_nothing() -> None:
    """What was sent meanwhile stays lost; what is sent after healing arrives."""

    async def main(line: Line) -> None:
        line.network.partition("a", "b")
        line.send(1)
        line.far.connection.send(b"back")
        await asyncio.sleep(3600)
        line.network.heal("a", "b")
        line.send(2)
        await asyncio.sleep(1)
        assert (line.far.what, line.near.what) == ([b"\x02"], [b"back"])

    on_a_line(main)


def test_heal_ends_the_partitions_that_are_named() -> None:
    """By source, by destination, or all."""

    async def main(line: Line) -> None:
        network, ways = line.network, [("a", "b"), ("b", "a"), ("c", "a")]
        for heal, left in (((None, "a"), [True, False, False]), (("c",), [True, True, False])):
            for way in ways:
                network.partition(*way)
            network.heal(*heal)
            assert [network.is_cut(*way) for way in ways] == left
        network.heal()
        assert not any(network.is_cut(*way) for way in ways)

    on_a_line(main)


def test_hold_stops_a_host_until_it_is_released() -> None:
    """Then everything arrives, in order; its connections stay open all the time."""

    async def main(line: Line) -> None:
        line.network.hold("b")
        line.send(1, 2)
        line.far.connection.send(b"said while held")
        await asyncio.sleep(3600)
        assert (line.far.what, line.near.what) == ([], [])
        line.send(3)
        line.network.release("b")
        await asyncio.sleep(1)
        assert (line.numbers(), line.near.what) == ([1, 2, 3], [b"said while held"])

    on_a_line(main)


def test_release_tells_a_host_of_the_connections_that_ended() -> None:
    """The kernel knew of the end while the process was stopped."""

    async def main(line: Line) -> None:
        line.network.hold("b")
        line.send(1)
        line.near.connection.close(b"goodbye")
        await asyncio.sleep(3600)
        line.network.release("b")
        assert line.far.what == [b"\x01", b"goodbye", Loss.CLOSED_BY_PEER]

    on_a_line(main)


def test_ways_may_hold_frames_and_ends_until_a_subclass_releases_them() -> None:
    """They then arrive in any order; frames of handshakes are never held."""

    class Holding(SimulatedNetwork):
        held: list[Callable[[], None]]

        def holds(self, source: str, destination: str, frame: bytes, arrive: Any) -> bool:
            self.held.append(lambda: arrive(frame))
            return True

        def holds_end(self, source: str, destination: str, tell: Callable[[], None]) -> bool:
            self.held.append(tell)
            return True

    async def main(line: Line) -> None:
        assert isinstance(line.network, Holding)
        line.send(1, 2)
        line.network.crash("a")
        await asyncio.sleep(1)
        assert line.far.what == []
        first, second, end = line.network.held
        for happens in (second, first, end):
            happens()
        assert line.far.what == [b"\x02", b"\x01", Loss.CLOSED_BY_PEER]

    Holding.held = []
    on_a_line(main, network=Holding)
