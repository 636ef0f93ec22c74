"""Differences between two states."""

from spec.counterexample.state_diff import Change, changes_of, members_of
from spec.trace import State
from spec.values import Atom, Function
from tests.spec.counterexample.support import MEMBERS, each


def test_members_of_reads_the_domain_of_role() -> None:
    """A specification without roles counts as one member."""
    assert members_of({"role": each("follower")}) == MEMBERS
    assert members_of({"x": 0}) == ("system",)


def test_changes_of_reports_the_smallest_entry_that_a_member_owns() -> None:
    """A record is one value; an entry for one member in another's variable has both in its path."""
    none, some = (Function({"left": left, "to": Atom("m1")}) for left in (0, 1))
    before: State = {
        "promise": each(none),
        "backing": each(each(0)),
        "cut": Atom("None"),
        "same": 1,
    }
    after: State = {
        "promise": each(none, m2=some),
        "backing": each(each(0), m1=each(0, m3=2)),
        "cut": 1,
        "same": 1,
    }
    assert list(changes_of(before, after, MEMBERS)) == [
        Change(name="promise", path=("m2",), before=none, after=some),
        Change(name="backing", path=("m1", "m3"), before=0, after=2),
        Change(name="cut", path=(), before=Atom("None"), after=1),
    ]
