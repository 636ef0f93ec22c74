"""Whether the outcome of a run is the expected one, and in which ways it is not.

Leaves running TLC and showing results to others. A green run that leaves something out could hold
for that reason alone, so every gap must be listed, and a list with an entry too many fails too.
"""

from collections.abc import Iterator

from spec.configuration import properties_of
from spec.coverage import Place
from spec.definitions import definition_at
from spec.models import Holds, Model, Violates
from spec.outcome import Outcome, Verdict


def problems(model: Model, outcome: Outcome) -> tuple[str, ...]:
    """Every difference from the expected outcome, in words; empty if the model passes."""
    if outcome.verdict in (Verdict.ERROR, Verdict.TIMEOUT):
        return (f"{outcome.verdict}: {outcome.complaint}",)
    match model.expected:
        case Holds() as expected:
            return tuple(_problems_of_green(model, expected, outcome))
        case Violates() as expected:
            return tuple(_problems_of_red(model, expected, outcome))


def violated_claim(model: Model, outcome: Outcome) -> str | None:
    """The claim that TLC violated; TLC does not name a temporal one, so it must be the only property."""
    if outcome.verdict is not Verdict.VIOLATED:
        return None
    if outcome.claim:
        return outcome.claim
    properties = properties_of(model.configuration)
    return properties[0] if len(properties) == 1 else None


def _untaken(outcome: Outcome) -> frozenset[str]:
    """The names of the actions with a disjunct that was never taken."""
    return frozenset(action.name for action in outcome.coverage.actions if action.taken == 0)


def _unreached(model: Model, outcome: Outcome) -> dict[str, list[Place]]:
    """The definitions that were reached only in part, with the places that were not."""
    found: dict[str, list[Place]] = {}
    for place in outcome.coverage.unreached:
        module = model.module.with_name(f"{place.module}.tla")
        name = definition_at(module, place.line) or place.module
        if name not in _untaken(outcome):
            found.setdefault(name, []).append(place)
    return found


def _problems_of_green(model: Model, expected: Holds, outcome: Outcome) -> Iterator[str]:
    if outcome.verdict is Verdict.VIOLATED:
        yield f"expected to hold, but violates {_claim_text(model, outcome)}"
        return
    if outcome.distinct != expected.states:
        yield f"distinct states: expected {expected.states:,}, found {outcome.distinct:,}"
    if expected.depth is not None and outcome.depth != expected.depth:
        yield f"depth: expected {expected.depth}, found {outcome.depth}"
    yield from _problems_of_actions(expected, outcome)
    yield from _problems_of_parts(model, expected, outcome)


def _problems_of_actions(expected: Holds, outcome: Outcome) -> Iterator[str]:
    actions = outcome.coverage.actions
    if len(actions) < 2:
        names = ", ".join(action.name for action in actions) or "none"
        yield f"actions: TLC tells none apart ({names}); Next must be a disjunction of named ones"
    for action in actions:
        if action.taken == 0 and action.name not in expected.untaken:
            yield f"never taken: {action.name}, line {action.line} of module {action.module}"
    for name in sorted(expected.untaken - _untaken(outcome)):
        yield f"untaken lists {name}, but it was taken, or is no action of this model"


def _problems_of_parts(model: Model, expected: Holds, outcome: Outcome) -> Iterator[str]:
    found = _unreached(model, outcome)
    for name, places in found.items():
        if name not in expected.unreached:
            lines = ", ".join(str(place.line) for place in places)
            yield f"never reached: part of {name}, at line {lines} of module {places[0].module}"
    for name in sorted(expected.unreached - found.keys()):
        yield f"unreached lists {name}, but all of it was reached, or it is no definition"


def _problems_of_red(model: Model, expected: Violates, outcome: Outcome) -> Iterator[str]:
    if outcome.verdict is Verdict.HOLDS:
        yield f"expected to violate {expected.claim}, but everything holds"
    elif violated_claim(model, outcome) != expected.claim:
        found = _claim_text(model, outcome)
        yield f"expected to violate {expected.claim}, but violates {found}"


def _claim_text(model: Model, outcome: Outcome) -> str:
    claim = violated_claim(model, outcome)
    if claim:
        return claim
    listed = ", ".join(properties_of(model.configuration))
    return f"one of {listed}; TLC does not say which: let the model check only one property"
