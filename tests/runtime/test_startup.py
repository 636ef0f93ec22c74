"""What a node is started with: name, address, cookies, and its creation."""

import asyncio
import contextlib
import itertools
from pathlib import Path
from typing import Any

import pytest

import runtime
from runtime.network import SALT_LENGTH
from runtime.simulation import SimulatedClock
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from runtime.state_folder import StateFolder
from tests.runtime.bare_client import dialled, dialling
from tests.runtime.support import (
    COOKIE,
    World,
    in_world,
    over_tcp,
    until,
)


async def meet(a: runtime.Node, b: runtime.Node) -> None:
    """Connects two nodes and waits until each is up for the other."""
    a.connect(b.name)
    await until(lambda: a.nodes() and b.nodes())


@pytest.mark.parametrize(
    ("name", "cookie", "error"),
    [
        ("a@127.0.0.1:0", "", "cookie must not be empty"),
        ("a", "x", "name must be node@host:port, not 'a'"),
        ("a@nowhere", "x", "address must be host:port"),
        ("@127.0.0.1:0", "x", "name must be 1 to 100 printable characters"),
        ("a@0.0.0.0:0", "x", "allow_insecure=True"),
    ],
)
def test_start_refuses_misuse(name: str, cookie: str, error: str) -> None:
    """The error names the field and the rule."""

    async def main() -> None:
        with pytest.raises(ValueError, match=error):
            await runtime.Node.start(name, cookie=cookie)

    over_tcp(main)


def test_start_never_shows_a_cookie() -> None:
    """Neither in an error nor in the text of any object."""

    async def main() -> None:
        with pytest.raises(TypeError, match="cookie must be a str, not bytes") as caught:
            await runtime.Node.start("a@127.0.0.1:0", cookie=b"secret")  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)
        with pytest.raises(TypeError, match="cookie must be a str, not int") as caught:
            await runtime.Node.start("a@127.0.0.1:0", cookie=["secret", 7])  # type: ignore[list-item]
        assert "secret" not in str(caught.value)
        for missing in ([], ["secret", ""]):
            with pytest.raises(ValueError, match="cookie must not be empty"):
                await runtime.Node.start("a@127.0.0.1:0", cookie=missing)

    over_tcp(main)


def test_start_with_several_cookies_lets_one_be_replaced() -> None:
    """At each step, nodes connect with nodes that are one step behind or ahead."""
    steps: list[list[str]] = [["old"], ["old", "new"], ["new", "old"], ["new"]]

    async def main(world: World) -> None:
        for ours, theirs in [*itertools.pairwise(steps), *itertools.pairwise(steps[::-1])]:
            a = await world.start("a", cookie=ours)
            b = await world.start("b", cookie=theirs)
            await meet(a, b)
            await a.stop()
            await b.stop()

    in_world(main)


def test_start_refuses_a_short_cookie_beyond_loopback_unless_it_is_allowed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Where it is allowed, and on loopback, a warning says once for each start what a guess costs."""

    async def main() -> None:
        with pytest.raises(ValueError, match="allow_insecure=True"):
            await runtime.Node.start("a@0.0.0.0:0", cookie="short")
        for cookie in ("short", ["short", "long enough to be no target"]):
            node = await runtime.Node.start("a@0.0.0.0:0", cookie=cookie, allow_insecure=True)
            await node.stop()
        node = await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE)
        await node.stop()

    over_tcp(main)
    warnings = [line for line in caplog.messages if "characters, fewer than 16" in line]
    assert len(warnings) == 2
    assert all("all 916132832 cookies of 5 letters" in line for line in warnings)
    assert "short" not in "".join(warnings)


def test_start_draws_a_salt_for_each_start_or_keeps_that_of_the_folder(tmp_path: Path) -> None:
    """Guesses that were made for one salt are worth nothing for another."""
    salts = []
    kept: dict[str, Any] = {"state_dir": tmp_path}

    async def main() -> None:
        options: dict[str, Any]
        for options in ({}, {}, kept, kept):
            node = await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, **options)
            async with dialled(node) as client:
                client.write(next(dialling()))
                salts.append((await client.read())[-SALT_LENGTH:])
            await node.stop()

    over_tcp(main)
    assert len(set(salts)) == 3
    assert salts[2] == salts[3]
    assert bytes(SALT_LENGTH) not in salts


def test_start_refuses_a_state_folder_that_another_node_holds(tmp_path: Path) -> None:
    """Before it listens; a failed start leaves no lock behind, whatever it failed of."""

    async def main() -> None:
        first = await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path)
        with pytest.raises(runtime.StateFolderInUse, match="Two processes must not be one node"):
            await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path)
        async with await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path):
            pass
        with pytest.raises(OSError, match="in use"):
            await runtime.Node.start(f"b@{first.address}", cookie=COOKIE, state_dir=tmp_path)
        with pytest.raises(ValueError, match="address must be host:port"):
            await runtime.Node.start(
                "b@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path, routes={"c": "nowhere"}
            )
        rotten = StateFolder.open(tmp_path, "d")
        rotten.save(2**63 - 1, bytes(SALT_LENGTH))
        rotten.close()
        for _ in range(2):
            with pytest.raises(runtime.StateFolderError, match="ten years ahead"):
                await runtime.Node.start("d@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path)
        (tmp_path / "node=c.creation").write_bytes(b"torn")
        for _ in range(2):
            with pytest.raises(runtime.StateFolderError, match="do not match their checksum"):
                await runtime.Node.start("c@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path)
        async with await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, state_dir=tmp_path):
            await first.stop()

    over_tcp(main)


def test_start_on_a_clock_that_is_behind_its_folder_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not for the milliseconds by which a quick restart is ahead."""

    async def main(world: World) -> None:
        for back in (0, 0, 5_000):
            clock = SimulatedClock(world.loop, wall_milliseconds=WALL_MILLISECONDS - back)
            node = await world.start("a", clock=clock, state_dir=tmp_path)
            assert len(caplog.messages) == bool(back)
            await node.stop()
            world.network.crash("a")

    in_world(main)
    assert caplog.messages[0].startswith("the last creation of this node is 5.00")


def test_start_refuses_tls_beside_a_transport() -> None:
    """It is the transport that encrypts."""

    async def main() -> None:
        with pytest.raises(ValueError, match="tls must be None with a transport"):
            await runtime.Node.start(
                "a@127.0.0.1:0",
                cookie=COOKIE,
                tls=runtime.Tls(certificate="none", key="none", authority=None),
                transport=runtime.TcpTransport(),
            )

    over_tcp(main)


def test_start_that_is_cancelled_holds_no_folder(tmp_path: Path) -> None:
    """Wherever it was: what its thread has locked is released."""

    async def main() -> None:
        for turns in range(12):
            starting = asyncio.ensure_future(
                runtime.Node.start("a@127.0.0.1:0", cookie=f"{COOKIE} {turns}", state_dir=tmp_path)
            )
            for _ in range(turns):
                await asyncio.sleep(0)
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await (await starting).stop()
            StateFolder.open(tmp_path, "a").close()

    over_tcp(main)


def test_start_raises_for_an_address_in_use() -> None:
    """The node that was half started leaves nothing."""

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            with pytest.raises(OSError, match="in use"):
                await runtime.Node.start(f"b@{a.address}", cookie=COOKIE)

    over_tcp(main)


def test_start_again_at_once_gives_a_greater_creation() -> None:
    """Two incarnations of a node differ, even if the first was very short."""

    async def main(world: World) -> list[int]:
        creations = []
        for _ in range(3):
            a = await world.start("a")
            creations.append(a.creation)
            await a.stop()
            world.network.crash("a")
        return creations

    creations = in_world(main)
    assert creations == sorted(set(creations))
