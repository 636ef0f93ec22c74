"""The simulated network: one seed, every fault, and nothing a kernel would not do."""

import asyncio

import pytest

from runtime.network.transport import Connection, Loss
from runtime.simulation import Conditions, SimulatedNetwork, run
from tests.runtime.simulation_support import LIMIT, End, Line, on_a_line


def test_by_default_frames_come_in_order_after_a_tenth_of_a_millisecond() -> None:
    """A good network, to start from."""

    async def main(line: Line) -> None:
        start = round(asyncio.get_running_loop().time() * 1e6)
        line.send(1, 2, 3)
        await asyncio.sleep(1)
        assert line.far.seen == [(start + 100, bytes([n])) for n in (1, 2, 3)]

    on_a_line(main)


def test_a_delay_that_varies_keeps_the_order() -> None:
    """As TCP does: a frame waits for those before it."""

    async def main(line: Line) -> None:
        line.network.default = Conditions(delay=(0.001, 0.1))
        line.send(*range(100))
        await asyncio.sleep(1)
        assert line.numbers() == list(range(100))

    on_a_line(main)


def test_a_direction_has_conditions_of_its_own() -> None:
    """The way back is as good as before."""

    async def main(line: Line) -> None:
        line.network.set_conditions("a", "b", Conditions(loss=1.0))
        line.send(1)
        line.far.connection.send(b"back")
        await asyncio.sleep(1)
        assert (line.far.what, line.near.what) == ([], [b"back"])

    on_a_line(main)


def test_frames_get_lost_doubled_and_out_of_order_as_the_seed_wants() -> None:
    """Each fault for itself, with the probability that was set."""

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


def test_one_seed_reproduces_a_run_and_another_gives_another() -> None:
    """Every instant and every fault."""

    async def main(line: Line) -> list[tuple[int, bytes | str | Loss]]:
        line.network.default = Conditions(
            delay=(0.0, 0.01), loss=0.2, duplication=0.2, reordering=0.2
        )
        line.send(*range(100))
        await asyncio.sleep(1)
        return line.far.seen

    assert on_a_line(main, seed=1) == on_a_line(main, seed=1) != on_a_line(main, seed=2)


def test_the_first_frames_of_a_connection_are_spared() -> None:
    """A handshake gets through however bad the luck, so that tests of loss test messages."""

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


def test_a_partition_loses_one_direction_and_closes_nothing() -> None:
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


def test_healing_reaches_just_the_partitions_that_are_named() -> None:
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


def test_the_end_of_a_connection_waits_for_a_partition_to_heal() -> None:
    """A kernel repeats it, last words included, so it is late but never lost."""

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


def test_the_end_of_a_connection_comes_behind_its_frames() -> None:
    """However much faster the end would be."""

    async def main(line: Line) -> None:
        line.network.default = Conditions(delay=(0.0, 0.5))
        line.send(*range(10))
        line.near.connection.close()
        await asyncio.sleep(1)
        assert line.numbers() == list(range(10))
        assert line.far.what[-1] is Loss.CLOSED_BY_PEER

    on_a_line(main)


def test_a_held_host_hears_and_says_nothing_until_it_is_released() -> None:
    """Then everything comes, in order, and its connections were open all the time."""

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


def test_a_held_host_learns_the_end_of_a_connection_when_released() -> None:
    """The kernel knew, the process was asleep."""

    async def main(line: Line) -> None:
        line.network.hold("b")
        line.send(1)
        line.near.connection.close(b"goodbye")
        await asyncio.sleep(3600)
        line.network.release("b")
        assert line.far.what == [b"\x01", b"goodbye", Loss.CLOSED_BY_PEER]

    on_a_line(main)


def test_a_crash_ends_the_connections_at_the_other_end() -> None:
    """With no last words, as when a process is killed; it hears and says nothing more."""

    async def main(line: Line) -> None:
        line.network.crash("a")
        line.far.connection.send(b"too late")
        line.send(1)
        await asyncio.sleep(1)
        assert line.far.what == [Loss.CLOSED_BY_PEER]
        assert line.near.what == [Loss.CLOSED_HERE]

    on_a_line(main)


def test_frames_in_flight_at_a_crash_arrive_or_not() -> None:
    """Some do and some do not, and before the end."""

    async def main(line: Line) -> None:
        line.send(*range(100))
        line.network.crash("a")
        await asyncio.sleep(1)
        assert 20 < len(line.numbers()) < 80
        assert line.far.what[-1] is Loss.CLOSED_BY_PEER

    on_a_line(main)


def test_a_crashed_host_can_come_back() -> None:
    """With a new transport; the old one is dead for ever."""

    async def main() -> None:
        network = SimulatedNetwork(asyncio.get_running_loop(), 0)
        old = network.transport("a")
        await old.listen("a:1", lambda connection: None)
        network.crash("a")
        with pytest.raises(OSError, match="a has crashed"):
            await old.dial("a:1")
        await network.transport("a").listen("a:1", lambda connection: None)
        End(await network.transport("b").dial("a:1"))

    run(main())


def test_dialling_across_a_partition_waits_until_it_heals() -> None:
    """As a kernel that repeats itself."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        network = SimulatedNetwork(loop, 0)
        await network.transport("b").listen("b:1", lambda connection: None)
        network.partition("b", "a")
        loop.call_later(10.5, network.heal)
        await network.transport("a").dial("b:1")
        return loop.time()

    assert 10.5 < run(main()) < 12


def test_addresses_are_taken_refused_and_chosen_as_usual() -> None:
    """In use, nobody there, another host's, any port."""

    async def main() -> None:
        network = SimulatedNetwork(asyncio.get_running_loop(), 0)
        transport = network.transport("a")
        with pytest.raises(ConnectionRefusedError, match="nobody listens at a:1"):
            await transport.dial("a:1")
        first, second = [await transport.listen("a:0", lambda c: None) for _ in range(2)]
        assert first.address != second.address
        with pytest.raises(OSError, match="address in use"):
            await transport.listen(first.address, lambda c: None)
        with pytest.raises(OSError, match="address must be one of a"):
            await transport.listen("b:1", lambda c: None)
        first.close()
        await transport.listen(first.address, lambda c: None)

    run(main())


def test_what_comes_before_a_receiver_is_attached_waits_for_it() -> None:
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
def test_a_length_outside_the_limit_ends_the_connection(length: int) -> None:
    """As over TCP."""

    async def main(line: Line) -> None:
        line.near.connection.send(b"x" * length)
        line.send(1)
        await asyncio.sleep(1)
        assert line.far.what == [f"a frame of {length} bytes", Loss.CLOSED_HERE]
        assert line.near.what == [Loss.CLOSED_BY_PEER]

    on_a_line(main)
