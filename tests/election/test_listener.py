"""What a listener may rely on: the order of what it is told, and what its own errors lead to."""

from itertools import pairwise

from leader.election.election import Election, open_record
from leader.protocol.vocabulary import Term
from runtime import ProcessId
from tests.election.election_support import NAME, Members, among_members, options, pass_time, voters
from tests.election.engine_support import JournallingListener


def test_a_listener_is_told_its_term_before_it_is_told_to_lead() -> None:
    """So the token is known from the first instant; each change follows on the one before."""

    async def main(members: Members) -> None:
        await members.start(*"abc")
        for _ in range(3):
            leading = await members.settled()
            assert members.told(leading, "term", "leading")[-1] == (
                *("leading", members.elections[leading].term),
            )
            await members.elections[leading].resign()
            await pass_time(0.01)
        await members.settled()
        for node in "abc":
            changes = members.told(node, "term")
            assert all(old < new for _, old, new in changes)
            assert all(first[2] == second[1] for first, second in pairwise(changes))

    among_members(main)


def test_between_two_leaderships_a_listener_is_told_to_follow() -> None:
    """Also if no other member led meanwhile."""

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=voters("a"))
        for _ in range(3):
            await members.settled()
            await members.elections["a"].resign()
            await pass_time(1)
        told = [entry[0] for entry in members.told("a", "leading", "following")]
        assert told == ["leading", "following"] * 3 + ["leading"]

    among_members(main)


def test_a_listener_that_raises_ends_its_election() -> None:
    """It is told the error; this member acts no more, and the others elect without it."""

    class Failing(JournallingListener):
        def leading(self, term: Term) -> None:
            raise ArithmeticError("unfit")

    async def main(members: Members) -> None:
        await members.start("a", "b")
        node = await members.start_node("c")
        members.heard["c"] = []
        listener = Failing(members.heard["c"])
        record = await open_record(options(), ProcessId(NAME, "c"))
        failing = Election(options(), record, node=node, name=NAME, listener=listener)
        members.elections["c"] = failing
        await failing.start()
        for _ in range(20):
            if members.told("c", "failed"):
                break
            leading = await members.settled()
            await members.elections[leading].resign(failing.member)
            await pass_time(0.01)
        [(_, error)] = members.told("c", "failed")
        assert isinstance(error, ArithmeticError)
        assert (failing.is_leader, failing.has_leadership) == (False, False)
        del members.elections["c"]
        await members.settled()
        await failing.close()

    among_members(main)
