"""What members say to each other. Nouns; no defaults, so that an omission is an error.

Each names its cluster and its sender, for which its carrier vouches. ``sent`` is the asker's own
clock reading: it comes back in the answer, and only the asker ever reads it.
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
    """Would you vote for me in ``term``?"""

    term: Term
    sent: Instant
    membership: MembershipId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteGranted(_Message):
    """I would, as things are; it binds me to nothing."""

    term: Term
    sent: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class PreVoteRefused(_Message):
    """I would not; my own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Resignation:
    """The fact that ``leader`` has given up every leadership up to ``term``."""

    leader: MemberId
    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRequest(_Message):
    """Vote for me in ``term``; ``resignation`` releases you from the promise to the former leader."""

    term: Term
    sent: Instant
    membership: MembershipId
    resignation: Resignation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteGranted(_Message):
    """My vote in ``term``; for ``promise`` from now I vote for nobody else."""

    term: Term
    sent: Instant
    promise: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteRefused(_Message):
    """No vote; my own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(_Message):
    """I lead ``term``, and this is who votes."""

    term: Term
    sent: Instant
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatAck(_Message):
    """I follow you in ``term``; for ``promise`` from now I vote for nobody else."""

    term: Term
    sent: Instant
    promise: Duration
    membership: MembershipId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatRefused(_Message):
    """You lead no longer; my own term is ``term``."""

    term: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Resigned(_Message):
    """I gave up leading ``term``, before I said so; ``successor`` may campaign at once."""

    term: Term
    successor: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipContradicted(_Message):
    """Your bootstrap list is not mine, which is ``membership``: we are no cluster. Carries no term to act on."""

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
