"""What the author of an actor writes: its callbacks, each ``def`` or ``async def``.

They run one at a time, in the order in which their causes happened. An exception in any of them
terminates the actor; a leader resigns first.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable
from typing import Any

from leader.election.options import Options
from runtime import Pid, Process


class ActorCallbacks(Process, ABC):
    """Override ``init``, ``handle_become_leader`` and ``handle_become_follower``, and others as needed."""

    @abstractmethod
    def init(self, *arguments: Any, **keywords: Any) -> Options | Awaitable[Options]:
        """Return the ``Options`` of the election; called once, with the arguments of spawn."""

    @abstractmethod
    def handle_become_leader(self) -> Awaitable[None] | None:
        """Start exclusive work. Raising rejects leadership: the actor resigns, then terminates."""

    @abstractmethod
    def handle_become_follower(self, leader: Pid | None) -> Awaitable[None] | None:
        """Stop exclusive work and follow ``leader``; None: no known leader. Called again when that changes.

        Between two calls of ``handle_become_leader`` there is always one of this. Requests that arrive
        while there is no leader are best kept until this is called with a leader, or refused.
        """

    def handle_peer_joined(self, peer: Pid) -> Awaitable[None] | None:
        """Another member was heard from for the first time, or again after it had left."""

    def handle_peer_left(self, peer: Pid) -> Awaitable[None] | None:
        """A peer has ended, or its node is down or cannot be reached. Quorums do not change by this."""

    def handle_term_changed(self, old: int, new: int) -> Awaitable[None] | None:
        """The term has risen; also in this member's own elections, and when a leader renews in place."""

    def handle_call(self, sender: Pid | None, request: Any) -> Any:
        """Answer a request: what this returns is the answer. Unless overridden, it is refused and logged."""
        return super().handle_call(sender, request)
