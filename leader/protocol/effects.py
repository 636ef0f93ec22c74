"""What a step asks for: imperatives, to be carried out in the order given.

``Persist`` comes first where it comes at all: nothing that depends on a record may leave before it.
"""

from dataclasses import dataclass

from leader.protocol.durable import Durable
from leader.protocol.messages import Message
from leader.protocol.vocabulary import MemberId, Term


@dataclass(frozen=True, slots=True)
class Persist:
    """Make ``durable`` survive a crash before carrying out what follows."""

    durable: Durable


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Hand ``message`` to the network; it may never arrive."""

    to: MemberId
    message: Message


@dataclass(frozen=True, slots=True)
class AnnounceLeading:
    """Tell the application that it leads, with ``term`` as its token."""

    term: Term


@dataclass(frozen=True, slots=True)
class AnnounceFollowing:
    """Tell the application whom it follows: None while nobody is known to lead."""

    leader: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnounceTerm:
    """Tell the application that the term it sees has changed."""

    old: Term
    new: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Nothing was done, and this is why; ``alarming`` where somebody has to act on it."""

    why: str
    alarming: bool


Effect = Persist | Send | AnnounceLeading | AnnounceFollowing | AnnounceTerm | Ignored
