"""The simulated network: hosts that listen, dial and crash."""

import asyncio

import pytest

from runtime.network.transport import Loss
from runtime.simulation import SimulatedNetwork, run
from tests.runtime.simulation_support import End, Line, on_a_line


def test_crash_ends_the_connections_at_the_other_end() -> None:
    """Without a last frame, as when a process is killed; the crashed host sends nothing more."""

    async def main(line: Line) -> None:
        line.network.crash("a")
        line.far.connection.send(b"too late")
        line.send(1)
        await asyncio.sleep(1)
        assert line.far.what == [Loss.CLOSED_BY_PEER]
        assert line.near.what == [Loss.CLOSED_HERE]

    on_a_line(main)


def test_network_gives_a_crashed_host_a_new_transport() -> None:
    """The old transport stays dead."""

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


def test_dial_across_a_partition_waits_until_it_heals() -> None:
    """As a kernel does, which repeats its attempt."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        network = SimulatedNetwork(loop, 0)
        await network.transport("b").listen("b:1", lambda connection: None)
        network.partition("b", "a")
        loop.call_later(10.5, network.heal)
        await network.transport("a").dial("b:1")
        return loop.time()

    assert 10.5 < run(main()) < 12


def test_listen_and_dial_treat_addresses_as_tcp_does() -> None:
    """An address in use, without a listener, of another host, and with any port."""

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


def test_reset_ends_the_connection_of_two_living_hosts() -> None:
    """One host is told at once, the other after the frames that were on their way."""

    async def main(line: Line) -> None:
        line.network.reset("b", "a")
        assert line.near.what == [Loss.CLOSED_BY_PEER]
        await asyncio.sleep(1)
        assert line.far.what == [Loss.CLOSED_BY_PEER]

    on_a_line(main)
