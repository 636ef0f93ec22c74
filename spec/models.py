"""`models.toml`: the models, and the outcome that each must have.

Leaves running TLC to others. A verdict counts only if it was predicted, so each model is pinned
before it runs. A file with a missing, an unknown or a wrong key is refused as a whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, MsgspecError, Struct, convert, field, toml

from spec.configuration import Constant, assigned, with_claims, with_constants, with_overrides

DEFAULT_PATH = Path(__file__).parent / "models.toml"

Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1)]


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


class _Expectation(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="expect", tag=str.lower
):
    """The keys of a model that say what it must show; the key `expect` names the class."""


class Holds(_Expectation, frozen=True, kw_only=True):
    """Every claim holds, in exactly this many distinct states, and the model leaves nothing out.

    `untaken` names exactly the actions that the constants of the model rule out, `unreached` exactly
    the definitions of which they rule out some part. `twin` is a model that violates a claim.
    """

    states: Count
    depth: Count | None = None
    untaken: frozenset[str] = frozenset()
    unreached: frozenset[str] = frozenset()
    twin: str


class Violates(_Expectation, frozen=True, kw_only=True):
    """TLC finds a counterexample to exactly this claim."""

    claim: Name = field(name="violates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One table of `models.toml`; `bounds` is what differs from its cfg file."""

    name: str
    module: Path
    configuration: str
    tier: Tier
    expected: Holds | Violates
    shows: str
    bounds: str = ""


class _Settings(Struct, frozen=True, kw_only=True):
    """The other keys of a model: the files, and what replaces parts of the cfg."""

    module: str
    config: str
    tier: Tier
    shows: str
    constants: dict[str, Constant] = {}
    overrides: dict[str, str] = {}
    invariants: list[str] | None = None
    properties: list[str] | None = None


class _Document(Struct, forbid_unknown_fields=True):
    model: dict[str, dict[str, Any]]


def load(path: Path = DEFAULT_PATH) -> dict[str, Model]:
    """Every model of the file by its name, in the file's order; its folder holds the modules.

    InvalidModels names the file or the model, and the rule that is broken.
    """
    try:
        tables = toml.decode(path.read_bytes(), type=_Document).model
    except (OSError, MsgspecError) as error:
        raise InvalidModels(f"models: {path}: {error}") from None
    found = {name: _model(name, table, path.parent) for name, table in tables.items()}
    for model in found.values():
        _check_twin(model, found)
    return found


def select(models: Mapping[str, Model], names: Iterable[str], tier: Tier) -> list[Model]:
    """The named models, or those that the tier includes if no name is given.

    InvalidModels lists the names that exist if one does not.
    """
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in models:
            raise InvalidModels(f"model {name}: no such model; there are: {', '.join(models)}")
    if wanted:
        return [models[name] for name in wanted]
    return [model for model in models.values() if tier.includes(model.tier)]


def _model(name: str, table: Mapping[str, Any], folder: Path) -> Model:
    keys = table.keys() & {*_Settings.__struct_fields__}
    pins = {key: value for key, value in table.items() if key not in keys}
    try:
        settings = convert({key: table[key] for key in keys}, _Settings)
        return Model(
            name=name,
            module=_existing(folder / f"{settings.module}.tla"),
            configuration=_configuration(settings, folder / "models" / settings.config),
            tier=settings.tier,
            expected=convert(pins, Holds | Violates),
            shows=settings.shows,
            bounds=", ".join(
                [
                    *(f"{key} {assigned(value)}" for key, value in settings.constants.items()),
                    *(f"{key} <- {other}" for key, other in settings.overrides.items()),
                ]
            ),
        )
    except (ValueError, MsgspecError) as error:
        raise InvalidModels(f"model {name}: {error}") from None


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"no such file: {path}")
    return path


def _configuration(settings: _Settings, file: Path) -> str:
    text = with_constants(_existing(file).read_text(), settings.constants)
    text = with_overrides(text, settings.overrides)
    return with_claims(text, invariants=settings.invariants, properties=settings.properties)


def _check_twin(model: Model, models: Mapping[str, Model]) -> None:
    if not isinstance(model.expected, Holds):
        return
    twin = models.get(model.expected.twin)
    if twin is None:
        raise InvalidModels(f"model {model.name}: twin = {model.expected.twin!r}: no such model")
    if not isinstance(twin.expected, Violates):
        raise InvalidModels(f"model {model.name}: twin = {twin.name!r}: must be a red model")
