"""The examples as a user runs them: a process for each member over loopback, and commands beside them."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
NAMES = ("n1", "n2", "n3")
PATIENCE_SECONDS = 120
"""A limit that only a test that hangs reaches, on a busy machine, too."""
LEADS = re.compile(r"^(\w+)  leads, token (\d+)$")


class ExampleProcesses:
    """The members of one example, and every line that they print."""

    def __init__(self, module: str, folder: Path, ports: list[int], *options: str) -> None:
        self.lines: list[str] = []
        self._module = module
        self._folder = folder
        self._options = options
        pairs = zip(NAMES, ports, strict=True)
        self._cluster = ",".join(f"{name}=127.0.0.1:{port}" for name, port in pairs)
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()

    async def start(self, *names: str) -> None:
        """Start these members."""
        for name in names:
            folder = ("--folder", str(self._folder))
            await self.start_also(name, "member", name, *folder, *self._options)

    async def start_also(self, name: str, *arguments: str) -> None:
        """Start another command that runs until it is killed."""
        process = self._running[name] = await self._python(*arguments, *self._where())
        self._readers[name] = asyncio.create_task(self._read(process))

    async def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int | None:
        """Signal a member and wait for its end and for its last line; returns its exit code."""
        process = self._running.pop(name)
        process.send_signal(number)
        await process.wait()
        await self._readers.pop(name)
        return process.returncode

    async def end(self) -> None:
        """Kill what still runs."""
        for name in list(self._running):
            with suppress(ProcessLookupError):
                await self.kill(name)

    async def command(self, *arguments: str, asks: bool = True, may_fail: bool = False) -> str:
        """What another command of the example prints; AssertionError if it fails and must not."""
        process = await self._python(*arguments, *(self._where() if asks else ()))
        async with asyncio.timeout(PATIENCE_SECONDS):
            printed, _ = await process.communicate()
        if process.returncode != 0 and not may_fail:
            raise AssertionError(f"{arguments} exits with {process.returncode}")
        return printed.decode().strip()

    async def until(self, happened: Callable[[], Any]) -> Any:
        """Wait until ``happened`` finds something in the lines; returns what it found."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := happened()):
                self._news.clear()
                await self._news.wait()
        return found

    def leaders(self) -> list[str]:
        """The members that were elected, in the order of their tokens.

        The lines of two members may be read in another order than they were printed in.
        """
        matches = [match for line in self.lines if (match := LEADS.match(line))]
        return [match[1] for match in sorted(matches, key=lambda match: int(match[2]))]

    async def leader(self, *, besides: str | None = None) -> str:
        """The newest leader, as soon as it is not ``besides``."""
        await self.until(lambda: self.leaders() and self.leaders()[-1] != besides)
        return self.leaders()[-1]

    async def _python(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._module, *arguments),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        while process.stdout is not None and (line := await process.stdout.readline()):
            self.lines.append(line.decode().rstrip())
            self._news.set()

    def _where(self) -> tuple[str, str]:
        return ("--cluster", self._cluster)


def in_processes(
    module: str,
    folder: Path,
    test: Callable[[ExampleProcesses], Coroutine[Any, Any, None]],
    *options: str,
) -> None:
    """Run a test with three members started; none is left behind."""

    async def main() -> None:
        with ExitStack() as stack:
            ports = [_reserved(stack) for _ in NAMES]
            processes = ExampleProcesses(module, folder, ports, *options)
            try:
                await processes.start(*NAMES)
                await test(processes)
            finally:
                await processes.end()

    asyncio.run(main())


def _reserved(stack: ExitStack) -> int:
    """A free port that no other process gets meanwhile: it is bound here, and not listened on."""
    taken = stack.enter_context(socket.socket())
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind(("127.0.0.1", 0))
    port: int = taken.getsockname()[1]
    return port
