"""Checks what the author of an actor may rely on, callback by callback.

It knows neither the protocol nor the network: it receives the callbacks of one process, in order.
"""

from leader.protocol.vocabulary import InvariantViolated, MemberId


class CallbackChecker:
    """One process of ``member``. Every method raises InvariantViolated if a guarantee is broken."""

    def __init__(self, member: MemberId) -> None:
        self.leader: MemberId | None = None
        """The leader according to the last callback."""
        self._member = member
        self._leads = False
        self._term: int | None = None

    def leading(self, *, is_leader: bool) -> None:
        """``handle_become_leader`` was called; ``is_leader`` is what the actor answers at that instant."""
        if self._leads:
            raise InvariantViolated(f"CallbacksAlternate: {self._member} is told to lead twice")
        if not is_leader:
            raise InvariantViolated(
                f"ToldToLeadWithinTheLease: {self._member} is told to lead when it may not"
            )
        self._leads, self.leader = True, self._member

    def following(self, leader: MemberId | None) -> None:
        """``handle_become_follower`` was called."""
        if leader == self._member:
            raise InvariantViolated(f"FollowsAnother: {self._member} is told to follow itself")
        self._leads, self.leader = False, leader

    def term_changed(self, old: int, new: int) -> None:
        """``handle_term_changed`` was called."""
        if not old < new or self._term not in (None, old):
            raise InvariantViolated(
                f"TermsToldIncrease: {self._member} is told {old} -> {new}, after {self._term}"
            )
        self._term = new
