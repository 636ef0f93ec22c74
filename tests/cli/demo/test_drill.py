"""The drill: what counts as passed, and one run of it against real processes."""

import asyncio

import pytest

from leader.cli.demo.drill import Drill, Plan, Result, now
from leader.cli.demo.reports import Report
from runtime import SystemClock
from tests.cli.demo.support import PLAN, leads, overlapping_result


def test_drill_without_an_error_is_passed() -> None:
    """Tokens that rise, no overlap, no failure."""
    result = Result(PLAN)
    result.witness.hear("n1", leads(7, at=1))
    result.witness.hear("n2", leads(8, at=2))
    assert result.passed


def test_drill_with_an_overlap_is_not_passed() -> None:
    """One is enough."""
    assert not overlapping_result().passed


def test_drill_with_a_repeated_token_is_not_passed() -> None:
    """A resource that checks tokens could not distinguish the two leaders."""
    result = Result(PLAN)
    result.witness.hear("n1", leads(7, at=1))
    result.witness.hear("n2", leads(7, at=2))
    assert not result.passed


def test_drill_with_a_failure_is_not_passed() -> None:
    """Safety alone is not enough: a leader has to be replaced."""
    result = Result(PLAN)
    result.failure = "another leader after n1: not within 30 s"
    assert not result.passed


def test_drill_uses_the_clock_of_the_reports() -> None:
    """Otherwise its instants could not be compared with those of the members."""

    async def main() -> None:
        clock = SystemClock(asyncio.get_running_loop())
        assert clock.now() <= now() <= clock.now()

    asyncio.run(main())


@pytest.mark.slow
def test_drill_reports_and_measures_each_fault() -> None:
    """Real processes with records in files: killed, stopped, frozen, and started again each time."""
    said: list[str] = []
    heard: list[tuple[str, Report]] = []
    result = Result(Plan(nodes=3, rounds=1, seed=7, trust_disconnect=True, files=True))
    drill = Drill(
        result, lambda _, what: said.append(what), lambda who, what: heard.append((who, what))
    )
    asyncio.run(drill.run())
    assert result.passed
    [outcome] = result.rounds
    measured = (outcome.first_leader_ms, outcome.failover_ms, outcome.handover_ms)
    assert all(each is not None and each > 0 for each in measured)
    assert {who for who, _ in heard} == {"n1", "n2", "n3"}
    story = "\n".join(said)
    for word in (
        "is elected",
        "SIGKILL",
        "takes over",
        "SIGTERM",
        "is handed",
        "SIGSTOP",
        "thawed",
    ):
        assert word in story
    assert said.count("is started again, from its record") == 2
