"""Connects a socket to the first of several addresses that answers ("happy eyeballs", RFC 8305).

Leaves names to `look_up`. An address that leads nowhere, such as that of a network without a route,
costs a fraction of a second: the next address is tried meanwhile.
"""

import asyncio
import contextlib
import socket

from runtime.network.look_up import SocketAddress
from runtime.network.race import Race

STAGGER_SECONDS = 0.2
"""How long after an attempt the next address is tried, unless that attempt has failed before."""


async def connect(addresses: list[SocketAddress]) -> socket.socket:
    """Returns a connected socket that does not block; raises OSError if no address answers."""
    async with Race[socket.socket](lambda raw: raw.close()) as race:
        for address in addresses:
            race.begin(_attempt(address))
            connected = await race.winner(STAGGER_SECONDS, stop_at_failure=True)
            if connected is not None:
                return connected
        while race.is_running:
            connected = await race.winner(STAGGER_SECONDS)
            if connected is not None:
                return connected
        raise race.error


async def _attempt(address: SocketAddress) -> socket.socket:
    raw = socket.socket(address.family, socket.SOCK_STREAM)
    with contextlib.ExitStack() as unless_connected:
        unless_connected.callback(raw.close)
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, address.address)
        unless_connected.pop_all()
    return raw
