"""A counterexample told step by step: who did what, what changed, what was sent and received.

Knows what a step changes and what flies, and no specification. The idea: TLC prints whole states;
a reader wants the differences. The action that closes a loop is a step like any other.
"""

from dataclasses import dataclass
from itertools import pairwise

from spec.changes import Change, changes_of, members_of
from spec.flights import MESSAGES, Flight, Log, Sent, is_messages
from spec.trace import State, Step, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step: the action, who took it where that can be told, and what it did.

    `lost` are messages that went out of flight and had never been received.
    """

    number: int
    action: str
    actor: str | None
    changes: tuple[Change, ...] = ()
    sent: tuple[Sent, ...] = ()
    received: Sent | None = None
    lost: tuple[Sent, ...] = ()
    older: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The counterexample to a claim; where no variable tells members apart, there is but one.

    `again_as` is the step that the last one leads back to, for a behaviour without an end; where
    that is the last one itself, nothing happens any more. `shows` says what the model is about,
    `definition` is the text of the claim; both may be empty.
    """

    model: str
    claim: str
    members: tuple[str, ...]
    scenes: tuple[Scene, ...]
    states: tuple[State, ...]
    flights: tuple[Flight, ...] = ()
    again_as: int | None = None
    shows: str = ""
    definition: str = ""


def story_of(
    model: str, claim: str, trace: Trace, *, shows: str = "", definition: str = ""
) -> Story:
    """The story of the trace, which violates the claim."""
    steps = _with_return(trace)
    members = members_of(steps[0].state)
    log = Log(members)
    log.start(steps[0].state)
    told = [
        _scene(number, before, step, members, log)
        for number, (before, step) in enumerate(pairwise(steps), 2)
    ]
    return Story(
        model=model,
        claim=claim,
        members=members or ("system",),
        scenes=(Scene(number=1, action="Initial state", actor=None), *told),
        states=tuple(step.state for step in steps),
        flights=log.flights(),
        again_as=trace.back_to,
        shows=shows,
        definition=definition,
    )


def _with_return(trace: Trace) -> tuple[Step, ...]:
    """The steps, and the one that closes the loop."""
    if trace.back_to is None or trace.back_by is None:
        return trace.steps
    return (*trace.steps, Step(action=trace.back_by, state=trace.steps[trace.back_to - 1].state))


def _scene(number: int, before: Step, step: Step, members: tuple[str, ...], log: Log) -> Scene:
    apart = MESSAGES if is_messages(step.state.get(MESSAGES)) else ""
    changes = tuple(changes_of(before.state, step.state, members, apart=apart))
    action = step.action or ""
    mail = log.step(number, action, _actor(step, changes), (before.state, step.state), changes)
    return Scene(
        number=number,
        action=action,
        actor=mail.actor,
        changes=changes,
        sent=mail.sent,
        received=mail.received,
        lost=mail.lost,
        older=mail.older,
    )


def _actor(step: Step, changes: tuple[Change, ...]) -> str | None:
    """Whom TLC names, or else the one whose variables changed; nobody if that are several."""
    if step.arguments:
        return ", ".join(step.arguments)
    owners = {change.member for change in changes if change.member}
    return owners.pop() if len(owners) == 1 else None
