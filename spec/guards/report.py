"""How the guard table is shown: in a terminal, and in the documentation."""

from collections.abc import Iterable

from rich.table import Table as Grid

from spec.check import CheckedModel
from spec.guards.table import Row
from spec.report import grid, mark, markdown, verdict_text


def guard_grid(rows: Iterable[Row], results: Iterable[CheckedModel]) -> Grid:
    """The guards, a line each, with what TLC found without them."""
    headings = ("", "name", "action", "without", "finds", "model", "states", "seconds")
    return grid(
        headings,
        (
            (
                mark(result.passed),
                result.model.name,
                row.guard.definition,
                row.guard.text,
                f"nothing: {row.because}"
                if result.passed and row.because
                else verdict_text(result),
                row.model.name,
                f"{result.outcome.distinct or 0:,}",
                f"{result.seconds:.1f}",
            )
            for row, result in zip(rows, results, strict=True)
        ),
    )


def guard_markdown(rows: Iterable[Row]) -> str:
    """The pinned table as the documentation shows it."""
    return markdown(
        ("action", "without", "TLC finds", "in model"),
        (
            (
                row.guard.definition,
                f"`{row.guard.text.replace('|', chr(92) + '|')}`",
                f"`{row.violates}`" if row.violates else f"nothing: {row.because}",
                row.model.name,
            )
            for row in rows
        ),
    )
