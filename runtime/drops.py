"""What was dropped, and why: counted always, logged rarely.

Knows nothing of what it counts. The idea: nothing vanishes silently, and nobody can fill the disk
by sending rubbish: each cause speaks up once a minute for each key, however often it strikes.
"""

import enum
import logging
from collections import Counter

from runtime.clock import NANOSECONDS, Clock

PERIOD = 60 * NANOSECONDS
"""How long a cause that was logged stays quiet about the same key."""

MEMORY = 1_000
"""How many keys are remembered, so that changing them fills no memory."""


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
    STOPPED = "this node has stopped"
    REFUSED = "connection refused"
    CROWDED = "too many unauthenticated connections"


class Drops:
    """Counts by cause; logs the first of a kind and then at most one a minute."""

    def __init__(self, clock: Clock, log: logging.LoggerAdapter[logging.Logger]) -> None:
        self._clock = clock
        self._log = log
        self._counts: Counter[Drop] = Counter()
        self._logged: dict[tuple[Drop, str], int] = {}

    def record(self, cause: Drop, key: str, detail: str) -> None:
        """Counts one; logs it with its detail unless this cause spoke of this key lately."""
        self._counts[cause] += 1
        if self._is_due((cause, key)):
            self._log.warning("%s: %s: %s", cause.value, key, detail)

    def counts(self) -> dict[str, int]:
        """How many were dropped, by cause."""
        return {cause.value: self._counts[cause] for cause in Drop if self._counts[cause]}

    def _is_due(self, subject: tuple[Drop, str]) -> bool:
        now = self._clock.now()
        last = self._logged.get(subject)
        if last is not None and now - last < PERIOD:
            return False
        self._logged.pop(subject, None)
        if len(self._logged) >= MEMORY:
            del self._logged[next(iter(self._logged))]
        self._logged[subject] = now
        return True
