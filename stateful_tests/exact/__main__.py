"""``python -m stateful_tests.exact``: the comparison of the core with the specification, at any size.

Exits with 0 only if every instance is equal and as large as pinned; for each other one it prints the
shortest path to a difference. Several instances are compared at a time, each in its own process.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Annotated

import typer

from spec.models import Tier
from stateful_tests.exact.comparison import verdict
from stateful_tests.exact.instances import INSTANCES, selected

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[INSTANCE]...")] = None,
    tier: Annotated[Tier, typer.Option(help="Includes the ones before it.")] = Tier.QUICK,
    only: Annotated[bool, typer.Option("--only", help="Without the tiers before it.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many are compared at a time.")] = 2,
) -> None:
    """Compare the named instances, or the tier's."""
    for name in names or []:
        if name not in INSTANCES:
            raise typer.BadParameter(f"{name}: no such instance; there are: {', '.join(INSTANCES)}")
    chosen = [INSTANCES[name] for name in names] if names else selected(tier, only=only)
    # The largest first, so that none of them is left to run alone at the end.
    ordered = sorted(chosen, key=lambda instance: instance.states, reverse=True)
    holds = True
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for equal, words in pool.map(verdict, ordered):
            typer.echo(words)
            holds = holds and equal
    if not holds:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
