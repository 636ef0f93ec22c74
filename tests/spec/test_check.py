"""Checking several models: order, observers, and how each is run."""

import asyncio
from collections.abc import Mapping

import pytest

from spec import check, tools
from spec.check import LIMITS, Result
from spec.models import Model, Tier
from spec.outcome import Progress


class Diary:
    """An observer that writes everything down."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str]] = []

    def started(self, model: Model) -> None:
        """Written down."""
        self.entries.append(("started", model.name))

    def progressed(self, model: Model, progress: Progress) -> None:
        """Written down."""
        self.entries.append(("progressed", model.name))

    def finished(self, result: Result) -> None:
        """Written down."""
        self.entries.append(("finished", result.model.name))


@pytest.mark.slow
def test_results_come_in_the_order_asked_for_and_long_models_run_first(
    fixture_models: Mapping[str, Model],
) -> None:
    """One worker, two models: one after the other, the one with more states first."""
    diary = Diary()
    chosen = [fixture_models["green"], fixture_models["three-members"]]
    results = asyncio.run(check.check(chosen, tools.find(), diary, workers=1))
    assert [result.model.name for result in results] == ["green", "three-members"]
    assert all(result.passed for result in results)
    assert [entry for entry in diary.entries if entry[0] != "progressed"] == [
        ("started", "three-members"),
        ("finished", "three-members"),
        ("started", "green"),
        ("finished", "green"),
    ]
    assert ("progressed", "three-members") in diary.entries


def test_a_pinned_depth_and_a_counterexample_get_a_single_worker(
    fixture_models: Mapping[str, Model],
) -> None:
    """With more, the depth may differ from run to run and a counterexample does."""
    for name in ("green", "two-leaders"):
        assert check.run_of(fixture_models[name], workers=4, limit=None).workers == 1
    assert check.run_of(fixture_models["untaken"], workers=4, limit=None).workers == 4


def test_coverage_is_asked_of_green_models_only(fixture_models: Mapping[str, Model]) -> None:
    """It costs time, and a search that stops at a violation covers nothing."""
    assert check.run_of(fixture_models["green"], workers=1, limit=None).coverage
    assert not check.run_of(fixture_models["two-leaders"], workers=1, limit=None).coverage


def test_a_model_may_take_what_its_tier_allows(fixture_models: Mapping[str, Model]) -> None:
    """Unless the caller sets a limit."""
    model = fixture_models["three-members"]
    assert check.run_of(model, workers=1, limit=None).limit == LIMITS[Tier.FULL]
    assert check.run_of(model, workers=1, limit=7.0).limit == 7.0
