"""A process of the demonstration: what it reports, and that it ends when its parent has ended."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from selectors import DefaultSelector as Selector

import msgspec
import pytest
from msgspec.structs import replace

from leader.cli.demo.drill import now
from leader.cli.demo.member import follow_routes, run, take_part, watch
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
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.runtime.support import until

PATIENCE_SECONDS = 30
AWAY_SECONDS = 0.5

SETUP = Setup(
    name="n1",
    members=["n1"],
    cookie="a cookie for tests",
    record_folder=None,
    trust_disconnect=False,
)

LOGGING_MEMBER = """
import asyncio, logging
from leader.cli.demo.member import run
logging.basicConfig(format="%(message)s", level=logging.WARNING)
asyncio.run(run())
"""


class Child:
    """The process, its standard input and output."""

    def __init__(self, *, logs: bool = False) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                *(("-c", LOGGING_MEMBER) if logs else ("-m", "leader.cli.demo.member")),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if logs else subprocess.DEVNULL,
        )

    def tell(self, command: Command) -> None:
        """Write a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(command) + b"\n")
        self.process.stdin.flush()

    def hear(self) -> Report:
        """Read the next report."""
        assert self.process.stdout is not None
        report: Report = msgspec.json.decode(self.process.stdout.readline(), type=Report)
        return report

    def hear_until(self, kind: type[Report]) -> list[Report]:
        """Read up to the first report of a kind."""
        heard = [self.hear()]
        while not isinstance(heard[-1], kind):
            heard.append(self.hear())
        return heard

    def hang_up(self) -> None:
        """Close the pipe that commands are read from."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def end(self) -> None:
        """Kill the process if it still runs."""
        with self.process:
            self.process.kill()

    def rest(self) -> list[Report]:
        """Read all reports that are still to come."""
        assert self.process.stdout is not None
        return [msgspec.json.decode(line, type=Report) for line in self.process.stdout]


@contextmanager
def leading_alone(*, logs: bool = False) -> Iterator[Child]:
    """A member of a cluster of one that has just been elected."""
    child = Child(logs=logs)
    try:
        child.tell(SETUP)
        child.tell(Routes({}))
        heard = child.hear_until(Leads)
        assert [type(report) for report in heard] == [Listening, TakesPart, Leads]
        yield child
    finally:
        child.end()


@pytest.mark.slow
def test_member_ends_when_its_parent_has_ended() -> None:
    """The pipe that it reads commands from is closed: it hands over and exits with 0."""
    with leading_alone() as child:
        child.hang_up()
        rest = child.rest()
        assert child.process.wait(PATIENCE_SECONDS) == 0
        assert Follows in {type(report) for report in rest}


@pytest.mark.slow
def test_member_stops_in_an_orderly_way_at_sigterm() -> None:
    """It reports in which stretches it acted, all with its token."""
    with leading_alone() as child:
        acts = [child.hear_until(Acted)[-1] for _ in range(3)]
        child.process.send_signal(signal.SIGTERM)
        rest = child.rest()
        assert child.process.wait(PATIENCE_SECONDS) == 0
        assert Follows in {type(report) for report in rest}
        assert len({act.term for act in acts if isinstance(act, Acted)}) == 1
        assert all(act.since <= act.until for act in acts if isinstance(act, Acted))


@pytest.mark.slow
def test_member_that_was_frozen_steps_down_and_logs_for_how_long() -> None:
    """It acted until it was frozen, and not again before it was elected again."""
    with leading_alone(logs=True) as child:
        assert child.process.stderr is not None
        child.hear_until(Acted)
        child.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.process.pid, os.WSTOPPED | os.WNOWAIT)
        stopped = now()
        with Selector() as nothing:
            nothing.select(AWAY_SECONDS)
        child.process.send_signal(signal.SIGCONT)
        thawed = now()
        warning = re.match(rb"was away for ([0-9.]+) s", child.process.stderr.readline())
        assert warning is not None
        assert AWAY_SECONDS - 0.2 < float(warning[1]) <= (now() - stopped) / 1_000_000_000
        reports = child.hear_until(Follows)
        acts = [told for told in reports if isinstance(told, Acted)]
        while not acts or acts[-1].since <= thawed:
            acts += [told for told in child.hear_until(Acted) if isinstance(told, Acted)]
        assert all(act.until <= stopped for act in acts[:-1])


@pytest.mark.slow
def test_member_needs_a_setup_first() -> None:
    """A member that knows neither name nor cookie does not start."""
    child = Child()
    child.tell(Routes({}))
    assert child.process.wait(PATIENCE_SECONDS) == 1
    child.end()


def test_member_ends_when_the_commands_end() -> None:
    """It follows the routes until then."""

    class Node:
        def __init__(self) -> None:
            self.routes: dict[str, str] = {}

        def add_route(self, name: str, address: str) -> None:
            self.routes[name] = address

    async def told() -> AsyncIterator[Command]:
        yield Routes({"n2": "127.0.0.1:2"})
        yield Routes({"n2": "127.0.0.1:3", "n3": "127.0.0.1:4"})

    async def main() -> None:
        ended, node = asyncio.Event(), Node()
        await follow_routes(node, told(), ended)  # type: ignore[arg-type]
        assert ended.is_set()
        assert node.routes == {"n2": "127.0.0.1:3", "n3": "127.0.0.1:4"}

    asyncio.run(main())


class Leadership:
    """A member that acts from 100 ms to 250 ms, by token 7 and then by 8 from 200 ms on."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    @property
    def is_leader(self) -> bool:
        return 100_000_000 <= self._clock.now() < 250_000_000

    @property
    def term(self) -> int:
        return 7 if self._clock.now() < 200_000_000 else 8


def test_watch_reports_only_stretches_in_which_the_member_acted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A stretch never extends beyond what was seen, and misses two checks at most."""

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        looking = asyncio.create_task(watch(Leadership(clock), clock, asyncio.Event()))  # type: ignore[arg-type]
        await asyncio.sleep(0.3)
        looking.cancel()

    VirtualTimeLoop().run(main())
    reports = [
        msgspec.json.decode(line, type=Acted) for line in capsys.readouterr().out.splitlines()
    ]
    for term, start, end in ((7, 100_000_000, 200_000_000), (8, 200_000_000, 250_000_000)):
        stretches = [(each.since, each.until) for each in reports if each.term == term]
        assert start <= stretches[0][0] <= start + 2_000_000
        assert end - 2_000_000 <= stretches[-1][1] < end
        assert all(before[1] == after[0] for before, after in pairwise(stretches))
    assert {each.term for each in reports} == {7, 8}


@pytest.mark.slow
def test_member_reports_its_whole_life(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """In order: where it listens, that it takes part, that it leads and acts, that it leads no more."""
    reports: list[Report] = []
    source, sink = os.pipe()
    setup = replace(SETUP, record_folder=str(tmp_path), trace_folder=str(tmp_path))

    def has_acted() -> bool:
        lines = capsys.readouterr().out.splitlines()
        reports.extend(msgspec.json.decode(line, type=Report) for line in lines)
        return any(isinstance(report, Acted) for report in reports)

    async def main() -> None:
        taking_part = asyncio.create_task(run())
        await until(has_acted)
        os.close(sink)
        await taking_part

    for command in (setup, Routes({}), Routes({"n2": "127.0.0.1:1"})):
        os.write(sink, msgspec.json.encode(command) + b"\n")
    with os.fdopen(source) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        asyncio.run(main())
    assert has_acted()
    kinds = [type(report) for report in reports if not isinstance(report, Acted)]
    assert kinds == [Listening, TakesPart, Leads, Follows]
    assert (tmp_path / "n1.jsonl").read_bytes().count(b"BecomeLeader") == 1


@pytest.mark.parametrize("commands", [[Routes({})], [SETUP, SETUP]])
def test_member_refuses_commands_in_another_order(commands: list[Command]) -> None:
    """First its Setup, then the Routes."""

    async def told() -> AsyncIterator[Command]:
        for command in commands:
            yield command

    async def main() -> None:
        with pytest.raises(TypeError, match="line must be"):
            await take_part(told(), asyncio.Event())

    asyncio.run(main())


@pytest.mark.slow
def test_member_does_not_import_the_command_line() -> None:
    """A process of the demonstration must start fast, and needs neither typer nor rich."""
    script = "import sys, leader.cli.demo.member; print({'typer', 'rich'} & set(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout == "set()\n"
