"""The addresses of a host name, looked up in threads that nothing else uses and nothing waits for.

Leaves connecting to `tcp`. A look-up can take half a minute if no name server answers, and a thread
that waits for it cannot be interrupted. In the event loop's own pool such threads would delay all other
work there, and the end of the program would wait for them. So each look-up has a daemon thread, and a
name that is being looked up already is not looked up a second time.
"""

import asyncio
import contextlib
import itertools
import os
import socket
import threading
from collections.abc import Iterable
from typing import NamedTuple

LOOK_UPS_AT_ONCE = 64
"""How many names a program looks up at the same time; one more fails at once, and is tried again."""


class SocketAddress(NamedTuple):
    """Where to connect: what `socket.socket` and `connect` need."""

    family: int
    address: tuple[str | int | bytes, ...]


class _LookUp:
    """One name that is being looked up, and who waits for it."""

    def __init__(self, host: str, port: int) -> None:
        self._name = (host, port)
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._is_over = False
        self._lock = threading.Lock()
        self.found: list[SocketAddress] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.found = list(resolve(*self._name))
        except Exception as error:
            self.error = error
        _under_way.pop((os.getpid(), *self._name), None)
        with self._lock:
            self._is_over = True
        for loop, future in self._waiting:
            # The loop may have ended meanwhile.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future)

    async def over(self) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._is_over:
                return
            self._waiting.append((loop, future))
        await future


_under_way: dict[tuple[int, str, int], _LookUp] = {}
"""By the number of the process, too: a forked child has none of the threads of its parent."""


async def look_up(host: str, port: int) -> list[SocketAddress]:
    """Returns the addresses in the order in which to try them; raises OSError, also for no name.

    Raises RuntimeError if no thread can be started.
    """
    literal = _literal(host, port)
    if literal is not None:
        return [literal]
    key = (os.getpid(), host, port)
    under_way = _under_way.get(key)
    if under_way is None:
        if len(_under_way) >= LOOK_UPS_AT_ONCE:
            raise OSError(f"{host!a} is not looked up: {LOOK_UPS_AT_ONCE} other names are")
        under_way = _LookUp(host, port)
        thread = threading.Thread(target=under_way.run, name=f"look up {host!a}", daemon=True)
        # Before the start, because a quick thread removes the entry before the start returns.
        _under_way[key] = under_way
        try:
            thread.start()
        except BaseException:
            del _under_way[key]
            raise
    await under_way.over()
    if under_way.error is not None:
        raise OSError(f"{host!a} names no host: {under_way.error}") from under_way.error
    return under_way.found


def resolve(host: str, port: int) -> Iterable[SocketAddress]:
    """Returns the same, and blocks; raises what the resolver raises."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return interleave([SocketAddress(each[0], each[4]) for each in found])


def interleave(addresses: list[SocketAddress]) -> list[SocketAddress]:
    """Returns the addresses so that the families take turns; the first stays the first.

    If one family leads nowhere, the second attempt is one of the other family.
    """
    families: dict[int, list[SocketAddress]] = {}
    for each in dict.fromkeys(addresses):
        families.setdefault(each.family, []).append(each)
    rounds = itertools.zip_longest(*families.values())
    return [each for turn in rounds for each in turn if each is not None]


def _literal(host: str, port: int) -> SocketAddress | None:
    # A scope ("%eth0") needs the resolver, which does not ask a name server for it.
    for family, rest in ((socket.AF_INET, ()), (socket.AF_INET6, (0, 0))):
        with contextlib.suppress(OSError, ValueError):
            socket.inet_pton(family, host)
            return SocketAddress(family, (host, port, *rest))
    return None


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
