"""The floor of this machine: a round trip between two processes, and noticing that one of them died.

Measured with bare asyncio streams over loopback. A library built on processes and TCP cannot be
faster.
"""

import asyncio
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

ROUND_TRIPS = 200
DEATHS = 7


@dataclass(frozen=True, slots=True)
class Floor:
    """Medians, in milliseconds."""

    round_trip: float
    death_noticed: float


async def echo() -> None:
    """Listens on a free port, prints it, and sends back the bytes that arrive."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                writer.write(await reader.readexactly(8))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


async def measure() -> Floor:
    """Measures both with several processes, each of which is started, used and killed."""
    trips: list[float] = []
    deaths: list[float] = []
    for _ in range(DEATHS):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.floor", stdout=asyncio.subprocess.PIPE
        )
        if process.stdout is None:
            raise RuntimeError("a process that was started with a pipe has no pipe")
        port = int(await process.stdout.readline())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(ROUND_TRIPS):
            since = time.perf_counter()
            writer.write(b"12345678")
            await reader.readexactly(8)
            trips.append(time.perf_counter() - since)
        since = time.perf_counter()
        process.kill()
        with suppress(ConnectionError):
            await reader.read(1)
        deaths.append(time.perf_counter() - since)
        writer.close()
        await process.wait()
    return Floor(1_000 * statistics.median(trips), 1_000 * statistics.median(deaths))


if __name__ == "__main__":
    asyncio.run(echo())
