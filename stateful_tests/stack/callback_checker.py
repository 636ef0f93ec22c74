"""What the author of an actor may rely on, checked callback by callback.

Knows nothing of protocols and networks: it hears what one life of an actor is told, in order.
"""

from leader.protocol.vocabulary import InvariantViolated, MemberId


class CallbackChecker:
    """One life of ``member``. Every method raises InvariantViolated for a promise that is broken."""

    def __init__(self, member: MemberId) -> None:
        self.leader: MemberId | None = None
        """Whom the application takes for the leader: what it was told last."""
        self._member = member
        self._leads = False
        self._term: int | None = None

    def leading(self, *, is_leader: bool) -> None:
        """The actor is told to lead; ``is_leader`` is what it answers at that instant."""
        if self._leads:
            raise InvariantViolated(f"CallbacksAlternate: {self._member} is told to lead twice")
        if not is_leader:
            raise InvariantViolated(
                f"ToldToLeadWithinTheLease: {self._member} is told to lead when it may not"
            )
        self._leads, self.leader = True, self._member

    def following(self, leader: MemberId | None) -> None:
        """The actor is told whom to follow."""
        if leader == self._member:
            raise InvariantViolated(f"FollowsAnother: {self._member} is told to follow itself")
        self._leads, self.leader = False, leader

    def term_changed(self, old: int, new: int) -> None:
        """The actor is told of another term."""
        if not old < new or self._term not in (None, old):
            raise InvariantViolated(
                f"TermsToldIncrease: {self._member} is told {old} -> {new}, after {self._term}"
            )
        self._term = new
