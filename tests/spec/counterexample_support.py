"""Builders of short counterexamples for the tests beside this file."""

from spec.counterexample.story import Story
from spec.trace import Counterexample, StateValues, Step
from spec.values import Atom, Function, Value

MEMBERS = ("m1", "m2", "m3")
NO_PROMISE = Function({"left": 0, "to": Atom("None")})


def each(value: Value, **others: Value) -> Function:
    """A function of the members: the value for all of them but these others."""
    return Function({Atom(member): others.get(member, value) for member in MEMBERS})


def promise(left: int, to: str) -> Function:
    """For how many ticks a member votes for no other member than this one."""
    return Function({"left": left, "to": Atom(to)})


def message(kind: str, sender: str, receiver: str, **fields: Value) -> Function:
    """A message in flight."""
    pairs: dict[Value, Value] = {"kind": kind, "from": Atom(sender), "to": Atom(receiver)}
    pairs.update(fields)
    return Function(pairs)


def story(
    *steps: tuple[str, StateValues], back_to: int | None = None, back_by: str | None = None
) -> Story:
    """The story of steps, each an action with the variables that it changes."""
    state: dict[str, Value] = {
        "role": each("follower"),
        "term": each(0),
        "promise": each(NO_PROMISE),
        "backing": each(each(0)),
        "messages": frozenset(),
    }
    told = [Step(action=None, state=dict(state))]
    for action, changes in steps:
        state |= changes
        told.append(Step(action=action, state=dict(state)))
    trace = Counterexample(steps=tuple(told), back_to=back_to, back_by=back_by)
    return Story(
        model="model",
        claim="Claim",
        trace=trace,
        shows="what it shows",
        definition="Claim == x < 1",
    )


def election(
    kind: str = "Vote", *, back_to: int | None = None, back_by: str | None = None
) -> Story:
    """m1 asks for votes, m2 grants its own a tick later, m1 leads and says so; m3 receives nothing."""
    unheard = message(kind, "m1", "m3")
    asked, aged = ({message(kind, "m1", "m2", age=age), unheard} for age in (0, 1))
    campaign: StateValues = {"role": each("follower", m1="candidate"), "term": each(0, m1=1)}
    elected: StateValues = {
        "role": each("follower", m1="leader"),
        "backing": each(each(0), m1=each(0, m2=2)),
    }
    return story(
        ("Campaign", {**campaign, "messages": frozenset(asked)}),
        ("Tick", {"messages": frozenset(aged)}),
        (
            f"Handle{kind}",
            {
                "promise": each(NO_PROMISE, m2=promise(2, "m1")),
                "messages": frozenset({unheard, message("Yes", "m2", "m1")}),
            },
        ),
        ("HandleYes", {**elected, "messages": frozenset({message("Hello", "m1", "m2")})}),
        back_to=back_to,
        back_by=back_by,
    )
