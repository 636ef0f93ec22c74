"""An election for a listener that is a plain list: no actor and no process takes part."""

import pytest

from leader import FileStorage, MembershipFixed
from leader.election.election import Election, open_record
from leader.errors import RecordInUse
from leader.protocol.messages import Heartbeat, Resigned
from leader.protocol.vocabulary import MemberId
from runtime import DEFAULT_REGISTRY, ProcessId, Registry
from tests.election.election_support import (
    NAME,
    Members,
    among_members,
    greeting,
    options,
    pass_time,
    voters,
)
from tests.election.engine_support import DiskLoop, JournallingListener
from tests.protocol.builders import heartbeat

A, B, C = (MemberId(f"{NAME}@{node}") for node in "abc")


def test_an_election_tells_a_plain_list_who_leads() -> None:
    """Three members, three lists: one is told that it leads, the others whom they follow."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        leading = await members.settled()
        term = members.elections[leading].term
        assert members.told(leading, "leading", "following") == [("leading", term)]
        for node in set("abc") - {leading}:
            follower = members.elections[node]
            assert members.told(node, "following")[-1] == ("following", f"{NAME}@{leading}")
            assert (follower.is_leader, follower.lease_remaining) == (False, 0)
            assert (follower.term, follower.role) == (term, "follower")
        assert members.elections[leading].role == "leader"
        assert 0 < members.elections[leading].lease_remaining < 150_000_000
        others = {MemberId(f"{NAME}@{node}") for node in set("abc") - {leading}}
        assert {member for _, member in members.told(leading, "joined")} == others

    among_members(main)


def test_an_election_registers_its_messages_on_the_node_that_runs_it() -> None:
    """A node with a registry of its own elects; nothing is registered by an import."""

    async def main(members: Members) -> None:
        for node in "abc":
            await members.start_node(node, registry=Registry())
            await members.join(node, options())
        leading = await members.settled()
        assert members.elections[leading].is_leader

    among_members(main)


def test_an_election_can_use_the_default_registry() -> None:
    """A second election in the same program, and on the same node, registers nothing twice."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        assert DEFAULT_REGISTRY.encode("member", 1, heartbeat(A, 7, sent=1))
        await members.settled()

    for _ in range(2):
        among_members(main)


def test_two_elections_on_one_node_are_independent() -> None:
    """They have different names, lists and leaders; each hears its own messages only."""

    async def main(members: Members) -> None:
        await members.start("a", "b", bootstrap=voters("ab"))
        given = options(cluster_id="bank", bootstrap=voters("a", "teller"))
        record = await open_record(given, ProcessId("teller", "a"))
        heard: list[object] = []
        teller = Election(
            given,
            record,
            node=members.nodes["a"],
            name="teller",
            listener=JournallingListener(heard),
        )
        await teller.start()
        leading = await members.settled()
        await pass_time(1)
        token = members.elections[leading].term
        assert teller.is_leader
        await teller.stop()
        await teller.close()
        await pass_time(1)
        assert members.elections[leading].term == token
        assert heard[-1] == ("following", None)
        assert [peer.node for peer in members.elections["a"].peers()] == ["b"]

    among_members(main)


def test_two_elections_cannot_have_one_name_on_a_node() -> None:
    """Otherwise each would hear the other's messages."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        first = members.elections["a"]
        with pytest.raises(ValueError, match="types must be free under the name 'member'"):
            await members.join("a", options(bootstrap=voters("a")))
        await members.elections["a"].close()
        members.elections["a"] = first
        await members.settled()

    among_members(main)


def test_an_election_must_be_that_of_a_listed_voter() -> None:
    """The error names the list and the member; the record is not opened."""

    async def main(members: Members) -> None:
        await members.start_node("a")
        with pytest.raises(ValueError, match="be empty, or list every voter, member@a included"):
            await members.join("a", options(bootstrap=voters("bc")))

    among_members(main)


def test_before_its_start_an_election_has_an_answer_to_every_question() -> None:
    """It takes no part: no message reaches it, and nothing has to be released but its record."""

    async def main(members: Members) -> None:
        node = await members.start_node("a")
        record = await open_record(options(), ProcessId(NAME, "a"))
        election = Election(
            options(), record, node=node, name=NAME, listener=JournallingListener([])
        )
        assert (election.is_leader, election.has_leadership, election.leader) == (
            *(False, False, None),
        )
        assert (election.term, election.lease_remaining, election.state) == (0, 0, None)
        assert (election.role, election.membership, election.peers()) == ("starting", None, [])
        assert (election.pid_of(A), election.pid_of(None), election.ignored()) == (None, None, {})
        await election.close()

    among_members(main)


def test_an_election_knows_the_processes_of_its_members() -> None:
    """Its own too: it has a PID, like a process."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        await members.settled()
        first = members.elections["a"]
        own = first.pid_of(A)
        assert own is not None
        assert members.elections["b"].pid_of(A) == own
        assert [peer.node for peer in first.peers()] == ["b", "c"]
        assert first.membership is not None
        assert first.membership.voters == (A, B, C)

    among_members(main)


def test_an_election_that_resigns_names_the_member_that_answered_last() -> None:
    """That member leads within round trips; the one that resigned follows it."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        former = await members.settled()
        await pass_time(1)
        election = members.elections[former]
        election.stop_acting()
        assert (election.is_leader, election.has_leadership) == (False, True)
        await election.resign()
        await pass_time(0.01)
        assert await members.settled() != former
        assert members.told(former, "following")[0] == ("following", None)

    among_members(main)


def test_an_election_resigns_to_the_successor_that_is_named() -> None:
    """Whichever of the other voters that is."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        for node in "abcab":
            leading = await members.settled()
            if leading != node:
                await members.elections[leading].resign(MemberId(f"{NAME}@{node}"))
                await pass_time(0.01)
                assert await members.settled() == node

    among_members(main)


def test_only_another_voter_can_be_named_as_successor() -> None:
    """Checked against the list that this member has, before the start as well."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        election = members.elections["a"]
        election.check_successor(B)
        for wrong in (A, MemberId("stranger@a")):
            with pytest.raises(ValueError, match="must be another of the voters"):
                election.check_successor(wrong)

    among_members(main)


def test_an_election_that_stops_hands_over_and_is_no_peer_any_more() -> None:
    """It resigns first; its peers need not wait for its node to go down."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        former = await members.settled()
        await pass_time(0.1)
        stopping = members.elections.pop(former)
        await stopping.stop()
        await pass_time(0.01)
        successor = await members.settled()
        assert successor != former
        assert (stopping.is_leader, stopping.leader) == (False, None)
        for node in members.elections:
            assert members.told(node, "left") == [("left", f"{NAME}@{former}")]
        await stopping.close()

    among_members(main)


def test_an_election_that_follows_stops_without_a_resignation() -> None:
    """There is nothing to give up; the leader goes on."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        leading = await members.settled()
        node = next(node for node in "abc" if node != leading)
        stopped = members.elections.pop(node)
        await stopped.stop()
        await stopped.close()
        await pass_time(1)
        assert await members.settled() == leading

    among_members(main)


def test_a_closed_election_frees_its_name_and_its_record(tmp_path: object) -> None:
    """Without a word to the others; another member of that name can start."""

    async def main(members: Members) -> None:
        storage = FileStorage(str(tmp_path))
        await members.start("a", "b", bootstrap=voters("ab"), storage=storage)
        given = options(bootstrap=voters("ab"), storage=storage)
        with pytest.raises(RecordInUse):
            await open_record(given, ProcessId(NAME, "a"))
        await members.elections["a"].close()
        assert members.told("b", "left") == []
        again = await members.join("a", given)
        await members.settled()
        assert again.role in ("leader", "follower")

    among_members(main)


def test_an_observing_election_joins_leaves_and_joins_again() -> None:
    """It follows the leader without a vote; a voter cannot leave."""

    async def main(members: Members) -> None:
        await members.start("a", "b", bootstrap=voters("ab"))
        leading = await members.settled()
        await members.start("c", bootstrap=())
        observer = members.elections["c"]
        with pytest.raises(MembershipFixed):
            members.elections["a"].leave()
        for _ in range(2):
            observer.join(A)
            await pass_time(0.5)
            assert (observer.leader, observer.role) == (f"{NAME}@{leading}", "observer")
            observer.leave()
            await pass_time(2)
            assert (observer.leader, observer.peers()) == (None, [])

    among_members(main)


def test_a_listener_may_ask_its_election_to_resign_at_once() -> None:
    """Its request waits until the step that told it has ended: the others hear the resignation last."""

    class Reluctant(JournallingListener):
        election: Election

        def leading(self, term: int) -> None:
            super().leading(term)  # type: ignore[arg-type]
            self.election.stop_acting()
            self.journal.append(("leads", self.election.is_leader))

    async def main(members: Members) -> None:
        node = await members.start_node("a")
        given = options(bootstrap=voters("a"))
        heard: list[tuple[object, ...]] = []
        listener = Reluctant(heard)
        record = await open_record(given, ProcessId(NAME, "a"))
        election = Election(given, record, node=node, name=NAME, listener=listener)
        members.elections["a"] = listener.election = election
        await election.start()
        await pass_time(1)
        assert [entry[0] for entry in heard] == ["term", "leading", "leads"]
        assert heard[-1] == ("leads", False)
        assert election.has_leadership

    among_members(main)


def test_an_election_counts_what_it_ignores_by_reason() -> None:
    """Without a limit in number, and each reason once in the table."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        await members.settled()
        stranger = await members.recorder("b", "stranger")
        for number in range(3):
            stranger.send(ProcessId(NAME, "a"), greeting(f"x{number}@b", cluster="bank"))
        stranger.send(ProcessId(NAME, "a"), greeting(f"{NAME}@c"))
        await pass_time(0.1)
        ignored = members.elections["a"].ignored()
        assert (ignored["other_cluster"], ignored["other_node"]) == (3, 1)

    among_members(main)


def test_a_record_that_is_opened_when_its_caller_gives_up_is_closed_again(
    tmp_path: object,
) -> None:
    """The thread that takes the lock cannot be stopped, so the lock is released afterwards."""
    loop = DiskLoop()
    given = options(storage=FileStorage(str(tmp_path)))

    async def main() -> None:
        loop.disk_seconds = 1.0
        opening = loop.create_task(open_record(given, ProcessId(NAME, "a")))
        await pass_time(0.5)
        opening.cancel()
        await pass_time(1)
        assert opening.cancelled()
        (await open_record(given, ProcessId(NAME, "a"))).close()

    loop.run(main())


def test_the_messages_of_an_election_name_the_member_that_sent_them() -> None:
    """A process that only listens under a member's name hears heartbeats and the resignation."""

    async def main(members: Members) -> None:
        listening = await members.recorder("b", "observer")
        await members.start("a", bootstrap=voters("a"))
        await members.settled()
        listening.send(ProcessId(NAME, "a"), greeting("observer@b", observes=True, was_heard=False))
        await pass_time(0.5)
        await members.elections["a"].resign()
        await pass_time(0.1)
        heard = [await listening.receive() for _ in range(listening.inbox.qsize())]
        assert {each.sender for each in heard} == {A}
        assert {Heartbeat, Resigned} <= {type(each) for each in heard}

    among_members(main)
