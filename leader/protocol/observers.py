"""How often a leader tells members without a vote that it leads. Decides nothing, as ``pacing`` does.

What is new to an observer (a leader, a term, a membership) it hears as soon as voters do, and again
until it has answered. Otherwise it is sent one heartbeat in each ``Timing.observer_interval``, so that
many observers cost a leader little.
"""

from dataclasses import replace
from typing import Final

from leader.protocol.messages import HeartbeatAck
from leader.protocol.state import Leader, Pacing, State
from leader.protocol.vocabulary import Duration, Instant, MemberId, after

OBSERVERS_LIMIT: Final = 1_000
"""How many observers a member knows at most, so that invented names cannot fill its memory."""


def observers_due(state: State, now: Instant) -> frozenset[MemberId]:
    """The observers that the next heartbeat goes to: all once in a while, else those that have not answered.

    So they hear what is new as soon as voters do, and again until they have answered.
    """
    pacing = state.pacing
    if now > after(pacing.observers_told, state.settings.timing.observer_interval):
        return state.observers
    return state.observers - pacing.informed


def after_telling_observers(pacing: Pacing, interval: Duration, now: Instant) -> Pacing:
    """The pacing after a heartbeat: once in a while a new round begins, which no observer has answered yet."""
    if now <= after(pacing.observers_told, interval):
        return pacing
    return replace(pacing, observers_told=now, informed=frozenset())


def inform(state: State, ack: HeartbeatAck) -> State:
    """Send no more heartbeats of this round to an observer that has answered one of them."""
    pacing, own = state.pacing, state.durable.membership.identity
    knows = ack.sent >= pacing.observers_told and not ack.membership.is_older_than(own)
    leads = isinstance(state.role, Leader) and ack.term == state.term
    if not (leads and knows and ack.sender in state.observers):
        return state
    return replace(state, pacing=replace(pacing, informed=pacing.informed | {ack.sender}))


def watched_by(state: State, observer: MemberId) -> State:
    """Send ``observer`` the next heartbeat, and those that follow."""
    if observer not in state.observers and len(state.observers) >= OBSERVERS_LIMIT:
        return state
    informed = state.pacing.informed - {observer}
    pacing = replace(state.pacing, informed=informed)
    return replace(state, observers=state.observers | {observer}, pacing=pacing)


def unwatched_by(state: State, observer: MemberId) -> State:
    """Send ``observer`` no heartbeat any more."""
    if observer not in state.observers:
        return state
    pacing = replace(state.pacing, informed=state.pacing.informed - {observer})
    return replace(state, observers=state.observers - {observer}, pacing=pacing)
