"""What a node is started with: names, addresses, cookies, and a creation of its own."""

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
    """Connects them and waits until both are up for each other."""
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
def test_a_node_is_not_started_by_mistake(name: str, cookie: str, error: str) -> None:
    """The error names the field and the rule."""

    async def main() -> None:
        with pytest.raises(ValueError, match=error):
            await runtime.Node.start(name, cookie=cookie)

    over_tcp(main)


def test_a_cookie_is_a_string_and_never_shown() -> None:
    """Not in errors, not in anything's repr."""

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


def test_a_cookie_is_replaced_without_stopping_all_nodes_at_once() -> None:
    """Old and new, new and old, new only: at each step every node meets those a step away."""
    steps: list[list[str]] = [["old"], ["old", "new"], ["new", "old"], ["new"]]

    async def main(world: World) -> None:
        for ours, theirs in [*itertools.pairwise(steps), *itertools.pairwise(steps[::-1])]:
            a = await world.start("a", cookie=ours)
            b = await world.start("b", cookie=theirs)
            await meet(a, b)
            await a.stop()
            await b.stop()

    in_world(main)


def test_an_address_in_use_is_an_os_error() -> None:
    """And the half-started node leaves nothing."""

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            with pytest.raises(OSError, match="in use"):
                await runtime.Node.start(f"b@{a.address}", cookie=COOKIE)

    over_tcp(main)


def test_a_node_that_starts_again_at_once_has_a_greater_creation() -> None:
    """No two lives of a node are alike, however short the first was."""

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
