"""What was dropped, and why: every drop is counted, few are logged.

Leaves it to the caller to decide what is dropped. Other nodes can cause drops, so the log must have
a bound: for each reason and each key (the name of a node, for example) there is at most one line a
minute, there are at most a hundred keys for each reason, and a line has a limited length.
"""

import enum
import logging
from collections import Counter

from runtime.clock import Clock
from runtime.log_limit import LogLimit

DETAIL_LIMIT = 500
"""How many characters of a detail are logged, because it may quote a frame."""


class DropReason(enum.Enum):
    """Why a message was dropped or a connection refused."""

    UNKNOWN_PROCESS = "no such process"
    MISNAMED = "no process of that name, perhaps mistyped here or there"
    MAILBOX_FULL = "mailbox full"
    UNSIGNED = "message to an endpoint without a sender"
    MALFORMED = "malformed message"
    UNKNOWN_KIND = "kind of message that is not registered here"
    NO_ROUTE = "no route to the node"
    UNREACHABLE = "node unreachable"
    DIAL_FAILED = "dialling failed in an unusual way"
    QUEUE_FULL = "too many messages wait for a connection"
    LATE_ANSWER = "answer too late"
    OTHER_INCARNATION = "addressed to another incarnation of the node"
    SLOW_PEER = "the node reads too slowly"
    ENDING = "this node stops"
    STOPPED = "this node has stopped"
    REFUSED = "connection refused"
    REFUSED_BY_PEER = "this node is refused"
    DISPLACED = "a later process has taken the place of an earlier one of its name"
    CROWDED = "too many connections"


ORDINARY = frozenset({DropReason.UNKNOWN_PROCESS, DropReason.UNKNOWN_KIND, DropReason.ENDING})
"""Reasons that occur whenever processes start and stop one after the other: logged as INFO."""


class DropLog:
    """Counts drops by reason, and logs some of them."""

    def __init__(self, clock: Clock, log: logging.LoggerAdapter[logging.Logger]) -> None:
        self._log = log
        self._counts: Counter[DropReason] = Counter()
        self._limits = {reason: LogLimit(clock) for reason in DropReason}

    def record(self, reason: DropReason, key: str, detail: str) -> None:
        """Counts a drop; logs it, unless this reason and key were logged within the last minute."""
        self._counts[reason] += 1
        if self._limits[reason].allows(key):
            level = logging.INFO if reason in ORDINARY else logging.WARNING
            self._log.log(level, "%s: %s: %s", reason.value, key, detail[:DETAIL_LIMIT])

    def counts(self) -> dict[str, int]:
        """How many drops there were, by the text of the reason."""
        return {reason.value: self._counts[reason] for reason in DropReason if self._counts[reason]}
