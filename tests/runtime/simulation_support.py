"""What the tests of the simulated network share: a connection whose ends keep what happens."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from runtime.network.transport import Connection, Loss
from runtime.simulation import SimulatedNetwork, run

LIMIT = 100


class End:
    """One end of a connection: keeps what happens and when, in microseconds."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.seen: list[tuple[int, bytes | str | Loss]] = []
        connection.frame_limit = LIMIT
        connection.attach(self)

    def frame_received(self, frame: bytes) -> None:
        self._note(frame)

    def frame_refused(self, reason: str) -> None:
        self._note(reason)

    def connection_lost(self, loss: Loss) -> None:
        self._note(loss)

    @property
    def what(self) -> list[bytes | str | Loss]:
        """What happened."""
        return [event for _, event in self.seen]

    def _note(self, event: bytes | str | Loss) -> None:
        self.seen.append((round(asyncio.get_running_loop().time() * 1e6), event))


class Line:
    """A connection from host a to host b."""

    def __init__(self, network: SimulatedNetwork, near: End, far: End) -> None:
        self.network = network
        self.near = near
        self.far = far

    def send(self, *numbers: int) -> None:
        """Sends a frame for each number from a to b."""
        for number in numbers:
            self.near.connection.send(bytes([number]))

    def numbers(self) -> list[int]:
        """The numbers that have come to b."""
        return [event[0] for event in self.far.what if isinstance(event, bytes)]


def on_a_line(
    main: Callable[[Line], Coroutine[Any, Any, Any]],
    seed: int = 1,
    network: type[SimulatedNetwork] = SimulatedNetwork,
) -> Any:
    """Runs a test with a connection that has sent the frames that are never lost."""

    async def body() -> Any:
        world = network(asyncio.get_running_loop(), seed)
        accepted: list[End] = []
        await world.transport("b").listen("b:1", lambda c: accepted.append(End(c)))
        near = End(await world.transport("a").dial("b:1"))
        for end in (near, accepted[0]):
            end.connection.send(b"\xff")
            end.connection.send(b"\xff")
        await asyncio.sleep(1)
        near.seen.clear()
        accepted[0].seen.clear()
        return await main(Line(world, near, accepted[0]))

    return run(body())
