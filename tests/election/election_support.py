"""What the tests of elections share: members on simulated nodes, each with a list as its listener."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from leader.election.election import Election, open_record
from leader.election.options import Options
from leader.election.peer_messages import Greeting
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import Node, ProcessId
from runtime.simulation import VirtualTimeLoop
from tests.election.engine_support import JournallingListener
from tests.runtime.support import Recorder, World, until

NAME = "member"
"""What every member is called on its node."""


def voters(nodes: Sequence[str] = "abc", name: str = NAME) -> tuple[ProcessId, ...]:
    """The members of that name on these nodes."""
    return tuple(ProcessId(name, node) for node in nodes)


def options(**changes: Any) -> Options:
    """The options of the cluster "shop" with three voters; `changes` replace single options."""
    return Options(**{"cluster_id": "shop", "bootstrap": voters()} | changes)


def greeting(sender: str, *known: str, **changes: Any) -> Greeting:
    """A greeting of the cluster "shop" that asks for nothing; `changes` replace single fields."""
    fields: dict[str, Any] = {
        "cluster": ClusterId("shop"),
        "sender": MemberId(sender),
        "known": tuple(MemberId(member) for member in known),
        "was_heard": True,
        "observes": False,
    }
    return Greeting(**fields | changes)


@dataclass
class Members:
    """The elections that a test has started, by node, and what each listener was told."""

    world: World
    nodes: dict[str, Node] = field(default_factory=dict)
    elections: dict[str, Election] = field(default_factory=dict)
    heard: dict[str, list[Any]] = field(default_factory=dict)

    async def start(self, *nodes: str, **changes: Any) -> None:
        """Start a node of each name, and a member on it."""
        for node in nodes:
            await self.start_node(node)
            await self.join(node, options(**changes))

    async def start_node(self, node: str, **given: Any) -> Node:
        """Start a node without a member."""
        self.nodes[node] = await self.world.start(node, **given)
        return self.nodes[node]

    async def join(self, node: str, given: Options, name: str = NAME) -> Election:
        """Start a member on a running node; of several on a node, `elections` keeps only the last."""
        self.heard[node] = []
        record = await open_record(given, ProcessId(name, node))
        listener = JournallingListener(self.heard[node])
        election = Election(given, record, node=self.nodes[node], name=name, listener=listener)
        self.elections[node] = election
        await election.start()
        return election

    async def settled(self) -> str:
        """Wait until one member leads and all others follow it; the name of its node."""
        await until(lambda: self._leading() is not None)
        found = self._leading()
        assert found is not None
        return found

    def told(self, node: str, *kinds: str) -> list[Any]:
        """What a listener was told, of these kinds or all."""
        return [entry for entry in self.heard[node] if not kinds or entry[0] in kinds]

    async def recorder(self, node: str, name: str) -> Recorder:
        """A process that records what it is sent, on a new node or on one that runs."""
        recorder = Recorder()
        if node not in self.nodes:
            await self.start_node(node)
        await self.nodes[node].spawn_register(name, lambda: recorder)
        return recorder

    def _leading(self) -> str | None:
        acting = [node for node, election in self.elections.items() if election.is_leader]
        leaders = {election.leader for election in self.elections.values()}
        return acting[0] if len(acting) == 1 and leaders == {f"{NAME}@{acting[0]}"} else None


def among_members(
    test: Callable[[Members], Coroutine[Any, Any, None]],
    seed: int = 0,
    loop: VirtualTimeLoop | None = None,
) -> None:
    """Run a test in virtual time, and release all that it has started."""

    async def main() -> None:
        failures: list[object] = []
        members = Members(World(asyncio.get_running_loop(), seed))
        members.world.loop.set_exception_handler(lambda _, context: failures.append(context))
        try:
            await test(members)
        finally:
            for election in members.elections.values():
                await election.close()
            for node in members.nodes.values():
                await node.stop()
        assert failures == []
        assert asyncio.all_tasks() == {asyncio.current_task()}

    (loop or VirtualTimeLoop()).run(main())


async def pass_time(seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)
