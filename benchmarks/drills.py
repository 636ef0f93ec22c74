"""How long a change of leader takes, in real processes: the demonstration's drill, without its story."""

import asyncio
import statistics

from leader.cli.demo.drill import Drill, Plan, Result, Round
from leader.cli.demo.reports import Report

ROUNDS = 7


def measured(nodes: int, *, trust_disconnect: bool, files: bool) -> list[Round]:
    """The rounds of one drill.

    Raises:
        NotSurvived: a change of leader did not come about.
        RuntimeError: two acted at once, or a token went back; then no figure counts.
    """
    plan = Plan(nodes=nodes, rounds=ROUNDS, seed=1, trust_disconnect=trust_disconnect, files=files)
    result = Result(plan)
    asyncio.run(Drill(result, _unsaid, _unheard).run())
    if not result.passed:
        raise RuntimeError(f"{result.witness.overlaps} overlaps, tokens {result.witness.tokens}")
    return result.rounds


def medians(rounds: list[Round]) -> tuple[float, float]:
    """Of the failovers and of the hand-overs, in milliseconds."""
    failovers = [each.failover_ms for each in rounds if each.failover_ms is not None]
    handovers = [each.handover_ms for each in rounds if each.handover_ms is not None]
    return statistics.median(failovers), statistics.median(handovers)


def _unsaid(member: str, what: str) -> None:
    """Nobody watches."""


def _unheard(member: str, report: Report) -> None:
    """Nobody watches."""
