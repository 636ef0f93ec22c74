"""Everything outside the core that an engine uses, in one value: time, chance, disk, network, log."""

import random as random_module
from collections.abc import Callable
from dataclasses import dataclass
from logging import Logger, LoggerAdapter

from leader.election.ignored import IgnoredLog
from leader.election.record_thread import RecordThread
from leader.election.story import Story
from leader.election.trace import Line, Trace
from leader.protocol.messages import Message
from leader.protocol.vocabulary import JITTER_RANGE, Instant, MemberId, Moment, Term
from runtime import Clock
from runtime.clock import far_ahead_limit


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The outside of one engine."""

    clock: Clock
    random: random_module.Random
    record: RecordThread
    send: Callable[[MemberId, Message], None]
    log: LoggerAdapter[Logger]
    ignored: IgnoredLog
    story: Story
    """Is told every step when it was taken."""
    trace: Trace | None = None
    """Is told every step before any effect of it is executed; an error in it ends the engine."""

    def now(self) -> Instant:
        """What the clock shows."""
        return Instant(self.clock.now())

    def moment(self) -> Moment:
        """What the clock shows, one draw of chance, and the highest term that is believed now."""
        jitter = self.random.randrange(JITTER_RANGE)
        return Moment(now=self.now(), jitter=jitter, highest_term=self.highest_term())

    def highest_term(self) -> Term | None:
        """The highest term that an honest member can have made from its wall clock; None if ours is wrong."""
        limit = far_ahead_limit(self.clock.wall_milliseconds())
        return None if limit is None else Term(limit)

    def tell_trace(self, line: Line | None) -> None:
        """Hand a line to the trace, if there is a trace and something to tell."""
        if self.trace is not None and line is not None:
            self.trace(line)
