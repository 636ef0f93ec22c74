"""How the guard table looks: in a terminal, as JSON, and in the documentation.

Knows rows and results, not how they came about.
"""

import json
from collections.abc import Sequence

from rich.table import Table as Grid
from rich.text import Text

from spec.check import Result
from spec.guards.table import Row
from spec.report import mark_of, verdict_text


def guard_grid(rows: Sequence[Row], results: Sequence[Result]) -> Grid:
    """The guards, a line each, with what TLC found without them."""
    grid = Grid(box=None, pad_edge=False)
    for heading in ("", "name", "action", "without", "finds", "model"):
        grid.add_column(heading)
    for heading in ("states", "seconds"):
        grid.add_column(heading, justify="right")
    for row, result in zip(rows, results, strict=True):
        mark, style = mark_of(result)
        grid.add_row(
            Text(mark, style=style),
            Text(result.model.name),
            Text(row.guard.definition),
            Text(row.guard.text),
            Text(_finding(row, result)),
            Text(row.model.name),
            f"{result.outcome.distinct or 0:,}",
            f"{result.seconds:.1f}",
        )
    return grid


def guards_json(rows: Sequence[Row], results: Sequence[Result]) -> str:
    """The same as a JSON list."""
    return json.dumps(
        [
            {
                "action": row.guard.definition,
                "guard": row.guard.text,
                "model": row.model.name,
                "finds": verdict_text(result),
                "expected": row.violates,
                "because": row.because,
                "passed": result.passed,
                "seconds": round(result.seconds, 3),
                "problems": list(result.problems),
            }
            for row, result in zip(rows, results, strict=True)
        ],
        indent=2,
    )


def guard_markdown(rows: Sequence[Row]) -> str:
    """The pinned table as the documentation shows it."""
    head = "| action | without | TLC finds | in model |\n| --- | --- | --- | --- |\n"
    return head + "".join(
        f"| {row.guard.definition} | `{row.guard.text.replace('|', chr(92) + '|')}` "
        f"| {_expectation(row)} | {row.model.name} |\n"
        for row in rows
    )


def _expectation(row: Row) -> str:
    return f"`{row.violates}`" if row.violates else f"nothing: {row.because}"


def _finding(row: Row, result: Result) -> str:
    if result.passed and not row.violates:
        return f"nothing: {row.because}"
    return verdict_text(result)
