"""A node in a process of its own, for a test to kill: `killable.py ADDRESS COOKIE`."""

import asyncio
import sys

import runtime


async def main(address: str, cookie: str) -> None:
    """Connects with node a and stays."""
    node = await runtime.Node.start("killable@127.0.0.1:0", cookie=cookie, routes={"a": address})
    node.connect("a")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
