"""An actor over real connections with mutual TLS; the election knows nothing of TLS."""

import contextlib
from pathlib import Path

import pytest

import runtime
from tests.actor.actor_support import ACTOR, History, Member, options
from tests.runtime.certificates import Authority
from tests.runtime.support import COOKIE, over_tcp, until

NAMES = ("a", "b", "c")


def leader_of(members: list[Member]) -> Member | None:
    """The member that acts and that all follow; None if there is none."""
    acting = [member for member in members if member.is_leader]
    followed = {member.leader for member in members}
    return acting[0] if len(acting) == 1 and followed == {acting[0].pid} else None


async def join(node: runtime.Node, member: Member, others: list[runtime.Node]) -> None:
    """Let a member take part on a node that can reach the others."""
    for other in others:
        if other is not node:
            node.add_route(other.name, other.address)
    await node.spawn_register(ACTOR, lambda: member, options())


async def settled(members: list[Member]) -> Member:
    """Wait until all follow one member, which acts; that member."""
    await until(lambda: leader_of(members))
    found = leader_of(members)
    assert found is not None
    return found


@pytest.mark.slow
def test_three_nodes_elect_over_mutual_tls_and_elect_again(tmp_path: Path) -> None:
    """When the leader's node stops, the others go on, with a higher token."""
    authority = Authority(tmp_path / "authority")
    history: History = []

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            nodes = []
            for name in NAMES:
                address, files = f"{name}@127.0.0.1:0", authority.sign(name)
                node = await runtime.Node.start(address, cookie=COOKIE, tls=files)
                nodes.append(await stack.enter_async_context(node))
            members = [Member(history) for _ in nodes]
            for node, member in zip(nodes, members, strict=True):
                await join(node, member, nodes)
            first = await settled(members)
            term = first.term
            await nodes[members.index(first)].stop()
            members.remove(first)
            assert (await settled(members)).term > term

    over_tcp(main)
