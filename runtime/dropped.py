"""What was dropped, and why: counted always, logged rarely.

Knows nothing of what it counts. The idea: nothing vanishes silently, and nobody can fill the disk
by sending rubbish: each cause speaks up once a minute for each key, however often it strikes, for
so many keys and no more, however many addresses it strikes from, and never at length.
"""

import enum
import logging
from collections import Counter

from runtime.clock import NANOSECONDS, Clock

PERIOD = 60 * NANOSECONDS
"""How long a cause that was logged stays quiet about the same key."""

LINES = 100
"""How many keys a cause may speak about in a period; no more are remembered."""

DETAIL_LIMIT = 500
"""How many characters of a detail are logged: it may quote a frame."""


class Drop(enum.Enum):
    """Why a message was dropped or a connection refused."""

    UNKNOWN_PROCESS = "no such process"
    MAILBOX_FULL = "mailbox full"
    ANONYMOUS = "priority message without a sender"
    MALFORMED = "malformed message"
    NO_ROUTE = "no route to the node"
    UNREACHABLE = "node unreachable"
    QUEUE_FULL = "too many messages wait for a connection"
    LATE_ANSWER = "answer too late"
    OTHER_INCARNATION = "addressed to another incarnation of the node"
    SLOW_PEER = "the node reads too slowly"
    ENDING = "this node stops"
    STOPPED = "this node has stopped"
    REFUSED = "connection refused"
    CROWDED = "too many connections"


ORDINARY = frozenset({Drop.UNKNOWN_PROCESS, Drop.ENDING})
"""What happens in every start and stop, one process before the other: nothing to warn of."""


class Drops:
    """Counts by cause; logs the first of a kind and then at most one a minute."""

    def __init__(self, clock: Clock, log: logging.LoggerAdapter[logging.Logger]) -> None:
        self._clock = clock
        self._log = log
        self._counts: Counter[Drop] = Counter()
        self._logged: dict[Drop, dict[str, int]] = {cause: {} for cause in Drop}

    def record(self, cause: Drop, key: str, detail: str) -> None:
        """Counts one; logs it with its detail unless this cause spoke of this key lately."""
        self._counts[cause] += 1
        if self._is_due(key, self._logged[cause]):
            level = logging.INFO if cause in ORDINARY else logging.WARNING
            self._log.log(level, "%s: %s: %s", cause.value, key, detail[:DETAIL_LIMIT])

    def counts(self) -> dict[str, int]:
        """How many were dropped, by cause."""
        return {cause.value: self._counts[cause] for cause in Drop if self._counts[cause]}

    def _is_due(self, key: str, logged: dict[str, int]) -> bool:
        now = self._clock.now()
        while logged and now - logged[oldest := next(iter(logged))] >= PERIOD:
            del logged[oldest]
        if key in logged or len(logged) >= LINES:
            return False
        logged[key] = now
        return True
