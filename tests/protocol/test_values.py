"""Every value of the core, whatever its module: it compares by content and cannot be changed."""

import importlib
import inspect
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args

import pytest

from leader import protocol
from leader.protocol.effects import Effect
from leader.protocol.events import Event
from leader.protocol.messages import Message

FOLDER = Path(protocol.__file__).parent
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
VALUES = [
    kind
    for name in MODULES
    for kind in vars(importlib.import_module(f"leader.protocol.{name}")).values()
    if inspect.isclass(kind) and is_dataclass(kind) and kind.__module__.endswith(f".{name}")
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_a_value_of_the_core_is_frozen_and_slotted(value: type) -> None:
    """A state that is kept, or a record that is being written, stays what it was; misspelt fields fail."""
    parameters = vars(value)["__dataclass_params__"]
    assert parameters.frozen
    assert parameters.eq
    assert "__slots__" in vars(value)


def test_every_event_effect_and_message_is_such_a_value() -> None:
    """Recorded runs are compared with others by comparing these."""
    assert {*get_args(Event), *get_args(Effect), *get_args(Message)} <= set(VALUES)
