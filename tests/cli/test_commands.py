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
    """A drill without processes: two leaders, one after the other, and the time to the first one."""

    plans: list[Plan]

    def __init__(self, result: Result, say: Say, hear: Hear) -> None:
        self.result, self.say, self.hear = result, say, hear
        self.plans.append(result.plan)

    async def run(self) -> None:
        """Report what a drill would have reported."""
        self.say("n1", "is elected")
        self.result.rounds.append(Round(first_leader_ms=152.5, failover_ms=120.0, handover_ms=6.5))
        self.result.rounds.append(Round(failover_ms=121.0, handover_ms=7.5))
        self.result.witness.hear("n1", leads(7, at=1))
        self.result.witness.hear("n2", leads(8, at=2))


class Overlap(Rehearsal):
    """A drill in which two members acted at once."""

    async def run(self) -> None:
        await super().run()
        two_at_once(self.result.witness)


class Repetition(Rehearsal):
    """A drill in which a token was given out twice."""

    async def run(self) -> None:
        await super().run()
        self.result.witness.hear("n3", leads(8, at=3))


class Stillness(Rehearsal):
    """A drill in which no member took over."""

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


def test_summary_has_this_form() -> None:
    """The time to the first leader belongs to the first round only."""
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


def test_demo_passes_its_options_to_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them."""
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


def test_demo_records_into_a_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is created if it is missing; a recording of another run in it is refused, since it would be continued."""
    folder = tmp_path / "traces"
    status, _ = rehearsed(monkeypatch, Rehearsal, "--record", str(folder))
    assert (status, [plan.trace_folder for plan in Rehearsal.plans]) == (0, [str(folder)])
    (folder / "n1.jsonl").touch()
    status, output = rehearsed(monkeypatch, Rehearsal, "--record", str(folder))
    assert status == 2
    assert "holds a recording already" in " ".join(output.replace("│", " ").split())


def test_demo_has_careful_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three processes, one round, records in files, no trust in connections, and a random seed."""
    rehearsed(monkeypatch, Rehearsal)
    [first] = Rehearsal.plans
    rehearsed(monkeypatch, Rehearsal)
    [second] = Rehearsal.plans
    assert (first.nodes, first.rounds) == (3, 1)
    assert (first.trust_disconnect, first.files) == (False, True)
    assert first.seed != second.seed


def test_demo_exits_with_0_if_the_drill_went_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """And prints what happened."""
    status, output = rehearsed(monkeypatch, Rehearsal)
    assert status == 0
    assert "is elected" in output
    assert "two acting at once: never" in output


def test_demo_prints_one_object_as_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program can read it as it is."""
    status, output = rehearsed(monkeypatch, Rehearsal, "--json")
    assert status == 0
    assert json.loads(output)["tokens"] == [7, 8]


@pytest.mark.parametrize("kind", [Overlap, Repetition, Stillness])
@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_demo_exits_with_1_if_the_drill_went_wrong(
    monkeypatch: pytest.MonkeyPatch, kind: type[Rehearsal], arguments: tuple[str, ...]
) -> None:
    """Two members that acted at once, a token that came twice, a leader that was not replaced."""
    assert rehearsed(monkeypatch, kind, *arguments)[0] == 1


def test_demo_counts_overlaps_in_its_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a reader sees more than the status."""
    _, output = rehearsed(monkeypatch, Overlap, "--json")
    assert json.loads(output)["overlaps"] == 1


@pytest.mark.parametrize("arguments", [("--nodes", "2"), ("--rounds", "0"), ("--storage", "tape")])
def test_demo_refuses_unusable_options(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, str]
) -> None:
    """With two processes no quorum would be left after the first fault."""
    status, output = rehearsed(monkeypatch, Rehearsal, *arguments)
    assert status == 2
    assert arguments[0] in output
    assert Rehearsal.plans == []


@pytest.mark.slow
def test_demo_with_real_processes_leaves_none_behind() -> None:
    """The command of the README: kill, stop, freeze; no overlap, and tokens that rise."""
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
