"""How the proof's findings look: a table with a row for each part, or JSON.

Knows findings, not how they came about.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby

from rich.table import Table
from rich.text import Text

from spec.proof.prove import EXPECTED, Finding

_MARKS = {True: ("✓", "green"), False: ("✗", "bold red")}


def part_table(findings: Sequence[Finding]) -> Table:
    """A row for each part, followed by a row for each of its findings that is not as expected."""
    table = Table(box=None, pad_edge=False)
    for heading in ("", "kind", "part", "verdict"):
        table.add_column(heading, no_wrap=heading != "verdict")
    for heading in ("of", "slowest", "seconds"):
        table.add_column(heading, justify="right")
    for (kind, part), group in groupby(findings, key=lambda finding: (finding.kind, finding.part)):
        members = list(group)
        passed = sum(finding.passed for finding in members)
        seconds = [finding.seconds for finding in members]
        mark, style = _MARKS[passed == len(members)]
        cells = map(Text, (kind, part, f"{EXPECTED[kind]}: {passed}", str(len(members))))
        times = f"{max(seconds):.2f}", f"{sum(seconds):.2f}"
        table.add_row(Text(mark, style=style), *cells, *times)
        for finding in members:
            if not finding.passed:
                cells = map(Text, ("", f"  {finding.name}", finding.verdict))
                table.add_row(Text("✗", style="bold red"), *cells)
    return table


def summary(findings: Sequence[Finding], seconds: float) -> str:
    """How many findings of each kind are as expected, in one line."""
    counts = []
    for kind, verdict in EXPECTED.items():
        passed = [finding.passed for finding in findings if finding.kind is kind]
        counts.append(f"{sum(passed)} of {len(passed)} {kind}s {verdict}")
    return f"{', '.join(counts)}; {seconds:.0f} s"


def findings_json(findings: Iterable[Finding]) -> str:
    """Every finding in a JSON list."""
    records = [{**asdict(finding), "passed": finding.passed} for finding in findings]
    return json.dumps(records, indent=2)
