"""``python -m benchmarks``: what this machine can do at best, and what this library adds to it."""

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import core, drills, exploration, floor, load, simulator
from stateful_tests.traced_runs import traced_core_system, traced_stack_system


def main() -> None:
    """Takes every measurement, one after the other, and prints a table."""
    console = Console(highlight=False)
    base = asyncio.run(floor.measure())
    console.print(f"round trip between two processes: {base.round_trip:.3f} ms (median)")
    console.print(f"a killed process's connection is seen to end after {base.death_noticed:.2f} ms")
    console.print(f"the core takes {core.steps_per_second():,.0f} steps a second")
    console.print(f"it is explored at {exploration.states_per_second():,.0f} states a second")
    for what, begin, seeds in (
        ("core", traced_core_system, 60),
        ("whole stack", traced_stack_system, 20),
    ):
        driven = simulator.pace(begin, range(seeds))
        console.print(
            f"the rules drive the {what} at {driven.steps:,.0f} steps a second "
            f"({driven.simulated_seconds:,.0f} simulated seconds, {driven.calls:,.0f} calls)"
        )
    console.print(load.report(asyncio.run(load.measure())))
    table = Table("members", "storage", "disconnect", "failover", "x floor", "hand-over", "x floor")
    for nodes in (3, 5):
        for files in (False, True):
            for trust in (True, False):
                rounds = drills.measured(nodes, trust_disconnect=trust, files=files)
                failover, handover = drills.medians(rounds)
                table.add_row(
                    str(nodes),
                    "file" if files else "memory",
                    "trusted" if trust else "not trusted",
                    f"{failover:.1f} ms",
                    f"{failover / base.death_noticed:.1f}",
                    f"{handover:.1f} ms",
                    f"{handover / base.round_trip:.1f}",
                )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
