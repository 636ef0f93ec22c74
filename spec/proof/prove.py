"""The whole proof: what has to be shown, what has to be refuted, and what has to equal TLC's graph.

Knows how each of them is decided, not what they say. The idea: a verdict counts only if it is the one
expected, and whatever no solver decides in time is neither. Several processes share the work, since
a solver uses only one processor.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from multiprocessing import get_context

from spec.graph import NotExplored
from spec.proof.comparison import Different, compare
from spec.proof.controls import Control, Refuter, controls
from spec.proof.explorer import Explorer
from spec.proof.graph import explored
from spec.proof.instance import Instance
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.obligations import Obligation, obligations
from spec.proof.solver import Answer, ask
from spec.tools import Tools


class Kind(StrEnum):
    """Why something is asked."""

    OBLIGATION = "obligation"
    CONTROL = "control"
    COMPARISON = "comparison"


EXPECTED = {Kind.OBLIGATION: "proved", Kind.CONTROL: "refuted", Kind.COMPARISON: "equal"}
_VERDICTS = {
    Answer.IMPOSSIBLE: EXPECTED[Kind.OBLIGATION],
    Answer.POSSIBLE: EXPECTED[Kind.CONTROL],
    Answer.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to decide; told to another process by its place among those of its kind."""

    kind: Kind
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was asked, what came of it, and after how many seconds."""

    kind: Kind
    part: str
    name: str
    verdict: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict == EXPECTED[self.kind]


def questions(*, thorough: bool) -> list[Question]:
    """Everything there is to decide; the larger comparisons only if it is to be thorough."""
    counts = {
        Kind.OBLIGATION: len(_obligations()),
        Kind.CONTROL: len(_controls()),
        Kind.COMPARISON: len(THOROUGH if thorough else INSTANCES),
    }
    return [Question(kind=kind, place=place) for kind in Kind for place in range(counts[kind])]


def findings(asked: list[Question], tools: Tools, workers: int) -> Iterator[Finding]:
    """What comes of the questions, in their order, as many at a time as there are workers."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # The longest first, so that none of them is left to run alone at the end.
        running = {question: pool.submit(answer, question, tools) for question in reversed(asked)}
        yield from (running[question].result() for question in asked)


def answer(question: Question, tools: Tools) -> Finding:
    """Decides the question."""
    start = time.monotonic()
    part, name, verdict = _decided(question, tools)
    seconds = time.monotonic() - start
    return Finding(kind=question.kind, part=part, name=name, verdict=verdict, seconds=seconds)


def _decided(question: Question, tools: Tools) -> tuple[str, str, str]:
    """Part, name and verdict."""
    if question.kind is Kind.OBLIGATION:
        return _proved(_obligations()[question.place])
    if question.kind is Kind.CONTROL:
        return _refuted(_controls()[question.place])
    return compared(THOROUGH[question.place], tools)


def _proved(obligation: Obligation) -> tuple[str, str, str]:
    return obligation.part, obligation.name, _VERDICTS[ask(obligation.opposite)]


def _refuted(control: Control) -> tuple[str, str, str]:
    return control.part, control.name, _VERDICTS[_refuter().ask(control)]


def compared(instance: Instance, tools: Tools) -> tuple[str, str, str]:
    """Part, name and verdict: whether the proof has TLC's graph, of the size that is pinned."""
    try:
        result = compare(Explorer(instance), explored(instance, tools))
    except NotExplored as error:
        return "TLC", instance.name, str(error)
    if isinstance(result, Different):
        return "TLC", instance.name, str(result)
    if (result.states, result.transitions) != (instance.states, instance.transitions):
        found = f"equal, but {result.states} states and {result.transitions} transitions"
        return "TLC", instance.name, found
    return "TLC", instance.name, EXPECTED[Kind.COMPARISON]


@cache
def _obligations() -> tuple[Obligation, ...]:
    return tuple(obligations())


@cache
def _controls() -> tuple[Control, ...]:
    return tuple(controls())


@cache
def _refuter() -> Refuter:
    return Refuter()
