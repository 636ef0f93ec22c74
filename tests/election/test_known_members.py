"""The table of known members: addresses, newest incarnations, and which of them are peers."""

import pytest

from leader.election.known_members import KNOWN_LIMIT, KnownMembers
from leader.protocol.vocabulary import MemberId
from runtime import Pid, ProcessId

A, B, C = (MemberId(f"member@{name}") for name in "abc")


def pid(node: str, creation: int = 1, number: int = 1) -> Pid:
    """One incarnation of a process."""
    return Pid(node, creation, number)


class Table:
    """The table of A, and what it tells of its peers."""

    def __init__(self) -> None:
        self.news: list[tuple[str, MemberId, Pid]] = []
        self.known = KnownMembers(
            A,
            joined=lambda member, who: self.news.append(("joined", member, who)),
            left=lambda member, who: self.news.append(("left", member, who)),
        )
        self.known.start_as(pid("a"))


def test_member_is_a_peer_from_when_it_is_heard_until_it_is_lost() -> None:
    """Each change is told once; a member that is heard again joins again."""
    table = Table()
    table.known.hear(B, pid("b"))
    table.known.hear(B, pid("b"))
    assert (table.known.peers(), table.known.is_peer(B)) == ([pid("b")], True)
    table.known.lose(B)
    table.known.lose(B)
    assert (table.known.peers(), table.known.is_peer(B)) == ([], False)
    table.known.hear(B, pid("b"))
    assert [what for what, _, _ in table.news] == ["joined", "left", "joined"]


def test_new_incarnation_replaces_the_old_one() -> None:
    """The old one leaves first; messages of it are outdated from then on."""
    table = Table()
    old, new = pid("b"), pid("b", number=2)
    table.known.hear(B, old)
    assert not table.known.is_outdated(B, new)
    table.known.hear(B, new)
    assert table.news[1:] == [("left", B, old), ("joined", B, new)]
    assert table.known.is_outdated(B, old)
    assert table.known.pid_of(B) == new


def test_newest_incarnation_is_remembered_when_it_is_lost() -> None:
    """So a leader that was lost can still be named, and its former incarnations stay outdated."""
    table = Table()
    table.known.hear(B, pid("b", creation=2))
    table.known.lose(B)
    assert table.known.pid_of(B) == pid("b", creation=2)
    assert table.known.is_outdated(B, pid("b", creation=1, number=9))
    assert table.known.pid_of(None) is None


def test_node_that_came_up_again_with_a_lower_creation_is_the_later_one() -> None:
    """Only its own members are concerned; without this all that they say would be outdated."""
    table = Table()
    for member, heard in ((B, pid("b", creation=5)), (C, pid("c", creation=9))):
        table.known.hear(member, heard)
    table.known.node_came_up("b", 4)
    assert not table.known.is_outdated(B, pid("b", creation=4))
    assert table.known.peers() == [pid("c", creation=9)]
    assert table.news[-1] == ("left", B, pid("b", creation=5))
    table.known.node_came_up("c", 9)
    assert table.known.pid_of(C) == pid("c", creation=9)


def test_member_that_was_only_named_is_missing() -> None:
    """Its address is returned once, when it is new; the member is no peer until it is heard."""
    table = Table()
    assert table.known.add_address(B) == ProcessId("member", "b")
    assert table.known.add_address(B) is None
    assert (table.known.missing(), table.known.named_peers()) == ([ProcessId("member", "b")], ())
    table.known.hear(B, pid("b"))
    assert (table.known.missing(), table.known.named_peers()) == ([], (B,))


def test_member_is_never_missing_to_itself() -> None:
    """However often other members name it."""
    table = Table()
    assert table.known.add_address(A) is None
    assert table.known.missing() == []
    assert table.known.pid_of(A) == pid("a")


@pytest.mark.parametrize("name", ["member", "@b", "a@b@c", "\n@b", ""])
def test_name_that_is_no_address_is_not_looked_for(name: str) -> None:
    """A member with such a name is answered at the pid from which it sent its message."""
    table, member = Table(), MemberId(name)
    assert table.known.add_address(member) is None
    table.known.hear(member, pid("b"))
    assert table.known.address_of(member) == pid("b")
    assert table.known.named_peers() == ()


def test_member_with_an_address_is_written_to_by_name() -> None:
    """So its next incarnation is reached as well."""
    table = Table()
    table.known.add_address(B)
    table.known.hear(B, pid("b"))
    assert table.known.address_of(B) == ProcessId("member", "b")
    assert table.known.address_of(C) is None


def test_member_that_is_forgotten_is_not_looked_for() -> None:
    """One member or all can be forgotten; a forgotten peer is reported as left."""
    table = Table()
    for member, who in ((B, pid("b")), (C, pid("c"))):
        table.known.add_address(member)
        table.known.hear(member, who)
    table.known.forget(B)
    assert (table.known.peers(), table.known.missing()) == ([pid("c")], [])
    table.known.add_address(B)
    assert table.known.forget_all() == [C]
    assert (table.known.peers(), table.known.missing()) == ([], [])
    assert [member for what, member, _ in table.news if what == "left"] == [B, C]


def test_members_on_a_node_are_those_of_that_incarnation_of_it() -> None:
    """Not those of an earlier or later incarnation."""
    table = Table()
    table.known.hear(B, pid("b", creation=2))
    table.known.hear(C, pid("b", creation=3))
    assert list(table.known.on_node("b", 2)) == [B]


def test_invented_names_do_not_fill_the_memory() -> None:
    """Above the limit no new member is remembered, and present peers stay."""
    table = Table()
    table.known.hear(B, pid("b"))
    for number in range(2 * KNOWN_LIMIT):
        member = MemberId(f"m{number}@c")
        table.known.add_address(member)
        table.known.hear(member, pid("c", number=number + 1))
    assert len(table.known.missing()) + len(table.known.peers()) < 2 * KNOWN_LIMIT
    assert len(table.known.peers()) < KNOWN_LIMIT
    assert table.known.is_peer(B)


def test_member_that_left_for_good_makes_room() -> None:
    """Observers may come and go without end; peers and members that are looked for stay."""
    table = Table()
    table.known.add_address(B)
    table.known.hear(B, pid("b"))
    table.known.lose(B)
    for number in range(KNOWN_LIMIT + 10):
        passing = MemberId(f"m{number}@c")
        table.known.hear(passing, pid("c", number=number + 1))
        assert table.known.is_peer(passing)
        table.known.forget(passing)
    assert table.known.pid_of(MemberId("m0@c")) is None
    assert (table.known.pid_of(A), table.known.pid_of(B)) == (pid("a"), pid("b"))
