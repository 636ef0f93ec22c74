"""What was ignored or refused, and why: counted by reason, and logged within bounds.

Decides nothing. A peer must not be able to fill the log, so what a person has to act on is logged
once for each text and only so often in all; everything else is logged at DEBUG.
"""

from collections import Counter
from logging import DEBUG, Logger, LoggerAdapter

REASONS_LIMIT = 100
"""How many different reasons are counted; more than the code has, so a mistake stays bounded."""

ALARMS_LIMIT = 100
"""How many different texts are logged above DEBUG, each once."""


class IgnoredLog:
    """Counts and logs what one member ignores."""

    def __init__(self, log: LoggerAdapter[Logger]) -> None:
        self._log = log
        self._counts: Counter[str] = Counter()
        self._alarms: set[str] = set()

    def counts(self) -> dict[str, int]:
        """How often each reason applied, by reason."""
        return dict(self._counts)

    def add(self, reason: str, text: str, level: int = DEBUG) -> None:
        """Count one thing that was ignored; above DEBUG it is logged only if the text is new."""
        self._count(reason)
        if level == DEBUG:
            self._log.debug("ignored (%s): %s", reason, text)
        elif text not in self._alarms and len(self._alarms) < ALARMS_LIMIT:
            self._alarms.add(text)
            self._log.log(level, "%s", text)

    def _count(self, reason: str) -> None:
        if reason in self._counts or len(self._counts) < REASONS_LIMIT:
            self._counts[reason] += 1
