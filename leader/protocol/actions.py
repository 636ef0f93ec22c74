"""The table of actions: each action of ``spec/Election.tla`` that a member takes, named once.

A row has the action's name in the specification and in traces, and what leads to it. Its function in
the core has the row's name in lower case. Tests hold this table against the specification, the
core's functions, traces and the stateful rules, so a new action begins with a row here.

Below the table: what the function of an action returns.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from leader.protocol.effects import Ignored, RefusalReason, ReportRefusal, Send
from leader.protocol.events import PeerWentDown, ResignationAsked, Woke
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Refusal,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.state import State
from leader.protocol.vocabulary import MemberId


class Action(StrEnum):
    """An action, by its name in the specification."""

    causes: tuple[type, ...]
    """The messages and events that may lead to it; ``Woke``: it is due at some time."""

    def __new__(cls, name: str, *causes: type) -> Self:
        action = str.__new__(cls, name)
        action._value_ = name
        action.causes = causes
        return action

    START_PRE_VOTE = "StartPreVote", Woke
    HANDLE_PRE_VOTE_REQUEST = "HandlePreVoteRequest", PreVoteRequest, Woke
    HANDLE_PRE_VOTE_GRANTED = "HandlePreVoteGranted", PreVoteGranted
    CAMPAIGN = "Campaign", PreVoteGranted, Woke
    HANDLE_VOTE_REQUEST = "HandleVoteRequest", VoteRequest
    HANDLE_VOTE_GRANTED = "HandleVoteGranted", VoteGranted
    BECOME_LEADER = "BecomeLeader", VoteGranted, Woke
    SEND_HEARTBEAT = "SendHeartbeat", Woke
    HANDLE_HEARTBEAT = "HandleHeartbeat", Heartbeat
    HANDLE_HEARTBEAT_ACK = "HandleHeartbeatAck", HeartbeatAck
    EXPIRE_LEASE = "ExpireLease", Woke
    UPDATE_TERM = "UpdateTerm", PreVoteRefused, VoteRefused, HeartbeatRefused
    RENEW = "Renew", PreVoteRefused, VoteRefused, HeartbeatRefused, Woke
    RESIGN = "Resign", ResignationAsked
    HANDLE_RESIGNED = "HandleResigned", Resigned
    LOSE_LEADER = "LoseLeader", Woke
    PEER_DOWN = "PeerDown", PeerWentDown

    @property
    def function_name(self) -> str:
        """The name of its function in the core, of its rule in the stateful tests if it has one."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action leads to: the next state, its messages, and a report if it refused a request."""

    action: Action
    state: State
    messages: tuple[Send, ...] = ()
    refused: ReportRefusal | None = None


@dataclass(frozen=True, slots=True)
class NoAction:
    """No action was taken: at most the pacing of ``state`` differs, and ``effects`` say why."""

    state: State
    effects: tuple[Ignored | Send | ReportRefusal, ...] = ()


def refused(
    action: Action, state: State, to: MemberId, refusal: Refusal, reason: RefusalReason
) -> ActionResult:
    """Answer a request of ``to`` with no, and report which guard did not hold."""
    report = ReportRefusal(to=to, reason=reason)
    return ActionResult(action, state, (Send(to=to, message=refusal),), report)


def ignored(state: State, reason: RefusalReason, why: str, *, alarming: bool = False) -> NoAction:
    """Do nothing, and report which guard did not hold."""
    return NoAction(state, (Ignored(reason=reason, why=why, alarming=alarming),))
