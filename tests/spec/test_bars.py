"""What members have, from which step to which."""

import pytest

from spec.bars import Bar, bars_of
from spec.story import Story, story_of
from spec.trace import Step, Trace
from spec.values import parse


def story(**courses: list[str]) -> Story:
    """Variables of three members, state by state."""
    length = max(map(len, courses.values()))
    steps = [
        Step(
            action="Act" if at else None,
            state={
                name: parse(course[min(at, len(course) - 1)]) for name, course in courses.items()
            },
        )
        for at in range(length)
    ]
    return story_of("model", "Claim", Trace(steps=tuple(steps)))


def of_m1(kind: str, told: Story) -> list[Bar]:
    return [bar for bar in bars_of(told) if (bar.member, bar.kind) == ("m1", kind)]


def each(first: str, others: str) -> str:
    return f"(m1 :> {first} @@ m2 :> {others} @@ m3 :> {others})"


def test_a_bar_lasts_as_long_as_the_value() -> None:
    """From the first step that has it to the last; term 0 is a term."""
    told = story(term=[each("0", "0"), each("0", "1"), each("2", "1")])
    assert of_m1("term", told) == [
        Bar(member="m1", kind="term", first=1, last=2, amount=0),
        Bar(member="m1", kind="term", first=3, last=3, amount=2),
    ]


def test_a_role_is_its_name() -> None:
    """Whatever the specification calls it."""
    [bar] = of_m1("role", story(role=[each('"leader"', '"follower"')]))
    assert bar.text == "leader"


@pytest.mark.parametrize(
    ("promise", "bars"),
    [
        ("2", [(2, "")]),
        ("0", []),
        ("[to |-> m2, left |-> 1]", [(1, "m2")]),
        ("[to |-> None, left |-> 1]", [(1, "")]),
        ("[to |-> m2, left |-> 0]", []),
        ("{m2}", []),
    ],
)
def test_a_promise_lasts_while_ticks_are_left(promise: str, bars: list[tuple[int, str]]) -> None:
    """A number of ticks, or a record with the member it is for; nobody is not a member."""
    found = of_m1("promise", story(promise=[each(promise, "0")]))
    assert [(bar.amount, bar.text) for bar in found] == bars


@pytest.mark.parametrize(
    ("role", "backing", "held", "ticks"),
    [
        ("leader", each("3", "0"), "0", []),
        ("leader", "(m1 :> 3 @@ m2 :> 1 @@ m3 :> 0)", "0", [1]),
        ("leader", "(m1 :> 1 @@ m2 :> 2 @@ m3 :> 3)", "0", [2]),
        ("candidate", each("3", "3"), "1", []),
        ("renewing", each("3", "0"), "1", [1]),
        ("renewing", each("3", "3"), "0", []),
    ],
)
def test_a_lease_is_as_long_as_a_majority_backs_it(
    role: str, backing: str, held: str, ticks: list[int]
) -> None:
    """The weakest answer of the best majority; who renews has what it held before."""
    told = story(
        role=[each(f'"{role}"', '"follower"')],
        backing=[each(backing, each("0", "0"))],
        held=[each(held, "0")],
    )
    assert [bar.amount for bar in of_m1("lease", told)] == ticks


def test_half_of_four_is_not_a_majority() -> None:
    """The third best answer counts."""
    nothing = "(m1 :> 0 @@ m2 :> 0 @@ m3 :> 0 @@ m4 :> 0)"
    answers = "(m1 :> 9 @@ m2 :> 5 @@ m3 :> 3 @@ m4 :> 1)"
    rows = (f"{m} :> {answers if m == 'm1' else nothing}" for m in ("m1", "m2", "m3", "m4"))
    told = story(
        role=['(m1 :> "leader" @@ m2 :> "down" @@ m3 :> "down" @@ m4 :> "down")'],
        backing=[f"({' @@ '.join(rows)})"],
    )
    assert [bar.amount for bar in of_m1("lease", told)] == [3]


def test_what_a_specification_does_not_have_is_not_drawn() -> None:
    """A counter has no bars at all."""
    assert list(bars_of(story(x=["0"]))) == []
