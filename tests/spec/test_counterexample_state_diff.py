"""Differences between two states."""

from spec.counterexample.state_diff import Change, changes_of, members_of
from spec.trace import StateValues
from tests.spec.counterexample_support import MEMBERS, NO_PROMISE, each, promise


def test_members_of_reads_the_domain_of_role() -> None:
    """A specification without roles counts as one member."""
    assert members_of({"role": each("follower")}) == MEMBERS
    assert members_of({"x": 0}) == ("system",)


def test_changes_of_reports_the_smallest_entry_that_a_member_owns() -> None:
    """A record is one value; an entry for one member in another's variable has both in its path."""
    some = promise(1, "m1")
    before: StateValues = {
        "promise": each(NO_PROMISE),
        "backing": each(each(0)),
        "cut": 0,
        "same": 1,
    }
    backing = each(each(0), m1=each(0, m3=2))
    after: StateValues = {
        **before,
        "promise": each(NO_PROMISE, m2=some),
        "backing": backing,
        "cut": 1,
    }
    assert list(changes_of(before, after, MEMBERS)) == [
        Change(name="promise", path=("m2",), before=NO_PROMISE, after=some),
        Change(name="backing", path=("m1", "m3"), before=0, after=2),
        Change(name="cut", path=(), before=0, after=1),
    ]
