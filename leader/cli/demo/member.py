"""One process of the demonstration: a node with one actor, which reports everything that happens to it.

It stops in an orderly way at SIGTERM, and when the process that started it has ended.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from leader.actor.actor import Actor
from leader.cli.demo.reports import (
    Acted,
    Command,
    Follows,
    Leads,
    Listening,
    Report,
    Routes,
    Setup,
    TakesPart,
)
from leader.election.options import Options
from leader.election.storage import FileStorage
from leader.election.trace_file import TraceFile, boot_clock
from runtime import Clock, Node, Pid, ProcessId

ACTOR = "demo"
CHECK_SECONDS = 0.001
"""How often a member that acts is asked whether it still does."""
IDLE_CHECK_SECONDS = 0.020
"""How often one that does not act is asked, unless it is told to lead: checks must not slow the other processes."""
REPORT_NANOSECONDS = 10_000_000
"""After how long a stretch of acting is reported, even if it goes on."""
CHECK_LIMIT = 1_000_000
"""A check that takes longer than this, in ns, proves nothing: the process was not running meanwhile."""


def tell(report: Report) -> None:
    """Write a report to the pipe that the demonstration reads."""
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    sys.stdout.flush()


class Member(Actor):
    """Reports its callbacks."""

    was_told = False

    def __init__(self, trace_file: TraceFile | None) -> None:
        self.told_to_lead = asyncio.Event()
        self._trace_file = trace_file

    def init(self, setup: Setup) -> Options:
        folder = setup.record_folder
        return Options(
            cluster_id="demo",
            bootstrap=[ProcessId(ACTOR, name) for name in setup.members],
            storage=None if folder is None else FileStorage(folder),
            trust_disconnect=setup.trust_disconnect,
            trace=None if self._trace_file is None else self._trace_file.write,
        )

    def handle_become_leader(self) -> None:
        self.was_told = True
        self.told_to_lead.set()
        tell(Leads(term=self.term, at=self.clock.now(), renewed=False))

    def handle_become_follower(self, leader: Pid | None) -> None:
        self.was_told = False
        tell(Follows(leader=None if leader is None else leader.node, at=self.clock.now()))

    def handle_term_changed(self, old: int, new: int) -> None:
        if self.was_told and self.is_leader:
            tell(Leads(term=new, at=self.clock.now(), renewed=True))


async def watch(member: Member, clock: Clock, told_to_lead: asyncio.Event) -> None:
    """Ask ``member`` again and again whether it may act, and report the stretches in which it may."""
    stretch: Acted | None = None
    while True:
        before = clock.now()
        acts, term = member.is_leader, member.term
        after = clock.now()
        certain = acts and after - before < CHECK_LIMIT
        if stretch is not None and (not acts or term != stretch.term):
            tell(stretch)
            stretch = None
        if certain and stretch is None:
            stretch = Acted(term=term, since=after, until=after)
        elif certain and stretch is not None:
            stretch = Acted(term=term, since=stretch.since, until=before)
        if stretch is not None and stretch.until - stretch.since > REPORT_NANOSECONDS:
            tell(stretch)
            stretch = Acted(term=term, since=stretch.until, until=stretch.until)
        await _until_next_check(told_to_lead, stretch is not None)


async def _until_next_check(told_to_lead: asyncio.Event, acts: bool) -> None:
    if acts:
        await asyncio.sleep(CHECK_SECONDS)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(IDLE_CHECK_SECONDS):
            await told_to_lead.wait()
    told_to_lead.clear()


async def commands() -> AsyncIterator[Command]:
    """What the demonstration writes; ends when the demonstration ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    decoder = msgspec.json.Decoder(Command)
    while line := await reader.readline():
        yield decoder.decode(line)


async def follow_routes(node: Node, told: AsyncIterator[Command], ended: asyncio.Event) -> None:
    """Learn where the other processes listen; set ``ended`` when the demonstration has ended."""
    async for command in told:
        if isinstance(command, Routes):
            for name, address in command.addresses.items():
                node.add_route(name, address)
    ended.set()


async def run() -> None:
    """Take part until SIGTERM, or until the demonstration has ended."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await take_part(commands(), ended)


async def take_part(told: AsyncIterator[Command], ended: asyncio.Event) -> None:
    """Start a node and a member as the commands ``told`` say, and stop them when ``ended`` is set.

    Raises:
        TypeError: the first command is no Setup, or the second no Routes.
    """
    setup = await anext(told)
    if not isinstance(setup, Setup):
        raise TypeError(f"the first line must be a Setup, not {setup!r}")
    with ExitStack() as stack:
        member = Member(_trace_file(setup, stack))
        address = f"{setup.name}@127.0.0.1:0"
        async with await Node.start(address, cookie=setup.cookie) as node:
            tell(Listening(node.address))
            for name, where in (await _routes(told)).addresses.items():
                node.add_route(name, where)
            await node.spawn_register(ACTOR, lambda: member, setup)
            tell(TakesPart(node.clock.now()))
            tasks = [
                asyncio.create_task(watch(member, node.clock, member.told_to_lead)),
                asyncio.create_task(follow_routes(node, told, ended)),
            ]
            await ended.wait()
        for task in tasks:
            task.cancel()


def _trace_file(setup: Setup, stack: ExitStack) -> TraceFile | None:
    """Where the member's steps are recorded, closed by ``stack``; None if they are not."""
    if setup.trace_folder is None:
        return None
    path = Path(setup.trace_folder) / f"{setup.name}.jsonl"
    return stack.enter_context(TraceFile(path, boot_clock()))


async def _routes(told: AsyncIterator[Command]) -> Routes:
    command = await anext(told)
    if not isinstance(command, Routes):
        raise TypeError(f"the second line must be Routes, not {command!r}")
    return command


if __name__ == "__main__":
    asyncio.run(run())
