"""How a check is shown: progress lines while it runs, a table or Markdown at the end.

Leaves running the models to `check`.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spec.check import CheckedModel, Observer
from spec.expectations import violated_claim
from spec.models import Holds, Model
from spec.outcome import Progress

_RIGHT = ("states", "depth", "of", "slowest", "seconds")


class Reporter(Observer):
    """Prints a check: a line for each report of TLC's progress, and one for each verdict."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._starts: dict[str, float] = {}

    def started(self, model: Model) -> None:
        """Notes the time; nothing is printed yet."""
        self._starts[model.name] = time.monotonic()

    def progressed(self, model: Model, progress: Progress) -> None:
        """Prints the counts, unless TLC is done and the verdict follows."""
        if progress.queued:
            seconds = time.monotonic() - self._starts[model.name]
            self._console.print(Text(_progress_text(model, progress, seconds)), soft_wrap=True)

    def finished(self, result: CheckedModel) -> None:
        """Prints the verdict, and the problems below it."""
        line = f" {result.model.name}: {verdict_text(result)}, {result.seconds:.1f} s"
        self._console.print(mark(result.passed).append(line), soft_wrap=True)
        for problem in result.problems:
            self._console.print(Text(indent(problem, "    ")), soft_wrap=True)


def _progress_text(model: Model, found: Progress, seconds: float) -> str:
    states = model.expected.states if isinstance(model.expected, Holds) else 0
    counts = (
        f"{found.distinct:,}{f' of {states:,}' if states else ''} states, {found.queued:,} queued"
    )
    rate = f"{found.distinct / max(seconds, 1):,.0f} states/s"
    return f"· {model.name}: {seconds:.0f} s, {counts}, depth {found.depth}, {rate}"


def grid(headings: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table for a terminal; its cells are text, not markup."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in _RIGHT else "left")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same for the documentation."""
    rules = ["---:" if heading in _RIGHT else "---" for heading in headings]
    return "".join(f"| {' | '.join(row)} |\n" for row in (headings, rules, *rows))


def result_table(results: Iterable[CheckedModel]) -> Table:
    """The results, a row each, with the expected verdict beside the one found."""
    headings = ("", "model", "tier", "verdict", "expected", "states", "depth", "seconds")
    return grid(headings, (_row(result) for result in results))


def _row(result: CheckedModel) -> tuple[str | Text, ...]:
    model, outcome = result.model, result.outcome
    states, depth = ("" if n is None else f"{n:,}" for n in (outcome.distinct, outcome.depth))
    verdicts = (verdict_text(result), expected_text(model))
    seconds = f"{result.seconds:.1f}"
    return mark(result.passed), model.name, model.tier, *verdicts, states, depth, seconds


def model_table(models: Mapping[str, Model]) -> Table:
    """The models, a row each, with what they are expected to show."""
    return grid(
        ("model", "tier", "expected", "twin", "shows"),
        (
            (
                model.name,
                model.tier,
                expected_text(model),
                model.expected.twin if isinstance(model.expected, Holds) else "",
                model.shows,
            )
            for model in models.values()
        ),
    )


def results_markdown(results: Iterable[CheckedModel]) -> str:
    """The results as the documentation shows them; only the seconds differ from run to run."""
    rows = []
    for result in results:
        _, name, tier, verdict, _, *numbers = map(str, _row(result))
        bounds = f"`{result.model.bounds}`" if result.model.bounds else ""
        rows.append((name, tier, bounds, verdict, *numbers, result.model.shows))
    headings = ("model", "tier", "differs in", "verdict", "states", "depth", "seconds")
    return markdown((*headings, "what it shows"), rows)


def expected_text(model: Model) -> str:
    """What the model is expected to show, in the words of `verdict_text`."""
    match model.expected:
        case Holds():
            return "holds"
        case expected:
            return f"violates {expected.claim}"


def verdict_text(result: CheckedModel) -> str:
    """The verdict, in a few words."""
    claim = violated_claim(result.model, result.outcome)
    return f"violates {claim}" if claim else result.outcome.verdict.value


def mark(passed: bool) -> Text:
    """A sign that needs no colour."""
    return Text("✓", style="green") if passed else Text("✗", style="bold red")
