"""The commands: what they print, and what their exit status says."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leader.cli import commands
from leader.cli.demo.drill import Plan, Result, Round
from leader.cli.demo.reports import Report
from leader.cli.demo.witness import NotSurvived
from tests.cli.demo.support import PLAN, leads, two_at_once

Say = Callable[[str, str], None]
Hear = Callable[[str, Report], None]


class Rehearsal:
    """A drill that needs no process: two leaders in good order, and a first leader's time."""

    plans: list[Plan]

    def __init__(self, result: Result, say: Say, hear: Hear) -> None:
        self.result, self.say, self.hear = result, say, hear
        self.plans.append(result.plan)

    async def run(self) -> None:
        """Reports what a drill would have come to."""
        self.say("n1", "is elected")
        self.result.rounds.append(Round(first_leader_ms=152.5, failover_ms=120.0, handover_ms=6.5))
        self.result.rounds.append(Round(failover_ms=121.0, handover_ms=7.5))
        self.result.witness.hear("n1", leads(7, at=1))
        self.result.witness.hear("n2", leads(8, at=2))


class Overlap(Rehearsal):
    """One in which two acted at once."""

    async def run(self) -> None:
        await super().run()
        two_at_once(self.result.witness)


class Repetition(Rehearsal):
    """One in which a token was handed out twice."""

    async def run(self) -> None:
        await super().run()
        self.result.witness.hear("n3", leads(8, at=3))


class Stillness(Rehearsal):
    """One in which nobody took over."""

    async def run(self) -> None:
        raise NotSurvived("another leader after n1: not within 30 s")


def rehearsed(
    monkeypatch: pytest.MonkeyPatch, kind: type[Rehearsal], *arguments: str
) -> tuple[int, str]:
    """The exit status and the output of ``leader demo``, with this drill."""
    kind.plans = []
    monkeypatch.setattr(commands, "Drill", kind)
    result = CliRunner().invoke(commands.application, ["demo", *arguments])
    return result.exit_code, result.output


def test_a_summary_has_this_shape() -> None:
    """The time to the first leader is of the first round only."""
    result = Result(PLAN)
    result.rounds.append(Round(first_leader_ms=152.5, failover_ms=120.0, handover_ms=6.5))
    result.rounds.append(Round(failover_ms=121.0))
    result.witness.hear("n1", leads(7, at=1))
    assert commands.summary(result) == {
        "nodes": 3,
        "rounds": [
            {"first_leader_ms": 152.5, "failover_ms": 120.0, "handover_ms": 6.5},
            {"failover_ms": 121.0, "handover_ms": None},
        ],
        "overlaps": 0,
        "tokens": [7],
        "storage": "memory",
    }


def test_what_is_asked_for_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option reaches the drill."""
    arguments = [
        "--nodes",
        "5",
        "--rounds",
        "2",
        "--seed",
        "9",
        "--trust-disconnect",
        "--storage",
        "memory",
    ]
    rehearsed(monkeypatch, Rehearsal, *arguments)
    assert Rehearsal.plans == [
        Plan(nodes=5, rounds=2, seed=9, trust_disconnect=True, files=False),
    ]


def test_a_recording_has_a_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is made if need be; files of another run in it are an error, they would be continued."""
    folder = tmp_path / "traces"
    status, _ = rehearsed(monkeypatch, Rehearsal, "--record", str(folder))
    assert (status, [plan.trace_folder for plan in Rehearsal.plans]) == (0, [str(folder)])
    (folder / "n1.jsonl").touch()
    status, output = rehearsed(monkeypatch, Rehearsal, "--record", str(folder))
    assert status == 2
    assert "holds a recording already" in " ".join(output.replace("│", " ").split())


def test_unasked_a_drill_is_short_careful_and_different_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three processes, one round, records in files, no trust in connections, a seed by chance."""
    rehearsed(monkeypatch, Rehearsal)
    [first] = Rehearsal.plans
    rehearsed(monkeypatch, Rehearsal)
    [second] = Rehearsal.plans
    assert (first.nodes, first.rounds) == (3, 1)
    assert (first.trust_disconnect, first.files) == (False, True)
    assert first.seed != second.seed


def test_a_drill_that_went_well_exits_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """And tells its story."""
    status, output = rehearsed(monkeypatch, Rehearsal)
    assert status == 0
    assert "is elected" in output
    assert "two acting at once: never" in output


def test_as_json_a_drill_prints_one_object_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program can read it as it is."""
    status, output = rehearsed(monkeypatch, Rehearsal, "--json")
    assert status == 0
    assert json.loads(output)["tokens"] == [7, 8]


@pytest.mark.parametrize("kind", [Overlap, Repetition, Stillness])
@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_a_drill_that_went_wrong_exits_with_1(
    monkeypatch: pytest.MonkeyPatch, kind: type[Rehearsal], arguments: tuple[str, ...]
) -> None:
    """Two that acted at once, a token that came twice, a leader that nobody replaced."""
    assert rehearsed(monkeypatch, kind, *arguments)[0] == 1


def test_an_overlap_is_counted_in_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is what makes the difference, not only the status."""
    _, output = rehearsed(monkeypatch, Overlap, "--json")
    assert json.loads(output)["overlaps"] == 1


@pytest.mark.parametrize("arguments", [("--nodes", "2"), ("--rounds", "0"), ("--storage", "tape")])
def test_what_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str]
) -> None:
    """With two processes nobody could take over from the first: no quorum would be left."""
    status, output = rehearsed(monkeypatch, Rehearsal, *arguments)
    assert status == 2
    assert arguments[0] in output
    assert Rehearsal.plans == []


@pytest.mark.slow
def test_real_processes_survive_the_demonstration_and_none_is_left() -> None:
    """The very command of the README: kill, stop, freeze; no overlap, and tokens that go up."""
    command = [sys.executable, "-c", "from leader.cli.main import main; main()"]
    demo = subprocess.Popen(
        [*command, "demo", "--json", "--nodes", "3", "--storage", "memory"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    output, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(demo.pid, 0)
    summary = json.loads(output)
    assert list(summary) == ["nodes", "rounds", "overlaps", "tokens", "storage"]
    assert [list(each) for each in summary["rounds"]] == [
        ["first_leader_ms", "failover_ms", "handover_ms"]
    ]
    assert (summary["nodes"], summary["overlaps"], summary["storage"]) == (3, 0, "memory")
    assert summary["tokens"] == sorted(set(summary["tokens"]))
    assert len(summary["tokens"]) >= 4
