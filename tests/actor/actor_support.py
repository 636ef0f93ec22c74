"""What the tests of the actor share: a cluster on a simulated network, and one history of it.

Everything is real but time and the network: nodes, actors, engines, records. While a cluster runs, it
is checked every two milliseconds that no two members act at once.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import leader
from runtime import ExitReason, Node, Pid, ProcessId
from tests.runtime.support import World, in_world, until

ACTOR = "member"
CHECK_SECONDS = 0.002
PROMISE = 0.150
"""The default of ``election_timeout_min``."""

History = list[tuple[float, str, str, Any]]
"""When, on which node, what, and what about it."""


class Member(leader.Actor):
    """Notes every callback in the history."""

    def __init__(self, history: History) -> None:
        self.history = history

    def init(self, options: Any) -> Any:
        return options

    async def handle_become_leader(self) -> None:
        self.note("leads", self.term)

    async def handle_become_follower(self, leader: Pid | None) -> None:
        self.note("follows", None if leader is None else leader.node)

    def handle_term_changed(self, old: int, new: int) -> None:
        self.note("term", (old, new))

    def terminate(self, reason: ExitReason) -> None:
        self.note("terminates", reason)

    def note(self, what: str, about: Any = None) -> None:
        """Add a line to the history."""
        now = round(asyncio.get_running_loop().time(), 7)
        self.history.append((now, self.node.name, what, about))


class Acquainted(Member):
    """Also notes its peers in the history."""

    def handle_peer_joined(self, peer: Pid) -> None:
        self.note("joined", peer.node)

    def handle_peer_left(self, peer: Pid) -> None:
        self.note("left", (peer.node, self.peer_count))


class Working(Member):
    """Works while it leads, and notes when that begins and ends."""

    last_words = 0.0
    failure: "asyncio.Future[None]"

    async def handle_become_leader(self) -> None:
        await super().handle_become_leader()
        self.while_leader(self.work())

    async def work(self) -> None:
        """Run until it is cancelled, or until `failure` gets an error."""
        self.note("works")
        self.failure = asyncio.get_running_loop().create_future()
        try:
            await self.failure
        finally:
            await asyncio.sleep(self.last_words)
            self.note("stops", self.is_leader)


def bootstrap(nodes: Sequence[str] = "abc", name: str = ACTOR) -> list[ProcessId]:
    """The members of that name on these nodes."""
    return [ProcessId(name, node) for node in nodes]


def options(**changes: Any) -> leader.Options:
    """The options of the cluster "shop" on three nodes; `changes` replace single options."""
    return leader.Options(**{"cluster_id": "shop", "bootstrap": bootstrap()} | changes)


class Cluster:
    """Members on the nodes a, b and c."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.history: History = []
        self.nodes: dict[str, Node] = {}
        self.members: dict[str, Member] = {}
        self._check()

    async def start(
        self, *names: str, kind: Callable[[History], Member] = Member, **changes: Any
    ) -> None:
        """Start a node of each name, and on it a member with these options."""
        for name in names:
            await self.start_node(name)
            await self.join(name, kind(self.history), options(**changes))

    async def start_node(self, name: str) -> Node:
        """Start a node that knows the way to the others."""
        self.nodes[name] = await self.world.start(name)
        return self.nodes[name]

    async def join(self, name: str, member: Member, given: Any) -> None:
        """Start a member on a node that runs."""
        await self.nodes[name].spawn_register(ACTOR, lambda: member, given)
        self.members[name] = member

    async def settled(self) -> Member:
        """Wait until all members that run follow one leader, which acts; that leader."""
        await until(lambda: self._common_leader() is not None)
        found = self._common_leader()
        assert found is not None
        return found

    def others(self, member: Member) -> list[Member]:
        """All members that run but this one."""
        return [other for other in self.members.values() if other is not member]

    def crash(self, name: str) -> None:
        """Kill a process and its host."""
        del self.members[name]
        self.nodes[name].kill()
        self.world.network.crash(name)

    def isolate(self, name: str) -> None:
        """Lose all messages between this node and the others."""
        for other in self.nodes:
            if other != name:
                self.world.network.partition(name, other)
                self.world.network.partition(other, name)

    def acting(self) -> list[Member]:
        """The members that act as leader at this instant."""
        return [member for member in self.members.values() if member.is_leader]

    def told(self, name: str) -> list[tuple[str, Any]]:
        """What one member was told of leaders, in order."""
        return [
            (what, about)
            for _, node, what, about in self.history
            if node == name and what in ("leads", "follows")
        ]

    def first(self, what: str, name: str | None = None, since: float = 0.0) -> float:
        """When this first happened, at or after an instant."""
        return min(
            when
            for when, node, event, _ in self.history
            if event == what and when >= since and name in (None, node)
        )

    def _common_leader(self) -> Member | None:
        acting, followed = self.acting(), {member.leader for member in self.members.values()}
        return acting[0] if len(acting) == 1 and followed == {acting[0].pid} else None

    def _check(self) -> None:
        assert len(self.acting()) <= 1, f"{self.acting()} act at once"
        self.world.loop.call_later(CHECK_SECONDS, self._check)


def in_cluster(test: Callable[[Cluster], Coroutine[Any, Any, Any]], seed: int = 0) -> Any:
    """Run a test on an empty cluster; it fails if two members ever acted at once."""

    async def main(world: World) -> Any:
        failures: list[BaseException] = []
        world.loop.set_exception_handler(
            lambda _, context: failures.append(context.get("exception") or Exception(context))
        )
        found = await test(Cluster(world))
        assert failures == []
        return found

    return in_world(main, seed)


def peer_news(history: History, name: str) -> list[tuple[str, Any]]:
    """What one member was told of its peers."""
    return [entry[2:] for entry in history if entry[1] == name and entry[2] in ("joined", "left")]


async def pass_time(seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
