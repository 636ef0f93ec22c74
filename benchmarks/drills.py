"""How long a change of leader takes between real processes: the drill of ``leader demo``, without output."""

import asyncio
import statistics

from leader.cli.demo.drill import Drill, Plan, Result, Round
from leader.cli.demo.reports import Report

ROUNDS = 7


def measured(nodes: int, *, trust_disconnect: bool, files: bool) -> list[Round]:
    """Runs one drill and returns its rounds.

    Raises:
        NotSurvived: no new leader was elected in time.
        RuntimeError: two members acted at once, or a token went back; then no figure counts.
    """
    plan = Plan(nodes=nodes, rounds=ROUNDS, seed=1, trust_disconnect=trust_disconnect, files=files)
    result = Result(plan)
    asyncio.run(Drill(result, _unsaid, _unheard).run())
    if not result.passed:
        raise RuntimeError(f"{result.witness.overlaps} overlaps, tokens {result.witness.tokens}")
    return result.rounds


def medians(rounds: list[Round]) -> tuple[float, float]:
    """The median failover and the median hand-over, in milliseconds."""
    failovers = [each.failover_ms for each in rounds if each.failover_ms is not None]
    handovers = [each.handover_ms for each in rounds if each.handover_ms is not None]
    return statistics.median(failovers), statistics.median(handovers)


def _unsaid(member: str, what: str) -> None:
    """Ignores the story."""


def _unheard(member: str, report: Report) -> None:
    """Ignores the reports."""
