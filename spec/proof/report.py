"""How the proof's findings look: a table with a row for each part, and a summary.

Knows findings, not how they came about.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from spec.proof.prove import EXPECTED, Finding
from spec.report import grid, mark


def part_table(findings: Sequence[Finding]) -> Table:
    """A row for each part, followed by a row for each of its findings that is not as expected."""
    return grid(("", "kind", "part", "verdict", "of", "slowest", "seconds"), _rows(findings))


def _rows(findings: Sequence[Finding]) -> Iterator[tuple[str | Text, ...]]:
    for (kind, part), group in groupby(findings, key=lambda finding: (finding.kind, finding.part)):
        members = list(group)
        failed = [finding for finding in members if not finding.passed]
        seconds = [finding.seconds for finding in members]
        verdict = f"{EXPECTED[kind]}: {len(members) - len(failed)}"
        times = f"{max(seconds):.2f}", f"{sum(seconds):.2f}"
        yield mark(not failed), kind, part, verdict, str(len(members)), *times
        for finding in failed:
            yield mark(False), "", f"  {finding.name}", finding.verdict


def summary(findings: Sequence[Finding], seconds: float) -> str:
    """How many findings of each kind are as expected, in one line."""
    counts = []
    for kind, verdict in EXPECTED.items():
        passed = [finding.passed for finding in findings if finding.kind is kind]
        counts.append(f"{sum(passed)} of {len(passed)} {kind}s {verdict}")
    return f"{', '.join(counts)}; {seconds:.0f} s"
