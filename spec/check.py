"""Checks several models at a time, and reports progress to an observer.

Leaves the terminal to `report`. Each model has one TLC worker. Two models side by side finish sooner
than one after the other with two workers each: a second worker makes a model 1.2 to 1.4 times as
fast, and a tiny one slower. And with one worker, the depth and the counterexample never vary.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from spec import tlc
from spec.expectations import problems
from spec.models import Holds, Model, Tier
from spec.outcome import Outcome, Progress
from spec.tools import Tools

# Seconds for each model; generous, because a shared machine may be four times slower than ours.
LIMITS = {Tier.QUICK: 600.0, Tier.FULL: 2400.0, Tier.DEEP: 24 * 3600.0}
_SMALL_STATES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """A model, its outcome, how many seconds it took, and each way in which it is unexpected."""

    model: Model
    outcome: Outcome
    seconds: float
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the outcome is the expected one in every respect."""
        return not self.problems


class Observer:
    """Receives the events of a check; this one ignores them."""

    def started(self, model: Model) -> None:
        """TLC starts on the model."""

    def progressed(self, model: Model, progress: Progress) -> None:
        """TLC has reported its counts."""

    def finished(self, result: CheckedModel) -> None:
        """TLC has ended, and its outcome was compared with the expected one."""


async def check(
    models: Sequence[Model], tools: Tools, observer: Observer, *, workers: int
) -> list[CheckedModel]:
    """Checks the models, as many at a time as there are workers; results in the models' order."""
    slots = asyncio.Semaphore(workers)

    async def check_one(model: Model) -> CheckedModel:
        async with slots:
            return await _check_one(model, workers // max(1, len(models)), tools, observer)

    # The longest first: otherwise one of them might run alone at the end.
    ordered = sorted(models, key=_expected_states, reverse=True)
    async with asyncio.TaskGroup() as group:
        tasks = {model.name: group.create_task(check_one(model)) for model in ordered}
    return [tasks[model.name].result() for model in models]


def run_of(model: Model, *, workers: int = 1) -> tlc.Run:
    """How TLC is to be run on the model."""
    # With several workers TLC does not explore level by level, so a pinned depth could differ.
    pinned = not isinstance(model.expected, Holds) or model.expected.depth is not None
    return tlc.Run(
        module=model.module,
        configuration=model.configuration,
        workers=1 if pinned else max(1, workers),
        coverage=isinstance(model.expected, Holds),
        small=not isinstance(model.expected, Holds) or 0 < model.expected.states <= _SMALL_STATES,
        limit=LIMITS[model.tier],
    )


async def _check_one(model: Model, workers: int, tools: Tools, observer: Observer) -> CheckedModel:
    observer.started(model)
    start = time.monotonic()
    run = run_of(model, workers=workers)
    outcome = await tlc.check(run, tools, lambda progress: observer.progressed(model, progress))
    result = CheckedModel(
        model=model,
        outcome=outcome,
        seconds=time.monotonic() - start,
        problems=problems(model, outcome),
    )
    observer.finished(result)
    return result


def _expected_states(model: Model) -> int:
    return model.expected.states if isinstance(model.expected, Holds) else 0
