"""Contracts: CrossHair confirms each, and refutes those that a planted bug breaks."""

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
    """CrossHair has followed every path, and the solver finds no argument that breaks one."""
    findings = check(contracts_of(module))
    assert {name: found for name, found in findings.items() if found.verdict != "confirmed"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("module", UNDECIDED)
def test_contracts_that_are_not_decided_are_not_refuted(module: str) -> None:
    """A short search finds no argument that breaks one; this proves nothing."""
    findings = check(contracts_of(module))
    assert {name: found for name, found in findings.items() if found.verdict == "refuted"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_refutes_its_contracts(name: str) -> None:
    """A contract that held with the bug would show nothing; the finding names a call."""
    breaks = PLANTED[name].breaks
    broken = [contract for contract in all_contracts() if contract.name in breaks]
    findings = check(broken, planted=name)
    assert {name: found.verdict for name, found in findings.items()} == dict.fromkeys(
        breaks, Verdict.REFUTED
    )
    assert all("when calling" in found.text for found in findings.values())


def test_every_confirmed_contract_is_refuted_by_a_planted_bug() -> None:
    """So none is confirmed only because it says nothing."""
    fall = {name for planted in PLANTED.values() for name in planted.breaks}
    assert fall == {contract.name for module in DECIDED for contract in contracts_of(module)}


@given(answers=ANSWERS, drift=st.integers(0, 100_000))
def test_lease_until_twin_equals_the_lease_of_answers(
    answers: list[tuple[int, int]], drift: int
) -> None:
    """What is confirmed for the twin holds for the real function in all examples that Hypothesis tries."""
    names = tuple(MemberId(f"m{place}") for place in range(len(answers)))
    backing = frozenset(
        LeaseGrant(member=name, sent=Instant(sent), promise=Duration(promise))
        for name, (sent, promise) in zip(names, answers, strict=True)
    )
    sent, promises = zip(*answers, strict=True)
    found = backed_by_quorum_until(backing, names, timing(drift=drift))
    assert found == lease_until_twin(sent, promises, drift)


def test_documentation_lists_every_contract_and_its_verdict() -> None:
    """``python -m tests.contracts.regenerate`` writes the table."""
    verdicts = {
        contract.name: Verdict.CONFIRMED if contract.module in DECIDED else Verdict.NOT_DECIDED
        for contract in all_contracts()
    }
    page = PAGE.read_text()
    assert with_table(page, table(verdicts)) == page


def test_findings_in_assigns_each_finding_to_its_contract() -> None:
    """By the line or, if a call breaks a contract, by the call: its error may be in another file."""
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
    """A bug that changes nothing would look like a gap in the contracts."""
    with pytest.raises(LookupError, match="there is no is_minority"):
        plant((Replacement(where="quorum.is_minority", planted=lambda *_: True),))
