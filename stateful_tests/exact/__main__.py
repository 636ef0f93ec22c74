"""``python -m stateful_tests.exact``: the comparison of the core with the specification, at any size.

Exits with 0 only if every instance is equal and as large as pinned; tells the path to the first
difference of each that is not.
"""

from time import perf_counter
from typing import Annotated

import typer

from spec.models import Tier
from stateful_tests.exact.comparison import Difference, compare
from stateful_tests.exact.dump import whole_graph
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.instances import INSTANCES, Instance, selected
from stateful_tests.exact.speed import exploration

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    names: Annotated[list[str] | None, typer.Argument(metavar="[INSTANCE]...")] = None,
    tier: Annotated[Tier, typer.Option(help="Includes the ones before it.")] = Tier.QUICK,
) -> None:
    """Compare the named instances, or the tier's."""
    for name in names or []:
        if name not in INSTANCES:
            raise typer.BadParameter(f"{name}: no such instance; there are: {', '.join(INSTANCES)}")
    chosen = [INSTANCES[name] for name in names] if names else selected(tier)
    verdicts = [_holds(instance) for instance in chosen]
    if not all(verdicts):
        raise typer.Exit(1)


def _holds(instance: Instance) -> bool:
    """Whether one instance is as it should be; says so."""
    started = perf_counter()
    graph = whole_graph(instance)
    seconds = perf_counter() - started
    found = compare(Explorer(instance), graph)
    if isinstance(found, Difference):
        typer.echo(
            f"{instance.name}: the core is not the specification\n{found.story(instance.members)}"
        )
        return False
    pinned = (found.states, found.transitions) == (instance.states, instance.transitions)
    typer.echo(
        f"{instance.name:22} {found.states:7} states {found.transitions:7} transitions, "
        f"TLC {seconds:5.1f} s, core {exploration(instance).rate:6.0f} states/s: "
        + (
            "equal"
            if pinned
            else f"equal, but pinned are {instance.states}, {instance.transitions}"
        )
    )
    return pinned


if __name__ == "__main__":
    app()
