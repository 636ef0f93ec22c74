"""The outcome of a TLC run, from its messages: verdict, counts, coverage and counterexample.

Leaves what was expected to others. A verdict needs both the exit code and the message. If they
disagree, or if a state is left unexplored, the run is an error. (With `-continue`, TLC exits with 0
although a claim is violated; a killed TLC prints no verdict.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from spec.coverage import Coverage, coverage_of
from spec.tlc_messages import Code, TlcMessage


class Verdict(StrEnum):
    """How a run ended."""

    HOLDS = "holds"
    VIOLATED = "violated"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts during a run."""

    depth: int
    distinct: int
    queued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of a run; `steps` are the states of the counterexample as TLC printed them."""

    verdict: Verdict
    claim: str | None = None
    distinct: int | None = None
    depth: int | None = None
    coverage: Coverage = field(default_factory=Coverage)
    steps: tuple[str, ...] = ()
    complaint: str = ""


_VIOLATIONS = {
    Code.INVARIANT_VIOLATED_INITIALLY,
    Code.PROPERTY_VIOLATED_INITIALLY,
    Code.INVARIANT_VIOLATED,
    Code.ACTION_PROPERTY_VIOLATED,
    Code.TEMPORAL_PROPERTY_VIOLATED,
}
_VIOLATION_EXITS = {12, 13}
_NAMED = re.compile(r"(?:Invariant|[Pp]roperty) (\S+) (?:is|was) violated")
_TOTALS = re.compile(r"([\d,]+) distinct states found, ([\d,]+) states left")
_PROGRESS = re.compile(
    r"Progress\((\d+)\).*?, ([\d,]+) distinct states found.*?, ([\d,]+) states left"
)


def outcome_of(messages: Sequence[TlcMessage], exit_code: int) -> Outcome:
    """The outcome of a run that ended by itself with this exit code."""
    distinct, queued = _totals(messages)
    violation = next((message for message in messages if message.code in _VIOLATIONS), None)
    completed = any(message.code == Code.COMPLETED for message in messages)
    verdict = Verdict.ERROR
    if exit_code in _VIOLATION_EXITS and violation:
        verdict = Verdict.VIOLATED
    elif exit_code == 0 and completed and not violation and queued == 0:
        verdict = Verdict.HOLDS
    return Outcome(
        verdict=verdict,
        claim=_claim(violation) if violation else None,
        distinct=distinct,
        depth=_depth(messages),
        coverage=coverage_of(messages),
        steps=_steps(messages),
        complaint=_complaint(messages, exit_code) if verdict is Verdict.ERROR else "",
    )


def progress_of(message: TlcMessage) -> Progress | None:
    """The counts in a progress message, or None for any other message."""
    found = _PROGRESS.search(message.text) if message.code == Code.PROGRESS else None
    if found is None:
        return None
    depth, distinct, queued = (_number(text) for text in found.groups())
    return Progress(depth=depth, distinct=distinct, queued=queued)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _totals(messages: Sequence[TlcMessage]) -> tuple[int | None, int | None]:
    for message in messages:
        found = _TOTALS.search(message.text) if message.code == Code.TOTALS else None
        if found:
            return _number(found[1]), _number(found[2])
    return None, None


def _depth(messages: Sequence[TlcMessage]) -> int | None:
    for message in messages:
        found = re.search(r"is (\d+)", message.text) if message.code == Code.SEARCH_DEPTH else None
        if found:
            return int(found[1])
    return None


def _claim(violation: TlcMessage) -> str | None:
    """The violated claim; None for a temporal property, which TLC does not name."""
    found = _NAMED.search(violation.text)
    return found[1] if found else None


def _steps(messages: Sequence[TlcMessage]) -> tuple[str, ...]:
    codes = {Code.STATE, Code.STUTTERING, Code.BACK_TO_STATE}
    initially = {Code.INVARIANT_VIOLATED_INITIALLY, Code.PROPERTY_VIOLATED_INITIALLY}
    for message in messages:
        if message.code in initially:
            return ("1: <Initial predicate>\n" + message.text.partition("\n")[2],)
    return tuple(message.text for message in messages if message.code in codes)


def _complaint(messages: Sequence[TlcMessage], exit_code: int) -> str:
    """The errors that TLC printed; the parser prints its own outside any message."""
    said = [message.text for message in messages if message.is_error]
    loose = [message.text for message in messages if message.code == Code.LOOSE]
    noise = ("Parsing file", "Semantic processing", "SANY finished", "Starting SANY")
    said += [text for text in loose if not text.startswith(noise)]
    return "\n".join([*said, f"TLC exited with {exit_code}"])
