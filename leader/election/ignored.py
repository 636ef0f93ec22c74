"""What was ignored or refused, and why: counted by reason, and logged within bounds.

Decides nothing. A peer must not be able to fill the log, so what a person has to act on is logged
once for each text and only so often in all; everything else is logged at DEBUG.
"""

from collections import Counter
from logging import DEBUG, Logger, LoggerAdapter

REASONS_LIMIT = 100
"""How many different reasons are counted; more than the code has, so a mistake stays bounded."""

ALARMS_LIMIT = 20
"""How many different texts are logged above DEBUG for each reason, each text once."""


class IgnoredLog:
    """Counts and logs what one member ignores."""

    def __init__(self, log: LoggerAdapter[Logger]) -> None:
        self._log = log
        self._counts: Counter[str] = Counter()
        self._alarms: dict[str, set[str]] = {}

    def counts(self) -> dict[str, int]:
        """How often each reason applied, by reason."""
        return dict(self._counts)

    def add(self, reason: str, text: str, level: int = DEBUG) -> None:
        """Count one thing that was ignored; above DEBUG it is logged only if the text is new."""
        self._count(reason)
        if level == DEBUG:
            self._log.debug("ignored (%s): %s", reason, text)
        elif self._is_new(reason, text):
            self._log.log(level, "%s", text)

    def _count(self, reason: str) -> None:
        if reason in self._counts or len(self._counts) < REASONS_LIMIT:
            self._counts[reason] += 1

    def _is_new(self, reason: str, text: str) -> bool:
        # Each reason has its own limit: a peer that uses up one cannot keep another from being logged.
        logged = self._alarms.setdefault(reason, set()) if reason in self._counts else {text}
        if text in logged or len(logged) >= ALARMS_LIMIT:
            return False
        logged.add(text)
        return True
