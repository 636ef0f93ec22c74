"""A thousand actors on a node, and a hundred thousand messages to them from another one.

Both nodes share this process and its one thread, and are connected over loopback TCP. So the
rate is what one core sends *and* receives. After each batch of messages a sender makes a call
and waits for its answer, as an application should, so that no queue becomes full.
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
    """A message with its number, so that the receiver notices losses and changes of order."""

    number: int


class NumberReceiver(runtime.Process):
    """Counts the messages that arrive, and those that arrive out of order."""

    def init(self) -> None:
        self.received = 0
        self.disordered = 0

    def handle_message(self, sender: runtime.Pid | None, message: Numbered) -> None:
        self.disordered += message.number != self.received
        self.received += 1

    def handle_call(self, sender: runtime.Pid | None, request: object) -> int:
        return self.received


class NumberSender(runtime.Process):
    """Sends numbered messages to one receiver, a batch at a time."""

    def init(self, to: runtime.Pid, messages: int, done: asyncio.Future[int]) -> None:
        self.to, self.messages, self.done = to, messages, done
        self.post(self.send_all)

    async def send_all(self) -> None:
        """Sends all messages and sets the result of `done` to the number of those that arrived."""
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
class Delivery:
    """How many messages were sent, were lost, or arrived out of order."""

    sent: int
    lost: int
    disordered: int


@dataclass(frozen=True, slots=True)
class Load:
    """A delivery, how long it took, and how much memory the process used."""

    delivery: Delivery
    seconds: float
    peak: int
    """The largest resident size of the process, in bytes: both nodes and Python itself."""

    @property
    def rate(self) -> float:
        """Messages per second."""
        return self.delivery.sent / self.seconds


async def exchange(
    near: runtime.Node, far: runtime.Node, actors: int = ACTORS, messages: int = MESSAGES
) -> Delivery:
    """Runs ``actors`` senders on one node and as many receivers on the other until all are done."""
    loop = asyncio.get_running_loop()
    receivers = [NumberReceiver() for _ in range(actors)]
    done = [loop.create_future() for _ in range(actors)]
    for receiver in receivers:
        await far.spawn(lambda receiver=receiver: receiver)  # type: ignore[misc]
    # Messages sent before the nodes are connected would overflow the queue of that connection.
    await near.call(receivers[0].pid, "are we connected?")
    for receiver, future in zip(receivers, done, strict=True):
        await near.spawn(NumberSender, receiver.pid, messages, future)
    arrived = sum(await asyncio.gather(*done))
    return Delivery(
        sent=actors * messages,
        lost=actors * messages - arrived,
        disordered=sum(receiver.disordered for receiver in receivers),
    )


async def measure() -> Load:
    """Measures the exchange between two nodes over loopback TCP."""
    async with (
        await runtime.Node.start("near@127.0.0.1:0", cookie=COOKIE) as near,
        await runtime.Node.start("far@127.0.0.1:0", cookie=COOKIE) as far,
    ):
        near.add_route("far", far.address)
        since = time.perf_counter()
        delivery = await exchange(near, far)
        return Load(delivery, time.perf_counter() - since, peak())


def peak() -> int:
    """The largest resident size that this process has had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def report(load: Load) -> str:
    """The figures as one sentence."""
    delivery = load.delivery
    return (
        f"{ACTORS:,} actors were sent {delivery.sent:,} messages over TCP: {load.rate:,.0f} a second, "
        f"{delivery.lost} lost, {delivery.disordered} out of order, "
        f"{load.peak / 2**20:.0f} MiB of memory in all at the peak"
    )


if __name__ == "__main__":
    sys.stdout.write(report(asyncio.run(measure())) + "\n")
