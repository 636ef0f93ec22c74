"""What the tests of the demonstration share: reports in one line each."""

from leader.cli.demo.drill import Plan, Result
from leader.cli.demo.reports import Acted, Follows, Leads
from leader.cli.demo.witness import Witness

PLAN = Plan(nodes=3, rounds=1, seed=1, trust_disconnect=False, files=False)


def leads(term: int, at: int) -> Leads:
    """A report of a leadership."""
    return Leads(term=term, at=at, renewed=False)


def renews(term: int, at: int) -> Leads:
    """A report of a renewal."""
    return Leads(term=term, at=at, renewed=True)


def follows(leader: str | None) -> Follows:
    """A report of a follower."""
    return Follows(leader=leader, at=0)


def acted(term: int, since: int, until: int) -> Acted:
    """A report of a stretch of acting."""
    return Acted(term=term, since=since, until=until)


def two_at_once(witness: Witness) -> None:
    """What must never happen: two members that acted at the same instants."""
    witness.hear("n1", leads(7, at=10))
    witness.hear("n1", acted(7, since=10, until=30))
    witness.hear("n2", leads(8, at=20))
    witness.hear("n2", acted(8, since=20, until=40))


def overlapping_result() -> Result:
    """The result of a drill in which that happened."""
    result = Result(PLAN)
    two_at_once(result.witness)
    return result
