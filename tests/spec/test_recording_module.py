"""A recording in TLA+: small numbers for large terms."""

from hypothesis import given
from hypothesis import strategies as st

from spec.recording.module import Terms, configuration_of, module_of, terms_of
from spec.recording.moves import score_of
from tests.spec.recording_support import recording, restarted, started

LARGE = st.integers(min_value=0, max_value=2**62)
NEAR = st.builds(lambda base, offset: base + offset, LARGE, st.integers(0, 3))


@given(st.lists(NEAR, min_size=1))
def test_terms_keep_their_order_and_their_successors(terms: list[int]) -> None:
    """A term is one above another exactly if its number is; and each is found again."""
    named = Terms(terms)
    for one in terms:
        assert named.term(named.number(one)) == one
        for other in terms:
            assert (one < other) == (named.number(one) < named.number(other))
            assert (one + 1 == other) == (named.number(one) + 1 == named.number(other))


@given(st.lists(LARGE))
def test_terms_become_small(terms: list[int]) -> None:
    """TLC counts with 31 bits; the number after the highest is still one of them."""
    named = Terms(terms)
    assert all(named.number(term) < named.highest <= 2 * len(terms) + 1 for term in terms)


def test_a_number_between_two_terms_is_counted_on() -> None:
    """What the spec expected, where the recording says something else."""
    named = Terms([70, 90])
    assert (named.term(named.number(70) + 1), named.term(named.number(90) + 1)) == (71, 91)


def test_a_module_and_its_configuration_say_who_is_there() -> None:
    """The members, their promises and leases; whether the clock is one."""
    score = score_of(recording(started("a"), restarted("a", term=10**13), started("b")))
    text = module_of(score, terms_of(score))
    assert 'RecordedMembers == {"a", "b"}' in text
    assert "RecordedPromise == [a |-> 1000, b |-> 1000]" in text
    assert "RecordedLeases == 1000 :> 980" in text
    assert "term |-> 2" in text
    configuration = configuration_of(score, 7, "NotYet")
    assert "OneClock = TRUE" in configuration
    assert configuration.endswith("INVARIANT NotYet\n")
