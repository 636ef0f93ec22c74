"""The commands of ``leader``, one function each."""

import asyncio
import json
import random
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from leader.cli.demo.drill import Drill, Plan, Result
from leader.cli.demo.timeline import Timeline
from leader.cli.demo.witness import NotSurvived

application = typer.Typer(
    help="Elect one leader among the processes of an application.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class StorageKind(StrEnum):
    """Where the members of the demonstration keep their records."""

    FILE = "file"
    MEMORY = "memory"


TraceFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        file_okay=False,
        help="Record every step there, a file for each member, for `python -m spec trace`.",
    ),
]


@application.callback()
def leader() -> None:
    """Elect one leader among the processes of an application."""


@application.command()
def demo(
    nodes: Annotated[int, typer.Option(min=3, max=9, help="How many processes.")] = 3,
    rounds: Annotated[
        int, typer.Option(min=1, max=1000, help="How often to kill, stop and freeze the leader.")
    ] = 1,
    trust_disconnect: Annotated[
        bool,
        typer.Option("--trust-disconnect", help="Take a broken connection for a dead process."),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="Decides when each fault comes; the timeouts of members stay random."),
    ] = None,
    storage: Annotated[
        StorageKind, typer.Option(help="Whether a member's record survives it.")
    ] = StorageKind.FILE,
    record: TraceFolder = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the story.")
    ] = False,
) -> None:
    """Real processes elect a leader, which is killed, stopped and frozen; others take over.

    Exits with 1 if two members ever acted at once, if a token was not above all earlier ones, or if
    no member took over after a fault.
    """
    plan = Plan(
        nodes=nodes,
        rounds=rounds,
        seed=random.randrange(1 << 32) if seed is None else seed,
        trust_disconnect=trust_disconnect,
        files=storage is StorageKind.FILE,
        trace_folder=None if record is None else str(_empty(record)),
    )
    result = _drilled(plan, Console(highlight=False, quiet=as_json))
    if as_json:
        sys.stdout.write(json.dumps(summary(result)) + "\n")
    raise typer.Exit(0 if result.passed else 1)


def summary(result: Result) -> dict[str, object]:
    """A drill's result as ``--json`` prints it; times are in milliseconds."""
    return {
        "nodes": result.plan.nodes,
        "rounds": [
            {
                **(
                    {}
                    if each.first_leader_ms is None
                    else {"first_leader_ms": each.first_leader_ms}
                ),
                "failover_ms": each.failover_ms,
                "handover_ms": each.handover_ms,
            }
            for each in result.rounds
        ],
        "overlaps": result.witness.overlaps,
        "tokens": result.witness.tokens,
        "storage": "file" if result.plan.files else "memory",
    }


def _empty(folder: Path) -> Path:
    """The folder, created if it is missing; the recordings of two runs must not be mixed in one file."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.jsonl")):
        raise typer.BadParameter(f"{folder} holds a recording already", param_hint="--record")
    return folder


def _drilled(plan: Plan, console: Console) -> Result:
    result, timeline = Result(plan), Timeline(console)
    try:
        asyncio.run(Drill(result, timeline.say, timeline.hear).run())
    except NotSurvived as failure:
        result.failure = str(failure)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    timeline.sum_up(result)
    return result
