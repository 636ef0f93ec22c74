"""How the proof's findings look."""

import io

from rich.console import Console

from spec.proof.prove import Finding, Kind
from spec.proof.report import part_table, summary

FINDINGS = [
    Finding(kind=Kind.OBLIGATION, part="Tick", name="one", verdict="proved", seconds=0.25),
    Finding(kind=Kind.OBLIGATION, part="Tick", name="two", verdict="unknown", seconds=1.0),
    Finding(kind=Kind.CONTROL, part="Tick", name="three", verdict="refuted", seconds=0.5),
]


def test_part_table_has_a_row_for_a_part_and_for_each_failure_in_it() -> None:
    """With a mark that needs no colour, the slowest and all seconds."""
    console = Console(file=io.StringIO(), width=160, force_terminal=False)
    console.print(part_table(FINDINGS))
    assert isinstance(console.file, io.StringIO)
    assert [line.split() for line in console.file.getvalue().splitlines()[1:]] == [
        ["✗", "obligation", "Tick", "proved:", "1", "2", "1.00", "1.25"],
        ["✗", "two", "unknown"],
        ["✓", "control", "Tick", "refuted:", "1", "1", "0.50", "0.50"],
    ]


def test_summary_counts_each_kind() -> None:
    """Also a kind of which there are no findings."""
    assert summary(FINDINGS, 61.4) == (
        "1 of 2 obligations proved, 1 of 1 controls refuted, 0 of 0 comparisons equal; 61 s"
    )
