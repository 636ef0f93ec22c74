"""Finds the members that do not answer, so that the connection with them can be made anew.

Decides nothing about elections: the rules of the protocol have their own deadlines. A dead connection
may stay open for many seconds, because nothing tells its ends that what they send is lost. This sends
nothing itself: only messages that the election sends anyway can go unanswered.
"""

from typing import Final, NamedTuple

from leader.protocol.timing import Timing
from leader.protocol.vocabulary import Instant, MemberId

HEARTBEATS: Final = 3
"""For how many intervals of heartbeats a member that is written to may say nothing."""

REMEMBERED: Final = 1_000
"""How many silent members are remembered; those written to last stay."""


class _Unanswered(NamedTuple):
    since: Instant
    last: Instant


class Silence:
    """When each member was written to without having been heard from since."""

    def __init__(self, timing: Timing) -> None:
        self._patience = HEARTBEATS * timing.heartbeat_interval
        self._pause = 2 * timing.election_timeout_max
        self._unanswered: dict[MemberId, _Unanswered] = {}

    def wrote_to(self, member: MemberId, now: Instant) -> bool:
        """Remember a message to ``member``; True, once in a while, if ``member`` does not answer."""
        since, last = self._unanswered.pop(member, _Unanswered(now, now))
        if now - last > self._pause:
            # The last message before a long pause was an answer, and an answer needs no answer.
            since = now
        is_silent = now - since >= self._patience
        self._unanswered[member] = _Unanswered(now if is_silent else since, now)
        if len(self._unanswered) > REMEMBERED:
            del self._unanswered[next(iter(self._unanswered))]
        return is_silent

    def heard(self, member: MemberId) -> None:
        """``member`` has said anything."""
        self._unanswered.pop(member, None)
