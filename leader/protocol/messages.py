"""The messages between members. They have no defaults, so a field that a peer leaves out is an error.

Each names its cluster and its sender; the transport makes sure that the sender is the right one.
``sent`` is the asker's own clock reading: the answer repeats it, and only the asker uses it.
"""

from dataclasses import dataclass, fields

from leader.protocol.membership import Membership, MembershipId
from leader.protocol.vocabulary import LARGEST, ClusterId, Duration, Instant, MemberId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    cluster: ClusterId
    sender: MemberId

    def __post_init__(self) -> None:
        for field in fields(self):
            value: object = getattr(self, field.name)
            if isinstance(value, int) and not 0 <= value <= LARGEST:
                raise ValueError(f"{field.name} = {value}: must be from 0 to {LARGEST}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteRequest(_Message):
    """Asks whether the receiver would vote for the sender in ``term``."""

    term: Term
    sent: Instant
    membership: MembershipId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteGranted(_Message):
    """The sender would vote so as things are; this binds it to nothing."""

    term: Term
    sent: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteRefused(_Message):
    """The sender would not vote so; its own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Resignation:
    """``leader`` has given up every leadership up to ``term``."""

    leader: MemberId
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRequest(_Message):
    """Asks for a vote in ``term``; ``resignation`` releases the receiver's promise to the former leader."""

    term: Term
    sent: Instant
    membership: MembershipId
    resignation: Resignation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteGranted(_Message):
    """A vote in ``term``; for ``promise`` from now the sender votes for no other member."""

    term: Term
    sent: Instant
    promise: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRefused(_Message):
    """The sender gives no vote; its own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(_Message):
    """The sender leads ``term``; ``membership`` lists the voters."""

    term: Term
    sent: Instant
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatAck(_Message):
    """The sender follows in ``term``; for ``promise`` from now it votes for no other member."""

    term: Term
    sent: Instant
    promise: Duration
    membership: MembershipId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatRefused(_Message):
    """The receiver no longer leads; the sender's own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Resigned(_Message):
    """The sender stopped leading ``term`` before it sent this; ``successor`` may campaign at once."""

    term: Term
    successor: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipContradicted(_Message):
    """The sender does not hear the receiver, since it holds another list of the voters: ``membership``.

    Either the two were started with different bootstrap lists, or the receiver is not on the list. No
    rule reads the term in it, and it is never answered.
    """

    membership: Membership


Request = PreVoteRequest | VoteRequest | Heartbeat
Refusal = PreVoteRefused | VoteRefused | HeartbeatRefused
Message = (
    PreVoteRequest
    | PreVoteGranted
    | PreVoteRefused
    | VoteRequest
    | VoteGranted
    | VoteRefused
    | Heartbeat
    | HeartbeatAck
    | HeartbeatRefused
    | Resigned
    | MembershipContradicted
)
