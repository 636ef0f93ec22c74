"""The sequence of faults: the leader is killed, stopped gently, and frozen, in each round.

Before each fault all members run and follow the leader, and a random time passes, so that each
fault hits the leader at another point between two heartbeats.
"""

import asyncio
import random
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from leader.cli.demo.cluster import Cluster
from leader.cli.demo.reports import Report
from leader.cli.demo.witness import Witness

Say = Callable[[str, str], None]
"""Shows one line of the story: the member that it is about, or an empty name, and what happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the demonstration runs."""

    nodes: int
    rounds: int
    seed: int
    trust_disconnect: bool
    files: bool
    trace_folder: str | None = None
    """Where the processes record what they do; a folder that exists."""


@dataclass(slots=True)
class Round:
    """How long each change took, in milliseconds; the first leader is of the first round only."""

    first_leader_ms: float | None = None
    failover_ms: float | None = None
    handover_ms: float | None = None


@dataclass(slots=True)
class Result:
    """What a drill has led to."""

    plan: Plan
    witness: Witness = field(default_factory=Witness)
    rounds: list[Round] = field(default_factory=list)
    failure: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every fault was survived, and no two members acted at once."""
        return self.failure is None and self.witness.overlaps == 0 and self.witness.tokens_increase


class Drill:
    """One run of a plan."""

    def __init__(self, result: Result, say: Say, hear: Callable[[str, Report], None]) -> None:
        self._plan = result.plan
        self._result = result
        self._witness = result.witness
        self._say = say
        self._hear = hear
        self._random = random.Random(self._plan.seed)
        self._names = [f"n{number}" for number in range(1, self._plan.nodes + 1)]

    async def run(self) -> None:
        """Carry the plan out.

        Raises:
            NotSurvived: a change of leader did not happen in time.
        """
        with ExitStack() as stack:
            folder = None
            if self._plan.files:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="leader-demo-"))
            plan = self._plan
            self._cluster = Cluster(
                self._names, folder, plan.trust_disconnect, self._heard, plan.trace_folder
            )
            try:
                await self._rounds()
            finally:
                await self._cluster.end()

    async def _rounds(self) -> None:
        first = await self._first_leader()
        for number in range(self._plan.rounds):
            outcome = Round(first_leader_ms=first if number == 0 else None)
            self._result.rounds.append(outcome)
            outcome.failover_ms = await self._kill()
            outcome.handover_ms = await self._stop()
            await self._freeze()

    def _heard(self, member: str, report: Report) -> None:
        self._witness.hear(member, report)
        self._hear(member, report)

    async def _first_leader(self) -> float:
        """The time from when a quorum takes part until the first leader, in milliseconds."""
        self._say("", f"{self._plan.nodes} processes start")
        await self._cluster.start(*self._names)
        await self._witness.until("a first leader", lambda: bool(self._witness.leads))
        at, who, token = self._witness.leads[0]
        took_part = sorted(self._witness.took_part.values())
        quorum_at = took_part[min(self._plan.nodes // 2, len(took_part) - 1)]
        elapsed = _milliseconds(quorum_at, at)
        self._say(who, f"is elected, token {token}, {elapsed:.1f} ms after a quorum had started")
        return elapsed

    async def _kill(self) -> float:
        victim = await self._settled()
        since = now()
        self._cluster.signal(victim, signal.SIGKILL)
        self._say(victim, "is killed with SIGKILL")
        elapsed = await self._successor("takes over", since, victim)
        await self._cluster.gone(victim)
        await self._restart(victim)
        return elapsed

    async def _stop(self) -> float:
        victim = await self._settled()
        since = now()
        self._cluster.signal(victim, signal.SIGTERM)
        self._say(victim, "is stopped gently with SIGTERM")
        elapsed = await self._successor("is handed the lead", since, victim)
        await self._cluster.gone(victim)
        await self._restart(victim)
        return elapsed

    async def _freeze(self) -> None:
        victim = await self._settled()
        since = now()
        self._cluster.signal(victim, signal.SIGSTOP)
        self._say(victim, "is frozen with SIGSTOP")
        await self._successor("takes over", since, victim)
        self._cluster.signal(victim, signal.SIGCONT)
        self._say(victim, "is thawed with SIGCONT; it must not act")
        await self._settled()

    async def _successor(self, how: str, since: int, victim: str) -> float:
        await self._witness.until(
            f"another leader after {victim}",
            lambda: self._witness.leads_since(since, victim) is not None,
        )
        at, who, token = self._witness.leads_since(since, victim) or (since, "", 0)
        elapsed = _milliseconds(since, at)
        self._say(who, f"{how} after {elapsed:.1f} ms, token {token}")
        return elapsed

    async def _restart(self, name: str) -> None:
        self._say(
            name,
            "is started again" + (", from its record" if self._plan.files else ", with no record"),
        )
        self._witness.follows.pop(name, None)
        await self._cluster.start(name)

    async def _settled(self) -> str:
        """Wait until all follow one leader, then for a random time; returns the leader."""
        await self._witness.until(
            "all follow one leader", lambda: self._common_leader() is not None
        )
        await asyncio.sleep(0.2 + self._random.random() * 0.2)
        await self._witness.until(
            "all follow one leader", lambda: self._common_leader() is not None
        )
        return self._common_leader() or ""

    def _common_leader(self) -> str | None:
        followed = {self._witness.follows.get(name) for name in self._names}
        return followed.pop() if len(followed) == 1 else None


def now() -> int:
    """The machine's boot clock, which the processes report in, in nanoseconds."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _milliseconds(since: int, until: int) -> float:
    return (until - since) / 1_000_000
