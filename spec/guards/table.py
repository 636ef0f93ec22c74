"""`guards.toml`: what the removal of each guard is expected to show.

Leaves running TLC to others. A row names a green model that checks the claim of the row, so the
check of the models shows that the claim holds while the guard is in place.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import MsgspecError, Struct, toml

from spec.guards.text import Guard, actions_of, guards_of
from spec.models import Holds, Model

DEFAULT_PATH = Path(__file__).parents[1] / "guards.toml"


class InvalidGuards(ValueError):
    """A table that breaks a rule, or does not have exactly the guards of the specification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A guard, the model that runs without it, and what that is expected to show.

    `violates` is a claim, or None if the same states are reached and every claim still holds; then
    `because` says why the guard is there. Messages of the kinds in `keep` are never dropped.
    """

    guard: Guard
    model: Model
    violates: str | None
    because: str
    keep: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows, in the order of their guards in the module."""

    module: Path
    rows: tuple[Row, ...]


class _Entry(Struct, forbid_unknown_fields=True):
    action: str
    guard: str
    model: str
    violates: str | None = None
    because: str = ""
    keep: tuple[str, ...] = ()


class _Document(Struct, forbid_unknown_fields=True):
    module: str
    chosen_by: list[str]
    guard: list[_Entry]


def load(models: Mapping[str, Model], path: Path = DEFAULT_PATH) -> Table:
    """The table; InvalidGuards names the guard that has no row, or the row that has no guard."""
    try:
        document = toml.decode(path.read_bytes(), type=_Document)
        module = path.parent / f"{document.module}.tla"
        text = module.read_text()
        guards = list(guards_of(text, actions_of(text) | set(document.chosen_by)))
    except (OSError, ValueError, MsgspecError) as error:
        raise InvalidGuards(f"guards: {path}: {error}") from None
    _check_same_guards(guards, document.guard)
    entries = zip(guards, document.guard, strict=True)
    return Table(module=module, rows=tuple(_row(guard, entry, models) for guard, entry in entries))


def _check_same_guards(guards: Sequence[Guard], entries: Sequence[_Entry]) -> None:
    """The rows are in the order of the guards, each exactly once."""
    written = [(guard.definition, guard.text) for guard in guards]
    listed = [(entry.action, entry.guard) for entry in entries]
    for action, text in Counter(written) - Counter(listed):
        raise InvalidGuards(f"guard {text!r} of {action}: has no row")
    for action, text in Counter(listed) - Counter(written):
        raise InvalidGuards(f"guard {text!r} of {action}: the specification has no such guard")
    for found, expected in zip(listed, written, strict=True):
        if found != expected:
            raise InvalidGuards(f"guard {found[1]!r} of {found[0]}: not in the module's order")


def _row(guard: Guard, entry: _Entry, models: Mapping[str, Model]) -> Row:
    label = f"guard {guard.text!r} of {guard.definition}"
    model = models.get(entry.model)
    if model is None or not isinstance(model.expected, Holds):
        raise InvalidGuards(f"{label}: model = {entry.model!r}: must name a green model")
    if bool(entry.violates) == bool(entry.because):
        raise InvalidGuards(f"{label}: must say either violates or because")
    return Row(
        guard=guard, model=model, violates=entry.violates, because=entry.because, keep=entry.keep
    )
