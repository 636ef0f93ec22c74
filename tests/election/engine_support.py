"""What the tests of the engine share: its environment in small parts, and one journal of all that happens.

The two other members exist only as answers: as long as they oblige, they grant whatever member A
asks. A test sets how long the disk takes. The clock can be put forward while the event loop stands
still, which is what a process sees after it was stopped.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from leader.election.engine import Engine
from leader.election.environment import Environment
from leader.election.ignored import IgnoredLog
from leader.election.record_thread import RecordThread
from leader.election.story import Story
from leader.election.trace import Trace
from leader.errors import StorageError
from leader.protocol.durable import Durable
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    Message,
    PreVoteGranted,
    PreVoteRequest,
    VoteGranted,
    VoteRequest,
)
from leader.protocol.timing import Timing, scaled_timing
from leader.protocol.vocabulary import Duration, MemberId, Term
from runtime import Pid, Timer
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.protocol.builders import A, membership, record, settings

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

MILLISECOND = 1_000_000
TRIP_SECONDS = 0.0001
"""How long a message takes one way."""

DISK_FULL = "the disk is full"
"""What a record that fails says."""

TIMING: Timing = scaled_timing(
    election_timeout_min=Duration(150 * MILLISECOND),
    election_timeout_max=Duration(300 * MILLISECOND),
    heartbeat_interval=Duration(50 * MILLISECOND),
    max_clock_drift=10_000,
)


FOUND = record(term=5, promise=150)
"""The record that A finds; its former life may owe a promise of 150 ms."""


class DiskLoop(VirtualTimeLoop):
    """Virtual time, in which work off the event loop takes ``disk_seconds``."""

    disk_seconds = 0.0

    def run_in_executor(
        self, executor: Any, func: Callable[[*Arguments], Result], *args: *Arguments
    ) -> asyncio.Future[Result]:
        done: asyncio.Future[Result] = self.create_future()

        def work() -> None:
            try:
                done.set_result(func(*args))
            except Exception as error:
                done.set_exception(error)

        self.call_later(self.disk_seconds, work)
        return done


class StoppableClock:
    """The loop's clock, until ``jump`` puts it forward, which no timer notices."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = SimulatedClock(loop)
        self._ahead = 0

    def jump(self, seconds: float) -> None:
        """Let time pass in which nothing runs."""
        self._ahead += round(seconds * 1_000_000_000)

    def now(self) -> int:
        return self._clock.now() + self._ahead

    def wall_milliseconds(self) -> int:
        return self._clock.wall_milliseconds() + self._ahead // MILLISECOND

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        return self._clock.call_at(instant - self._ahead, callback)


@dataclass(kw_only=True)
class JournalledRecord:
    """A record that notes every save, and fails if a test wants it to."""

    journal: list[Any]
    found: Durable | None
    survives: bool = True
    fails: bool = False
    failure: Exception | None = None
    """What a save raises, besides."""

    def load(self) -> Durable | None:
        self._check_disk()
        return self.found

    def save(self, durable: Durable) -> None:
        self._check_disk()
        if self.failure is not None:
            raise self.failure
        self.journal.append(("saved", durable.term))

    def close(self) -> None:
        self.journal.append(("closed",))

    def _check_disk(self) -> None:
        if self.fails:
            raise StorageError(Path("record"), DISK_FULL)


@dataclass
class JournallingListener:
    """Appends what it is told to a list."""

    journal: list[Any]

    def term_changed(self, old: Term, new: Term) -> None:
        self.journal.append(("term", old, new))

    def leading(self, term: Term) -> None:
        self.journal.append(("leading", term))

    def following(self, leader: MemberId | None) -> None:
        self.journal.append(("following", leader))

    def peer_joined(self, member: MemberId, pid: Pid) -> None:
        self.journal.append(("joined", member))

    def peer_left(self, member: MemberId, pid: Pid) -> None:
        self.journal.append(("left", member))

    def failed(self, error: Exception) -> None:
        self.journal.append(("failed", error))


@dataclass
class Bench:
    """Member A under test, its journal, and how the other members answer."""

    loop: DiskLoop
    record: JournalledRecord
    clock: StoppableClock
    journal: list[Any]
    trace: Trace | None = None
    others_oblige: bool = True
    send_failure: Exception | None = None
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        log = process_log("host")
        environment = Environment(
            clock=self.clock,
            random=random.Random(7),
            record=RecordThread(self.record),
            send=self._send,
            log=log,
            ignored=IgnoredLog(log),
            story=Story(settings(A, TIMING), membership(), self.clock, log),
            trace=self.trace,
        )
        listener = JournallingListener(self.journal)
        self.engine = Engine(settings(A, TIMING), membership(), environment, listener)

    async def pass_time(self, milliseconds: float) -> None:
        """Let virtual time pass."""
        await asyncio.sleep(milliseconds / 1_000)

    async def lead(self) -> Term:
        """Have A elected and its first heartbeat answered; returns its token."""
        await self.engine.start()
        await self.pass_time(170)
        assert self.engine.is_leader
        self.journal.clear()
        return self.engine.term

    def sent(self, kind: type[Message] | None = None) -> list[Any]:
        """What was sent and to whom, all of it or only the messages of one kind."""
        letters = [entry[1:] for entry in self.journal if entry[0] == "sent"]
        return [letter for letter in letters if kind is None or isinstance(letter[1], kind)]

    def kinds(self) -> list[str]:
        """The journal with one word for each entry: the kind of a message, or what happened."""
        return [
            type(entry[2]).__name__ if entry[0] == "sent" else str(entry[0])
            for entry in self.journal
        ]

    def _send(self, to: MemberId, message: Message) -> None:
        if self.send_failure is not None:
            raise self.send_failure
        self.journal.append(("sent", to, message))
        answer = _yes(to, message) if self.others_oblige else None
        if answer is not None:
            self.loop.call_later(2 * TRIP_SECONDS, self.engine.receive, answer)


def on_bench(
    test: Callable[[Bench], Coroutine[Any, Any, None]],
    *,
    found: Durable | None = None,
    survives: bool = True,
    trace: Trace | None = None,
) -> None:
    """Run a test in virtual time; ``found`` is what the record holds, and ``survives`` is for a file."""
    loop = DiskLoop()
    journal: list[Any] = []
    record = JournalledRecord(journal=journal, found=found, survives=survives)

    async def body() -> None:
        bench = Bench(loop, record, StoppableClock(loop), journal, trace)
        await test(bench)
        await bench.engine.end()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    loop.run(body())


def logged(records: list[logging.LogRecord], level: int) -> list[str]:
    """The texts of what was logged at ``level``."""
    return [record.getMessage() for record in records if record.levelno == level]


def _yes(sender: MemberId, message: Message) -> Message | None:
    cluster = message.cluster
    match message:
        case PreVoteRequest(term=term, sent=sent):
            return PreVoteGranted(cluster=cluster, sender=sender, term=term, sent=sent)
        case VoteRequest(term=term, sent=sent):
            return VoteGranted(
                cluster=cluster, sender=sender, term=term, sent=sent, promise=TIMING.promise
            )
        case Heartbeat(term=term, sent=sent, membership=voters):
            return HeartbeatAck(
                cluster=cluster,
                sender=sender,
                term=term,
                sent=sent,
                promise=TIMING.promise,
                membership=voters.identity,
            )
        case _:
            return None
