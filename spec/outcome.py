"""What a TLC run came to: verdict, counts, coverage and counterexample, from its messages.

Knows what TLC says, not what was expected. The idea: a verdict needs two witnesses, the exit code
and the message; where they disagree, or a state is left unexplored, the run is an error. (With
`-continue` TLC exits with 0 in spite of violations; a killed one says nothing at all.)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from spec.coverage import Coverage, coverage_of
from spec.messages import Code, Message


class Verdict(StrEnum):
    """How a run ended."""

    HOLDS = "holds"
    VIOLATED = "violated"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts in the course of a run."""

    depth: int
    generated: int
    distinct: int
    queued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that is kept of a run; `steps` are the counterexample's states as TLC printed them."""

    verdict: Verdict
    claim: str | None = None
    distinct: int | None = None
    generated: int | None = None
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
_TOTALS = re.compile(r"([\d,]+) states generated, ([\d,]+) distinct states found, ([\d,]+) states")
_PROGRESS = re.compile(
    r"Progress\((\d+)\).*?: ([\d,]+) states generated"
    r".*?, ([\d,]+) distinct states found.*?, ([\d,]+) states left"
)


def outcome_of(messages: Sequence[Message], exit_code: int) -> Outcome:
    """The outcome of a run that ended by itself with this exit code."""
    generated, distinct, queued = _totals(messages)
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
        generated=generated,
        depth=_depth(messages),
        coverage=coverage_of(messages),
        steps=_steps(messages),
        complaint=_complaint(messages, exit_code) if verdict is Verdict.ERROR else "",
    )


def progress_of(message: Message) -> Progress | None:
    """The counts in a progress message, or None for any other message."""
    if message.code != Code.PROGRESS:
        return None
    found = _PROGRESS.search(message.text)
    if found is None:
        return None
    depth, generated, distinct, queued = (_number(text) for text in found.groups())
    return Progress(depth=depth, generated=generated, distinct=distinct, queued=queued)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _totals(messages: Sequence[Message]) -> tuple[int | None, int | None, int | None]:
    for message in messages:
        found = _TOTALS.search(message.text) if message.code == Code.TOTALS else None
        if found:
            return _number(found[1]), _number(found[2]), _number(found[3])
    return None, None, None


def _depth(messages: Sequence[Message]) -> int | None:
    for message in messages:
        found = re.search(r"is (\d+)", message.text) if message.code == Code.SEARCH_DEPTH else None
        if found:
            return int(found[1])
    return None


def _claim(violation: Message) -> str | None:
    """The violated claim; None where TLC does not name it, as with temporal properties."""
    found = _NAMED.search(violation.text)
    return found[1] if found else None


def _steps(messages: Sequence[Message]) -> tuple[str, ...]:
    codes = {Code.STATE, Code.STUTTERING, Code.BACK_TO_STATE}
    initially = {Code.INVARIANT_VIOLATED_INITIALLY, Code.PROPERTY_VIOLATED_INITIALLY}
    for message in messages:
        if message.code in initially:
            return ("1: <Initial predicate>\n" + message.text.partition("\n")[2],)
    return tuple(message.text for message in messages if message.code in codes)


def _complaint(messages: Sequence[Message], exit_code: int) -> str:
    """What TLC complained about; SANY's complaints stand outside any message."""
    said = [message.text for message in messages if message.is_complaint]
    loose = [message.text for message in messages if message.code == Code.LOOSE]
    noise = ("Parsing file", "Semantic processing", "SANY finished", "Starting SANY")
    said += [text for text in loose if not text.startswith(noise)]
    return "\n".join([*said, f"TLC exited with {exit_code}"])
