"""The witness: it notices every overlap, and reports none that does not exist."""

import asyncio

import pytest

from leader.cli.demo.reports import TakesPart
from leader.cli.demo.witness import SURVIVAL_SECONDS, NotSurvived, Witness
from runtime.simulation.virtual_time import VirtualTimeLoop
from tests.cli.demo.support import acted, follows, leads, renews, two_at_once


def test_witness_counts_two_members_that_acted_at_once() -> None:
    """However their reports interleave."""
    witness = Witness()
    two_at_once(witness)
    assert witness.overlaps == 1


@pytest.mark.parametrize(
    ("since", "until", "overlaps"),
    [(1, 9, 0), (1, 10, 1), (12, 15, 1), (1, 50, 1), (20, 25, 1), (21, 25, 0)],
)
def test_witness_counts_stretches_that_share_an_instant(
    since: int, until: int, overlaps: int
) -> None:
    """The other stretch lasts from 10 to 20, both included."""
    witness = Witness()
    witness.hear("n1", acted(7, since=10, until=20))
    witness.hear("n2", acted(8, since=since, until=until))
    assert witness.overlaps == overlaps


def test_witness_joins_the_stretches_of_one_leadership() -> None:
    """No other member may act in between, even if this member was not seen to act there."""
    witness = Witness()
    witness.hear("n1", acted(7, since=30, until=40))
    witness.hear("n1", acted(7, since=10, until=20))
    witness.hear("n2", acted(8, since=25, until=26))
    assert witness.overlaps == 1


def test_witness_counts_no_overlap_of_a_member_with_itself() -> None:
    """A renewal changes the token while the leadership continues."""
    witness = Witness()
    witness.hear("n1", acted(7, since=10, until=20))
    witness.hear("n1", acted(8, since=20, until=30))
    assert witness.overlaps == 0


def test_witness_counts_every_pair() -> None:
    """Three at once are three pairs."""
    witness = Witness()
    for number in (1, 2, 3):
        witness.hear(f"n{number}", acted(number, since=10, until=20))
    assert witness.overlaps == 3


def test_witness_orders_tokens_by_their_instants() -> None:
    """In whichever order the reports were read; a renewal gives out a token too."""
    witness = Witness()
    witness.hear("n2", leads(9, at=30))
    witness.hear("n1", leads(7, at=10))
    witness.hear("n1", renews(8, at=20))
    assert witness.tokens == [7, 8, 9]
    assert witness.tokens_increase


@pytest.mark.parametrize("second", [6, 7])
def test_witness_notices_a_token_that_does_not_rise(second: int) -> None:
    """Given out twice, or lower than the one before."""
    witness = Witness()
    witness.hear("n1", leads(7, at=10))
    witness.hear("n2", leads(second, at=20))
    assert not witness.tokens_increase


def test_witness_finds_the_first_leadership_after_an_instant() -> None:
    """Not an earlier one, and not one of the member that was harmed, whose reports may still arrive."""
    witness = Witness()
    for who, term, at in (("n1", 7, 10), ("n1", 8, 21), ("n3", 10, 40), ("n2", 9, 30)):
        witness.hear(who, leads(term, at))
    assert witness.leads_since(20, "n1") == (30, "n2", 9)
    assert witness.leads_since(20, "n2") == (21, "n1", 8)
    assert witness.leads_since(40, "n1") is None


def test_witness_knows_the_leader_that_each_member_follows() -> None:
    """The last one reported; a leader follows itself, and a member that starts follows none."""
    witness = Witness()
    witness.hear("n1", TakesPart(at=5))
    witness.hear("n2", follows("n1"))
    assert witness.follows == {"n1": None, "n2": "n1"}
    witness.hear("n1", leads(7, at=10))
    witness.hear("n2", follows(None))
    assert witness.follows == {"n1": "n1", "n2": None}
    assert witness.took_part == {"n1": 5}


def test_witness_ends_its_wait_with_the_report_that_it_waits_for() -> None:
    """At once, not at the next of several checks."""

    async def main() -> float:
        witness, loop = Witness(), asyncio.get_running_loop()
        loop.call_later(1, witness.hear, "n1", follows(None))
        loop.call_later(2, witness.hear, "n1", leads(7, at=10))
        await witness.until("a leader", lambda: bool(witness.leads))
        return loop.time()

    assert VirtualTimeLoop().run(main()) == 2


def test_witness_does_not_wait_for_ever() -> None:
    """The error says what should have happened, and in what time."""

    async def main() -> float:
        with pytest.raises(NotSurvived, match="a leader: not within 30 s"):
            await Witness().until("a leader", lambda: False)
        return asyncio.get_running_loop().time()

    assert VirtualTimeLoop().run(main()) == SURVIVAL_SECONDS
