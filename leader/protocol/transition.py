"""What one step yields: which action of the spec it was, the next state, the effects asked for."""

from dataclasses import dataclass

from leader.protocol.actions import Action
from leader.protocol.effects import Effect, Ignored, RefusalReason, ReportRefusal, Send
from leader.protocol.messages import Refusal
from leader.protocol.state import State
from leader.protocol.vocabulary import MemberId


@dataclass(frozen=True, slots=True)
class ActionResult:
    """An action's own account: the state it leads to, what it sends, and whom it refused, if it did."""

    action: Action
    state: State
    messages: tuple[Send, ...] = ()
    refused: ReportRefusal | None = None


@dataclass(frozen=True, slots=True)
class NoAction:
    """No action was taken: at most the pacing of ``state`` differs, and ``effects`` say why."""

    state: State
    effects: tuple[Ignored | Send | ReportRefusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: ``action`` is None if the spec has none for it."""

    action: Action | None
    state: State
    effects: tuple[Effect, ...]


def refused(
    action: Action, state: State, to: MemberId, refusal: Refusal, reason: RefusalReason
) -> ActionResult:
    """Answer a request of ``to`` with no, and report which guard did not hold."""
    report = ReportRefusal(to=to, reason=reason)
    return ActionResult(action, state, (Send(to=to, message=refusal),), report)


def ignored(state: State, reason: RefusalReason, why: str, *, alarming: bool = False) -> NoAction:
    """Do nothing, and report which guard did not hold."""
    return NoAction(state, (Ignored(reason=reason, why=why, alarming=alarming),))
