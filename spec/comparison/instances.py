"""The instances of `instances.toml`, by user: `core` or `proof`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spec.comparison.instance import Instance
from spec.models import Tier

_PATH = Path(__file__).with_name("instances.toml")


def load(user: str) -> Mapping[str, Instance]:
    """The instances of the user, in the order of the file."""
    tables = tomllib.loads(_PATH.read_text())[user]
    return {name: _instance(name, fields) for name, fields in tables.items()}


def _instance(name: str, fields: Mapping[str, Any]) -> Instance:
    return Instance(name=name, **{field: _value(field, text) for field, text in fields.items()})


def _value(field: str, value: Any) -> Any:
    match field, value:
        case "tier", str():
            return Tier(value)
        case "apart", list():
            return tuple(map(frozenset, value))
        case _, list():
            return frozenset(value)
        case _:
            return value
