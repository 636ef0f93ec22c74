"""`models.toml`: which models there are, and what each is expected to show.

Knows nothing of TLC. The idea: a verdict counts only if it was predicted, so every model is pinned
before it runs, and a file that leaves a pin out is refused as a whole.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from spec import configuration

DEFAULT_PATH = Path(__file__).parent / "models.toml"


class InvalidModels(ValueError):
    """A model file that breaks a rule, or a model that is not in it."""


class Tier(StrEnum):
    """How long a model may take; each tier includes the ones before it."""

    QUICK = "quick"
    FULL = "full"
    DEEP = "deep"

    def includes(self, other: "Tier") -> bool:
        """Whether a run of this tier also runs the models of the other."""
        order = list(Tier)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """Every claim holds in exactly this many distinct states, and nothing was left out.

    `untaken` names the actions that the model never takes, `unreached` the definitions of which
    it never reaches some part, because its constants rule it out: exactly these.
    """

    states: int
    depth: int | None
    untaken: frozenset[str]
    unreached: frozenset[str]
    twin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violates:
    """TLC finds a counterexample to exactly this claim."""

    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One table of `models.toml`; `bounds` are the constants in which it differs from its file."""

    name: str
    module: Path
    configuration: str
    tier: Tier
    expected: Holds | Violates
    shows: str
    bounds: str = ""


_EVERY = {"module", "config", "tier", "expect", "shows"}
_OPTIONAL = {"constants", "overrides", "invariants", "properties"}
_KEYS = {
    "holds": (_EVERY | {"states", "twin"}, _OPTIONAL | {"depth", "untaken", "unreached"}),
    "violates": (_EVERY | {"violates"}, _OPTIONAL),
}
_TYPES: Mapping[str, type] = {
    "constants": dict,
    "overrides": dict,
    "invariants": list,
    "properties": list,
    "untaken": list,
    "unreached": list,
    "states": int,
    "depth": int,
}


def load(path: Path = DEFAULT_PATH) -> dict[str, Model]:
    """Every model of the file by its name, in the file's order; its folder holds the modules.

    InvalidModels names the model, the key and the rule that is broken.
    """
    try:
        document = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise InvalidModels(f"models: no such file: {path}") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidModels(f"models: {path}: {error}") from None
    tables = document.pop("model", {})
    if document or not isinstance(tables, dict):
        raise InvalidModels(f"models: {path}: only [model.NAME] tables may stand here")
    found = {name: _model(name, table, path.parent) for name, table in tables.items()}
    for model in found.values():
        _check_twin(model, found)
    return found


def select(models: Mapping[str, Model], names: Iterable[str], tier: Tier) -> list[Model]:
    """The named models, or where none is named those that the tier includes.

    InvalidModels lists the names that exist if one does not.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in models:
            raise InvalidModels(f"model {name}: no such model; there are: {', '.join(models)}")
    if wanted:
        return [models[name] for name in wanted]
    return [model for model in models.values() if tier.includes(model.tier)]


def _model(name: str, table: Any, folder: Path) -> Model:
    if not isinstance(table, dict):
        raise InvalidModels(f"model {name}: must be a table, [model.{name}]")
    try:
        _check_keys(table)
        return Model(
            name=name,
            module=_existing(folder / f"{table['module']}.tla", "module"),
            configuration=_configuration(table, folder),
            tier=_tier(table["tier"]),
            expected=_expected(table),
            shows=table["shows"],
            bounds=", ".join(
                [
                    *(
                        f"{key} {configuration.assigned(value)}"
                        for key, value in _constants(table).items()
                    ),
                    *(f"{key} <- {other}" for key, other in _overrides(table).items()),
                ]
            ),
        )
    except ValueError as error:
        raise InvalidModels(f"model {name}: {error}") from None


def _check_keys(table: Mapping[str, Any]) -> None:
    if table.get("expect") not in list(_KEYS):
        raise ValueError(f"expect = {table.get('expect')!r}: must be 'holds' or 'violates'")
    required, optional = _KEYS[table["expect"]]
    for key in sorted(required - table.keys()):
        raise ValueError(f"{key}: missing, a model that {table['expect']} must have it")
    for key, value in table.items():
        if key not in required | optional:
            raise ValueError(f"{key}: unknown key for a model that {table['expect']}")
        kind = _TYPES.get(key, str)
        if type(value) is not kind:
            raise ValueError(f"{key} = {value!r}: must be of type {kind.__name__}")


def _existing(path: Path, key: str) -> Path:
    if not path.is_file():
        raise ValueError(f"{key}: no such file: {path}")
    return path


def _configuration(table: Mapping[str, Any], folder: Path) -> str:
    text = _existing(folder / "models" / table["config"], "config").read_text()
    for name, value in _constants(table).items():
        if not isinstance(value, bool | int | str):
            raise ValueError(f"constants.{name} = {value!r}: must be an integer, boolean or text")
    text = configuration.with_constants(text, _constants(table))
    text = configuration.with_overrides(text, _overrides(table))
    if "invariants" in table:
        text = configuration.with_invariants(text, _texts(table, "invariants"))
    if "properties" in table:
        text = configuration.with_properties(text, _texts(table, "properties"))
    return text


def _constants(table: Mapping[str, Any]) -> dict[str, Any]:
    return dict(table.get("constants", {}))


def _overrides(table: Mapping[str, Any]) -> dict[str, str]:
    return dict(table.get("overrides", {}))


def _tier(text: str) -> Tier:
    if text not in list(Tier):
        raise ValueError(f"tier = {text!r}: must be one of {', '.join(Tier)}")
    return Tier(text)


def _expected(table: Mapping[str, Any]) -> Holds | Violates:
    if table["expect"] == "violates":
        return Violates(claim=_checked_claim(table))
    for key in ("states", "depth"):
        if table.get(key, 0) < 0:
            raise ValueError(f"{key} = {table[key]}: must not be negative")
    return Holds(
        states=table["states"],
        depth=table.get("depth"),
        untaken=frozenset(_texts(table, "untaken")),
        unreached=frozenset(_texts(table, "unreached")),
        twin=table["twin"],
    )


def _checked_claim(table: Mapping[str, Any]) -> str:
    claim = table["violates"]
    if not isinstance(claim, str) or not claim:
        raise ValueError(f"violates = {claim!r}: must name an invariant or a property")
    return claim


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    values = table.get(key, [])
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"{key}: {value!r} must be a name")
    return list(values)


def _check_twin(model: Model, models: Mapping[str, Model]) -> None:
    if not isinstance(model.expected, Holds):
        return
    twin = models.get(model.expected.twin)
    if twin is None:
        raise InvalidModels(f"model {model.name}: twin = {model.expected.twin!r}: no such model")
    if not isinstance(twin.expected, Violates):
        raise InvalidModels(f"model {model.name}: twin = {twin.name!r}: must be a red model")
