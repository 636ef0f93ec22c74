"""How the proof looks: a table, a row for each part or for each question, or JSON.

Knows findings, not how they came about.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from spec.proof.prove import EXPECTED, Finding

_MARKS = {True: ("✓", "green"), False: ("✗", "bold red")}


def part_table(findings: Sequence[Finding]) -> Table:
    """The findings of each part in a row, and in rows of their own those that are not expected."""
    table = _table("kind", "part", "verdict", right=("of", "slowest", "seconds"))
    for (kind, part), group in groupby(findings, key=lambda finding: (finding.kind, finding.part)):
        members = list(group)
        passed = [finding for finding in members if finding.passed]
        _add_row(
            table,
            len(passed) == len(members),
            (kind, part, f"{EXPECTED[kind]}: {len(passed)}"),
            str(len(members)),
            f"{max(finding.seconds for finding in members):.2f}",
            f"{sum(finding.seconds for finding in members):.2f}",
        )
        for finding in members:
            if not finding.passed:
                _add_row(table, False, ("", f"  {finding.name}", finding.verdict))
    return table


def finding_table(findings: Iterable[Finding]) -> Table:
    """The findings, a row each."""
    table = _table("kind", "part", "name", "verdict", right=("seconds",))
    for finding in findings:
        cells = (finding.kind, finding.part, finding.name, finding.verdict)
        _add_row(table, finding.passed, cells, f"{finding.seconds:.2f}")
    return table


def summary(findings: Sequence[Finding], seconds: float) -> str:
    """How many of each kind came out as expected, in a line."""
    counts = []
    for kind, verdict in EXPECTED.items():
        asked = [finding for finding in findings if finding.kind is kind]
        passed = sum(finding.passed for finding in asked)
        counts.append(f"{passed} of {len(asked)} {kind}s {verdict}")
    return f"{', '.join(counts)}; {seconds:.0f} s"


def findings_json(findings: Iterable[Finding]) -> str:
    """The findings as a JSON list."""
    return json.dumps([_record(finding) for finding in findings], indent=2)


def _record(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "part": finding.part,
        "name": finding.name,
        "passed": finding.passed,
        "verdict": finding.verdict,
        "expected": EXPECTED[finding.kind],
        "seconds": round(finding.seconds, 3),
    }


def _table(*headings: str, right: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("", *headings):
        table.add_column(heading, no_wrap=heading not in ("verdict", "name"))
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def _add_row(table: Table, passed: bool, cells: Iterable[str], *numbers: str) -> None:
    mark, style = _MARKS[passed]
    table.add_row(Text(mark, style=style), *map(Text, cells), *numbers)
