"""Runs CrossHair on contracts and reads what it found of each.

What CrossHair did not decide is never taken for proved, and a contract that it does not mention is an
error. What the contracts are about is not known here.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "tests.contracts"
DECIDED = ("majorities", "durations", "orders", "votes")
UNDECIDED = ("undecided",)
BUDGET_SECONDS = {**dict.fromkeys(DECIDED, 20), **dict.fromkeys(UNDECIDED, 2)}
"""Processor seconds for each contract of a module; one that is decided takes a tenth of them."""
PATIENCE_SECONDS = 300

_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+): (?P<level>\w+): (?P<text>.*)$", re.MULTILINE)
_CALL = re.compile(r"when calling (\w+)\(")


class Verdict(StrEnum):
    """What CrossHair found about a contract."""

    CONFIRMED = "confirmed"
    NOT_DECIDED = "not decided"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Contract:
    """A predicate that is to hold for every argument within its bounds."""

    module: str
    name: str
    promise: str
    bounds: tuple[str, ...]
    lines: range


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` names the call that refutes it, if there is one."""

    verdict: Verdict
    text: str


def contracts_of(module: str) -> list[Contract]:
    """The contracts in a module of this package, in their order."""
    source = (ROOT / PACKAGE.replace(".", "/") / f"{module}.py").read_text()
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return [
        Contract(
            module=module,
            name=node.name,
            promise=docstring.partition("\n\n")[0],
            bounds=tuple(re.findall(r"^pre: (.*)$", docstring, re.MULTILINE)),
            lines=range(node.lineno, (node.end_lineno or 0) + 1),
        )
        for node in functions
        if "post: _" in (docstring := ast.get_docstring(node) or "")
    ]


def check(contracts: Sequence[Contract], planted: str | None = None) -> dict[str, Finding]:
    """What CrossHair finds about contracts of one module; ``planted`` names a bug to plant first.

    RuntimeError, with CrossHair's output, if there is no finding on one of them.
    """
    [module] = {contract.module for contract in contracts}
    asked = subprocess.run(
        [
            *(sys.executable, "-m"),
            *(["crosshair"] if planted is None else ["tests.contracts.planted", planted]),
            "check",
            *("--report_all", "--analysis_kind=PEP316"),
            f"--per_condition_timeout={BUDGET_SECONDS[module]}",
            *(f"{PACKAGE}.{module}.{contract.name}" for contract in contracts),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    findings = dict(findings_in(asked.stdout, contracts))
    if findings.keys() != {contract.name for contract in contracts}:
        raise RuntimeError(f"{module}: no finding on every contract: {asked.stdout}{asked.stderr}")
    return findings


def findings_in(output: str, contracts: Sequence[Contract]) -> Iterator[tuple[str, Finding]]:
    """What CrossHair printed, as findings with the names of their contracts."""
    for said in _LINE.finditer(output):
        text = said["text"]
        if said["level"] == "error":
            if called := _CALL.search(text):
                yield called[1], Finding(Verdict.REFUTED, text)
            continue
        for contract in contracts:
            if int(said["line"]) in contract.lines:
                confirmed = text == "Confirmed over all paths."
                verdict = Verdict.CONFIRMED if confirmed else Verdict.NOT_DECIDED
                yield contract.name, Finding(verdict, text)
