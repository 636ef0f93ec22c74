"""Checking several models: order, observers, and how each is run."""

import asyncio
from collections.abc import Mapping

import pytest

from spec import check, tools
from spec.check import LIMITS, CheckedModel, Observer
from spec.models import Model, Tier
from spec.outcome import Progress


class EventLog(Observer):
    """Records every event with the name of its model."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def started(self, model: Model) -> None:
        self.events.append(("started", model.name))

    def progressed(self, model: Model, progress: Progress) -> None:
        self.events.append(("progressed", model.name))

    def finished(self, result: CheckedModel) -> None:
        self.events.append(("finished", result.model.name))


@pytest.mark.slow
def test_check_starts_the_longest_model_and_returns_results_in_the_given_order(
    fixture_models: Mapping[str, Model],
) -> None:
    """With one worker, the model with more states runs first, although it was named second."""
    log = EventLog()
    chosen = [fixture_models["green"], fixture_models["three-members"]]
    results = asyncio.run(check.check(chosen, tools.find(), log, workers=1))
    assert [(result.model, result.passed) for result in results] == [(m, True) for m in chosen]
    assert list(dict.fromkeys(log.events)) == [
        ("started", "three-members"),
        ("progressed", "three-members"),
        ("finished", "three-members"),
        ("started", "green"),
        ("progressed", "green"),
        ("finished", "green"),
    ]


@pytest.mark.parametrize(
    ("name", "workers", "coverage", "tier"),
    [
        ("green", 1, True, Tier.QUICK),
        ("three-members", 1, True, Tier.FULL),
        ("two-leaders", 1, False, Tier.QUICK),
        ("untaken", 4, True, Tier.QUICK),
    ],
)
def test_run_of_follows_what_is_pinned(
    fixture_models: Mapping[str, Model], name: str, workers: int, coverage: bool, tier: Tier
) -> None:
    """A pinned depth or a counterexample needs one worker; only a green model needs coverage."""
    run = check.run_of(fixture_models[name], workers=4)
    assert (run.workers, run.coverage, run.limit) == (workers, coverage, LIMITS[tier])
