"""A second process of a member's name: never do two act at once, and the earlier one ends."""

from pathlib import Path
from typing import Any

import pytest

import leader
import runtime
from leader.errors import RecordInUse
from runtime import Child, Supervision
from runtime.simulation import SimulatedClock
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.actor.actor_support import (
    PROMISE,
    Cluster,
    Member,
    Working,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.runtime.support import until


async def start_twin(cluster: Cluster, name: str, *met: str) -> runtime.Node:
    """A later process of that name on another host, connected with these nodes."""
    clock = SimulatedClock(cluster.world.loop, wall_milliseconds=WALL_MILLISECONDS + 100_000)
    twin = await cluster.world.start(name, host="twin", clock=clock)
    for other in met:
        twin.connect(other)
    return twin


async def never_two_act(cluster: Cluster, seconds: float) -> None:
    """Looks five times in a millisecond for members that act at once."""
    end = cluster.world.loop.time() + seconds
    while cluster.world.loop.time() < end:
        assert len(cluster.acting()) <= 1
        await pass_time(0.0002)


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("all_met", [False, True])
def test_leader_that_is_displaced_acts_no_more_and_no_promise_is_released(
    trusted: bool, all_met: bool
) -> None:
    """Whoever has met the later process: the next leader waits until the old promises are over."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", kind=Working, trust_disconnect=trusted)
        displaced = await cluster.settled()
        await pass_time(1)
        name = displaced.node.name
        others = sorted(set("abc") - {name})
        since = cluster.world.loop.time()
        twin = await start_twin(cluster, name, *(others if all_met else others[:1]))
        await never_two_act(cluster, 2)
        assert twin.nodes()
        ended = cluster.first("stops", name, since)
        leads = min(
            cluster.first("leads", other, ended) for other in others if _led(cluster, other)
        )
        # A follower has promised anew at the last heartbeat, which came at most an interval before.
        assert leads - ended >= PROMISE - 0.055
        assert not displaced.is_leader
        with pytest.raises(runtime.Superseded):
            await cluster.nodes[name].ended()

    in_cluster(main)


def _led(cluster: Cluster, name: str) -> bool:
    return any(entry[1:3] == (name, "leads") for entry in cluster.history)


def test_member_of_a_displaced_node_ends_with_the_error_and_its_work_before(tmp_path: Path) -> None:
    """Its record is released when its work has ended, so the next process can have it."""

    async def main(cluster: Cluster) -> None:
        storage = leader.FileStorage(tmp_path)
        await cluster.start(*"abc", kind=Working, storage=storage)
        displaced = await cluster.settled()
        assert isinstance(displaced, Working)
        displaced.last_words = 0.5
        name = displaced.node.name
        cluster.history.clear()
        await start_twin(cluster, name, *sorted(set("abc") - {name}))
        await until(lambda: not displaced.is_leader)
        with pytest.raises(RecordInUse):
            storage.open(*_named(displaced))
        with pytest.raises(runtime.Superseded) as caught:
            await cluster.nodes[name].ended()
        told = [entry[2:] for entry in cluster.history if entry[1] == name]
        assert told == [("stops", False), ("follows", None), ("terminates", caught.value)]
        storage.open(*_named(displaced)).close()

    in_cluster(main)


def _named(member: Member) -> Any:
    return member.cluster_id, f"{member.name}@{member.node.name}"


def test_supervisor_on_a_displaced_node_starts_nothing_anew() -> None:
    """The node ends with it, and the program hears of the later process and of nothing else."""

    class Shop(runtime.Supervisor):
        def init(self, cluster: Cluster) -> Supervision:
            member = Working(cluster.history)
            cluster.members["a"] = member
            child = Child(factory=lambda: member, arguments=(options(),), name="member")
            return Supervision([child])

    async def main(cluster: Cluster) -> None:
        node = await cluster.start_node("a")
        await cluster.start("b", "c")
        await node.spawn_register("shop", Shop, cluster)
        await cluster.settled()
        await start_twin(cluster, "a", "b", "c")
        with pytest.raises(runtime.Superseded):
            await node.ended()
        ends = [entry for entry in cluster.history if entry[1:3] == ("a", "terminates")]
        assert len(ends) == 1

    in_cluster(main)


def test_displaced_node_that_is_started_anew_takes_part_again() -> None:
    """Once the other process of its name is gone, also for good."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        twin = await start_twin(cluster, "a", "b", "c")
        with pytest.raises(runtime.Superseded):
            await cluster.nodes["a"].ended()
        await twin.stop()
        del cluster.members["a"]
        await cluster.settled()
        await pass_time(100)
        await cluster.start("a")
        await cluster.settled()

    in_cluster(main)


def test_member_on_a_node_that_took_a_higher_creation_is_heard(tmp_path: Path) -> None:
    """Although its pid has a lower creation than that of its former life, which the others remember."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc")
        await cluster.settled()
        former = cluster.nodes["a"].creation
        await cluster.nodes["a"].stop()
        del cluster.members["a"]
        await cluster.settled()
        clock = SimulatedClock(cluster.world.loop, wall_milliseconds=WALL_MILLISECONDS - 60_000)
        node = await cluster.world.start("a", host="a2", clock=clock, state_dir=tmp_path)
        cluster.nodes["a"] = node
        await cluster.join("a", Member(cluster.history), options())
        since = cluster.world.loop.time()
        found = await cluster.settled()
        assert cluster.world.loop.time() - since < 1
        assert node.creation < former
        for other in "bc":
            assert cluster.members["a"].pid in cluster.members[other].peers()
        assert found in cluster.members.values()

    in_cluster(main)


def test_member_and_node_keep_their_files_in_one_folder(tmp_path: Path) -> None:
    """Also a cluster that is named like a file of the node; all of it is found again."""

    async def main(cluster: Cluster) -> None:
        given = options(
            storage=leader.FileStorage(tmp_path),
            cluster_id="node=a.creation",
            bootstrap=bootstrap("a"),
        )
        lives = []
        for _ in range(2):
            cluster.nodes["a"] = await cluster.world.start("a", state_dir=tmp_path)
            await cluster.join("a", Member(cluster.history), given)
            found = await cluster.settled()
            lives.append((cluster.nodes["a"].creation, found.term))
            await cluster.nodes["a"].stop()
        assert lives[0][0] < lives[1][0]
        assert lives[0][1] < lives[1][1]

    in_cluster(main)


@pytest.mark.parametrize("frozen", [False, True])
def test_link_that_is_replaced_is_no_proof_of_death(frozen: bool) -> None:
    """A leader whose links are dialled anew keeps its place; if it is frozen, promises run out by themselves."""

    async def main(cluster: Cluster) -> None:
        await cluster.start(*"abc", trust_disconnect=True)
        found = await cluster.settled()
        await pass_time(1)
        name, since = found.node.name, cluster.world.loop.time()
        if frozen:
            cluster.world.network.hold(name)
        for _ in range(100):
            for other in set("abc") - {name}:
                cluster.nodes[other].suspect(name)
            await pass_time(0.01)
        others = {when for when, _, what, _ in cluster.history if what == "leads" and when > since}
        if frozen:
            assert min(others) - since >= PROMISE - 0.055
            cluster.world.network.release(name)
        else:
            assert others == set()
            assert found.is_leader

    in_cluster(main)
