"""The core taken along a counterexample: how far it goes along.

Knows what TLC prints of a step, no rule. The idea: a red model breaks a rule of the specification
or one of its assumptions. The core, led step by step into what TLC found, has to part from it where
the broken rule strikes; only if an assumption is broken may it go along to the end.
"""

from collections.abc import Sequence

from spec.trace import texts_of
from stateful_tests.core import REAL, Core
from stateful_tests.exact.dump import Reader
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.instances import Instance


def parting(instance: Instance, steps: Sequence[str], core: Core = REAL) -> str | None:
    """The first action of the counterexample that the core does not take like that; None if it takes all.

    ``steps`` are TLC's texts of the states, the first one first.

    Raises:
        ValueError: the counterexample does not begin as the instance does.
    """
    explorer, reader = Explorer(instance, core), Reader(instance.members)
    told = [texts_of(step) for step in steps]
    world = explorer.first()
    if explorer.image(world) != reader.image(told[0][1]):
        raise ValueError(f"{instance.name}: begins otherwise than the counterexample")
    for number, (action, variables) in enumerate(told[1:], start=1):
        wanted = action, reader.image(variables)
        ways = {(label, explorer.image(after)): after for label, after in explorer.steps(world)}
        if wanted not in ways:
            return f"{number} of {len(steps) - 1}: {action}"
        world = ways[wanted]
    return None
