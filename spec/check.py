"""Checks models, several at a time, and tells an observer how it goes.

Knows neither terminal nor JSON. The idea: one worker for each model and as many models as workers.
Two models side by side finish sooner than one after the other with two workers each (a second
worker makes a model 1.2 to 1.4 times as fast, and a tiny one slower), and with one worker the
depth and the counterexample are the same every time.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from spec import tlc
from spec.judge import problems
from spec.models import Holds, Model, Tier
from spec.outcome import Outcome, Progress
from spec.tools import Tools

# Seconds; generous, since a shared machine may be four times slower than the one they were set on.
LIMITS = {Tier.QUICK: 600.0, Tier.FULL: 2400.0, Tier.DEEP: 24 * 3600.0}
_SMALL_STATES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A model, what came of it, after how many seconds, and what is wrong with that."""

    model: Model
    outcome: Outcome
    seconds: float
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the outcome is the expected one in every respect."""
        return not self.problems


class Observer(Protocol):
    """Who is told how the check goes."""

    def started(self, model: Model) -> None:
        """TLC starts on the model."""

    def progressed(self, model: Model, progress: Progress) -> None:
        """TLC has reported its counts."""

    def finished(self, result: Result) -> None:
        """The model has been judged."""


async def check(
    models: Sequence[Model],
    tools: Tools,
    observer: Observer,
    *,
    workers: int,
    limit: float | None = None,
) -> list[Result]:
    """Checks the models, as many at a time as there are workers; results in the models' order.

    The limit is in seconds for each model, by default what its tier allows.
    """
    slots = asyncio.Semaphore(workers)
    own_workers = max(1, workers // max(1, len(models)))

    async def check_one(model: Model) -> Result:
        async with slots:
            run = run_of(model, workers=own_workers, limit=limit)
            return await _check_one(model, run, tools, observer)

    # The longest first, so that none of them is left to run alone at the end.
    ordered = sorted(models, key=_expected_states, reverse=True)
    async with asyncio.TaskGroup() as group:
        tasks = {model.name: group.create_task(check_one(model)) for model in ordered}
    return [tasks[model.name].result() for model in models]


def run_of(model: Model, *, workers: int, limit: float | None) -> tlc.Run:
    """How TLC is to be run on the model."""
    # With several workers TLC does not go strictly level by level: a pinned depth would waver.
    pinned = not isinstance(model.expected, Holds) or model.expected.depth is not None
    return tlc.Run(
        module=model.module,
        configuration=model.configuration,
        workers=1 if pinned else workers,
        coverage=isinstance(model.expected, Holds),
        small=not isinstance(model.expected, Holds) or 0 < model.expected.states <= _SMALL_STATES,
        limit=LIMITS[model.tier] if limit is None else limit,
    )


async def _check_one(model: Model, run: tlc.Run, tools: Tools, observer: Observer) -> Result:
    observer.started(model)
    start = time.monotonic()
    outcome = await tlc.check(run, tools, lambda progress: observer.progressed(model, progress))
    result = Result(
        model=model,
        outcome=outcome,
        seconds=time.monotonic() - start,
        problems=problems(model, outcome),
    )
    observer.finished(result)
    return result


def _expected_states(model: Model) -> int:
    return model.expected.states if isinstance(model.expected, Holds) else 0
