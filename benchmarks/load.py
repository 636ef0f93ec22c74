"""A thousand actors on a node, and a hundred thousand messages to them from another one.

Both nodes share this process and its one thread, connected over loopback TCP, so the rate is what a
core sends *and* receives. Senders pace themselves as an application should: a call after every so
many messages, whose answer says how far the receiver has come.
"""

import asyncio
import resource
import sys
import time
from dataclasses import dataclass

import runtime

ACTORS = 1_000
MESSAGES = 100
BATCH = 25
"""How many messages a sender sends before it waits for the receiver."""

COOKIE = "a cookie for benchmarks"


@runtime.message(name="benchmarks.numbered")
@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """One of the messages of a sender, which counts them."""

    number: int


class Receiver(runtime.Process):
    """Counts what comes, and what comes out of order."""

    def init(self) -> None:
        self.received = 0
        self.disordered = 0

    def handle_message(self, sender: runtime.Pid | None, message: Numbered) -> None:
        self.disordered += message.number != self.received
        self.received += 1

    def handle_call(self, sender: runtime.Pid | None, request: object) -> int:
        return self.received


class Sender(runtime.Process):
    """Sends numbered messages to one receiver, a batch at a time."""

    def init(self, to: runtime.Pid, messages: int, done: asyncio.Future[int]) -> None:
        self.to, self.messages, self.done = to, messages, done
        self.post(self.send_all)

    async def send_all(self) -> None:
        """Sends them all; `done` is told how many have arrived."""
        arrived = 0
        for number in range(self.messages):
            self.send(self.to, Numbered(number=number))
            if (number + 1) % BATCH == 0 or number + 1 == self.messages:
                arrived = await self.call(self.to, "how many?", timeout=60.0)
        self.done.set_result(arrived)

    def terminate(self, reason: runtime.ExitReason) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"a sender ended: {reason}"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of the messages."""

    sent: int
    lost: int
    disordered: int


@dataclass(frozen=True, slots=True)
class Load:
    """The same, how fast it went, and how large the process has become."""

    outcome: Outcome
    seconds: float
    peak: int
    """The most memory that was in use, both nodes and Python itself included, in bytes."""

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.outcome.sent / self.seconds


async def exchange(
    near: runtime.Node, far: runtime.Node, actors: int = ACTORS, messages: int = MESSAGES
) -> Outcome:
    """So many senders on one node, as many receivers on the other; returns when all is answered."""
    loop = asyncio.get_running_loop()
    receivers = [Receiver() for _ in range(actors)]
    done = [loop.create_future() for _ in range(actors)]
    for receiver in receivers:
        await far.spawn(lambda receiver=receiver: receiver)  # type: ignore[misc]
    # What is sent before the nodes are connected waits in a queue that is shorter than all this.
    await near.call(receivers[0].pid, "are we connected?")
    for receiver, future in zip(receivers, done, strict=True):
        await near.spawn(Sender, receiver.pid, messages, future)
    arrived = sum(await asyncio.gather(*done))
    return Outcome(
        sent=actors * messages,
        lost=actors * messages - arrived,
        disordered=sum(receiver.disordered for receiver in receivers),
    )


async def measure() -> Load:
    """Over loopback TCP."""
    async with (
        await runtime.Node.start("near@127.0.0.1:0", cookie=COOKIE) as near,
        await runtime.Node.start("far@127.0.0.1:0", cookie=COOKIE) as far,
    ):
        near.add_route("far", far.address)
        since = time.perf_counter()
        outcome = await exchange(near, far)
        return Load(outcome, time.perf_counter() - since, peak())


def peak() -> int:
    """The most memory this process has had in use, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def report(load: Load) -> str:
    """The figures in words."""
    outcome = load.outcome
    return (
        f"{ACTORS:,} actors were sent {outcome.sent:,} messages over TCP: {load.rate:,.0f} a second, "
        f"{outcome.lost} lost, {outcome.disordered} out of order, "
        f"{load.peak / 2**20:.0f} MiB of memory in all at the peak"
    )


if __name__ == "__main__":
    sys.stdout.write(report(asyncio.run(measure())) + "\n")
