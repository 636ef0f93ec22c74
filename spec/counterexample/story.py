"""A counterexample as a list of steps: who acted, what changed, what was sent and received."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from spec.counterexample.message_matching import Mail, Message, MessageLog
from spec.counterexample.state_diff import Change, changes_of, members_of
from spec.trace import Counterexample, StateValues, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step: the action, what it changed, its messages, and the state after it.

    It `repeats` if it is one of those that a behaviour without an end goes through again and again.
    """

    number: int
    action: str
    changes: tuple[Change, ...]
    mail: Mail
    state: StateValues
    repeats: bool


@dataclass(frozen=True, kw_only=True)
class Story:
    """A trace that violates the claim of a model.

    `shows` says what the model is about, `definition` is the text of the claim; both may be empty.
    """

    model: str
    claim: str
    trace: Counterexample
    shows: str = ""
    definition: str = ""

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The members, in a fixed order."""
        return members_of(self.trace.steps[0].state)

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The steps from the initial state on, with the one that closes a loop."""
        steps = [Step(action=None, state={}), *self.trace.steps]
        if self.trace.back_to and self.trace.back_by:
            steps.append(Step(action=self.trace.back_by, state=steps[self.trace.back_to].state))
        log = MessageLog(self.members)
        return tuple(
            self._scene(number, before.state, step, log)
            for number, (before, step) in enumerate(pairwise(steps), 1)
        )

    def receptions_of(self, message: Message) -> list[int]:
        """The numbers of the steps that received the message."""
        received = ((scene.number, scene.mail.received) for scene in self.scenes)
        return [number for number, other in received if other and other.number == message.number]

    def _scene(self, number: int, before: StateValues, step: Step, log: MessageLog) -> Scene:
        changes = tuple(changes_of(before, step.state, self.members))
        return Scene(
            number=number,
            action=step.action or "Initial state",
            changes=changes,
            mail=log.follow(number, step, changes),
            state=step.state,
            repeats=self.trace.back_to is not None and number > self.trace.back_to,
        )
