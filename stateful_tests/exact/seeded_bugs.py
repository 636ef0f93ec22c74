"""Guards changed in the specification alone: the comparison must report each.

Each names an instance in which it shows: the first of the table that does. Those changed in the core
alone are in ``stateful_tests.mutants``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spec.comparison.instance import SPECIFICATION


def replaced_once(text: str, old: str, new: str, name: str) -> str:
    """The text, called ``name``, with ``new`` instead of ``old``; ValueError unless it is there once."""
    if text.count(old) != 1:
        raise ValueError(f"{old!r}: must be in {name} once, is in it {text.count(old)} times")
    return text.replace(old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace ``old``, which must be there exactly once, in ``Election.tla``."""

    name: str
    instance: str
    old: str
    new: str

    def written_to(self, folder: Path) -> Path:
        """The specification with the edit in it, in ``folder``.

        Raises:
            ValueError: the edit does not fit the specification any more.
        """
        for module in SPECIFICATION.glob("*.tla"):
            (folder / module.name).write_text(module.read_text())
        election = folder / "Election.tla"
        text = election.read_text()
        election.write_text(replaced_once(text, self.old, self.new, election.name))
        return folder


IN_THE_SPECIFICATION: Final = (
    Edit(
        name="a_vote_in_its_own_term",
        instance="two-members",
        old="r.term > term[v]                    \\* the term is the vote",
        new="r.term >= term[v]                   \\* the term is the vote",
    ),
    Edit(
        name="a_vote_for_an_older_membership",
        instance="handing-over",
        old="/\\ r.stamp >= stamp[v]                 \\* its membership is not older\n     THEN /\\ Follow",
        new="THEN /\\ Follow",
    ),
    Edit(
        name="a_heartbeat_after_the_lease",
        instance="two-members",
        old='  /\\ role[m] = "leader"\n  /\\ Acts(m)',
        new='  /\\ role[m] = "leader"\n  /\\ TRUE',
    ),
    Edit(
        name="a_pre_vote_of_an_earlier_round",
        instance="two-members",
        old='r.kind = "PreVoteGranted" /\\ r.to = m}',
        new="FALSE}",
    ),
    Edit(
        name="a_restart_that_owes_nothing",
        instance="crashes",
        old="promise' = [promise EXCEPT ![m] = [to |-> None, left |-> Promise[m]]]\n          /\\ UNCHANGED term",
        new="UNCHANGED <<promise, term>>",
    ),
)
