"""Terms of the solver as Python: what cannot be written is refused. The explorer's tests show the rest."""

import pytest
import z3  # type: ignore[import-untyped]

from spec.proof.language import Member, Quorum
from spec.proof.python import domain_of, text_of

M, N = z3.Consts("m n", Member)
T = z3.Int("t")


@pytest.mark.parametrize(
    ("written", "value"), [(T - 1, 4), (z3.BoolVal(True), True), (z3.BoolVal(False), False)]
)
def test_a_term_that_the_explorer_never_needs_computes_what_it_says(
    written: z3.ExprRef, value: object
) -> None:
    """All other operations are in the actions, which the explorer compares with TLC."""
    assert eval(text_of(written), {"t": 5}) == value


def test_a_name_without_a_value_is_an_error() -> None:
    """So an action that reads a history, which has no value, does not compute."""
    with pytest.raises(NameError, match="rival"):
        eval(text_of(z3.Function("rival", Member, z3.IntSort())(M)), {"m": 0})


@pytest.mark.parametrize("odd", [z3.Distinct(M, N, z3.Const("o", Member)), T % 2 == 0, z3.And()])
def test_an_operation_without_a_counterpart_is_refused(odd: z3.ExprRef) -> None:
    """Instead of getting a meaning that is nearly the same."""
    with pytest.raises(ValueError, match="no counterpart in Python"):
        text_of(odd)


def test_each_sort_has_its_own_domain() -> None:
    """Which the loops are over."""
    assert [domain_of(sort) for sort in (Member, Quorum)] == ["every_member", "every_quorum"]
