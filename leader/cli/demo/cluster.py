"""The processes of the demonstration, seen from outside: starts them, sends signals, reads their reports.

A process that is started again listens at another address, so the others are told the new one.
"""

import asyncio
import secrets
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import msgspec

from leader.cli.demo.reports import Command, Listening, Report, Routes, Setup

START_SECONDS = 30.0
"""How long a process may take to start, on a machine that is busy."""

Hear = Callable[[str, Report], None]


class Cluster:
    """``names`` as processes that take part in one election; ``hear`` is called with each report."""

    def __init__(
        self,
        names: list[str],
        record_folder: str | None,
        trust_disconnect: bool,
        hear: Hear,
        trace_folder: str | None = None,
    ) -> None:
        self._names = names
        self._record_folder = record_folder
        self._trust_disconnect = trust_disconnect
        self._hear = hear
        self._trace_folder = trace_folder
        self._cookie = secrets.token_hex(16)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._addresses: dict[str, asyncio.Future[str]] = {}

    async def start(self, *names: str) -> None:
        """Start these members, and tell all processes where each one listens."""
        await asyncio.gather(*(self._launch(name) for name in names))
        async with asyncio.timeout(START_SECONDS):
            found = {name: await self._addresses[name] for name in self._processes}
        for name in self._processes:
            self._tell(name, Routes({other: found[other] for other in found if other != name}))

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a member's process."""
        self._processes[name].send_signal(number)

    async def gone(self, name: str) -> None:
        """Wait until a member's process has ended and its last report was heard."""
        await self._processes.pop(name).wait()
        await self._readers.pop(name)

    async def end(self) -> None:
        """Kill the processes that still run."""
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.kill()
        for name in list(self._processes):
            await self.gone(name)

    async def _launch(self, name: str) -> None:
        self._addresses[name] = asyncio.get_running_loop().create_future()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "leader.cli.demo.member",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._processes[name] = process
        self._readers[name] = asyncio.create_task(self._read(name, process))
        setup = Setup(
            name=name,
            members=self._names,
            cookie=self._cookie,
            record_folder=self._record_folder,
            trust_disconnect=self._trust_disconnect,
            trace_folder=self._trace_folder,
        )
        self._tell(name, setup)

    def _tell(self, name: str, command: Command) -> None:
        pipe = self._processes[name].stdin
        if pipe is not None:
            pipe.write(msgspec.json.encode(command) + b"\n")

    async def _read(self, name: str, process: asyncio.subprocess.Process) -> None:
        pipe, decoder, address = process.stdout, msgspec.json.Decoder(Report), self._addresses[name]
        while pipe is not None and (line := await pipe.readline()):
            # A process that was killed in the middle of a line leaves a report that cannot be decoded.
            with suppress(msgspec.DecodeError):
                report = decoder.decode(line)
                if isinstance(report, Listening):
                    address.set_result(report.address)
                else:
                    self._hear(name, report)
        if not address.done():
            address.set_exception(RuntimeError(f"the process of {name} ended before it listened"))
