"""`guards.toml`: what the removal of each guard is expected to show.

Knows nothing of TLC. The idea: a row names a green model and a claim that this model checks, so
that the claim holds with the guard in place is shown wherever the models are.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spec.guards.text import Guard, actions_of, guards_of
from spec.models import Holds, Model

DEFAULT_PATH = Path(__file__).parents[1] / "guards.toml"


class InvalidGuards(ValueError):
    """A table that breaks a rule, or does not have exactly the guards of the specification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A guard, the model that runs without it, and what that is expected to show.

    `violates` is a claim, or None if the same states are reached and every claim still holds; then
    `because` says what the guard is good for. Messages of the kinds in `keep` matter for ever.
    """

    guard: Guard
    model: Model
    violates: str | None
    because: str
    keep: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The module whose guards the rows are, in the order in which they stand there."""

    module: Path
    rows: tuple[Row, ...]


_REQUIRED = {"action", "guard", "model"}
_OPTIONAL = {"violates", "because", "keep"}


def load(models: Mapping[str, Model], path: Path = DEFAULT_PATH) -> Table:
    """The table; InvalidGuards says which guard lacks its row or which row its guard."""
    try:
        document = tomllib.loads(path.read_text())
        module = path.parent / f"{document['module']}.tla"
        text = module.read_text()
        guards = list(guards_of(text, actions_of(text) | set(document["chosen_by"])))
        tables = document["guard"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidGuards(f"guards: {path}: {error!r}") from None
    _check_same_guards(guards, tables)
    rows = (_row(guard, table, models) for guard, table in zip(guards, tables, strict=True))
    return Table(module=module, rows=tuple(rows))


def _check_same_guards(guards: Sequence[Guard], tables: Sequence[Mapping[str, Any]]) -> None:
    """The rows stand in the order of the guards, each exactly once."""
    stand = [(guard.definition, guard.text) for guard in guards]
    listed = [(table.get("action"), table.get("guard")) for table in tables]
    for action, text in _more(stand, listed):
        raise InvalidGuards(f"guard {text!r} of {action}: has no row")
    for action, text in _more(listed, stand):
        raise InvalidGuards(f"guard {text!r} of {action}: the specification has none such")
    for found, expected in zip(listed, stand, strict=True):
        if found != expected:
            raise InvalidGuards(f"guard {found[1]!r} of {found[0]}: not in the module's order")


def _more(some: Iterable[Any], than: Iterable[Any]) -> Counter[Any]:
    return Counter(some) - Counter(than)


def _row(guard: Guard, table: Mapping[str, Any], models: Mapping[str, Model]) -> Row:
    label = f"guard {guard.text!r} of {guard.definition}"
    for key in table.keys() - _REQUIRED - _OPTIONAL:
        raise InvalidGuards(f"{label}: {key}: unknown key")
    model = models.get(table.get("model", ""))
    if model is None or not isinstance(model.expected, Holds):
        raise InvalidGuards(f"{label}: model = {table.get('model')!r}: must name a green model")
    if ("violates" in table) == ("because" in table):
        raise InvalidGuards(f"{label}: must say either violates or because")
    return Row(
        guard=guard,
        model=model,
        violates=table.get("violates"),
        because=table.get("because", ""),
        keep=tuple(table.get("keep", ())),
    )
