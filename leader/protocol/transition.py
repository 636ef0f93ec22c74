"""What one step yields."""

from dataclasses import dataclass

from leader.protocol.actions import Action
from leader.protocol.effects import Effect
from leader.protocol.state import State


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: ``action`` is None if the spec has none for it."""

    action: Action | None
    state: State
    effects: tuple[Effect, ...]
