"""The models that lack one guard."""

from pathlib import Path

from spec import models
from spec.configuration import invariants_of, properties_of
from spec.guards.table import load
from spec.guards.text import keeping, without
from spec.guards.trial import trials
from spec.models import Violates


def claims_of(configuration: str) -> tuple[str, ...]:
    return (*invariants_of(configuration), *properties_of(configuration))


def test_a_trial_is_the_green_model_without_the_guard(tmp_path: Path) -> None:
    """It checks the claim of its row; if no claim must fall, it must hold with the same states."""
    table = load(models.load())
    for row, model in zip(table.rows, trials(table, tmp_path), strict=True):
        text = keeping(without(table.module.read_text(), row.guard), row.keep)
        assert (model.module.parent / "Election.tla").read_text() == text
        if row.violates:
            assert model.expected == Violates(claim=row.violates)
            assert claims_of(model.configuration) == (row.violates,)
        else:
            assert model.expected == row.model.expected
            assert model.configuration == row.model.configuration
