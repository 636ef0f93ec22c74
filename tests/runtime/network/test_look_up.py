"""The addresses of a host: literals, names, and threads that nothing waits for."""

import asyncio
import socket
import sys
import threading

import pytest

from runtime.network.look_up import SocketAddress, interleave, look_up
from tests.runtime.namespaces import run_in_namespaces

V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", SocketAddress(V4, ("127.0.0.1", 7))),
        ("::1", SocketAddress(V6, ("::1", 7, 0, 0))),
    ],
)
def test_look_up_of_an_address_needs_no_thread(host: str, expected: SocketAddress) -> None:
    """Nothing is asked of the resolver."""
    before = threading.active_count()
    assert asyncio.run(look_up(host, 7)) == [expected]
    assert threading.active_count() == before


def test_look_up_of_a_name_finds_its_addresses() -> None:
    """Two at once get the same; a name can be looked up again."""

    async def main() -> None:
        for _ in range(2):
            one, other = await asyncio.gather(look_up("localhost", 7), look_up("localhost", 7))
            assert one == other
            assert ("127.0.0.1", 7) in [found.address[:2] for found in one]

    asyncio.run(main())


def test_look_up_asks_again_for_a_name_that_was_found_before() -> None:
    """Its address may have changed; only those who wait at the same time share an answer."""
    asked: list[object] = []
    is_counting = True

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo" and is_counting:
            asked.append(arguments[0])

    sys.addaudithook(audit)

    async def main() -> None:
        for _ in range(2):
            await look_up("localhost", 7)

    asyncio.run(main())
    is_counting = False
    assert asked == ["localhost", "localhost"]


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".y", "no\0name"])
def test_look_up_of_what_is_no_name_raises(host: str) -> None:
    """Whatever the resolver raises, it is an error of the network."""
    with pytest.raises(OSError, match="names no host"):
        asyncio.run(look_up(host, 7))


def test_addresses_of_the_two_families_take_turns() -> None:
    """The first stays the first, and none is there twice."""
    six = [SocketAddress(V6, (f"2001:db8::{number}", 7, 0, 0)) for number in range(3)]
    four = [SocketAddress(V4, (f"10.0.0.{number}", 7)) for number in range(2)]
    mixed = [six[0], four[0], six[1], four[1], six[2]]
    assert interleave([*six, *four, six[0]]) == mixed
    assert interleave([]) == []


@pytest.mark.slow
def test_look_ups_without_an_answer_delay_nothing_and_nothing_waits_for_them() -> None:
    """A thread for each name, none of the loop's pool, and the program ends before the resolver does."""
    # The resolver goes on for minutes, longer than the program may take.
    printed = run_in_namespaces("tests.runtime.network.silent_name_server")
    assert printed == "2 50\n"
