"""The commands of `python -m spec`.

Leaves the work to the other modules. The exit code is 0 if every verdict was the expected one, 1 if
one was not, and 2 if the command was wrong or could not be run.
"""

import asyncio
import signal
import tempfile
import time
from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from spec import check as checking
from spec import export as exporting
from spec import models, report, tlc, tools
from spec.counterexample.diagram import mermaid_lines
from spec.counterexample.narration import lines_of
from spec.counterexample.page import page_of
from spec.counterexample.story import Story
from spec.definitions import definition_of
from spec.expectations import violated_claim
from spec.guards import report as guard_report
from spec.guards import table as guard_table
from spec.guards import trial
from spec.outcome import Verdict
from spec.proof import prove as proving
from spec.proof import report as proof_report
from spec.recording.reading import Unreadable, read
from spec.recording.verdict import CheckFailed, judge
from spec.trace import trace_of

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)

Value = TypeVar("Value")
ModelsPath = Annotated[Path, typer.Option("--models", help="The file that pins the models.")]
Workers = Annotated[int, typer.Option(min=1, help="How many TLC workers run at a time.")]
Markdown = Annotated[bool, typer.Option(help="The table as the documentation shows it.")]


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...")] = None,
    tier: Annotated[models.Tier, typer.Option(help="Includes the ones before it.")] = (
        models.Tier.QUICK
    ),
    workers: Workers = 2,
    markdown: Markdown = False,
    path: ModelsPath = models.DEFAULT_PATH,
) -> None:
    """Check the models, or the tier's; exit with 0 only if every verdict is the expected one."""
    console = _console(stderr=markdown)
    chosen = models.select(models.load(path), names or [], tier)
    results = _checked(chosen, console, workers)
    if markdown:
        typer.echo(report.results_markdown(results), nl=False)
    else:
        console.print(report.result_table(results))
    _exit(results)


@app.command("list")
def list_models(path: ModelsPath = models.DEFAULT_PATH) -> None:
    """List the models and what each is expected to show."""
    _console().print(report.model_table(models.load(path)))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="MODEL")],
    html: Annotated[Path | None, typer.Option(help="Also write an HTML page.")] = None,
    mermaid: Annotated[bool, typer.Option(help="A sequence diagram instead of prose.")] = False,
    path: ModelsPath = models.DEFAULT_PATH,
) -> None:
    """Tell the counterexample of a model step by step: the shortest one, the same every time."""
    [model] = models.select(models.load(path), [name], models.Tier.DEEP)
    outcome = _run(tlc.check(checking.run_of(model), _find_tools(_console(stderr=True))))
    if outcome.verdict is not Verdict.VIOLATED:
        typer.echo(f"{name}: {outcome.verdict}: {outcome.complaint or _nothing_to_tell(model)}")
        raise typer.Exit(1)
    claim = violated_claim(model, outcome) or "a temporal property"
    story = Story(
        model=name,
        claim=claim,
        trace=trace_of(outcome.steps),
        shows=model.shows,
        definition=definition_of(model.module, claim),
    )
    typer.echo("\n".join(mermaid_lines(story) if mermaid else lines_of(story)))
    if html:
        html.write_text(page_of(story))


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="MODEL")],
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    path: ModelsPath = models.DEFAULT_PATH,
) -> None:
    """Write a model for plain TLC, the Toolbox or an editor; `guard-12` is row 12 of the guard table."""
    known = models.load(path)
    with tempfile.TemporaryDirectory(prefix="guards-") as scratch:
        if name.startswith("guard-"):
            trials = trial.trials(guard_table.load(models.load()), Path(scratch))
            known = {model.name: model for model in trials}
        [model] = models.select(known, [name], models.Tier.DEEP)
        typer.echo(f"wrote {exporting.export(model, folder)}")


@app.command()
def guards(
    workers: Workers = 2,
    markdown: Annotated[bool, typer.Option(help="Only print the pinned table.")] = False,
) -> None:
    """Remove each guard in turn; exit with 0 only if TLC finds what is pinned for each."""
    table = guard_table.load(models.load())
    if markdown:
        typer.echo(guard_report.guard_markdown(table.rows), nl=False)
        return
    console = _console()
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        results = _checked(list(trial.trials(table, Path(folder))), console, workers)
    console.print(guard_report.guard_grid(table.rows, results))
    _exit(results)


@app.command()
def prove(
    workers: Workers = 2,
    thorough: Annotated[
        bool, typer.Option(help="Also compare with TLC's larger graphs: a few minutes more.")
    ] = False,
) -> None:
    """Prove the claims for any number of members; exit with 0 only if every verdict is the expected one."""
    console = _console()
    _find_tools(console)
    start = time.monotonic()
    asked = proving.places(thorough=thorough)
    decided = list(track(proving.findings(asked, workers), "proving", len(asked), console=console))
    console.print(proof_report.part_table(decided))
    console.print(proof_report.summary(decided, time.monotonic() - start))
    _exit(decided)


@app.command()
def trace(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Or a folder of them.")],
) -> None:
    """Check that a recorded run is a behaviour of Election; else name the first line that cannot be."""
    recording = read(files)
    finding = _run(judge(recording, _find_tools(_console(stderr=True))))
    if finding.blame is not None:
        typer.echo(f"rejected: {finding.blame.source} cannot be: {finding.blame.why}")
        raise typer.Exit(1)
    clock = "one clock" if recording.one_clock else "their own clocks"
    typer.echo(
        f"accepted: {finding.moves} steps of {finding.members} members, by {clock}, "
        "are a behaviour of Election"
    )


@app.command()
def fetch(
    url: Annotated[
        str, typer.Option(envvar="TLA2TOOLS_URL", help="A mirror; the digest stays the same.")
    ] = tools.OFFICIAL.url,
) -> None:
    """Download the official release of the TLA+ tools once, for all later checks."""
    destination = tools.cache_path()
    tools.fetch(tools.Release(url=url, sha256=tools.OFFICIAL.sha256), destination)
    typer.echo(f"fetched {destination}")


_ERRORS = (
    models.InvalidModels,
    guard_table.InvalidGuards,
    tools.ToolsMissing,
    Unreadable,
    CheckFailed,
)


def main() -> None:
    """Runs the command line; a wrong command ends with one sentence, not with a traceback."""
    try:
        app()
    except _ERRORS as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(2) from None


def _nothing_to_tell(model: models.Model) -> str:
    match model.expected:
        case models.Holds(twin=twin):
            return f"there is no counterexample; its red twin is {twin}"
        case models.Violates(claim=claim):
            return f"there is no counterexample to {claim}"


def _console(*, stderr: bool = False) -> Console:
    """A console; a log has no window to widen, so its lines are long enough for a table."""
    console = Console(stderr=stderr)
    if not console.is_terminal:
        console.width = 160
    return console


def _checked(
    chosen: Sequence[models.Model], console: Console, workers: int
) -> list[checking.CheckedModel]:
    found = _find_tools(console)
    return _run(checking.check(chosen, found, report.Reporter(console), workers=workers))


def _exit(results: Iterable[checking.CheckedModel | proving.Finding]) -> None:
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _find_tools(console: Console) -> tools.Tools:
    found = tools.find()
    for note in found.notes:
        console.print(note, markup=False)
    return found


def _run(work: Coroutine[None, None, Value]) -> Value:
    """Runs the work to its end; an interrupt or a termination signal cancels it and ends TLC."""

    async def guarded() -> Value:
        task = asyncio.create_task(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None
