"""How a check looks: live lines on a terminal, plain ones elsewhere, a table or JSON at the end.

Knows results, not how they came about.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from textwrap import indent

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from spec.check import Result
from spec.judge import unreached, untaken, violated_claim
from spec.models import Holds, Model
from spec.outcome import Progress


class Reporter:
    """Tells a console how the check goes: one rewritten line a model, or lines for a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[str, _Running] = {}

    def live(self) -> AbstractContextManager[object]:
        """While this is entered, a terminal shows the running models."""
        if not self._console.is_terminal:
            return nullcontext()
        return Live(self, console=self._console, refresh_per_second=4, transient=True)

    def __rich__(self) -> Text:
        """The running models, a line each."""
        return Text("\n".join(running.text() for running in self._running.values()))

    def started(self, model: Model) -> None:
        """A line for the model appears on a terminal."""
        self._running[model.name] = _Running(model=model, start=time.monotonic())

    def progressed(self, model: Model, progress: Progress) -> None:
        """The line has new counts; a log gets a line for each, about one a minute."""
        running = replace(self._running[model.name], progress=progress)
        self._running[model.name] = running
        if not self._console.is_terminal and progress.queued:
            self._console.print(Text(running.text()), soft_wrap=True)

    def finished(self, result: Result) -> None:
        """The line gives way to the verdict."""
        del self._running[result.model.name]
        mark, style = mark_of(result)
        line = f"{mark} {result.model.name}: {verdict_text(result)}, {result.seconds:.1f} s"
        self._console.print(Text(line, style=style), soft_wrap=True)
        for problem in result.problems:
            self._console.print(Text(indent(problem, "    ")), soft_wrap=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    model: Model
    start: float
    progress: Progress | None = None

    def text(self) -> str:
        seconds = time.monotonic() - self.start
        head = f"· {self.model.name}: {seconds:.0f} s"
        if self.progress is None:
            return head
        found = self.progress
        rate = found.distinct / max(seconds, 1)
        expected = self.model.expected
        of = f" of {expected.states:,}" if isinstance(expected, Holds) and expected.states else ""
        counts = f"{found.distinct:,}{of} states, {found.queued:,} queued, depth {found.depth}"
        return f"{head}, {counts}, {rate:,.0f} states/s"


def result_table(results: Sequence[Result]) -> Table:
    """The results, a row each, the expected verdict beside the one found."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "model", "tier", "verdict", "expected"):
        table.add_column(heading, no_wrap=True)
    for heading in ("states", "depth", "seconds"):
        table.add_column(heading, justify="right")
    for result in results:
        mark, style = mark_of(result)
        table.add_row(
            Text(mark, style=style),
            Text(result.model.name),
            Text(result.model.tier),
            Text(verdict_text(result)),
            Text(expected_text(result.model)),
            _count_text(result.outcome.distinct),
            _count_text(result.outcome.depth),
            f"{result.seconds:.1f}",
        )
    return table


def model_table(models: Mapping[str, Model]) -> Table:
    """The models, a row each, with what they are expected to show."""
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "tier", "expected", "twin", "shows"):
        table.add_column(heading, no_wrap=heading == "model")
    for model in models.values():
        twin = model.expected.twin if isinstance(model.expected, Holds) else ""
        row = (model.name, model.tier, expected_text(model), twin, model.shows)
        table.add_row(*(Text(cell) for cell in row))
    return table


def results_markdown(results: Sequence[Result]) -> str:
    """The results as the documentation shows them: bounds, counts, seconds, what each shows."""
    head = (
        "| model | tier | differs in | verdict | states | depth | seconds | what it shows |\n"
        "| --- | --- | --- | --- | ---: | ---: | ---: | --- |\n"
    )
    return head + "".join(f"{markdown_row(result)}\n" for result in results)


def markdown_row(result: Result) -> str:
    """One line of that table; all of it but the seconds is the same for every run that passes."""
    model, outcome = result.model, result.outcome
    cells = (
        model.name,
        model.tier,
        f"`{model.bounds}`" if model.bounds else "",
        verdict_text(result),
        _count_text(outcome.distinct),
        _count_text(outcome.depth),
        f"{result.seconds:.0f}",
        model.shows,
    )
    return f"| {' | '.join(cells)} |"


def results_json(results: Sequence[Result]) -> str:
    """The results as a JSON list."""
    return json.dumps([_record(result) for result in results], indent=2)


def expected_text(model: Model) -> str:
    """What the model is expected to show, in a few words."""
    if isinstance(model.expected, Holds):
        return "holds"
    return f"violates {model.expected.claim}"


def _record(result: Result) -> dict[str, object]:
    outcome = result.outcome
    return {
        "model": result.model.name,
        "tier": result.model.tier,
        "passed": result.passed,
        "verdict": outcome.verdict,
        "violated": violated_claim(result.model, outcome),
        "expected": expected_text(result.model),
        "states": outcome.distinct,
        "generated": outcome.generated,
        "depth": outcome.depth,
        "seconds": round(result.seconds, 3),
        "untaken": sorted(untaken(outcome)),
        "unreached": sorted(unreached(result.model, outcome)),
        "problems": list(result.problems),
    }


def verdict_text(result: Result) -> str:
    """What came of the model, in a few words."""
    claim = violated_claim(result.model, result.outcome)
    return f"violates {claim}" if claim else result.outcome.verdict.value


def mark_of(result: Result) -> tuple[str, str]:
    """Whether the model passed, as a sign and its style."""
    return ("✓", "green") if result.passed else ("✗", "bold red")


def _count_text(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
