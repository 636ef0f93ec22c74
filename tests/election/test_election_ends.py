"""How an election ends: without a resignation, with a record that cannot be closed, by its listener's error."""

from typing import Any

import pytest

from leader.election.election import Election, open_record
from leader.election.record_interface import Record
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import Pid, ProcessId
from tests.election.election_support import (
    NAME,
    Members,
    among_members,
    greeting,
    options,
    pass_time,
    voters,
)
from tests.election.engine_support import JournallingListener


def test_an_election_that_departs_keeps_its_lease() -> None:
    """It has not resigned, because its application may go on working: the others wait for its promise."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        leading = await members.settled()
        departing = members.elections.pop(leading)
        left = departing.lease_remaining
        await departing.depart()
        await pass_time(left / 1e9)
        assert not any(election.is_leader for election in members.elections.values())
        await members.settled()
        await departing.close()

    among_members(main)


class Unclosable:
    """A storage and its only record, which cannot be closed."""

    survives = False

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        """See ``Storage``."""
        return self

    def load(self) -> Durable | None:
        """Nothing was saved."""
        return None

    def save(self, durable: Durable) -> None:
        """Save nothing."""

    def close(self) -> None:
        """Fail."""
        raise OSError("the folder is gone")


def test_an_election_whose_record_cannot_be_closed_frees_its_name() -> None:
    """Or every later start of the member on this node would fail."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"), storage=Unclosable())
        with pytest.raises(OSError, match="the folder is gone"):
            await members.elections["a"].close()
        await members.join("a", options(bootstrap=voters("a")))
        await members.settled()

    among_members(main)


class Failing(JournallingListener):
    """A listener that cannot be told of a peer."""

    def peer_joined(self, member: MemberId, pid: Pid) -> None:
        """See ``ElectionListener``."""
        raise KeyError(member)


def test_an_election_whose_listener_raises_ends_and_tells_it_the_error() -> None:
    """It does not resign: its application was not told to stop. The node and its connections go on."""

    async def main(members: Members) -> None:
        node, given = await members.start_node("a"), options(bootstrap=voters("a"))
        record, heard = await open_record(given, ProcessId(NAME, "a")), list[Any]()
        election = Election(given, record, node=node, name=NAME, listener=Failing(heard))
        members.elections["a"] = election
        await election.start()
        await pass_time(1)
        assert election.is_leader
        sender = await members.recorder("b", "x")
        sender.send(ProcessId(NAME, "a"), greeting("x@b"))
        await pass_time(0.1)
        [(_, error)] = [entry for entry in heard if entry[0] == "failed"]
        assert isinstance(error, KeyError)
        assert not members.elections["a"].is_leader
        assert list(node.nodes()) == ["b"]

    among_members(main)
