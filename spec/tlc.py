"""Runs TLC once on a module and a configuration, and returns the outcome.

Leaves what the model should show to others. Each run has a temporary folder of its own, and a run
never lasts longer than this program or its time limit.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from spec.outcome import Outcome, Progress, Verdict, outcome_of, progress_of
from spec.tlc_messages import MessageReader, TlcMessage
from spec.tools import Tools

Watcher = Callable[[Progress], None]

# One line may contain a whole state.
_LONGEST_LINE = 16 * 1024 * 1024
# Minutes between reports of coverage: only the last one counts, and TLC prints it when it ends.
_COVERAGE_INTERVAL = "100000"
# A tiny model takes a second and a half, of which the optimising compiler takes half a second.
_SMALL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LARGE = ("-XX:+UseParallelGC",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What to check and how; `limit` is in seconds, `dump` is a file for the whole labelled graph.

    With more than one worker, a counterexample may be longer than necessary and another every time.
    """

    module: Path
    configuration: str
    workers: int = 1
    coverage: bool = False
    small: bool = False
    limit: float
    dump: Path | None = None


async def check(run: Run, tools: Tools, watch: Watcher = lambda progress: None) -> Outcome:
    """Runs TLC to its end or its time limit; `watch` is called with each progress report."""
    with tempfile.TemporaryDirectory(prefix="tlc-") as folder:
        command = _command(run, tools, Path(folder))
        messages: list[TlcMessage] = []
        async with _process(command, run.module.parent) as process:
            try:
                async with asyncio.timeout(run.limit):
                    await _collect(process, messages, watch)
                    exit_code = await process.wait()
            except TimeoutError:
                return Outcome(verdict=Verdict.TIMEOUT, complaint=f"not done after {run.limit:g} s")
    return outcome_of(messages, exit_code)


def _command(run: Run, tools: Tools, folder: Path) -> list[str]:
    # TLC names its scratch folder by the second, and unpacks its modules into the temporary folder:
    # of two runs that share one of these, one fails.
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
    """The running command; if it has not ended when the block is left, it is killed."""
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
    process: asyncio.subprocess.Process, messages: list[TlcMessage], watch: Watcher
) -> None:
    assert process.stdout is not None
    reader = MessageReader()
    async for line in process.stdout:
        for message in reader.feed([line.decode(errors="replace")]):
            messages.append(message)
            if progress := progress_of(message):
                watch(progress)
    messages += reader.end()
