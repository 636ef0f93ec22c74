"""The models that lack a guard each, made from the green ones that have it.

Knows which modules there are, not how TLC is run. The idea: a trial is a model like any other, in a
folder of its own, so that everything that checks and judges models does so here. It checks the
claim of its row alone: where several fall, which one TLC meets first is chance.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from spec.configuration import invariants_of, properties_of, with_invariants, with_properties
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
        configuration=_claiming(row),
        expected=Violates(claim=row.violates) if row.violates else row.model.expected,
    )


def _claiming(row: Row) -> str:
    """The configuration that checks the claim of the row, or every claim if none is to fall."""
    whole = row.model.configuration
    if row.violates is None:
        return whole
    only = (row.violates,)
    without_properties = with_properties(whole, [n for n in properties_of(whole) if n in only])
    return with_invariants(without_properties, [n for n in invariants_of(whole) if n in only])
