"""Contracts: each is confirmed for every argument, and each planted bug refutes its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.lease import backed_by_quorum_until
from leader.protocol.state import LeaseGrant
from leader.protocol.vocabulary import Duration, Instant, MemberId
from stateful_tests.mutants.loader import Replacement
from tests.contracts.durations import lease_until_twin, timing
from tests.contracts.page import PAGE, all_contracts, table, with_table
from tests.contracts.planted import PLANTED, plant
from tests.contracts.verdicts import (
    DECIDED,
    UNDECIDED,
    Verdict,
    check,
    contracts_of,
    findings_in,
)

ANSWERS = st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**9)), min_size=1, max_size=7)


@pytest.mark.slow
@pytest.mark.parametrize("module", DECIDED)
def test_contracts_hold_for_all_arguments(module: str) -> None:
    """CrossHair confirms each: it has been everywhere, and no solver finds an argument."""
    findings = check(contracts_of(module))
    assert {name: found for name, found in findings.items() if found.verdict != "confirmed"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("module", UNDECIDED)
def test_what_is_not_decided_is_not_refuted(module: str) -> None:
    """A short look finds no argument that breaks one; that is all it says."""
    findings = check(contracts_of(module))
    assert {name: found for name, found in findings.items() if found.verdict == "refuted"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_refutes_its_contracts(name: str) -> None:
    """A contract that would pass it shows nothing; the text names arguments to try."""
    breaks = PLANTED[name].breaks
    broken = [contract for contract in all_contracts() if contract.name in breaks]
    findings = check(broken, planted=name)
    assert {name: found.verdict for name, found in findings.items()} == dict.fromkeys(
        breaks, Verdict.REFUTED
    )
    assert all("when calling" in found.text for found in findings.values())


def test_every_contract_that_is_confirmed_falls_to_a_planted_bug() -> None:
    """None is true for want of anything to say."""
    fall = {name for planted in PLANTED.values() for name in planted.breaks}
    assert fall == {contract.name for module in DECIDED for contract in contracts_of(module)}


@given(answers=ANSWERS, drift=st.integers(0, 100_000))
def test_the_twin_on_integers_finds_what_the_lease_is(
    answers: list[tuple[int, int]], drift: int
) -> None:
    """So what is confirmed of the one is true of the other, where Hypothesis looks."""
    names = tuple(MemberId(f"m{place}") for place in range(len(answers)))
    backing = frozenset(
        LeaseGrant(member=name, sent=Instant(sent), promise=Duration(promise))
        for name, (sent, promise) in zip(names, answers, strict=True)
    )
    sent, promises = zip(*answers, strict=True)
    found = backed_by_quorum_until(backing, names, timing(drift=drift))
    assert found == lease_until_twin(sent, promises, drift)


def test_the_page_shows_every_contract_and_its_verdict() -> None:
    """As the tests above have it; ``python -m tests.contracts.regenerate`` writes it."""
    verdicts = {
        contract.name: Verdict.CONFIRMED if contract.module in DECIDED else Verdict.NOT_DECIDED
        for contract in all_contracts()
    }
    page = PAGE.read_text()
    assert with_table(page, table(verdicts)) == page


def test_what_crosshair_says_is_read_as_it_is_meant() -> None:
    """By line, or, where it found a call that breaks a contract, by that: the line may be elsewhere."""
    first, second, third, *_ = contracts_of("majorities")
    output = (
        f"m.py:{first.lines[3]}: info: Confirmed over all paths.\n"
        f"m.py:{second.lines[3]}: info: Not confirmed.\n"
        f"other.py:7: error: ValueError: no when calling {third.name}(0, 1)\n"
        "other.py:8: error: SyntaxError\n"
    )
    found = {name: finding.verdict for name, finding in findings_in(output, [first, second, third])}
    assert found == {
        first.name: Verdict.CONFIRMED,
        second.name: Verdict.NOT_DECIDED,
        third.name: Verdict.REFUTED,
    }


def test_a_bug_that_cannot_be_planted_is_refused() -> None:
    """A planted bug that was none would seem to be caught by nothing."""
    with pytest.raises(LookupError, match="there is no is_minority"):
        plant((Replacement(where="quorum.is_minority", planted=lambda *_: True),))
