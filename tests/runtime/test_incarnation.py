"""Which process of a name is the node: the later one, and each is told what that means for it."""

import asyncio
import logging
import random
import threading
from pathlib import Path
from typing import Any

import pytest

import runtime
from runtime.clock import FAR_AHEAD_MILLISECONDS, RELEASED_MILLISECONDS
from runtime.dropped import DropLog
from runtime.incarnation import MILLISECOND, Incarnation, claim_creation, claim_in_folder
from runtime.logs import process_log
from runtime.network import SALT_LENGTH, Cookies, NodeContext, NodeIdentity, RefusalNotice
from runtime.simulation import SimulatedClock, run
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from runtime.state_folder import StateFolder, StateFolderError
from tests.runtime.support import Note, World, in_world, start_recorder, until

HOUR = 3_600_000
SALT = bytes(range(SALT_LENGTH))


def wall(world: World, milliseconds: int) -> SimulatedClock:
    """A clock whose wall clock is that much ahead of the others."""
    return SimulatedClock(world.loop, wall_milliseconds=WALL_MILLISECONDS + milliseconds)


async def start(world: World, name: str, ahead: int = 0, **options: Any) -> runtime.Node:
    """A node on a wall clock that is that many milliseconds ahead, which dials the others."""
    node = await world.start(name, clock=wall(world, ahead), **options)
    for other in "abc":
        if other != name:
            node.connect(other)
    return node


async def met_and_gone(world: World, name: str = "a", ahead: int = 0, **options: Any) -> int:
    """A node that others have met, and that has stopped; returns its creation."""
    node = await start(world, name, ahead, **options)
    await until(lambda: len(node.nodes()) == 2)
    await node.stop()
    await asyncio.sleep(1)
    return node.creation


def lines_of(caplog: pytest.LogCaptureFixture, node: str) -> list[str]:
    """What a node has logged as a warning or worse."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and getattr(record, "node", None) == node
    ]


def test_claim_creation_waits_until_its_millisecond_is_over() -> None:
    """So the next start has another one, however soon it comes."""

    async def main() -> tuple[int, int]:
        clock = SimulatedClock(asyncio.get_running_loop())
        return await claim_creation(clock, 7), clock.wall_milliseconds()

    claimed, now = run(main())
    assert claimed == WALL_MILLISECONDS * MILLISECOND + 7
    assert now == WALL_MILLISECONDS + 1


def test_claim_in_folder_is_later_than_the_last_and_than_the_wall_clock(tmp_path: Path) -> None:
    """Whichever of the two is later; it is kept at once, and the salt stays the first one."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        early, late = (
            SimulatedClock(loop, wall_milliseconds=RELEASED_MILLISECONDS + each)
            for each in (0, HOUR)
        )
        folder = StateFolder.open(tmp_path, "a")
        claimed = [
            claim_in_folder(folder, clock, chance, salt)
            for clock, chance, salt in ((early, 9, SALT), (early, 8, bytes(16)), (late, 0, SALT))
        ]
        assert claimed == [
            RELEASED_MILLISECONDS * MILLISECOND + 9,
            (RELEASED_MILLISECONDS + 1) * MILLISECOND + 8,
            (RELEASED_MILLISECONDS + HOUR) * MILLISECOND,
        ]
        folder.close()
        again = StateFolder.open(tmp_path, "a")
        assert (again.creation, again.salt) == (folder.creation, SALT)
        again.close()

    run(main())


def test_claim_in_folder_refuses_a_creation_that_is_far_ahead(tmp_path: Path) -> None:
    """All others would refuse it; a wall clock from before the release does not judge."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        far = (RELEASED_MILLISECONDS + FAR_AHEAD_MILLISECONDS + 1) * MILLISECOND
        folder = StateFolder.open(tmp_path, "a")
        folder.save(far, SALT)
        right = SimulatedClock(loop, wall_milliseconds=RELEASED_MILLISECONDS)
        with pytest.raises(StateFolderError, match=r"ten years ahead of the wall clock\. Do not"):
            claim_in_folder(folder, right, 0, SALT)
        lost = SimulatedClock(loop, wall_milliseconds=0)
        assert claim_in_folder(folder, lost, 0, SALT) == far + MILLISECOND
        folder.save(2**63 - 2, SALT)
        with pytest.raises(StateFolderError):
            claim_in_folder(folder, lost, 0, SALT)
        folder.close()

    run(main())


class SlowFolder(StateFolder):
    """Writes only when it is allowed to."""

    allowed: threading.Event

    def save(self, creation: int, salt: bytes) -> None:
        """Waits, and writes."""
        assert self.allowed.wait(60)
        super().save(creation, salt)


@pytest.mark.parametrize("end", ["finish", "close"])
def test_folder_is_released_only_when_nothing_is_being_written(tmp_path: Path, end: str) -> None:
    """Otherwise the write could replace what the next start has written."""

    async def main() -> None:
        folder = SlowFolder.open(tmp_path, "a")
        folder.allowed = threading.Event()
        clock, log = runtime.SystemClock(asyncio.get_running_loop()), process_log("a")
        context = NodeContext(
            own=NodeIdentity("a", 1),
            cookies=Cookies(("x",), SALT, ()),
            clock=clock,
            random=random.Random(1),
            registry=runtime.Registry(),
            limits=runtime.NodeLimits(),
            drop_log=DropLog(clock, log),
        )
        incarnation = Incarnation(context, folder, lambda: False, lambda error: True, log)
        for _ in range(2):
            incarnation.refused("b", RefusalNotice("an older incarnation", 2))
        ending = asyncio.ensure_future(incarnation.finish())
        if end == "close":
            incarnation.close()
        await asyncio.sleep(0.01)
        assert not ending.done()
        with pytest.raises(runtime.StateFolderInUse):
            StateFolder.open(tmp_path, "a")
        folder.allowed.set()
        await ending
        again = StateFolder.open(tmp_path, "a")
        assert again.creation == context.own.raised
        again.close()

    asyncio.run(main())


def test_node_on_a_clock_that_is_behind_stays_out_and_says_what_helps(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line for each node that refuses it, and one line there; it goes on living."""

    async def main(world: World) -> None:
        await world.start("b")
        await world.start("c")
        former = await met_and_gone(world)
        caplog.clear()
        again = await start(world, "a", -HOUR)
        events: list[runtime.NodeEvent] = []
        again.watch(events.append)
        await asyncio.sleep(50)
        assert again.nodes() == {}
        assert events == []
        told = [line for line in lines_of(caplog, "a") if "this node is refused" in line]
        assert len(told) == 2
        assert all(f"must exceed {former}, it is 359" in line for line in told)
        assert all(
            "set it and start this node again, or give it a state folder" in line for line in told
        )
        for other in "bc":
            refusals = [line for line in lines_of(caplog, other) if f"must exceed {former}" in line]
            assert len(refusals) == 1
            assert f"a: its creation {again.creation} must" in refusals[0]

    in_world(main)


def test_node_with_a_state_folder_is_in_at_once_on_a_clock_that_was_set_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its creation is later than that of its former life; a warning says what the clock can still harm."""

    async def main(world: World) -> None:
        await world.start("b")
        await world.start("c")
        former = await met_and_gone(world, state_dir=tmp_path)
        assert lines_of(caplog, "a") == []
        again = await start(world, "a", -HOUR, state_dir=tmp_path)
        await until(lambda: len(again.nodes()) == 2)
        assert again.creation > former
        [line] = lines_of(caplog, "a")
        assert "the last creation of this node is 359" in line
        assert "can vote a second time in a term: let its record be a file" in line

    in_world(main)


def test_node_with_a_new_state_folder_takes_the_higher_creation_that_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in within a second, the same node with the same processes; its next start is later again."""

    async def main(world: World) -> None:
        b = await world.start("b")
        await world.start("c")
        former = await met_and_gone(world)
        recorder = await start_recorder(b)
        again = await start(world, "a", -HOUR, state_dir=tmp_path)
        pid = await again.spawn(runtime.Process)
        since = world.loop.time()
        await until(lambda: len(again.nodes()) == 2)
        assert world.loop.time() - since < 1
        assert b.nodes()["a"] == again.creation == pid.creation < former
        again.send(runtime.ProcessId("recorder", "b"), Note(number=1), pid)
        assert await recorder.receive() == Note(number=1)
        assert any("takes the higher creation" in line for line in lines_of(caplog, "a"))
        await again.stop()
        await asyncio.sleep(1)
        third = await start(world, "a", -HOUR, state_dir=tmp_path)
        assert third.creation > former
        await until(lambda: len(third.nodes()) == 2)

    in_world(main)


def test_node_stays_out_if_its_higher_creation_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It tries again; once there is room it is in."""

    async def main(world: World) -> None:
        await world.start("b")
        await world.start("c")
        await met_and_gone(world)
        again = await start(world, "a", -HOUR, state_dir=tmp_path)
        obstacle = tmp_path / "node=a.new"
        obstacle.mkdir()
        await asyncio.sleep(5)
        assert again.nodes() == {}
        assert any("could not be kept" in line for line in lines_of(caplog, "a"))
        obstacle.rmdir()
        await until(lambda: len(again.nodes()) == 2)

    in_world(main)


@pytest.mark.parametrize("has_folder", [False, True])
def test_node_that_is_displaced_ends_and_is_in_at_its_next_start(
    has_folder: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Both processes of the name hear of it, and so do the nodes that have met both."""
    kept: dict[str, Any] = {"state_dir": tmp_path} if has_folder else {}

    async def main(world: World) -> None:
        await start(world, "b")
        await start(world, "c")
        a = await start(world, "a", **kept)
        await until(lambda: len(a.nodes()) == 2)
        twin = await world.start("a", host="twin", clock=wall(world, 1000))
        twin.connect("b")
        with pytest.raises(runtime.Superseded, match=f"of creation {twin.creation}, 1.* s later"):
            await a.ended()
        await until(
            lambda: any("two processes have one name" in line for line in lines_of(caplog, "a"))
        )
        displaced = f"creation {twin.creation} displaces {a.creation}, which was still connected"
        assert any(displaced in line for line in lines_of(caplog, "b"))
        await twin.stop()
        await asyncio.sleep(5)
        again = await start(world, "a", **kept)
        await until(lambda: len(again.nodes()) == 2)
        assert again.creation > twin.creation

    in_world(main)


def test_displaced_node_keeps_what_its_next_start_must_exceed(tmp_path: Path) -> None:
    """Its next start is in although the wall clock of the other process is far ahead of its own."""

    async def main(world: World) -> None:
        await start(world, "b")
        await start(world, "c")
        a = await start(world, "a", state_dir=tmp_path)
        await until(lambda: len(a.nodes()) == 2)
        twin = await world.start("a", host="twin", clock=wall(world, HOUR))
        twin.connect("b")
        with pytest.raises(runtime.Superseded):
            await a.ended()
        await twin.stop()
        again = await start(world, "a", state_dir=tmp_path)
        assert again.creation > twin.creation
        await until(lambda: len(again.nodes()) == 2)

    in_world(main)


def test_node_that_was_away_learns_at_its_return_that_it_was_displaced() -> None:
    """It ends then, though nobody had told it before."""

    async def main(world: World) -> None:
        await start(world, "b")
        await start(world, "c")
        a = await start(world, "a")
        await until(lambda: len(a.nodes()) == 2)
        for other in "bc":
            world.network.partition("a", other)
            world.network.reset("a", other)
            world.network.reset(other, "a")
        await until(lambda: not a.nodes())
        twin = await world.start("a", host="twin", clock=wall(world, 1000))
        twin.connect("b")
        await until(lambda: twin.nodes())
        world.network.heal()
        with pytest.raises(runtime.Superseded):
            await a.ended()
        assert twin.nodes()

    in_world(main)


@pytest.mark.parametrize("has_folder", [False, True])
def test_creation_that_is_far_ahead_is_not_believed(
    has_folder: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A node whose own clock is lost has met one; the told node neither takes a higher one nor ends."""
    kept: dict[str, Any] = {"state_dir": tmp_path} if has_folder else {}

    async def main(world: World) -> None:
        clock = SimulatedClock(world.loop, wall_milliseconds=1)
        await world.start("b", clock=clock)
        rotten = await world.start(
            "a", host="rotten", clock=wall(world, FAR_AHEAD_MILLISECONDS + HOUR)
        )
        rotten.connect("b")
        await until(lambda: rotten.nodes())
        await rotten.stop()
        a = await world.start("a", **kept)
        a.connect("b")
        await asyncio.sleep(5)
        assert a.nodes() == {}
        assert any("that is not believed" in line for line in lines_of(caplog, "a"))
        c = await world.start("c")
        a.connect("c")
        await until(lambda: a.nodes())
        assert c.nodes() == {"a": a.creation}

    in_world(main)


def test_node_whose_creation_is_far_ahead_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """So it cannot use up the creations of its name; both sides say why."""

    async def main(world: World) -> None:
        b = await world.start("b")
        rotten = await world.start(
            "a", host="rotten", clock=wall(world, FAR_AHEAD_MILLISECONDS + HOUR)
        )
        rotten.connect("b")
        await asyncio.sleep(5)
        assert b.nodes() == rotten.nodes() == {}
        for side in "ab":
            assert any("more than ten years ahead" in line for line in lines_of(caplog, side))
        a = await world.start("a")
        a.connect("b")
        await until(lambda: a.nodes())

    in_world(main)
