"""An application may bring a storage of its own: what has the methods of the interface is used as one."""

from leader.election.record_interface import Record
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId
from tests.election.election_support import Members, among_members, options, voters


class KeptRecord:
    """A record in a list, which survives as long as the list does."""

    survives = True

    def __init__(self, kept: list[Durable]) -> None:
        self.kept = kept

    def load(self) -> Durable | None:
        return self.kept[-1] if self.kept else None

    def save(self, durable: Durable) -> None:
        self.kept.append(durable)

    def close(self) -> None:
        pass


class KeptStorage:
    """A storage of one such record."""

    def __init__(self) -> None:
        self.kept: list[Durable] = []

    def open(self, cluster: ClusterId, member: MemberId) -> Record:
        return KeptRecord(self.kept)


def test_an_election_keeps_its_record_in_the_storage_of_an_application() -> None:
    """What it needed to be elected has been saved there."""
    storage = KeptStorage()

    async def main(members: Members) -> None:
        await members.start_node("a")
        election = await members.join("a", options(bootstrap=voters("a"), storage=storage))
        await members.settled()
        assert storage.kept[-1].term == election.term

    among_members(main)
