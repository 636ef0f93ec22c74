"""What happens to a member: facts, in the past tense."""

from dataclasses import dataclass

from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """``message`` arrived; the transport has made sure that it is from the sender it names."""

    message: Message


@dataclass(frozen=True, slots=True)
class Woke:
    """Time has passed, so something may be due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerWentDown:
    """The connection to the process of ``peer``, in its newest known incarnation, broke."""

    peer: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverCameUp:
    """A message of ``observer`` has arrived, which takes part without a vote."""

    observer: MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class ResignationAsked:
    """This member was asked to give up leadership, to ``successor`` if one is named."""

    successor: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingStopped:
    """The application was told to stop acting as leader; it is asked to resign when it has stopped.

    With ``let_lease_expire`` the lease must not be extended meanwhile.
    """

    let_lease_expire: bool


Event = Received | Woke | PeerWentDown | ObserverCameUp | ActingStopped | ResignationAsked
