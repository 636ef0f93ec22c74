"""The examples as real processes: each does what it says when its leader is killed with SIGKILL."""

import asyncio
import re
import signal
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from tests.examples.processes import NAMES, ROOT, Processes, in_processes

pytestmark = pytest.mark.slow

EXAMPLES = ("single_writer", "scheduler", "forwarding", "dynamic_members", "store", "lock_service")
PERIOD = "0.2"


async def replaced_leader(processes: Processes) -> str:
    """Kill the leader, wait for another one; who was killed."""
    victim = await processes.leader()
    before = len(processes.leaders())
    await processes.kill(victim)
    assert await processes.leader(after=before) != victim
    return victim


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
def test_who_cannot_take_part_is_told_why(
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

    async def test(processes: Processes) -> None:
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

    def slots(processes: Processes) -> list[tuple[str, int]]:
        found = [match for line in processes.lines if (match := runs.match(line))]
        return [(match[1], int(match[2])) for match in found]

    async def test(processes: Processes) -> None:
        await processes.until(lambda: len(slots(processes)) >= 3)
        victim = await replaced_leader(processes)
        await processes.until(lambda: [who for who, _ in slots(processes) if who != victim][2:])
        times = Counter(slot for _, slot in slots(processes))
        assert set(times.values()) == {1}
        tokens = [int(line.split()[-1]) for line in processes.lines if "leads, token" in line]
        assert all(former < latter for former, latter in pairwise(tokens))

    in_processes("examples.scheduler", tmp_path, test, "--period", PERIOD)


def test_the_leader_answers_whichever_member_is_asked(tmp_path: Path) -> None:
    """Before and after a change of leader."""

    async def test(processes: Processes) -> None:
        await processes.leader()
        answers = [await processes.command("ask", name, "this") for name in NAMES]
        assert {answer.partition("(")[0] for answer in answers} == {"Done"}
        victim = await replaced_leader(processes)
        [other] = {*NAMES} - {victim, processes.leaders()[-1]}
        answer = await processes.command("ask", other, "that")
        [by] = [line.split()[0] for line in processes.lines if line.endswith("does that")]
        assert answer == f"Done(number=1, by='{by}')"
        assert by != victim

    in_processes("examples.forwarding", tmp_path, test)


def test_what_was_stored_is_found_again(tmp_path: Path) -> None:
    """After the leader was killed, and after all were."""

    async def test(processes: Processes) -> None:
        assert "Stored" in await processes.command("put", "colour", "blue")
        victim = await replaced_leader(processes)
        assert "value='blue'" in await processes.command("get", "colour")
        for name in set(NAMES) - {victim}:
            await processes.kill(name)
        await processes.start(*NAMES)
        assert "value='blue'" in await processes.command("get", "colour")

    in_processes("examples.store", tmp_path, test)


def test_a_lock_is_waited_out_by_the_next_leader(tmp_path: Path) -> None:
    """Its holder dies unheard, and so does the leader that granted it; then it is to be had again."""

    async def test(processes: Processes) -> None:
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


def test_an_observer_joins_and_hears_of_the_next_leader(tmp_path: Path) -> None:
    """Although it was told of one member only."""

    async def test(processes: Processes) -> None:
        await processes.leader()
        await processes.start_also("n4", "observe", "n4", "n2")
        await processes.until(lambda: [line for line in processes.lines if hears.match(line)])
        victim = await replaced_leader(processes)
        successor = processes.leaders()[-1]
        await processes.until(lambda: f"n4  follows {successor}" in processes.lines)
        assert victim != successor
        assert "n4" not in processes.leaders()

    hears = re.compile(r"^n4  hears number \d+, token \d+$")
    in_processes("examples.dynamic_members", tmp_path, test)


def test_a_member_that_is_told_to_end_hands_over(tmp_path: Path) -> None:
    """It exits in good order, and another one leads."""

    async def test(processes: Processes) -> None:
        victim = await processes.leader()
        before = len(processes.leaders())
        assert await processes.kill(victim, signal.SIGTERM) == 0
        assert await processes.leader(after=before) != victim

    in_processes("examples.forwarding", tmp_path, test)
