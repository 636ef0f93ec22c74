"""A simulated cluster for the examples: hosts with their own clocks, which crash, freeze and are cut off.

All code is the real one; only time, network and disk are simulated. All random choices come from one
seed, so a failing seed fails again. At each check no two members may act at once.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import leader
from examples.client import Client
from examples.member import ExampleMember
from leader.protocol.durable import Durable
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import Node, ProcessId
from runtime.simulation import Conditions, SimulatedClock, SimulatedNetwork, VirtualTimeLoop
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.runtime.support import until

ACTOR = "example"
HOSTS = "abc"
DRIFT = 0.009_999
"""The drift of a clock; the rest of the hundredth covers the rounding of its readings."""
CHECK_SECONDS = 0.002
PATIENCE_SECONDS = 1.0
ATTEMPTS = 20
NETWORK = Conditions(delay=(0.000_2, 0.008))
MEMBERS = [ProcessId(ACTOR, host) for host in HOSTS]


class GuaranteeBroken(AssertionError):
    """An example did what it guarantees never to do."""


class NotServed(AssertionError):
    """No request was served although all faults had ended."""


class Records:
    """Records of members that outlive their processes."""

    survives: Final = True

    def __init__(self) -> None:
        self._saved: Durable | None = None

    def open(self, cluster: ClusterId, member: MemberId) -> "Records":
        """Returns itself: these are the records of one member only."""
        return self

    def load(self) -> Durable | None:
        """What was saved last."""
        return self._saved

    def save(self, durable: Durable) -> None:
        """Remembers it for ``load``."""
        self._saved = durable

    def close(self) -> None:
        """Does nothing, so the next process can load what was saved."""


class ExampleCluster:
    """Members on the hosts a, b and c; ``make`` makes the member of each new process."""

    def __init__(
        self, seed: int, make: Callable[[str], ExampleMember], skew_milliseconds: int = 0
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.chance = random.Random(f"arena {seed}")
        self.network = SimulatedNetwork(self.loop, seed)
        self.network.default = NETWORK
        self.members: dict[str, ExampleMember] = {}
        self.observers: dict[str, ExampleMember] = {}
        self.nodes: dict[str, Node] = {}
        self._make = make
        self._records = {host: Records() for host in HOSTS}
        self._skew = skew_milliseconds
        self._clocks: dict[str, SimulatedClock] = {}
        self._frozen: set[str] = set()
        self._check_that_one_acts()

    def clock(self, host: str) -> SimulatedClock:
        """The clock of a host, which goes on while nothing runs there."""
        if host not in self._clocks:
            wall = WALL_MILLISECONDS + self.chance.randint(0, self._skew)
            rate = self.chance.choice((1 - DRIFT, 1.0, 1 + DRIFT))
            offset = self.chance.randrange(10**12)
            self._clocks[host] = SimulatedClock(self.loop, rate, offset, wall_milliseconds=wall)
        return self._clocks[host]

    async def start(self) -> None:
        """Start a member on every host that has none."""
        for host in (host for host in HOSTS if host not in self.members):
            node, member = await self._start_node(host), self._make(host)
            options = leader.Options(
                cluster_id="trial", bootstrap=MEMBERS, storage=self._records[host]
            )
            await node.spawn_register(ACTOR, partial(_same, member), options)
            self.members[host] = member

    async def observe(self, host: str, observer: ExampleMember, contact: ProcessId) -> None:
        """Start a member without a vote on a host of its own; it joins through ``contact``."""
        node = await self._start_node(host)
        options = leader.Options(cluster_id="trial")
        await node.spawn_register(ACTOR, partial(_same, observer), options)
        self.observers[host] = observer
        observer.join(contact)

    async def client(self, host: str, client: Client) -> None:
        """Start a client on a host of its own."""
        node = await self._start_node(host)
        await node.spawn(lambda: client, MEMBERS)
        await client.connected()

    def crash(self, host: str, *, keeps_record: bool = True) -> None:
        """Kill a process, and its host."""
        del self.members[host]
        if not keeps_record:
            self._records[host] = Records()
        self._frozen.discard(host)
        # In this order, because a frozen host does not report the ends of its connections.
        self.network.crash(host)
        self.nodes.pop(host).kill()

    def isolate(self, host: str, others: Iterable[str]) -> None:
        """Cut a host off from these others, in both directions."""
        for other in others:
            if other != host:
                self.network.partition(host, other)
                self.network.partition(other, host)

    def leader(self) -> str | None:
        """The host whose member acts as leader at this instant."""
        return next((host for host, member in self.members.items() if member.is_leader), None)

    async def led(self) -> ExampleMember:
        """Wait until a member acts as leader; returns that member."""
        await until(lambda: any(member.is_leader for member in self.members.values()))
        return next(member for member in self.members.values() if member.is_leader)

    async def inject_faults(self, seconds: float) -> None:
        """Inject faults and repair some of them, for that long; then repair everything."""
        end = self.loop.time() + seconds
        while self.loop.time() < end:
            await asyncio.sleep(self.chance.uniform(0.02, 0.5))
            await self._inject_fault()
        await self.repair_everything()

    async def repair_everything(self) -> None:
        """Let every host run and reach every other one."""
        self.network.heal()
        for host in sorted(self._frozen):
            self._frozen.discard(host)
            self.network.release(host)
        await self.start()

    async def stop(self) -> None:
        """Stop every node; raises GuaranteeBroken if a member ended by itself before."""
        failed = [host for host, member in self.members.items() if member.ended.is_set()]
        for node in self.nodes.values():
            await node.stop()
        if failed:
            raise GuaranteeBroken(f"{failed} ended by themselves")

    async def _start_node(self, host: str) -> Node:
        self.nodes[host] = await Node.start(
            f"{host}@{host}:1",
            cookie="a cookie for tests",
            routes={other: f"{other}:1" for other in HOSTS if other != host},
            transport=self.network.transport(host),
            clock=self.clock(host),
            random=random.Random(self.chance.random()),
        )
        return self.nodes[host]

    async def _inject_fault(self) -> None:
        target = self.leader() if self.chance.random() < 0.7 else self.chance.choice(HOSTS)
        match self.chance.choice(
            ("isolate", "cut off", "crash", "freeze", "heal", "heal", "repair")
        ):
            case "isolate" if target is not None:
                self.isolate(target, HOSTS)
            case "cut off" if target is not None:
                self.network.partition(target, self.chance.choice(HOSTS))
            case "crash" if target in self.members and len(self.members) == len(HOSTS):
                self.crash(target)
            case "freeze" if target in self.members:
                self._frozen.add(target)
                self.network.hold(target)
            case "heal":
                self.network.heal()
            case "repair":
                await self.repair_everything()

    def _check_that_one_acts(self) -> None:
        present = self.members | self.observers
        acting = [host for host, member in present.items() if member.is_leader]
        if len(acting) > 1:
            raise GuaranteeBroken(f"{acting} act at once")
        self.loop.call_later(CHECK_SECONDS, self._check_that_one_acts)


def _same(member: ExampleMember) -> ExampleMember:
    return member


def run(
    trial: Callable[[ExampleCluster], Coroutine[Any, Any, None]],
    seed: int,
    make: Callable[[str], ExampleMember],
    skew_milliseconds: int = 0,
) -> None:
    """Run a trial in virtual time.

    Raises:
        GuaranteeBroken: two members acted at once, or a member ended by itself.
        Exception: what the trial or the event loop raised.
    """

    async def main() -> None:
        failures: list[BaseException] = []
        cluster = ExampleCluster(seed, make, skew_milliseconds)
        cluster.loop.set_exception_handler(
            lambda _, context: failures.append(
                context.get("exception") or GuaranteeBroken(str(context))
            )
        )
        try:
            await trial(cluster)
        finally:
            await cluster.stop()
        if failures:
            raise failures[0]

    VirtualTimeLoop().run(main())


async def served(client: Client, request: Callable[[int], object]) -> Any:
    """The answer after all faults have ended; the first questions may still be lost. Raises NotServed."""
    for _ in range(ATTEMPTS):
        with suppress(TimeoutError):
            return await client.ask_leader(request, PATIENCE_SECONDS)
    raise NotServed("no member answers")


def breaks(trial: Callable[[int], None], seeds: Iterable[int]) -> bool:
    """Whether a guarantee is broken with one of these seeds; NotServed does not count."""
    for seed in seeds:
        try:
            with suppress(NotServed):
                trial(seed)
        except GuaranteeBroken:
            return True
    return False
