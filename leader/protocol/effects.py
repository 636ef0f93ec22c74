"""What a step asks for: imperatives, to be carried out in the order given.

``Persist`` comes first if it comes at all: no message may leave before the record that it depends on.
"""

from dataclasses import dataclass
from enum import StrEnum

from leader.protocol.durable import Durable
from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId, Term


class RefusalReason(StrEnum):
    """Which guard did not hold, as the one who reads logs and counters sees it: a closed set."""

    NOT_A_VOTER = "not_a_voter"
    NOT_HEARD = "not_heard"
    TERM_NOT_HIGHER = "term_not_higher"
    TERM_LOWER = "term_lower"
    PROMISED_TO_ANOTHER = "promised_to_another"
    MEMBERSHIP_OLDER = "membership_older"
    PRE_VOTE_DEFERRED = "pre_vote_deferred"
    ROUND_OVER = "round_over"
    ROUND_SUPERSEDED = "round_superseded"
    CANDIDACY_OVER = "candidacy_over"
    LEADERSHIP_OVER = "leadership_over"
    NEVER_ASKED = "never_asked"
    LEASE_LEFT_TO_EXPIRE = "lease_left_to_expire"
    LEADER_RESIGNED = "leader_resigned"
    SECOND_LEADER = "second_leader"
    NOT_LEADING = "not_leading"
    OTHER_CLUSTER = "other_cluster"
    OWN_NAME = "own_name"
    TERM_TOO_HIGH = "term_too_high"
    OTHER_BOOTSTRAP_LIST = "other_bootstrap_list"


@dataclass(frozen=True, slots=True)
class Persist:
    """Make ``durable`` survive a crash before carrying out what follows."""

    durable: Durable


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Hand ``message`` to the network; it may never arrive."""

    to: MemberId
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRefusal:
    """Log and count that a request of ``to`` was refused, and why; the refusal itself is a message."""

    to: MemberId
    reason: RefusalReason


@dataclass(frozen=True, slots=True)
class AnnounceLeading:
    """Tell the application that it leads, with ``term`` as its token."""

    term: Term


@dataclass(frozen=True, slots=True)
class AnnounceFollowing:
    """Tell the application which member it follows: None while no leader is known."""

    leader: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceTerm:
    """Tell the application that the term it sees has changed."""

    old: Term
    new: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Log and count that nothing was done, and why; ``alarming`` if a person has to act on it."""

    reason: RefusalReason
    why: str
    alarming: bool


Effect = (
    Persist | Send | ReportRefusal | AnnounceLeading | AnnounceFollowing | AnnounceTerm | Ignored
)
