"""How the proof's findings look."""

import io
import json

from rich.console import Console
from rich.table import Table

from spec.proof.prove import Finding, Kind
from spec.proof.report import finding_table, findings_json, part_table, summary

FINDINGS = [
    Finding(kind=Kind.OBLIGATION, part="Tick", name="one", verdict="proved", seconds=0.25),
    Finding(kind=Kind.OBLIGATION, part="Tick", name="two", verdict="unknown", seconds=1.0),
    Finding(kind=Kind.CONTROL, part="Tick", name="three", verdict="refuted", seconds=0.5),
]


def rows_of(table: Table) -> list[list[str]]:
    console = Console(file=io.StringIO(), width=160, force_terminal=False)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return [line.split() for line in console.file.getvalue().splitlines()[1:]]


def test_a_part_is_a_row_and_what_failed_in_it_another() -> None:
    """With a mark that needs no colour, and the slowest and all seconds."""
    assert rows_of(part_table(FINDINGS)) == [
        ["✗", "obligation", "Tick", "proved:", "1", "2", "1.00", "1.25"],
        ["✗", "two", "unknown"],
        ["✓", "control", "Tick", "refuted:", "1", "1", "0.50", "0.50"],
    ]


def test_every_finding_may_have_a_row() -> None:
    """By its name, with its own verdict and seconds."""
    assert rows_of(finding_table(FINDINGS[1:])) == [
        ["✗", "obligation", "Tick", "two", "unknown", "1.00"],
        ["✓", "control", "Tick", "three", "refuted", "0.50"],
    ]


def test_the_summary_counts_each_kind() -> None:
    """Also one of which nothing was asked."""
    assert summary(FINDINGS, 61.4) == (
        "1 of 2 obligations proved, 1 of 1 controls refuted, 0 of 0 comparisons equal; 61 s"
    )


def test_json_carries_everything() -> None:
    """For programs: also what was expected."""
    assert json.loads(findings_json(FINDINGS))[1] == {
        "kind": "obligation",
        "part": "Tick",
        "name": "two",
        "passed": False,
        "verdict": "unknown",
        "expected": "proved",
        "seconds": 1.0,
    }
