"""Terms of the solver as Python: the text computes what the term says."""

import pytest
import z3  # type: ignore[import-untyped]

from spec.proof.language import (
    DOWN,
    Member,
    Quorum,
    all_of,
    any_of,
    either,
    for_all,
    for_some,
    highest,
    implies,
    negated,
)
from spec.proof.python import domain_of, text_of

M, N = z3.Consts("m n", Member)
T = z3.Int("t")
term = z3.Function("term", Member, z3.IntSort())
backing = z3.Function("backing", Member, Member, z3.RealSort())
near = z3.Function("near", Member, Member, z3.BoolSort())
SYMBOLS = {
    "m": 0,
    "n": 1,
    "t": 5,
    "term": {0: 3, 1: 7},
    "backing": {0: {0: 1, 1: 2}, 1: {0: 3, 1: 4}},
    "near": {(0, 1)},
    "every_member": range(2),
    "every_quorum": [frozenset()],
}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (term(M), 3),
        (backing(M, N), 2),
        (near(M, N), True),
        (near(N, M), False),
        (all_of(near(M, N), near(N, M)), False),
        (any_of(near(M, N), near(N, M)), True),
        (negated(near(M, N)), False),
        (implies(near(N, M), near(N, M)), True),
        (implies(near(M, N), near(N, M)), False),
        (either(near(M, N), term(M), term(N)), 3),
        (highest(term(M), term(N)), 7),
        (M == N, False),
        (M != N, True),
        (term(M) + 1 <= T - 1, True),
        (z3.BoolVal(True), True),
        (DOWN, "down"),
    ],
)
def test_a_term_computes_what_it_says(written: z3.ExprRef, value: object) -> None:
    """Functions are dictionaries, relations are sets of rows."""
    assert eval(text_of(written), dict(SYMBOLS)) == value


def test_quantifiers_are_loops_and_keep_their_variables_apart() -> None:
    """The inner one can use the variable of the outer one, in any order."""
    nearest = for_all([Member], lambda a: for_some([Member], lambda b: near(a, b)))
    reached = for_some([Member], lambda a: for_some([Member], lambda b: near(a, b)))
    ordered = for_all([Member, Member], lambda a, b: implies(near(a, b), term(a) < term(b)))
    assert [eval(text_of(claim), dict(SYMBOLS)) for claim in (nearest, reached, ordered)] == [
        False,
        True,
        True,
    ]


def test_a_name_without_a_value_is_an_error() -> None:
    """So an action that reads a history, which has no value, does not compute."""
    with pytest.raises(NameError, match="rival"):
        eval(text_of(z3.Function("rival", Member, z3.IntSort())(M)), dict(SYMBOLS))


@pytest.mark.parametrize("odd", [z3.Distinct(M, N, z3.Const("o", Member)), T % 2 == 0, z3.And()])
def test_an_operation_without_a_counterpart_is_refused(odd: z3.ExprRef) -> None:
    """Instead of getting a meaning that is nearly the same."""
    with pytest.raises(ValueError, match="no counterpart in Python"):
        text_of(odd)


def test_each_sort_has_its_own_domain() -> None:
    """Which the loops are over."""
    assert [domain_of(sort) for sort in (Member, Quorum)] == ["every_member", "every_quorum"]
