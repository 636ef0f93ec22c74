"""Actions with something planted in them, for tests that must see it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from spec.proof.action import ActionCase
from spec.proof.protocol import ACTIONS


def action_named(label: str) -> ActionCase:
    """The action with the label."""
    [found] = [action for action in ACTIONS if action.label == label]
    return found


def without_guard(label: str, guard: str) -> ActionCase:
    """The action without the guard."""
    action = action_named(label)
    needs = {name: term for name, term in action.step.needs.items() if name != guard}
    narrows = {name: term for name, term in action.step.narrows.items() if name != guard}
    assert len(needs) + len(narrows) == len(action.step.needs) + len(action.step.narrows) - 1
    return replace(action, step=replace(action.step, needs=needs, narrows=narrows))


def with_effect(label: str, **changed: Any) -> ActionCase:
    """The action with other variables after it."""
    action = action_named(label)
    return replace(action, step=replace(action.step, after=replace(action.step.after, **changed)))


def with_planted(planted: ActionCase) -> Sequence[ActionCase]:
    """All actions, this one in the place of the one with its label."""
    return [planted if action.label == planted.label else action for action in ACTIONS]
