"""What a node is started with: name, address, cookies, and its creation."""

import itertools

import pytest

import runtime
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
