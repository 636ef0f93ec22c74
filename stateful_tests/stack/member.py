"""The actor under test: it reports every callback, and some of its callbacks take long.

A callback that takes longer than a lease makes the next one late: what it tells may be over by
then, and the actor must not tell it to the application as news.
"""

from typing import Protocol

from leader.actor.actor import Actor
from leader.election.options import Options
from leader.protocol.vocabulary import MemberId
from runtime import ExitReason, Pid
from runtime.clock import sleep

WORK_SECONDS = (0.0, 0.0, 0.0, 0.001, 0.2)
"""How long a callback may take: mostly no time, sometimes longer than a lease."""


class CallbackListener(Protocol):
    """Receives the callbacks of an actor."""

    def leading(self, *, is_leader: bool) -> None:
        """``handle_become_leader``; ``is_leader`` is what the actor answers at that instant."""

    def following(self, leader: MemberId | None) -> None:
        """``handle_become_follower``, with the node of the leader."""

    def term_changed(self, old: int, new: int) -> None:
        """``handle_term_changed``."""

    def terminated(self, reason: ExitReason) -> None:
        """``terminate``: the actor has ended by itself."""


class StackMember(Actor):
    """A member of the election."""

    def __init__(self, listener: CallbackListener) -> None:
        self._listener = listener

    def init(self, options: Options) -> Options:
        return options

    async def handle_become_leader(self) -> None:
        self._listener.leading(is_leader=self.is_leader)
        await self._work()

    async def handle_become_follower(self, leader: Pid | None) -> None:
        self._listener.following(None if leader is None else MemberId(leader.node))
        await self._work()

    def handle_term_changed(self, old: int, new: int) -> None:
        self._listener.term_changed(old, new)

    def terminate(self, reason: ExitReason) -> None:
        self._listener.terminated(reason)

    async def _work(self) -> None:
        seconds = self.node.random.choice(WORK_SECONDS)
        if seconds:
            await sleep(self.clock, seconds)
