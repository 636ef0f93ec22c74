"""What one step yields: which action of the spec it was, the next state, what to do in the world."""

from dataclasses import dataclass
from enum import StrEnum

from leader.protocol.effects import Effect, Ignored, Send
from leader.protocol.state import State


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
    """An action's own account: the state it leads to and the messages it sends."""

    action: Action
    state: State
    messages: tuple[Send, ...] = ()


@dataclass(frozen=True, slots=True)
class NoAction:
    """No action was taken: at most the pacing of ``state`` differs, and ``effects`` say why."""

    state: State
    effects: tuple[Ignored | Send, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: ``action`` is None where the spec has none."""

    action: Action | None
    state: State
    effects: tuple[Effect, ...]


def ignored(state: State, why: str, *, alarming: bool = False) -> NoAction:
    """Nothing done, and why."""
    return NoAction(state, (Ignored(why=why, alarming=alarming),))
