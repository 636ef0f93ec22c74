"""TLC's coverage report: which actions were taken, and which of their parts were never reached."""

from collections.abc import Sequence

from spec.coverage import Action, Place, coverage_of
from spec.tlc_messages import TlcMessage

ACTION, EXPRESSION, COSTLY, CLAIM, STARTS = 2772, 2221, 2775, 2774, 2201


def report(*said: tuple[int, str]) -> Sequence[TlcMessage]:
    lines = ((STARTS, "The coverage statistics at noon"), *said)
    return [TlcMessage(code=code, severity=0, text=text) for code, text in lines]


def test_an_action_has_its_name_its_place_and_how_often_it_was_taken() -> None:
    """The second count is the one that matters: an action that leads only to known states was taken too."""
    found = coverage_of(
        report((ACTION, "<Tick line 18, col 1 to line 18, col 4 of module Toy>: 0:743"))
    )
    assert found.actions == (Action(name="Tick", module="Toy", line=18, taken=743),)


def test_a_disjunct_without_a_name_is_known_by_its_own_place() -> None:
    """The place of Next would be the same for all of them."""
    text = "<Next line 19, col 1 to line 19, col 4 of module Toy (21 12 21 43)>: 0:0"
    assert coverage_of(report((ACTION, text))).actions == (
        Action(name="Next", module="Toy", line=21, taken=0),
    )


def test_only_the_last_report_counts() -> None:
    """TLC also reports while it runs, and an action may be taken after that."""
    early = report((ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 0:0"))
    late = report((ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2"))
    assert [action.taken for action in coverage_of([*early, *late]).actions] == [2]


def test_a_conjunct_that_was_never_evaluated_is_unreached() -> None:
    """It stands behind a guard that is always false."""
    found = coverage_of(
        report(
            (ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2"),
            (EXPRESSION, "  line 2, col 6 to line 2, col 16 of module M: 8"),
            (COSTLY, "  line 3, col 6 to line 3, col 16 of module M: 8:30"),
            (EXPRESSION, "  line 4, col 6 to line 4, col 16 of module M: 0"),
            (EXPRESSION, "  line 4, col 20 to line 4, col 30 of module M: 0"),
        )
    )
    assert found.unreached == (Place(module="M", line=4),)


def test_a_part_of_a_conjunct_does_not_count_as_unreached() -> None:
    """In `a \\/ b`, the second half may never be needed."""
    found = coverage_of(
        report(
            (ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2"),
            (EXPRESSION, "  |line 4, col 6 to line 4, col 16 of module M: 0"),
        )
    )
    assert found.unreached == ()


def test_a_part_that_one_action_reaches_is_reached() -> None:
    """Not every action that uses a definition need reach it."""
    found = coverage_of(
        report(
            (ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2"),
            (EXPRESSION, "  line 9, col 6 to line 9, col 16 of module M: 0"),
            (ACTION, "<B line 2, col 1 to line 2, col 4 of module M>: 1:2"),
            (EXPRESSION, "  |line 9, col 6 to line 9, col 16 of module M: 3"),
        )
    )
    assert found.unreached == ()


def test_claims_are_not_actions() -> None:
    """The premise of a claim may never hold: red models show that a claim can fail."""
    found = coverage_of(
        report(
            (ACTION, "<A line 1, col 1 to line 1, col 4 of module M>: 1:2"),
            (CLAIM, "<Claim line 8, col 1 to line 8, col 6 of module M>"),
            (EXPRESSION, "  line 8, col 11 to line 8, col 35 of module M: 0"),
        )
    )
    assert found.unreached == ()


def test_without_a_report_nothing_is_covered() -> None:
    """A run that ends early lists no actions, so it is not taken for a complete one."""
    assert coverage_of([]).actions == ()
