"""What one step yields: which action of the spec it was, the next state, the effects asked for."""

from dataclasses import dataclass
from enum import StrEnum

from leader.protocol.effects import Effect, Ignored, RefusalReason, ReportRefusal, Send
from leader.protocol.messages import Refusal
from leader.protocol.state import State
from leader.protocol.vocabulary import MemberId


class Action(StrEnum):
    """The actions of ``spec/Election.tla``, by name."""

    START_PRE_VOTE = "StartPreVote"
    HANDLE_PRE_VOTE_REQUEST = "HandlePreVoteRequest"
    HANDLE_PRE_VOTE_GRANTED = "HandlePreVoteGranted"
    CAMPAIGN = "Campaign"
    HANDLE_VOTE_REQUEST = "HandleVoteRequest"
    HANDLE_VOTE_GRANTED = "HandleVoteGranted"
    BECOME_LEADER = "BecomeLeader"
    SEND_HEARTBEAT = "SendHeartbeat"
    HANDLE_HEARTBEAT = "HandleHeartbeat"
    HANDLE_HEARTBEAT_ACK = "HandleHeartbeatAck"
    EXPIRE_LEASE = "ExpireLease"
    UPDATE_TERM = "UpdateTerm"
    RENEW = "Renew"
    RESIGN = "Resign"
    HANDLE_RESIGNED = "HandleResigned"
    LOSE_LEADER = "LoseLeader"
    PEER_DOWN = "PeerDown"


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
