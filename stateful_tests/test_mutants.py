"""Every planted bug is found, by the check that the README names for it.

A run counts only if the real code passes the very same calls.
"""

import re
from pathlib import Path

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.__main__ import line, row
from stateful_tests.mutants.kill import Kill, killed
from stateful_tests.mutants.loader import Mutant, begins, bug, load
from stateful_tests.mutants.table import ALL
from stateful_tests.plan import simple_plan
from stateful_tests.replay import run_with_transcript
from stateful_tests.rule_runner import Call
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

README = (Path(__file__).parent / "README.md").read_text()
TABLE = README.partition("| bug | what it leads to |")[2]
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \| .* \|$", TABLE, re.MULTILINE))
"""What the README says of each bug, without how long it took to find it."""
CALLS = (
    Call("crash", ("a",)),
    Call("restart", ("a", True, True, None)),
    Call("settle", ("abc",)),
)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_found_by_the_check_that_the_readme_names(mutant: Mutant) -> None:
    """A bug that survives shows a missing check; a bug that another check finds shows an outdated table."""
    kill = killed(mutant)
    assert kill is not None, f"{mutant.name} survives, though {mutant.disaster}"
    assert ROWS[mutant.name] == f"{mutant.disaster} | {kill.shown_check}"


def test_the_readme_lists_every_bug_and_no_other() -> None:
    """In the order of the table."""
    assert list(ROWS) == [mutant.name for mutant in ALL]


def test_a_bug_that_survives_is_shown_as_such() -> None:
    """In its row of the table, and in its line on a terminal."""
    mutant = ALL[0]
    assert "SURVIVES" in row(mutant, None)
    assert "SURVIVES" in line(mutant, None)
    assert "`Claim` | run 3 |" in row(mutant, Kill("Claim", "run 3"))


@pytest.mark.slow
def test_a_mutant_without_a_replacement_survives() -> None:
    """So a bug is caught because of its replacements, and not for another reason."""
    assert killed(Mutant(name="none", disaster="none", replacements=())) is None


@pytest.mark.parametrize(
    ("real", "where"),
    [
        (CoreSystem, "quorum.is_quorum"),
        (CoreSystem, "voting.handle_vote_request/is_voter"),
        (StackSystem, "engine.Engine._write"),
    ],
)
def test_a_replacement_that_calls_the_original_changes_no_step(
    real: SystemFactory, where: str
) -> None:
    """To load the modules again changes nothing: members take the same steps."""
    same = bug("none", "none", {where: lambda original, *arguments: original(*arguments)})
    transcripts = [run_with_transcript(simple_plan(), CALLS, make) for make in (real, begins(same))]
    assert transcripts[0] == transcripts[1]
    assert "BecomeLeader" in transcripts[0]


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ("nowhere.is_quorum", "there is no such module"),
        ("quorum.is_minority", "there is no is_minority"),
        ("quorum.Minority.size", "there is no Minority"),
        ("voting.campaign/is_voter", "campaign does not call is_voter"),
    ],
)
def test_a_replacement_of_what_is_gone_is_refused(where: str, complaint: str) -> None:
    """A bug that cannot be planted would be one that no check looks for."""
    with pytest.raises(LookupError, match=complaint):
        load(bug("stale", "none", {where: lambda *_: True}))
