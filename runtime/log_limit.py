"""Bounds of a log: how often one thing may be said, and how much is said in all.

Leaves to the caller what is said. What other nodes or a broken disk cause can happen any number of
times, so for each key (the name of a node, for example) there are at most so many lines a minute, and
there is a limit to the keys that are remembered.
"""

from runtime.clock import NANOSECONDS, Clock

PERIOD = 60 * NANOSECONDS
"""Within what time the lines of a key are counted."""

KEYS_LIMIT = 100
"""How many keys may be logged within a period; no more keys are remembered."""


class LogLimit:
    """Counts the lines of each key within a period that begins with the first of them."""

    def __init__(self, clock: Clock, lines: int = 1) -> None:
        """Allows that many lines of a key within a period."""
        self._clock = clock
        self._lines = lines
        self._logged: dict[str, tuple[int, int]] = {}

    def allows(self, key: str) -> bool:
        """Whether one more line of this key may be logged now; if so, it is counted."""
        now, logged = self._clock.now(), self._logged
        while logged and now - logged[oldest := next(iter(logged))][0] >= PERIOD:
            del logged[oldest]
        since, lines = logged.get(key, (now, 0))
        if lines >= self._lines or (not lines and len(logged) >= KEYS_LIMIT):
            return False
        logged[key] = (since, lines + 1)
        return True


class GrowingPause:
    """The pauses between lines about a state that lasts: each is twice as long as the one before it."""

    def __init__(self, first: int, longest: int = 60 * PERIOD) -> None:
        """Both in nanoseconds."""
        self._first = min(first, longest)
        self._longest = longest
        self._next = self._first

    def take(self) -> int:
        """Returns the next pause, in nanoseconds."""
        pause = self._next
        self._next = min(2 * pause, self._longest)
        return pause

    def reset(self) -> None:
        """Begins with the first pause again: the state is over."""
        self._next = self._first
