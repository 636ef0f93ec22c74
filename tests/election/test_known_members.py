"""The table of peers: who is there, who is only known of, and which incarnation is the newest."""

import pytest

from leader.election.known_members import KNOWN_LIMIT, KnownMembers
from leader.protocol.vocabulary import MemberId
from runtime import Pid, ProcessId

A, B, C = (MemberId(f"member@{name}") for name in "abc")


def pid(node: str, creation: int = 1, number: int = 1) -> Pid:
    """An incarnation."""
    return Pid(node, creation, number)


class Table:
    """The peers of A, and what its actor is told of them."""

    def __init__(self) -> None:
        self.news: list[tuple[str, MemberId, Pid]] = []
        self.known = KnownMembers(
            A,
            joined=lambda member, who: self.news.append(("joined", member, who)),
            left=lambda member, who: self.news.append(("left", member, who)),
        )
        self.known.start_as(pid("a"))


def test_who_is_heard_is_there_until_it_is_lost() -> None:
    """Told once each; heard again it joins again."""
    table = Table()
    table.known.hear(B, pid("b"))
    table.known.hear(B, pid("b"))
    assert (table.known.peers(), table.known.is_peer(B)) == ([pid("b")], True)
    table.known.lose(B)
    table.known.lose(B)
    assert (table.known.peers(), table.known.is_peer(B)) == ([], False)
    table.known.hear(B, pid("b"))
    assert [what for what, _, _ in table.news] == ["joined", "left", "joined"]


def test_a_new_incarnation_takes_the_place_of_the_old_one() -> None:
    """The old one leaves first; its late words are outdated from then on."""
    table = Table()
    old, new = pid("b"), pid("b", number=2)
    table.known.hear(B, old)
    assert not table.known.is_outdated(B, new)
    table.known.hear(B, new)
    assert table.news[1:] == [("left", B, old), ("joined", B, new)]
    assert table.known.is_outdated(B, old)
    assert table.known.pid_of(B) == new


def test_the_newest_incarnation_is_remembered_when_it_is_gone() -> None:
    """So that whoever led is still named, and its former selves stay outdated."""
    table = Table()
    table.known.hear(B, pid("b", creation=2))
    table.known.lose(B)
    assert table.known.pid_of(B) == pid("b", creation=2)
    assert table.known.is_outdated(B, pid("b", creation=1, number=9))
    assert table.known.pid_of(None) is None


def test_who_is_only_told_of_is_a_stranger() -> None:
    """With an address, that is news once; it is no peer until it is heard."""
    table = Table()
    assert table.known.add_address(B) == ProcessId("member", "b")
    assert table.known.add_address(B) is None
    assert (table.known.missing(), table.known.named_peers()) == ([ProcessId("member", "b")], ())
    table.known.hear(B, pid("b"))
    assert (table.known.missing(), table.known.named_peers()) == ([], (B,))


def test_nobody_is_a_stranger_to_itself() -> None:
    """However often others tell it of itself."""
    table = Table()
    assert table.known.add_address(A) is None
    assert table.known.missing() == []
    assert table.known.pid_of(A) == pid("a")


@pytest.mark.parametrize("name", ["member", "@b", "a@b@c", "\n@b", ""])
def test_a_name_that_is_no_address_is_not_looked_for(name: str) -> None:
    """Whoever bears it is answered where it wrote from."""
    table, member = Table(), MemberId(name)
    assert table.known.add_address(member) is None
    table.known.hear(member, pid("b"))
    assert table.known.address_of(member) == pid("b")
    assert table.known.named_peers() == ()


def test_a_known_member_is_written_to_by_name() -> None:
    """Its next incarnation is the same member."""
    table = Table()
    table.known.add_address(B)
    table.known.hear(B, pid("b"))
    assert table.known.address_of(B) == ProcessId("member", "b")
    assert table.known.address_of(C) is None


def test_who_is_forgotten_is_not_looked_for() -> None:
    """One or all; those who were there leave."""
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


def test_the_end_of_a_node_is_the_end_of_those_on_it() -> None:
    """Of those of that life of it only."""
    table = Table()
    table.known.hear(B, pid("b", creation=2))
    table.known.hear(C, pid("b", creation=3))
    assert list(table.known.on_node("b", 2)) == [B]


def test_made_up_names_fill_no_memory() -> None:
    """Beyond the limit nobody new is remembered; who is there stays."""
    table = Table()
    table.known.hear(B, pid("b"))
    for number in range(2 * KNOWN_LIMIT):
        member = MemberId(f"m{number}@c")
        table.known.add_address(member)
        table.known.hear(member, pid("c", number=number + 1))
    assert len(table.known.missing()) + len(table.known.peers()) < 2 * KNOWN_LIMIT
    assert len(table.known.peers()) < KNOWN_LIMIT
    assert table.known.is_peer(B)


def test_whoever_left_for_good_gives_way() -> None:
    """Members that come and go are without number; those who are there or looked for stay."""
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
