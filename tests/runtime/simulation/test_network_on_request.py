"""What a simulated network does on request: connections are reset, frames are kept and let go."""

import asyncio
from collections.abc import Callable
from typing import Any

from runtime.network.transport import Loss
from runtime.simulation import SimulatedNetwork
from tests.runtime.simulation_support import Line, on_a_line


def test_a_reset_ends_the_connection_of_two_living_hosts() -> None:
    """One of them hears it at once, the other behind the frames that were under way."""

    async def main(line: Line) -> None:
        line.network.reset("b", "a")
        assert line.near.what == [Loss.CLOSED_BY_PEER]
        await asyncio.sleep(1)
        assert line.far.what == [Loss.CLOSED_BY_PEER]

    on_a_line(main)


def test_a_network_may_keep_frames_and_the_ends_of_dead_hosts_until_asked() -> None:
    """What a subclass holds arrives when it says so, in any order; handshakes are never held."""

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
