"""Two nodes, one of which is dialled by a name with two addresses; the first leads nowhere."""

import asyncio
import socket

import runtime
from tests.runtime.namespaces import replace_file, shell
from tests.runtime.support import COOKIE, until


async def main() -> None:
    """Prints the addresses, and that the nodes have connected."""
    found = socket.getaddrinfo("peer.internal", 7001, type=socket.SOCK_STREAM)
    addresses = ", then ".join(str(each[4][0]) for each in found)
    async with (
        await runtime.Node.start("a@127.0.0.1:7001", cookie=COOKIE) as _,
        await runtime.Node.start(
            "b@127.0.0.1:0", cookie=COOKIE, routes={"a": "peer.internal:7001"}
        ) as b,
    ):
        b.connect("a")
        await until(b.nodes)
        print(f"{addresses}: connected")  # noqa: T201


if __name__ == "__main__":
    shell("ip link set lo up && ip link add near type veth peer name far")
    shell("ip link set near up && ip link set far up && ip addr add 2001:db8::2/64 dev near nodad")
    # No host has that link address, so what is sent there is lost without a word.
    shell("ip neigh add 2001:db8::1 dev near lladdr 02:00:00:00:00:01 nud permanent")
    replace_file("/etc/hosts", "2001:db8::1 peer.internal\n127.0.0.1 peer.internal localhost\n")
    asyncio.run(main())
