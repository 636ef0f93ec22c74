"""Simulated connections: faults from one seed, and nothing that a kernel would not do."""

import asyncio

import pytest

from runtime.network.transport import Connection, Loss
from runtime.simulation import Conditions, SimulatedNetwork, run
from tests.runtime.simulation_support import LIMIT, End, Line, on_a_line


def test_connection_delivers_in_order_after_a_tenth_of_a_millisecond() -> None:
    """These are the default conditions."""

    async def main(line: Line) -> None:
        start = round(asyncio.get_running_loop().time() * 1e6)
        line.send(1, 2, 3)
        await asyncio.sleep(1)
        assert line.far.seen == [(start + 100, bytes([n])) for n in (1, 2, 3)]

    on_a_line(main)


def test_connection_keeps_the_order_if_the_delay_varies() -> None:
    """As in TCP, a frame waits for those before it."""

    async def main(line: Line) -> None:
        line.network.default = Conditions(delay=(0.001, 0.1))
        line.send(*range(100))
        await asyncio.sleep(1)
        assert line.numbers() == list(range(100))

    on_a_line(main)


def test_connection_loses_doubles_and_reorders_with_the_set_probability() -> None:
    """Each fault by itself."""

    async def lossy(line: Line) -> list[int]:
        line.network.default = Conditions(loss=0.5)
        line.send(*range(100))
        await asyncio.sleep(1)
        return line.numbers()

    async def doubling(line: Line) -> list[int]:
        line.network.default = Conditions(duplication=0.5)
        line.send(*range(100))
        await asyncio.sleep(1)
        return line.numbers()

    async def reordering(line: Line) -> list[int]:
        line.network.default = Conditions(reordering=0.5)
        for number in range(100):
            line.send(number)
            await asyncio.sleep(0.00005)
        await asyncio.sleep(1)
        return line.numbers()

    lost = on_a_line(lossy)
    assert lost == sorted(lost)
    assert 30 < len(lost) < 70
    doubled = on_a_line(doubling)
    assert sorted(set(doubled)) == list(range(100))
    assert 130 < len(doubled) < 170
    reordered = on_a_line(reordering)
    assert sorted(reordered) == list(range(100))
    assert reordered != list(range(100))


def test_connection_does_the_same_again_with_the_same_seed() -> None:
    """Every instant and every fault; another seed gives another run."""

    async def main(line: Line) -> list[tuple[int, bytes | str | Loss]]:
        line.network.default = Conditions(
            delay=(0.0, 0.01), loss=0.2, duplication=0.2, reordering=0.2
        )
        line.send(*range(100))
        await asyncio.sleep(1)
        return line.far.seen

    assert on_a_line(main, seed=1) == on_a_line(main, seed=1) != on_a_line(main, seed=2)


def test_connection_never_loses_its_first_frames() -> None:
    """The handshake completes, so tests with loss are tests of messages."""

    async def main() -> list[bytes | str | Loss]:
        network = SimulatedNetwork(asyncio.get_running_loop(), 0)
        network.default = Conditions(loss=1.0)
        accepted: list[End] = []
        await network.transport("b").listen("b:1", lambda c: accepted.append(End(c)))
        near = End(await network.transport("a").dial("b:1"))
        for frame in (b"1", b"2", b"3"):
            near.connection.send(frame)
        await asyncio.sleep(1)
        return accepted[0].what

    assert run(main()) == [b"1", b"2"]


def test_connection_end_waits_for_a_partition_to_heal() -> None:
    """A kernel repeats it, with the last frame, so it is late but never lost."""

    async def main(line: Line) -> None:
        line.network.partition("a", "b")
        line.near.connection.close(b"goodbye")
        await asyncio.sleep(3600)
        assert line.far.what == []
        line.network.heal()
        await asyncio.sleep(1)
        assert line.far.what == [b"goodbye", Loss.CLOSED_BY_PEER]
        assert line.near.what == [Loss.CLOSED_HERE]

    on_a_line(main)


def test_connection_end_comes_after_its_frames() -> None:
    """Also if its own delay is shorter."""

    async def main(line: Line) -> None:
        line.network.default = Conditions(delay=(0.0, 0.5))
        line.send(*range(10))
        line.near.connection.close()
        await asyncio.sleep(1)
        assert line.numbers() == list(range(10))
        assert line.far.what[-1] is Loss.CLOSED_BY_PEER

    on_a_line(main)


def test_connection_delivers_some_frames_of_a_host_that_crashed() -> None:
    """Some frames on their way arrive and some do not, all before the end."""

    async def main(line: Line) -> None:
        line.send(*range(100))
        line.network.crash("a")
        await asyncio.sleep(1)
        assert 20 < len(line.numbers()) < 80
        assert line.far.what[-1] is Loss.CLOSED_BY_PEER

    on_a_line(main)


def test_connection_keeps_events_until_a_receiver_is_attached() -> None:
    """Frames and the end."""

    async def main() -> list[bytes | str | Loss]:
        network = SimulatedNetwork(asyncio.get_running_loop(), 0)
        accepted: list[Connection] = []
        await network.transport("b").listen("b:1", accepted.append)
        near = await network.transport("a").dial("b:1")
        near.send(b"x")
        near.close(b"goodbye")
        await asyncio.sleep(1)
        late = End(accepted[0])
        await asyncio.sleep(1)
        return late.what

    assert run(main()) == [b"x", b"goodbye", Loss.CLOSED_BY_PEER]


@pytest.mark.parametrize("length", [0, LIMIT + 1])
def test_connection_ends_at_a_length_outside_the_limit(length: int) -> None:
    """Nothing of that frame is kept, and nothing after it is read."""

    async def main(line: Line) -> None:
        line.near.connection.send(b"x" * length)
        line.send(1)
        await asyncio.sleep(1)
        assert line.far.what == [f"a frame of {length} bytes", Loss.CLOSED_HERE]
        assert line.near.what == [Loss.CLOSED_BY_PEER]

    on_a_line(main)
