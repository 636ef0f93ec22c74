"""The examples as real processes: each does what it says when its leader is killed with SIGKILL."""

import asyncio
import re
import signal
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from tests.examples.processes import NAMES, ROOT, ExampleProcesses, in_processes

pytestmark = pytest.mark.slow

EXAMPLES = ("single_writer", "scheduler", "forwarding", "dynamic_members", "store", "lock_service")
PERIOD = "0.2"


async def replaced_leader(processes: ExampleProcesses) -> str:
    """Kill the leader and wait for another one; returns the member that was killed."""
    victim = await processes.leader()
    await processes.kill(victim)
    await processes.leader(besides=victim)
    return victim


async def done_by(processes: ExampleProcesses, asked: str, work: str) -> tuple[str, str]:
    """Ask one member until the work is done; returns the answer and the member that did it.

    On a busy machine the leader may change meanwhile; then the member answers that no member leads,
    or does not answer. Each attempt asks for other work, so that its line can be told apart.
    """
    answer, asked_for, attempts = "", "", count()
    while not answer.startswith("Done"):
        asked_for = f"{work} {next(attempts)}"
        answer = await processes.command("ask", asked, asked_for, may_fail=True)
    end = f"does {asked_for}"
    lines = await processes.until(lambda: [line for line in processes.lines if line.endswith(end)])
    [line] = lines
    return answer, line.split()[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_help_is_what_the_example_says_of_itself(name: str) -> None:
    """What it shows, what it guarantees, and what it does not."""
    run = [sys.executable, "-m", f"examples.{name}", "--help"]
    shown = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    for word in ("Guarantees:", "Limits:", "member"):
        assert word in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["n9"], "'n9' is none of the members"),
        (["n1", "--cluster", "n1"], "NAME=HOST:PORT"),
        (["n1", "--cluster", "n1=127.0.0.1"], "cannot take part"),
        (["n1", "--cluster", "n1=192.0.2.1:7101"], "must be a loopback one"),
    ],
)
def test_a_member_that_cannot_take_part_says_why(
    arguments: list[str], complaint: str, tmp_path: Path
) -> None:
    """In a line or two, not by a traceback."""
    run = [sys.executable, "-m", "examples.store", "member", "--folder", str(tmp_path), *arguments]
    shown = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode != 0
    assert complaint in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    ("module", "arguments", "complaint"),
    [
        ("forwarding", ("ask", "n9", "this"), "'n9' is none of the members: n1, n2, n3"),
        ("dynamic_members", ("observe", "n4", "n9"), "'n9' is none of the members: n1, n2, n3"),
        ("lock_service", ("member", "n1", "--longest", "0"), "--longest"),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(
    module: str, arguments: tuple[str, ...], complaint: str
) -> None:
    """At once, and with what would."""
    run = [sys.executable, "-m", f"examples.{module}", *arguments]
    shown = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert shown.returncode == 2
    assert complaint in shown.stderr


def test_a_file_that_was_never_written_is_not_made_by_reading(tmp_path: Path) -> None:
    """Whether its folder exists or not; the reader is told that nothing was written."""
    for folder in (tmp_path, tmp_path / "missing"):
        run = [sys.executable, "-m", "examples.single_writer", "show", "--folder", str(folder)]
        shown = subprocess.run(
            run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
        assert shown.stdout == "nothing was written yet\n"
        assert list(tmp_path.iterdir()) == []


def test_the_file_is_written_by_one_leader_after_the_other(tmp_path: Path) -> None:
    """Rows carry the tokens of the leaderships that wrote them."""

    async def test(processes: ExampleProcesses) -> None:
        assert "Written" in await processes.command("write", "colour", "blue")
        await replaced_leader(processes)
        assert "Written" in await processes.command("write", "colour", "green")
        shown = await processes.command("show", "--folder", str(tmp_path), asks=False)
        rows = [line.split(maxsplit=1) for line in shown.splitlines()]
        assert [text for _, text in rows] == ["colour = blue", "colour = green"]
        assert int(rows[0][0]) < int(rows[1][0])

    in_processes("examples.single_writer", tmp_path, test)


def test_the_next_leader_goes_on_with_the_schedule(tmp_path: Path) -> None:
    """And runs no slot that was run before."""
    runs = re.compile(r"^(\w+)  runs slot (\d+), token \d+$")

    def slots(processes: ExampleProcesses) -> list[tuple[str, int]]:
        found = [match for line in processes.lines if (match := runs.match(line))]
        return [(match[1], int(match[2])) for match in found]

    async def test(processes: ExampleProcesses) -> None:
        await processes.until(lambda: len(slots(processes)) >= 3)
        victim = await replaced_leader(processes)
        await processes.until(lambda: [who for who, _ in slots(processes) if who != victim][2:])
        times = Counter(slot for _, slot in slots(processes))
        assert set(times.values()) == {1}

    in_processes("examples.scheduler", tmp_path, test, "--period", PERIOD)


def test_the_leader_answers_whichever_member_is_asked(tmp_path: Path) -> None:
    """Before and after a change of leader."""

    async def test(processes: ExampleProcesses) -> None:
        for name in NAMES:
            answer, by = await done_by(processes, name, f"work for {name}")
            assert answer == f"Done(number=1, by='{by}')"
        victim = await replaced_leader(processes)
        for name in {*NAMES} - {victim}:
            answer, by = await done_by(processes, name, f"more work for {name}")
            assert answer == f"Done(number=1, by='{by}')"
            assert by != victim

    in_processes("examples.forwarding", tmp_path, test)


def test_what_was_stored_is_found_again(tmp_path: Path) -> None:
    """After the leader was killed, and after all were."""

    async def test(processes: ExampleProcesses) -> None:
        assert "Stored" in await processes.command("put", "colour", "blue")
        victim = await replaced_leader(processes)
        assert "value='blue'" in await processes.command("get", "colour")
        for name in set(NAMES) - {victim}:
            await processes.kill(name)
        await processes.start(*NAMES)
        assert "value='blue'" in await processes.command("get", "colour")

    in_processes("examples.store", tmp_path, test)


def test_the_next_leader_waits_until_a_lock_has_expired(tmp_path: Path) -> None:
    """The leader that granted it is killed; the next one grants it only later, but does grant it."""

    async def test(processes: ExampleProcesses) -> None:
        await processes.leader()
        await asyncio.gather(
            *(processes.command("hold", "printer", "--seconds", "0.5") for _ in range(2))
        )
        await replaced_leader(processes)
        answers = [""]
        while "token" not in answers[-1]:
            answers.append(await processes.command("hold", "printer", "--seconds", "0.5"))
        assert answers[-1].endswith("over")

    in_processes("examples.lock_service", tmp_path, test, "--longest", "2")


def test_an_observer_joins_and_follows_the_next_leader(tmp_path: Path) -> None:
    """Although it knew one member only."""

    async def test(processes: ExampleProcesses) -> None:
        await processes.leader()
        await processes.start_also("n4", "observe", "n4", "n2")
        await processes.until(lambda: [line for line in processes.lines if hears.match(line)])
        victim = await replaced_leader(processes)
        successor = await processes.leader(besides=victim)
        await processes.until(lambda: f"n4  follows {successor}" in processes.lines)
        assert "n4" not in processes.leaders()

    hears = re.compile(r"^n4  hears number \d+, token \d+$")
    in_processes("examples.dynamic_members", tmp_path, test)


def test_a_member_that_is_terminated_hands_over(tmp_path: Path) -> None:
    """It exits with code 0, and another member leads."""

    async def test(processes: ExampleProcesses) -> None:
        victim = await processes.leader()
        assert await processes.kill(victim, signal.SIGTERM) == 0
        await processes.leader(besides=victim)

    in_processes("examples.forwarding", tmp_path, test)
