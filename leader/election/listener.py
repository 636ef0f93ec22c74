"""The one interface between an election and what uses it: an actor, an elector, a test's list."""

from typing import Protocol

from leader.protocol.vocabulary import MemberId, Term
from runtime import Pid


class ElectionListener(Protocol):
    """Is told each result of an election, in the order in which the results happened.

    The calls come from inside a step of the election, so they must return soon and must not raise:
    an exception ends the election, and the lease goes on while a call runs.
    """

    def leading(self, term: Term) -> None:
        """This member leads now, with ``term`` as its fencing token."""

    def following(self, leader: MemberId | None) -> None:
        """This member does not lead now; ``leader`` does, as far as it knows. None: no known leader."""

    def term_changed(self, old: Term, new: Term) -> None:
        """The term that the application sees has changed from ``old`` to ``new``."""

    def peer_joined(self, member: MemberId, pid: Pid) -> None:
        """``member`` was heard from for the first time, or again after it had left; it is ``pid``."""

    def peer_left(self, member: MemberId, pid: Pid) -> None:
        """``member``, as ``pid``, said farewell, or its node went down or was replaced."""

    def failed(self, error: Exception) -> None:
        """The election has ended because of ``error``: this member acts no more and says nothing."""
