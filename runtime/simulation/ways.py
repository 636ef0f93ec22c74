"""The ways between simulated hosts: delay and loss, partitions, hosts that are stopped.

Leaves connections and frames to `connection`. All chance is drawn from one seed, and all time is that
of one event loop, so the same seed gives the same run.
"""

import asyncio
import random
from collections.abc import Callable

from runtime.clock import NANOSECONDS
from runtime.simulation.conditions import Conditions


class SimulatedWays:
    """One way from each host to each other host; a way has one direction."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: int) -> None:
        self.default = Conditions()
        """The conditions of every way that has none of its own."""
        self.loop = loop
        self.random = random.Random(seed)
        self._conditions: dict[tuple[str, str], Conditions] = {}
        self._cut: dict[tuple[str, str], list[Callable[[], None]]] = {}
        self._held: dict[str, list[Callable[[], None]]] = {}

    def set_conditions(self, source: str, destination: str, conditions: Conditions) -> None:
        """Sets the conditions of one way."""
        self._conditions[source, destination] = conditions

    def conditions(self, source: str, destination: str) -> Conditions:
        """Returns the conditions from one host to another."""
        return self._conditions.get((source, destination), self.default)

    def partition(self, source: str, destination: str) -> None:
        """Loses what the source sends to the destination from now on; in this direction only."""
        self._cut.setdefault((source, destination), [])

    def heal(self, source: str | None = None, destination: str | None = None) -> None:
        """Ends the partitions from that source, to that destination; None stands for all hosts."""
        for cut in list(self._cut):
            if source in (None, cut[0]) and destination in (None, cut[1]):
                for action in self._cut.pop(cut):
                    action()

    def hold(self, host: str) -> None:
        """Stops a host: nothing reaches it or leaves it, and its connections stay open."""
        self._held.setdefault(host, [])

    def release(self, host: str) -> None:
        """Lets a stopped host go on: all that was held back is delivered, in order."""
        held = self._held.get(host, [])
        # The host still counts as held: what these actions lead to must queue behind them.
        while held:
            held.pop(0)()
        self._held.pop(host, None)

    def forget_held(self, host: str) -> None:
        """Drops all that was held back for a host: it has crashed."""
        self._held.pop(host, None)

    def is_cut(self, source: str, destination: str) -> bool:
        """Whether a partition lies between them in that direction."""
        return (source, destination) in self._cut

    def draw_delay(self, source: str, destination: str) -> int:
        """Returns how many nanoseconds a frame takes on this way."""
        return round(self.random.uniform(*self.conditions(source, destination).delay) * NANOSECONDS)

    def at(self, instant: int, action: Callable[[], None]) -> None:
        """Calls an action at a virtual instant in nanoseconds."""
        self.loop.call_at(instant / NANOSECONDS, action)

    def when_free(self, host: str, action: Callable[[], None]) -> None:
        """Calls an action now, or when that host is released."""
        held = self._held.get(host)
        if held is None:
            action()
        else:
            held.append(action)

    def when_whole(self, source: str, destination: str, action: Callable[[], None]) -> None:
        """Calls an action now, or when that way is healed."""
        cut = self._cut.get((source, destination))
        if cut is None:
            action()
        else:
            cut.append(action)

    def holds(
        self, source: str, destination: str, frame: bytes, arrive: Callable[[bytes], None]
    ) -> bool:
        """Whether this frame waits until `arrive` is called. A subclass may override this."""
        return False

    def holds_end(self, source: str, destination: str, tell: Callable[[], None]) -> bool:
        """Whether the end of a dead host's connection waits until `tell` is called; as above."""
        return False
