"""Says that no member leads, with the arithmetic of votes: who is reachable, and how many are needed.

Decides nothing. A member that waits for a quorum for ever looks like one that is well; only this tells
an operator which members are missing.
"""

from collections.abc import Callable, Iterable
from logging import Logger, LoggerAdapter

from leader.protocol.quorum import quorum_size
from leader.protocol.vocabulary import Duration, Instant, MemberId
from runtime import Alarm, Clock
from runtime.log_limit import GrowingPause

NANOSECONDS = 1_000_000_000

PATIENCE_TIMEOUTS = 5
"""After how many election timeouts without a leader the first line is logged; each pause is twice the last."""

REACHABLE_TIMEOUTS = 4
"""How many election timeouts after its last message a voter is reachable: without a leader all campaign."""


class QuorumWatch:
    """Logs that no member leads, more and more rarely while that lasts."""

    def __init__(
        self,
        own: MemberId,
        voters: Callable[[], tuple[MemberId, ...]],
        timeout: Duration,
        clock: Clock,
        log: LoggerAdapter[Logger],
    ) -> None:
        """``voters`` is asked whenever a line is due; ``timeout`` is the longest election timeout."""
        self._own = own
        self._voters = voters
        self._timeout = timeout
        self._clock = clock
        self._log = log
        self._heard: dict[MemberId, Instant] = {}
        self._since = Instant(clock.now())
        self._pause = GrowingPause(PATIENCE_TIMEOUTS * timeout)
        self._alarm: Alarm | None = None

    def heard(self, member: MemberId) -> None:
        """``member``, which is a voter, has sent a message now."""
        self._heard[member] = Instant(self._clock.now())

    def leader_lost(self) -> None:
        """From now on this member knows no leader."""
        self._since = Instant(self._clock.now())
        self._pause.reset()
        self._wait()

    def leader_found(self) -> Duration:
        """This member knows a leader; for how long it knew none before."""
        self.stop()
        return Duration(self._clock.now() - self._since)

    def stop(self) -> None:
        """Log nothing more."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def unreachable(self, voters: Iterable[MemberId]) -> list[MemberId]:
        """Which of these were not heard from lately."""
        limit = self._clock.now() - REACHABLE_TIMEOUTS * self._timeout
        return [
            voter
            for voter in voters
            if voter != self._own and (voter not in self._heard or self._heard[voter] < limit)
        ]

    def _wait(self) -> None:
        self.stop()
        self._alarm = Alarm(self._clock, self._clock.now() + self._pause.take(), self._report)

    def _report(self) -> None:
        voters = self._voters()
        # Names that are voters no more are forgotten, so that they cannot pile up.
        self._heard = {name: at for name, at in self._heard.items() if name in voters}
        seconds = (self._clock.now() - self._since) / NANOSECONDS
        if voters:
            self._log.warning("nobody leads: %s; for %.1f s now", self._arithmetic(voters), seconds)
        else:
            self._log.warning(
                "no leader was heard from for %.1f s: this member only observes, and knows no voter",
                seconds,
            )
        self._wait()

    def _arithmetic(self, voters: tuple[MemberId, ...]) -> str:
        missing = self.unreachable(voters)
        reachable, needed = len(voters) - len(missing), quorum_size(len(voters))
        text = f"{reachable} of {len(voters)} voters reachable, {needed} needed"
        if missing:
            return f"{text}, {listed(missing)} {'is' if len(missing) == 1 else 'are'} not"
        return f"{text}; if this lasts, look for refusals and slow disks in the logs of all voters"


def listed(names: Iterable[MemberId]) -> str:
    """The names as a sentence has them: "a, b and c"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
