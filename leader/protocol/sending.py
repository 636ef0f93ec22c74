"""To which members a message goes that is for more than one."""

from leader.protocol.effects import Send
from leader.protocol.messages import Message
from leader.protocol.state import State


def to_others(state: State, message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter. Spec: To."""
    return tuple(Send(to=voter, message=message) for voter in state.voters if voter != state.member)


def to_all(state: State, message: Message) -> tuple[Send, ...]:
    """``message`` to every other voter and to all observers. Spec: To."""
    observers = sorted(state.observers - {*state.voters, state.member})
    watching = tuple(Send(to=observer, message=message) for observer in observers)
    return (*to_others(state, message), *watching)
