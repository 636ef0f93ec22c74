"""TLC's coverage report: which actions were taken, and which of their parts were never reached."""

import pytest

from spec.coverage import Action, Place, coverage_of
from spec.tlc_messages import TlcMessage

A = (2772, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2")
B = (2772, "<B line 2, col 1 to line 2, col 4 of module M>: 1:2")
CLAIM = (2774, "<Claim line 8, col 1 to line 8, col 6 of module M>")
EXPRESSION, COSTLY, STARTS = 2221, 2775, 2201


def report(*printed: tuple[int, str]) -> list[TlcMessage]:
    lines = ((STARTS, "The coverage statistics at noon"), *printed)
    return [TlcMessage(code=code, severity=0, text=text) for code, text in lines]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        # Of two counts, the second: an action that leads only to known states was taken too.
        (
            "<Tick line 18, col 1 to line 18, col 4 of module Toy>: 0:743",
            Action(name="Tick", module="Toy", line=18, taken=743),
        ),
        # A disjunct without a name: the first place is that of Next, the second its own.
        (
            "<Next line 19, col 1 to line 19, col 4 of module Toy (21 12 21 43)>: 0:0",
            Action(name="Next", module="Toy", line=21, taken=0),
        ),
    ],
)
def test_an_action_has_a_name_a_place_and_a_count(text: str, action: Action) -> None:
    """These are what a report of a gap needs."""
    assert coverage_of(report((2772, text))).actions == (action,)


def test_only_the_last_report_counts() -> None:
    """TLC also reports while it runs, and an action may be taken after that."""
    early = report((2772, A[1].replace("1:2", "0:0")))
    assert [action.taken for action in coverage_of([*early, *report(A)]).actions] == [2]


@pytest.mark.parametrize(
    ("printed", "lines"),
    [
        # A conjunct that was never evaluated stands behind a guard that is always false.
        (
            (
                (EXPRESSION, "  line 2, col 6 to line 2, col 16 of module M: 8"),
                (COSTLY, "  line 3, col 6 to line 3, col 16 of module M: 8:30"),
                (EXPRESSION, "  line 4, col 6 to line 4, col 16 of module M: 0"),
                (EXPRESSION, "  line 4, col 20 to line 4, col 30 of module M: 0"),
            ),
            [4],
        ),
        # A part of a conjunct: in `a \/ b`, the second half may never be needed.
        (((EXPRESSION, "  |line 4, col 6 to line 4, col 16 of module M: 0"),), []),
        # A definition that two actions use: one of them reaches it.
        (
            (
                (EXPRESSION, "  line 9, col 6 to line 9, col 16 of module M: 0"),
                B,
                (EXPRESSION, "  |line 9, col 6 to line 9, col 16 of module M: 3"),
            ),
            [],
        ),
        # A claim is no action: its premise may never hold, and red models show that it can fail.
        ((CLAIM, (EXPRESSION, "  line 8, col 11 to line 8, col 35 of module M: 0")), []),
    ],
)
def test_only_conjuncts_of_actions_that_were_never_evaluated_are_unreached(
    printed: tuple[tuple[int, str], ...], lines: list[int]
) -> None:
    """TLC prints the expressions of an action below it."""
    expected = tuple(Place(module="M", line=line) for line in lines)
    assert coverage_of(report(A, *printed)).unreached == expected


def test_without_a_report_there_are_no_actions() -> None:
    """A run that ends early is not taken for a complete one."""
    assert coverage_of([]).actions == ()
