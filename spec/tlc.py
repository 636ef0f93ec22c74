"""Runs TLC once: a module and a configuration in, an outcome out.

Knows how TLC wants to be called, not what the model should show. The idea: every run has a folder
of its own that goes with it, and no run outlives the runner or its time limit.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from spec.messages import Message, Reader
from spec.outcome import Outcome, Progress, Verdict, outcome_of, progress_of
from spec.tools import Tools

Watcher = Callable[[Progress], None]

# One line may hold a whole state.
_LONGEST_LINE = 16 * 1024 * 1024
# Minutes between reports of coverage; the one that counts comes at the end anyway.
_COVERAGE_INTERVAL = "100000"
# Half a second of the second and a half that a tiny model takes is the optimising compiler's.
_SMALL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LARGE = ("-XX:+UseParallelGC",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What to check and how; the limit is in seconds, `dump` a file for the whole labelled graph.

    More than one worker finds counterexamples that are not the shortest and differ every time.
    """

    module: Path
    configuration: str
    workers: int = 1
    coverage: bool = False
    small: bool = False
    limit: float
    dump: Path | None = None


async def check(run: Run, tools: Tools, watch: Watcher = lambda progress: None) -> Outcome:
    """Runs TLC to its end or its time limit, passing progress on, and says what came of it."""
    with tempfile.TemporaryDirectory(prefix="tlc-") as folder:
        command = _command(run, tools, Path(folder))
        messages: list[Message] = []
        async with _process(command, run.module.parent) as process:
            try:
                async with asyncio.timeout(run.limit):
                    await _collect(process, messages, watch)
                    exit_code = await process.wait()
            except TimeoutError:
                return Outcome(verdict=Verdict.TIMEOUT, complaint=f"not done after {run.limit:g} s")
    return outcome_of(messages, exit_code)


def _command(run: Run, tools: Tools, folder: Path) -> list[str]:
    # TLC names its scratch folder by the second and unpacks its modules into the temporary folder:
    # two runs that share either kill each other.
    temporary, scratch = folder / "tmp", folder / "states"
    temporary.mkdir()
    configuration = folder / f"{run.module.stem}.cfg"
    configuration.write_text(run.configuration)
    return [
        str(tools.java),
        *(_SMALL if run.small else _LARGE),
        f"-Djava.io.tmpdir={temporary}",
        *("-cp", str(tools.jar), "tlc2.TLC", "-tool", "-deadlock"),
        *("-workers", str(run.workers)),
        *(("-coverage", _COVERAGE_INTERVAL) if run.coverage else ()),
        *(("-dump", "dot,actionlabels", str(run.dump)) if run.dump else ()),
        *("-metadir", str(scratch), "-config", str(configuration)),
        run.module.name,
    ]


@asynccontextmanager
async def _process(command: list[str], folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The running command; killed, if it has not ended, when the block is left in whatever way."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LONGEST_LINE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _collect(
    process: asyncio.subprocess.Process, messages: list[Message], watch: Watcher
) -> None:
    assert process.stdout is not None
    reader = Reader()
    async for line in process.stdout:
        for message in reader.feed(line.decode(errors="replace")):
            messages.append(message)
            progress = progress_of(message)
            if progress:
                watch(progress)
    messages += reader.end()
