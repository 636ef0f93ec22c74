"""To which members a message goes that is for more than one."""

from collections.abc import Set

from leader.protocol.effects import Send
from leader.protocol.messages import Message
from leader.protocol.state import State
from leader.protocol.vocabulary import MemberId


def to_others(state: State, message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter. Spec: To."""
    return tuple(Send(to=voter, message=message) for voter in state.voters if voter != state.member)


def to_others_and(state: State, observers: Set[MemberId], message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter and to these observers. Spec: To."""
    watching = sorted(observers - {*state.voters, state.member})
    told = tuple(Send(to=observer, message=message) for observer in watching)
    return (*to_others(state, message), *told)
