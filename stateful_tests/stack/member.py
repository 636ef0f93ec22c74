"""The application under test: an actor that tells all it is told, and sometimes takes its time.

Knows nothing of claims. Slow callbacks are where an application hears of the past: what waits behind
one may be over when its turn comes.
"""

from typing import Protocol

from leader.actor.actor import Actor
from leader.actor.options import Options
from leader.protocol.vocabulary import MemberId
from runtime import ExitReason, Pid
from runtime.clock import sleep

WORK_SECONDS = (0.0, 0.0, 0.0, 0.001, 0.2)
"""How long a callback takes: mostly no time, at times longer than a lease."""


class CallbackListener(Protocol):
    """Who hears what an actor is told."""

    def told_to_lead(self, *, is_leader: bool) -> None:
        """``handle_become_leader``, and what the actor answers meanwhile."""

    def told_to_follow(self, leader: MemberId | None) -> None:
        """``handle_become_follower``, by the leader's node."""

    def told_term(self, old: int, new: int) -> None:
        """``handle_term_changed``."""

    def terminated(self, reason: ExitReason) -> None:
        """The actor has ended itself."""


class StackMember(Actor):
    """A member of the election."""

    def __init__(self, listener: CallbackListener) -> None:
        self._listener = listener

    def init(self, options: Options) -> Options:
        return options

    async def handle_become_leader(self) -> None:
        self._listener.told_to_lead(is_leader=self.is_leader)
        await self._work()

    async def handle_become_follower(self, leader: Pid | None) -> None:
        self._listener.told_to_follow(None if leader is None else MemberId(leader.node))
        await self._work()

    def handle_term_changed(self, old: int, new: int) -> None:
        self._listener.told_term(old, new)

    def terminate(self, reason: ExitReason) -> None:
        self._listener.terminated(reason)

    async def _work(self) -> None:
        seconds = self.node.random.choice(WORK_SECONDS)
        if seconds:
            await sleep(self.clock, seconds)
