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

from spec.comparison.compare import EQUAL, Comparison, verdict_on
from spec.comparison.instance import Instance
from spec.comparison.tlc_graph import NotExplored, whole_graph
from spec.proof.controls import Control, Refuter, controls
from spec.proof.explorer import ProofExplorer
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.obligations import Obligation, obligations
from spec.proof.solver import SolverAnswer, ask


class Kind(StrEnum):
    """Why something is asked."""

    OBLIGATION = "obligation"
    CONTROL = "control"
    COMPARISON = "comparison"


EXPECTED = {Kind.OBLIGATION: "proved", Kind.CONTROL: "refuted", Kind.COMPARISON: EQUAL}
_VERDICTS = {
    SolverAnswer.IMPOSSIBLE: EXPECTED[Kind.OBLIGATION],
    SolverAnswer.POSSIBLE: EXPECTED[Kind.CONTROL],
    SolverAnswer.UNKNOWN: "unknown",
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


def findings(asked: list[Question], workers: int) -> Iterator[Finding]:
    """What comes of the questions, in their order, as many at a time as there are workers."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # The longest first, so that none of them is left to run alone at the end.
        running = {question: pool.submit(answer, question) for question in reversed(asked)}
        yield from (running[question].result() for question in asked)


def answer(question: Question) -> Finding:
    """Decides the question."""
    start = time.monotonic()
    part, name, verdict = _decided(question)
    seconds = time.monotonic() - start
    return Finding(kind=question.kind, part=part, name=name, verdict=verdict, seconds=seconds)


def _decided(question: Question) -> tuple[str, str, str]:
    """Part, name and verdict."""
    match question.kind:
        case Kind.OBLIGATION:
            obligation = _obligations()[question.place]
            return obligation.part, obligation.name, _VERDICTS[ask(obligation.opposite)]
        case Kind.CONTROL:
            control = _controls()[question.place]
            return control.part, control.name, _VERDICTS[_refuter().ask(control)]
        case Kind.COMPARISON:
            instance = THOROUGH[question.place]
            return "TLC", instance.name, compared(instance)


def compared(instance: Instance) -> str:
    """The verdict: whether the proof has TLC's graph, of the size that is pinned."""
    try:
        graph = whole_graph(instance)
    except NotExplored as error:
        return str(error)
    return verdict_on(instance, Comparison(ProofExplorer(instance), graph).result(), "proof")


@cache
def _obligations() -> tuple[Obligation, ...]:
    return tuple(obligations())


@cache
def _controls() -> tuple[Control, ...]:
    return tuple(controls())


@cache
def _refuter() -> Refuter:
    return Refuter()
