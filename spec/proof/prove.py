"""The whole proof: what has to be shown, what has to be refuted, and what has to equal TLC's graph.

Knows how each question is decided, not what it says. A verdict counts only if it is the expected one;
what the solver does not decide in time is neither proved nor refuted. Several processes share the
questions, because a solver uses one processor only.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, partial
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


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to decide; `decide` comes to a verdict."""

    kind: Kind
    part: str
    name: str
    decide: Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was asked, the verdict, and after how many seconds."""

    kind: Kind
    part: str
    name: str
    verdict: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict == EXPECTED[self.kind]


@cache
def questions() -> tuple[Question, ...]:
    """Everything there is to decide; the comparisons that only a thorough run makes come last."""
    proofs = [Question(Kind.OBLIGATION, o.part, o.name, partial(_proved, o)) for o in obligations()]
    refutations = [Question(Kind.CONTROL, c.part, c.name, partial(_refuted, c)) for c in controls()]
    comparisons = [Question(Kind.COMPARISON, "TLC", i.name, partial(compared, i)) for i in THOROUGH]
    return (*proofs, *refutations, *comparisons)


def places(*, thorough: bool) -> range:
    """The places in `questions` of those that a run asks."""
    only_thorough = 0 if thorough else len(THOROUGH) - len(INSTANCES)
    return range(len(questions()) - only_thorough)


def findings(asked: Sequence[int], workers: int) -> Iterator[Finding]:
    """The findings for the questions at these places, in this order, found by so many processes.

    A formula cannot be sent to another process, so a process is told the place of its question.
    """
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # The longest questions come last. They are begun first, so that none of them runs alone.
        running = {place: pool.submit(answer, place) for place in reversed(asked)}
        yield from (running[place].result() for place in asked)


def answer(place: int) -> Finding:
    """Decides the question at that place."""
    asked = questions()[place]
    start = time.monotonic()
    verdict = asked.decide()
    seconds = time.monotonic() - start
    return Finding(
        kind=asked.kind, part=asked.part, name=asked.name, verdict=verdict, seconds=seconds
    )


def compared(instance: Instance) -> str:
    """The verdict: whether the proof has TLC's graph, of the size that is pinned."""
    try:
        graph = whole_graph(instance)
    except NotExplored as error:
        return str(error)
    return verdict_on(instance, Comparison(ProofExplorer(instance), graph).result(), "proof")


def _proved(obligation: Obligation) -> str:
    return _VERDICTS[ask(obligation.opposite)]


def _refuted(control: Control) -> str:
    return _VERDICTS[_refuter().ask(control)]


@cache
def _refuter() -> Refuter:
    return Refuter()
