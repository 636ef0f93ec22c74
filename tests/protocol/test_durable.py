"""The record: which numbers it may hold."""

import pytest

from leader.protocol.durable import Durable
from leader.protocol.vocabulary import LARGEST, Duration, Term
from tests.protocol.builders import membership


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_durable_refuses_numbers_that_do_not_fit_the_disk(number: int) -> None:
    """The text names the field, the value and the rule."""
    with pytest.raises(ValueError, match=f"^term = {number}: must be from 0 to {LARGEST}$"):
        Durable(term=Term(number), membership=membership(), promise=Duration(0))
    with pytest.raises(ValueError, match=f"^promise = {number} ns: must be from 0 to {LARGEST}$"):
        Durable(term=Term(0), membership=membership(), promise=Duration(number))


@pytest.mark.parametrize("number", [0, LARGEST])
def test_durable_accepts_the_smallest_and_the_largest_numbers(number: int) -> None:
    """The limits themselves are allowed."""
    durable = Durable(term=Term(number), membership=membership(), promise=Duration(number))
    assert (durable.term, durable.promise) == (number, number)
