"""A recording as a TLA+ module: small numbers for large terms."""

from hypothesis import given
from hypothesis import strategies as st

from spec.recording.module import TermNumbers, configuration_of, module_of, term_numbers_of
from spec.recording.translation import translation_of
from tests.spec.recording_support import recording, restarted, started

LARGE = st.integers(min_value=0, max_value=2**62)
NEAR = st.builds(lambda base, offset: base + offset, LARGE, st.integers(0, 3))


@given(st.lists(NEAR, min_size=1))
def test_terms_keep_their_order_and_their_successors(terms: list[int]) -> None:
    """Numbers have the same order and successors as their terms, and lead back to them."""
    named = TermNumbers(terms)
    for one in terms:
        assert named.term(named.number(one)) == one
        for other in terms:
            assert (one < other) == (named.number(one) < named.number(other))
            assert (one + 1 == other) == (named.number(one) + 1 == named.number(other))


@given(st.lists(LARGE))
def test_terms_become_small(terms: list[int]) -> None:
    """TLC's integers have 31 bits, and the number after the highest must fit as well."""
    named = TermNumbers(terms)
    assert all(named.number(term) < named.highest <= 2 * len(terms) + 1 for term in terms)


def test_a_number_between_two_terms_stands_for_a_term_too() -> None:
    """The specification may expect a term that the recording does not have."""
    named = TermNumbers([70, 90])
    assert (named.term(named.number(70) + 1), named.term(named.number(90) + 1)) == (71, 91)


def test_a_module_and_its_configuration_have_the_constants() -> None:
    """The members, their promises and leases, and whether there is one clock."""
    translation = translation_of(recording(started("a"), restarted("a", term=10**13), started("b")))
    text = module_of(translation, term_numbers_of(translation))
    assert 'RecordedMembers == {"a", "b"}' in text
    assert "RecordedPromise == [a |-> 1000, b |-> 1000]" in text
    assert "RecordedLeases == 1000 :> 980" in text
    assert "term |-> 2" in text
    configuration = configuration_of(translation, 7, "NotYet")
    assert "OneClock = TRUE" in configuration
    assert configuration.endswith("\nINVARIANT NotYet\n")
