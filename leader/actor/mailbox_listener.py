"""An actor's election, and the listener that turns its results into callbacks, one at a time.

Has no rule of the protocol. Each result waits in the actor's mailbox until the entries before it are
handled. It may be outdated by then, so this module decides whether the actor is still told.
"""

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from leader.actor.callbacks import ActorCallbacks
from leader.election.election import Election
from leader.election.lease_scope import LeaseScope, grace
from leader.election.options import Options
from leader.election.record_thread import RecordThread
from leader.protocol.vocabulary import MemberId, Term
from runtime import Pid
from runtime.process import resolve


class MailboxListener:
    """The ``ElectionListener`` of one actor."""

    def __init__(
        self, actor: ActorCallbacks, name: str, options: Options, record: RecordThread
    ) -> None:
        """``record`` is that of the member ``name`` on the actor's node."""
        self._actor = actor
        self._last_announced: tuple[Pid | None, ...] = ()
        """The leader that the actor was told of last; empty as long as it was told nothing."""
        self._leadership_epoch = 0
        """How often this member has ceased to lead, or heard of another leader."""
        self._told_epoch: int | None = None
        """The epoch in which the actor was told to lead; None while it was told to follow."""
        self._is_resigning = False
        """Whether a hand-over waits in the mailbox or is being carried out."""
        self.election = Election(
            options, record, node=actor.node, name=name, listener=self, log=actor.log
        )
        self._scope = LeaseScope(
            actor.clock,
            remaining=lambda: self.election.lease_remaining,
            grace=grace(options.timing),
            on_expiring=partial(self.resign, let_lease_expire=True),
            failed=self._work_failed,
        )

    @property
    def is_leader(self) -> bool:
        """Whether this member may act, in the leadership that its actor was told of last.

        While a slow callback runs, another member may have led and this one may lead again. What the
        actor keeps from its former leadership must not be used in the new one.
        """
        return self._told_epoch == self._leadership_epoch and self.election.is_leader

    def run_while_leader(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` as long as this member leads; close it at once if it does not lead."""
        if self.is_leader:
            self._scope.run(work)
        else:
            work.close()

    def resign(self, successor: MemberId | None = None, *, let_lease_expire: bool = False) -> None:
        """Stop acting at once; hand over when the callbacks that wait have run.

        With ``let_lease_expire`` the lease ends meanwhile if they take longer than that. If a hand-over
        waits already, nothing is done: a second one would end the leadership after this one.
        """
        if self.election.has_leadership and not self._is_resigning:
            self._is_resigning = True
            self.election.stop_acting(let_lease_expire=let_lease_expire)
            self._scope.cancel()
            self._actor.post(lambda: self._hand_over(successor))

    async def withdraw(self) -> None:
        """Hand over if this member leads, take no further step, and tell the peers."""
        self.election.stop_acting()
        self._scope.cancel()
        try:
            await self._hand_over(None)
        finally:
            # Before ``terminate`` runs: a member that is elected meanwhile would end without a resignation.
            await self.election.depart()

    async def release(self) -> None:
        """Release all resources; sends nothing and calls no callback."""
        self._scope.cancel()
        await self.election.close()

    def leading(self, term: Term) -> None:
        """See ``ElectionListener``."""
        self._actor.post(partial(self._announce_leading, self._leadership_epoch))

    def following(self, leader: MemberId | None) -> None:
        """See ``ElectionListener``."""
        # At once, not through the mailbox: a slow callback must not keep a former leader's work running.
        self._leadership_epoch += 1
        self._scope.cancel()
        self._actor.post(partial(self._announce_following, leader))

    def term_changed(self, old: Term, new: Term) -> None:
        """See ``ElectionListener``."""
        self._post(self._actor.handle_term_changed, old, new)

    def peer_joined(self, member: MemberId, pid: Pid) -> None:
        """See ``ElectionListener``."""
        self._post(self._actor.handle_peer_joined, pid)
        if self.election.leader == member:
            # A restarted leader may lead on without an election: the actor would keep its dead PID.
            self._actor.post(partial(self._announce_following, member))

    def peer_left(self, member: MemberId, pid: Pid) -> None:
        """See ``ElectionListener``."""
        self._post(self._actor.handle_peer_left, pid)

    def failed(self, error: Exception) -> None:
        """See ``ElectionListener``."""
        self._scope.cancel()
        self._actor.stop(error)

    def _post(self, callback: Callable[..., Awaitable[None] | None], *about: object) -> None:
        self._actor.post(partial(callback, *about))

    async def _announce_leading(self, epoch: int) -> None:
        # Drop a stale announcement: a leadership that is over must start no work. The leadership after
        # it has its own announcement, queued behind the callback that ends this one.
        is_stale = epoch != self._leadership_epoch or not self.election.is_leader
        if not is_stale and self._last_announced != (self._actor.pid,):
            self._told_epoch = epoch
            await resolve(self._actor.handle_become_leader())
            self._last_announced = (self._actor.pid,)

    async def _announce_following(self, leader: MemberId | None) -> None:
        await self._scope.ended()
        self._told_epoch = None
        followed = self.election.pid_of(leader)
        if self._last_announced != (followed,):
            self._last_announced = (followed,)
            await resolve(self._actor.handle_become_follower(followed))

    async def _hand_over(self, successor: MemberId | None) -> None:
        """End all work of this leadership, and only then tell the other members.

        If this is cancelled, the work may still run: no resignation is sent, so the lease has to expire.
        """
        try:
            await self._scope.ended()
            if self._last_announced == (self._actor.pid,):
                await self._announce_following(None)
        except Exception:
            await self._resign_now(successor)
            raise
        await self._resign_now(successor)

    async def _resign_now(self, successor: MemberId | None) -> None:
        try:
            await self.election.resign(successor)
        finally:
            self._is_resigning = False

    def _work_failed(self, error: Exception) -> None:
        self._actor.log.error("what ran while this member led failed", exc_info=error)
        self._actor.stop(error)
