"""The core led along a counterexample of TLC: how far can it follow?

Knows what TLC prints of a step, no rule. A red model breaks a rule of the specification or one of its
assumptions. If a rule is broken, the core must be unable to take the step where it strikes; only if an
assumption is broken may the core follow to the end.
"""

from collections.abc import Sequence

from spec.comparison.instance import Instance
from spec.comparison.tlc_graph import StateReader
from spec.trace import texts_of
from stateful_tests.core import REAL, Core
from stateful_tests.exact.explorer import CoreExplorer


def parting(instance: Instance, steps: Sequence[str], core: Core = REAL) -> str | None:
    """The first action of the counterexample that the core cannot take like that; None if it can take all.

    ``steps`` are TLC's texts of the states, the initial one first.

    Raises:
        ValueError: the counterexample does not begin as the instance does.
    """
    explorer, reader = CoreExplorer(instance, core), StateReader(instance.members)
    texts = [texts_of(step) for step in steps]
    state = explorer.first()
    if explorer.to_spec(state) != reader.state(texts[0][1]):
        raise ValueError(f"{instance.name}: the counterexample has another initial state")
    for number, (action, variables) in enumerate(texts[1:], start=1):
        wanted = action, reader.state(variables)
        ways = {(label, explorer.to_spec(after)): after for label, after in explorer.steps(state)}
        if wanted not in ways:
            return f"{number} of {len(steps) - 1}: {action}"
        state = ways[wanted]
    return None
