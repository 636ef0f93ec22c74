"""A program that looks names up while no name server answers, and ends at once all the same."""

import asyncio
import socket
import threading

from runtime.network.look_up import look_up
from tests.runtime.namespaces import replace_file, shell

NAMES = ("one.example.internal", "other.example.internal")


async def main() -> None:
    """Prints how many threads look names up, and how many jobs the loop's own pool has done."""
    waiting = [asyncio.create_task(look_up(name, 7001)) for name in NAMES * 50]
    await asyncio.sleep(0.1)
    for task in waiting[:50]:
        task.cancel()
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(None, int) for _ in range(50)]
    done, _ = await asyncio.wait(jobs, timeout=5)
    names = [thread.name for thread in threading.enumerate()]
    print(sum(name.startswith("look up") for name in names), len(done))  # noqa: T201


if __name__ == "__main__":
    shell("ip link set lo up")
    replace_file("/etc/resolv.conf", "nameserver 127.0.0.11\noptions timeout:30 attempts:5\n")
    # It stays open until the process has ended: otherwise the resolver would be told that nobody is there.
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.11", 53))
    asyncio.run(main())
