"""A run as text: what is printed is read as the same run, and what is no run is refused."""

import pytest

from stateful_tests.plan import simple_plan
from stateful_tests.rule_runner import Call
from stateful_tests.run_text import format_run, parse_run

CALLS = (Call("deliver", (-1,)), Call("restart", ("a", True, False, None)), Call("heal", ()))


def test_a_printed_failure_is_read_as_the_same_run() -> None:
    """Words before the plan, remarks, the steps of members and the failure at the end are skipped."""
    plan, first, *calls, end = format_run(simple_plan(), CALLS).splitlines()
    lines = [
        "A title.",
        "",
        plan,
        f"{first}: VoteGranted 3 from b to a",
        "      150.000000 ms  a: woke -> Campaign, candidate in term 3",
        *calls,
        end,
        "InvariantViolated: OneVotePerTerm: b voted for a and for c in term 3",
    ]
    assert parse_run("\n".join(lines)) == (simple_plan(), CALLS)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("deliver(abc)", "malformed"), ("deliver(0 1)", "not a call"), ("not(1)", "not a call")],
)
def test_nothing_in_a_text_is_executed(line: str, complaint: str) -> None:
    """An argument is a value, never an expression."""
    with pytest.raises(ValueError, match=complaint):
        parse_run(f"{simple_plan()}\n{line}\n")


def test_a_text_without_a_plan_is_refused() -> None:
    """The calls alone do not determine a run."""
    with pytest.raises(ValueError, match="a line that begins with"):
        parse_run("deliver(0)\n")
