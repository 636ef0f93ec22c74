"""A counterexample as a list of steps: who acted, what changed, what was sent and received."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from spec.counterexample.message_matching import MESSAGES, Mail, Message, MessageLog
from spec.counterexample.state_diff import Change, changes_of, members_of
from spec.trace import State, Step, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step: the action, who took it if that can be told, what it did, and the state after it."""

    number: int
    action: str
    actor: str | None
    changes: tuple[Change, ...]
    mail: Mail
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The counterexample to a claim; `scenes` begins with the initial state.

    `again_as` is the step that the last one leads back to, for a behaviour without an end; if that
    is the last one itself, nothing happens any more. `shows` says what the model is about,
    `definition` is the text of the claim; both may be empty.
    """

    model: str
    claim: str
    members: tuple[str, ...]
    scenes: tuple[Scene, ...]
    again_as: int | None = None
    shows: str = ""
    definition: str = ""

    def receptions_of(self, message: Message) -> list[int]:
        """The steps in which the message was received."""
        return [
            scene.number
            for scene in self.scenes
            if scene.mail.received and scene.mail.received.number == message.number
        ]

    def is_looping(self, scene: Scene) -> bool:
        """Whether the step is one of those that are repeated for ever."""
        return self.again_as is not None and self.again_as < scene.number


def story_of(
    model: str, claim: str, trace: Trace, *, shows: str = "", definition: str = ""
) -> Story:
    """The story of the trace, which violates the claim."""
    members = members_of(trace.steps[0].state)
    return Story(
        model=model,
        claim=claim,
        members=members,
        scenes=tuple(_scenes(_with_return(trace), members)),
        again_as=trace.back_to,
        shows=shows,
        definition=definition,
    )


def _with_return(trace: Trace) -> tuple[Step, ...]:
    """The steps, and the one that closes the loop."""
    if trace.back_to is None or trace.back_by is None:
        return trace.steps
    return (*trace.steps, Step(action=trace.back_by, state=trace.steps[trace.back_to - 1].state))


def _scenes(steps: tuple[Step, ...], members: tuple[str, ...]) -> Iterator[Scene]:
    log = MessageLog(members)
    nothing = Step(action=None, state={})
    for number, (before, step) in enumerate(pairwise((nothing, *steps)), 1):
        action = step.action or "Initial state"
        changes = [c for c in changes_of(before.state, step.state, members) if c.name != MESSAGES]
        mail = log.follow(number, action, changes, step.state, _actor(step, changes))
        yield Scene(
            number=number,
            action=action,
            actor=mail.actor,
            changes=tuple(changes),
            mail=mail,
            state=step.state,
        )


def _actor(step: Step, changes: list[Change]) -> str | None:
    """The member that TLC names, or else the only one whose variables changed."""
    if step.arguments:
        return step.arguments[0]
    owners = {change.member for change in changes if change.member}
    return owners.pop() if len(owners) == 1 else None
