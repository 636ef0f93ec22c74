"""Connecting to one of several addresses: one that leads nowhere or refuses costs little."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from runtime.network.connecting import connect
from runtime.network.look_up import SocketAddress
from tests.runtime.namespaces import run_in_namespaces
from tests.runtime.support import PATIENCE_SECONDS


def address_of(listener: socket.socket) -> SocketAddress:
    """Where it listens."""
    return SocketAddress(socket.AF_INET, listener.getsockname())


@contextlib.contextmanager
def listening() -> Iterator[SocketAddress]:
    """An address that answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield address_of(listener)


@contextlib.contextmanager
def silent() -> Iterator[SocketAddress]:
    """An address that leads nowhere: its queue is full, so the kernel drops what comes."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            raw = stack.enter_context(socket.socket())
            raw.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                raw.connect(listener.getsockname())
        yield address_of(listener)


@contextlib.contextmanager
def refusing() -> Iterator[SocketAddress]:
    """An address where nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield address_of(bound)


async def reached(*addresses: SocketAddress) -> object:
    """The address of the socket that was connected."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        raw = await connect(list(addresses))
    with raw:
        assert raw.gettimeout() == 0
        return raw.getpeername()


def test_connect_uses_the_first_address_that_answers() -> None:
    """Of several that do, the first one."""
    with listening() as first, listening() as second:
        assert asyncio.run(reached(first, second)) == first.address


def test_connect_does_not_wait_for_an_address_that_leads_nowhere() -> None:
    """The kernel would try that for two minutes."""
    with silent() as nowhere, listening() as answers:
        assert asyncio.run(reached(nowhere, nowhere, answers)) == answers.address


def test_connect_tries_the_next_address_after_a_refusal() -> None:
    """And raises the last error if none is left."""
    with refusing() as refuses, listening() as answers:
        assert asyncio.run(reached(refuses, answers)) == answers.address
        with pytest.raises(ConnectionRefusedError):
            asyncio.run(reached(refuses, refuses))


def test_connect_goes_on_with_the_first_while_the_others_fail() -> None:
    """An answer that takes long still counts."""

    async def main() -> None:
        with silent() as nowhere, refusing() as refuses:
            trying = asyncio.create_task(connect([nowhere, refuses]))
            done, _ = await asyncio.wait([trying], timeout=0.7)
            assert not done
            trying.cancel()
            await asyncio.gather(trying, return_exceptions=True)

    asyncio.run(main())


def test_connect_needs_an_address() -> None:
    """A name may have none."""
    with pytest.raises(OSError, match="nothing was attempted"):
        asyncio.run(connect([]))


@pytest.mark.slow
def test_node_is_reached_if_one_address_of_its_name_leads_nowhere() -> None:
    """The first address, of IPv6, swallows everything; the second one, of IPv4, answers."""
    printed = run_in_namespaces("tests.runtime.network.two_addresses")
    assert printed == "2001:db8::1, then 127.0.0.1: connected\n"
