"""The outcome of a TLC run, from its messages: verdict, counts, coverage and counterexample.

Leaves what was expected to others. A verdict needs both the exit code and the message. If they
disagree, or if a state is left unexplored, the run is an error. (With `-continue`, TLC exits with 0
although a claim is violated; a killed TLC prints no verdict.)
"""

import re
from collections.abc import Iterable, Sequence
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
_DEPTH = re.compile(r"is (\d+)")
_PROGRESS = re.compile(
    r"Progress\((\d+)\).*?, ([\d,]+) distinct states found.*?, ([\d,]+) states left"
)


def outcome_of(messages: Sequence[TlcMessage], exit_code: int) -> Outcome:
    """The outcome of a run that ended by itself with this exit code."""
    distinct, queued = _counts(messages, Code.TOTALS, _TOTALS) or (None, None)
    [depth] = _counts(messages, Code.SEARCH_DEPTH, _DEPTH) or (None,)
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
        depth=depth,
        coverage=coverage_of(messages),
        steps=_steps(messages),
        complaint=_complaint(messages, exit_code) if verdict is Verdict.ERROR else "",
    )


def progress_of(message: TlcMessage) -> Progress | None:
    """The counts in a progress message, or None for any other message."""
    counts = _counts([message], Code.PROGRESS, _PROGRESS)
    return Progress(depth=counts[0], distinct=counts[1], queued=counts[2]) if counts else None


def _counts(messages: Iterable[TlcMessage], code: Code, pattern: re.Pattern[str]) -> list[int]:
    """The numbers that the pattern finds in the first message of this code; empty without one."""
    texts = (message.text for message in messages if message.code == code)
    for found in filter(None, map(pattern.search, texts)):
        return [int(number.replace(",", "")) for number in found.groups()]
    return []


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
