"""The models that each lack one guard, made from the green ones that have it.

Leaves running them to `spec.check`: such a model is like any other, in a folder of its own. It checks
only the claim of its row, because if several claims are violated, TLC reports any one of them.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from spec.configuration import invariants_of, properties_of, with_claims
from spec.guards.table import Row, Table
from spec.guards.text import keeping, without
from spec.models import Model, Violates


def trials(table: Table, folder: Path) -> Iterator[Model]:
    """A model for each row, its modules written into a folder of its own below `folder`."""
    for number, row in enumerate(table.rows, start=1):
        yield _trial(table.module, row, number, folder / str(number))


def _trial(module: Path, row: Row, number: int, folder: Path) -> Model:
    folder.mkdir()
    for source in module.parent.glob("*.tla"):
        shutil.copy(source, folder)
    text = keeping(without(module.read_text(), row.guard), row.keep)
    (folder / module.name).write_text(text)
    return replace(
        row.model,
        name=f"guard-{number}",
        shows=f"{row.guard.definition} without {row.guard.text}: {row.violates or row.because}",
        module=folder / row.model.module.name,
        configuration=_claiming(row.model.configuration, row.violates),
        expected=Violates(claim=row.violates) if row.violates else row.model.expected,
    )


def _claiming(configuration: str, claim: str | None) -> str:
    """The configuration that checks only the claim, or the same one if no claim must fall."""
    if claim is None:
        return configuration
    return with_claims(
        configuration,
        invariants=[name for name in invariants_of(configuration) if name == claim],
        properties=[name for name in properties_of(configuration) if name == claim],
    )
