"""What an author may ask of an actor and have it do: queries, messages to all peers, resigning."""

from functools import partial
from typing import Any

import pytest

from runtime import Pid, ProcessId
from tests.actor.actor_support import (
    ACTOR,
    PROMISE,
    Cluster,
    Member,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.runtime.support import Note, Recorder


class Listening(Member):
    """Notes what it is sent."""

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        self.note("hears", (sender, message))


def heard(cluster: Cluster) -> list[tuple[str, Any]]:
    """What each member heard, and from which process."""
    return sorted(
        ((node, about) for _, node, what, about in cluster.history if what == "hears"), key=str
    )


def test_actor_before_init_has_an_answer_to_every_question() -> None:
    """What would do something is refused."""

    async def main(cluster: Cluster) -> None:
        class Early(Member):
            def init(self, given: Any) -> Any:
                self.note("asked", [self.is_leader, self.leader, self.term, self.cluster_id])
                self.note("asked", [self.bootstrap, self.membership, self.role, self.peers()])
                self.note("asked", [self.lease_remaining, self.peer_count, self.handle_inspect()])
                for act in (self.resign, partial(self.join, ProcessId(ACTOR, "b"))):
                    with pytest.raises(RuntimeError, match="only after init has returned"):
                        act()
                return given

        await cluster.start("a", kind=Early)
        assert [about for _, _, _, about in cluster.history] == [
            [False, None, 0, ""],
            [(), None, "starting", []],
            [0.0, 0, {}],
        ]

    in_cluster(main)


def test_actor_tells_its_settings_and_its_state() -> None:
    """Bootstrap list and cluster as given; role, lease and membership as they are."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        assert cluster.members["a"].role == "starting"
        leading = await cluster.settled()
        await pass_time(1)
        follower = cluster.others(leading)[0]
        assert (leading.cluster_id, leading.bootstrap) == ("shop", tuple(bootstrap()))
        assert (leading.role, follower.role) == ("leader", "follower")
        assert 0 < leading.lease_remaining < PROMISE
        assert follower.lease_remaining == 0
        assert leading.membership == follower.membership
        assert follower.membership is not None
        assert follower.membership.voters == ("member@a", "member@b", "member@c")

    in_cluster(main)


def test_actor_shows_its_state_to_an_operator() -> None:
    """Everything as text, with the keys of Ergo's leader actor among them; or only what is asked for."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        cluster.crash(cluster.others(leading)[1].node.name)
        await pass_time(0.1)
        follower = cluster.others(leading)[0]
        found = leading.handle_inspect()
        assert 0 < float(found.pop("lease").removesuffix(" s")) < PROMISE
        ignored = dict(entry.split(": ") for entry in found.pop("ignored").split(", "))
        assert all(int(times) > 0 for times in ignored.values())
        assert found == {
            "cluster": "shop",
            "term": str(leading.term),
            "leader": "true",
            "peers": "1",
            "peer_pids": str(follower.pid),
            "leader_pid": str(leading.pid),
            "role": "leader",
            "quorum": "2 of 3",
            "voters": "member@a member@b member@c",
            "bootstrap": "member@a member@b member@c",
        }
        assert follower.handle_inspect("leader", "lease", "weather") == {
            **{"leader": "false", "lease": "0.000 s"}
        }

    in_cluster(main)


def test_actor_broadcasts_to_all_peers() -> None:
    """Signed, once each, and not to itself."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Listening)
        await cluster.settled()
        sender = cluster.members["a"]
        sender.broadcast(Note(number=1))
        await pass_time(0.1)
        assert heard(cluster) == [(name, (sender.pid, Note(number=1))) for name in "bc"]

    in_cluster(main)


def test_actor_broadcasts_to_its_bootstrap_list() -> None:
    """To every name on it but its own, even if it has heard from none of them."""

    async def main(cluster: Cluster) -> None:
        for name in "abc":
            await cluster.start_node(name)
        await pass_time(0.1)
        listener = Recorder()
        await cluster.nodes["b"].spawn_register(ACTOR, lambda: listener)
        await cluster.join("a", Listening(cluster.history), options())
        assert cluster.members["a"].peers() == []
        cluster.members["a"].broadcast_bootstrap(Note(number=1))
        await pass_time(0.01)
        assert Note(number=1) in [await listener.receive(), await listener.receive()]
        assert heard(cluster) == []

    in_cluster(main)


def test_actor_that_resigns_goes_on_as_a_follower() -> None:
    """It acts no more from that instant; its application is told before the other members are."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        former = await cluster.settled()
        await pass_time(1)
        resigned = cluster.world.loop.time()
        former.resign()
        assert (former.is_leader, former.leader) == (False, None)
        former.resign()
        successor = await cluster.settled()
        assert successor is not former
        assert cluster.first("leads", since=resigned) - resigned < 0.001
        assert cluster.told(former.node.name)[1:] == [
            ("follows", None),
            ("follows", successor.node.name),
        ]

    in_cluster(main)


@pytest.mark.parametrize("seed", range(4))
def test_actor_that_resigns_may_name_its_successor(seed: int) -> None:
    """That member is asked at once, and wins unless it is dead."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        former = await cluster.settled()
        chosen = cluster.others(former)[seed % 2]
        former.resign(ProcessId(ACTOR, chosen.node.name))
        await pass_time(0.01)
        assert await cluster.settled() is chosen

    in_cluster(main, seed)


def test_actor_that_has_not_begun_checks_a_successor() -> None:
    """During the silence as well; nothing else happens then."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        silent = cluster.members["a"]
        silent.resign(ProcessId(ACTOR, "b"))
        with pytest.raises(ValueError, match="must be another of the voters"):
            silent.resign(ProcessId(ACTOR, "d"))
        await cluster.settled()

    in_cluster(main)


def test_actor_refuses_a_successor_that_is_no_other_voter() -> None:
    """The error lists the voters; a follower that resigns gives up nothing."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        leading = await cluster.settled()
        for wrong in (ProcessId(ACTOR, leading.node.name), ProcessId("stranger", "a")):
            with pytest.raises(ValueError, match=r"must be another of the voters \['member@a'"):
                leading.resign(wrong)
        cluster.others(leading)[0].resign()
        await pass_time(1)
        assert await cluster.settled() is leading

    in_cluster(main)
