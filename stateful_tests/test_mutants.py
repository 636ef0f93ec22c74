"""The net is seen to catch: every planted bug is found, by the check that the README names for it.

A caught run counts only if the real thing survives the very same calls.
"""

import re
from pathlib import Path

import pytest

from stateful_tests.core_system import CoreSystem
from stateful_tests.mutants.__main__ import line, row
from stateful_tests.mutants.kill import Kill, killed
from stateful_tests.mutants.loader import Mutant, Patch, begins
from stateful_tests.mutants.table import ALL
from stateful_tests.plan import simple_plan
from stateful_tests.replay import run_with_transcript
from stateful_tests.rule_runner import Call
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

README = (Path(__file__).parent / "README.md").read_text()
TABLE = README.partition("| bug | what it leads to |")[2]
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \| .* \|$", TABLE, re.MULTILINE))
"""What the README says of each bug, but for how long it took to find."""
CALLS = (
    Call("crash", ("a",)),
    Call("restart", ("a", True, True, None)),
    Call("settle", ("abc",)),
)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_a_planted_bug_is_found_by_the_check_that_the_readme_names(mutant: Mutant) -> None:
    """A bug that survives is a hole in the net; one that is caught otherwise, a table out of date."""
    kill = killed(mutant)
    assert kill is not None, f"{mutant.name} survives, though {mutant.disaster}"
    assert ROWS[mutant.name] == f"{mutant.disaster} | {kill.shown_check}"


def test_the_readme_lists_every_bug_and_no_other() -> None:
    """In the order of the table."""
    assert list(ROWS) == [mutant.name for mutant in ALL]


def test_a_survivor_is_shown_as_one() -> None:
    """In a row of the table, and in a line for a terminal."""
    mutant = ALL[0]
    assert "SURVIVES" in row(mutant, None)
    assert "SURVIVES" in line(mutant, None)
    assert "`Claim` | run 3 |" in row(mutant, Kill("Claim", "run 3"))


@pytest.mark.slow
def test_a_bug_that_is_none_survives() -> None:
    """Whatever is caught is caught because of its patch."""
    assert killed(Mutant(name="none", disaster="none", patches=())) is None


@pytest.mark.parametrize(
    ("real", "module", "words"),
    [(CoreSystem, "quorum", "def is_quorum("), (StackSystem, "engine", "class Engine:")],
)
def test_a_patch_that_changes_nothing_is_the_real_thing(
    real: SystemFactory, module: str, words: str
) -> None:
    """Loading alone changes nothing: members do the same, step by step."""
    patch = Patch(module=module, old=words, new=words)
    same = begins(Mutant(name="none", disaster="none", patches=(patch,)))
    transcripts = [run_with_transcript(simple_plan(), CALLS, build) for build in (real, same)]
    assert transcripts[0] == transcripts[1]
    assert "BecomeLeader" in transcripts[0]


def test_a_patch_that_fits_no_more_is_refused() -> None:
    """A bug that cannot be planted would be one that nobody looks for."""
    stale = Patch(module="quorum", old="no such line", new="")
    with pytest.raises(ValueError, match=r"must be in quorum\.py once"):
        begins(Mutant(name="stale", disaster="none", patches=(stale,)))
