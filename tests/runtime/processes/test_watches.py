"""Watches, by way of monitors: one `Down` for each, and nothing is left afterwards."""

import asyncio
from typing import Any

import pytest

import runtime
from runtime.processes.signals import Ended
from runtime.simulation import Conditions
from tests.runtime.monitor_support import BOTH, MonitorScene
from tests.runtime.support import Diary, Note, World, in_world


@BOTH
@pytest.mark.parametrize(
    ("reason", "words"),
    [("normal", "normal"), ("enough", "enough"), (LookupError("boom"), "LookupError: boom")],
)
def test_monitor_is_told_the_end_once_with_the_reason(
    where: str, reason: runtime.ExitReason, words: str
) -> None:
    """In the same words on the same node and on another."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        reference = scene.watcher.monitor(scene.target.pid)
        assert await scene.downs() == []
        scene.target.stop(reason)
        assert await scene.downs() == [runtime.Down(scene.target.pid, words, reference)]
        assert await scene.downs() == []

    in_world(main)


@BOTH
def test_monitor_by_name_is_of_the_process_that_has_it_now(where: str) -> None:
    """Its successor is not meant."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        name = runtime.ProcessId("target", where)
        reference = scene.watcher.monitor(name)
        await asyncio.sleep(1)
        scene.target.stop("enough")
        assert await scene.downs() == [runtime.Down(name, "enough", reference)]
        successor = Diary()
        await scene.at.spawn_register("target", lambda: successor)
        successor.stop()
        assert await scene.downs() == []

    in_world(main)


@BOTH
def test_monitor_of_no_process_is_down_at_once(where: str) -> None:
    """By name, by number, and of a former incarnation of the node."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        scene.watcher.monitor(scene.target.pid)
        await asyncio.sleep(1)
        targets: list[Any] = [
            runtime.ProcessId("nobody", where),
            runtime.Pid(where, scene.at.creation, 99),
            runtime.Pid(where, 1, 1),
        ]
        references = [scene.watcher.monitor(target) for target in targets]
        downs = sorted(await scene.downs(0.01), key=lambda down: down.reference)
        expected = zip(targets, references, strict=True)
        assert downs == [runtime.Down(each, "no such process", key) for each, key in expected]

    in_world(main)


def test_monitor_of_a_former_incarnation_is_down_when_the_node_connects() -> None:
    """What waited for the connection cannot be delivered to this incarnation."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        pid = runtime.Pid("b", 1, 1)
        reference = scene.watcher.monitor(pid)
        assert await scene.downs() == [runtime.Down(pid, "no such process", reference)]

    in_world(main)


@BOTH
def test_monitor_is_told_of_a_kill_and_of_an_init_that_fails(where: str) -> None:
    """Without `terminate`; and by name while `init` runs."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        reference = scene.watcher.monitor(scene.target.pid)
        await asyncio.sleep(1)
        scene.watcher.send_exit(scene.target.pid, "kill")
        assert await scene.downs() == [runtime.Down(scene.target.pid, "killed", reference)]
        assert scene.target.entries[-1] == "release"
        assert ("terminate", "killed") not in scene.target.entries

        class Stillborn(runtime.Process):
            async def init(self) -> None:
                await asyncio.sleep(2)
                raise LookupError("no")

        birth = asyncio.create_task(scene.at.spawn_register("still", Stillborn))
        await asyncio.sleep(1)
        name = runtime.ProcessId("still", where)
        reference = scene.watcher.monitor(name)
        await asyncio.gather(birth, return_exceptions=True)
        assert await scene.downs() == [runtime.Down(name, "LookupError: no", reference)]

    in_world(main)


def test_monitor_is_told_when_the_node_of_its_target_dies() -> None:
    """Once each, of processes and of the node; the reason says that the connection ended."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        targets: list[Any] = [scene.target.pid, runtime.ProcessId("target", "b"), "b"]
        references = [scene.watcher.monitor(target) for target in targets]
        await asyncio.sleep(1)
        scene.at.kill()
        world.network.crash("b")
        downs = sorted(await scene.downs(), key=lambda down: down.reference)
        assert [(down.target, down.reference) for down in downs] == list(
            zip(targets, references, strict=True)
        )
        assert {down.reason.partition(":")[0] for down in downs} == {"node lost"}
        await world.start("b")
        assert await scene.downs(3) == []

    in_world(main)


def test_monitor_of_a_node_is_told_of_its_goodbye() -> None:
    """Its processes have ended in order before."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        scene.watcher.monitor("b")
        scene.watcher.monitor(scene.target.pid)
        await asyncio.sleep(1)
        await scene.at.stop()
        reasons = [down.reason for down in await scene.downs()]
        assert reasons == ["shutdown", "node lost: it is alive and said that it hangs up"]

    in_world(main)


@pytest.mark.parametrize("target", ["c", "x", runtime.Pid("c", 1, 1), runtime.ProcessId("p", "x")])
def test_monitor_of_what_cannot_be_reached_is_down(target: Any) -> None:
    """Without a route, or if nothing listens there; soon and once."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        reference = scene.watcher.monitor(target)
        [down] = await scene.downs()
        assert (down.target, down.reference) == (target, reference)
        assert down.reason.startswith("node unreachable: ")
        assert await scene.downs(10) == []

    in_world(main)


def test_monitor_of_a_node_connects_with_it() -> None:
    """And is told nothing while it is up."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        scene.watcher.monitor("b")
        assert await scene.downs() == []
        assert list(scene.a.nodes()) == ["b"]

    in_world(main)


def test_watch_is_forgotten_at_the_target_when_its_watcher_ends() -> None:
    """No frame is sent to it any more."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        scene.watcher.monitor(scene.target.pid)
        await asyncio.sleep(1)
        scene.watcher.stop()
        await asyncio.sleep(1)
        assert [node.statistics().watches for node in world.nodes] == [0, 0]
        before = scene.at.statistics().connections["a"].frames_sent
        scene.target.stop()
        await asyncio.sleep(1)
        assert scene.at.statistics().connections["a"].frames_sent == before

    in_world(main)


def test_watch_is_forgotten_at_the_target_when_the_node_of_its_watcher_is_lost() -> None:
    """When that node comes back, it is told nothing about it."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        scene.watcher.monitor(scene.target.pid)
        await asyncio.sleep(1)
        scene.a.kill()
        world.network.crash("a")
        await asyncio.sleep(1)
        reborn = await world.start("a")
        reborn.connect("b")
        await asyncio.sleep(2)
        assert scene.at.statistics().watches == 0
        scene.target.stop()
        await asyncio.sleep(1)
        assert reborn.statistics().connections["b"].frames_received == 0

    in_world(main)


def test_watch_ignores_the_end_that_another_node_tells() -> None:
    """Whatever reference that node guesses."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        scene.watcher.monitor(scene.target.pid)
        c = await world.start("c")
        for reference in range(9):
            forged = Ended(reference=reference, reason="forged")
            c.send(runtime.ProcessId("anybody", "a"), forged)
        assert await scene.downs() == []

    in_world(main)


def test_monitor_is_told_although_the_mailbox_is_full() -> None:
    """Other senders cannot displace a `Down`."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "a", limits=runtime.NodeLimits(mailbox_messages=2))
        scene.watcher.monitor(scene.target.pid)
        scene.watcher.post(lambda: asyncio.sleep(1))
        await asyncio.sleep(0.1)
        for number in range(9):
            scene.a.send(scene.watcher.pid, Note(number=number))
        scene.target.stop("enough")
        *notes, down = await scene.downs(3)
        assert notes == [Note(number=0), Note(number=1)]
        assert down.reason == "enough"

    in_world(main)


@pytest.mark.parametrize("seed", range(20))
def test_monitor_comes_to_exactly_one_end(seed: int) -> None:
    """Processes end, nodes die and come back, watchers demonitor, at random."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "a")
        world.network.default = Conditions(delay=(0.0001, 0.02))
        chance = world.network.random
        wanted: set[int] = set()
        unwanted: set[int] = set()
        b = world.nodes[1]
        for _ in range(30):
            for number in range(3):
                if b.whereis(f"p{number}") is None:
                    await b.spawn_register(f"p{number}", Diary)
            for _ in range(chance.randrange(6)):
                name = runtime.ProcessId(f"p{chance.randrange(4)}", "b")
                wanted.add(scene.watcher.monitor("b" if chance.random() < 0.5 else name))
            await asyncio.sleep(chance.choice([0, 0.001, 0.05]))
            if wanted and chance.random() < 0.3:
                regretted = wanted.pop()
                scene.watcher.demonitor(regretted)
                unwanted.add(regretted)
            if chance.random() < 0.3:
                scene.watcher.send_exit(runtime.ProcessId("p1", "b"), "enough")
            if chance.random() < 0.2:
                b.kill()
                world.network.crash("b")
                b = await world.start("b")
        b.kill()
        world.network.crash("b")
        references = [down.reference for down in await scene.downs(30)]
        assert len(references) == len(set(references))
        # A monitor may be ended after its `Down` has come: then there was one `Down`.
        assert wanted <= set(references) <= wanted | unwanted
        assert scene.a.statistics().watches == 0

    in_world(main, seed)
