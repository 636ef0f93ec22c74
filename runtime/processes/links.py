"""The links and monitors of one process.

A monitor is a watch. A link is a watch in each direction: whatever ends a watch ends a link, and a
process that ends leaves nothing behind on any node, however it ends. Leaves to the runner what
happens to the process when it is told of an end.
"""

from collections.abc import Callable
from functools import partial

from runtime.events import Down
from runtime.pid import Pid, ProcessId, check_name
from runtime.processes.signal_router import Target, address_of
from runtime.processes.signals import LinkSignal, Stop, Unlink
from runtime.processes.watches import Watches
from runtime.reasons import describe


class LinksAndMonitors:
    """Which processes and nodes a process monitors, and which processes it is linked with."""

    def __init__(
        self,
        pid: Pid,
        watches: Watches,
        on_down: Callable[[Down], None],
        on_linked_end: Callable[[Pid, str], None],
    ) -> None:
        """`on_down` is called when a monitored target is gone, the other when a linked process is."""
        self._pid = pid
        self._watches = watches
        self._on_down = on_down
        self._on_linked_end = on_linked_end
        self._monitored: set[int] = set()
        self._linked: dict[Pid, int | None] = {}
        self._is_closed = False

    def monitor(self, target: Target) -> int:
        """Has `on_down` called once when the target is gone; returns a reference.

        Raises RuntimeError if the process has ended, as `link` does.
        """
        self._check_open()
        if isinstance(target, str):
            check_name("target", target)
            if target == self._pid.node:
                raise ValueError(f"target must be another node, not {target!r}, this one")
        reference = self._watches.watch(self._pid, target, partial(self._target_gone, target))
        self._monitored.add(reference)
        return reference

    def demonitor(self, reference: int) -> None:
        """Ends a monitor of this process; a `Down` that waits in the mailbox is not handled."""
        # References are unique on the node: one of another process must not end its watch.
        if self.take(reference):
            self._watches.unwatch(reference)

    def take(self, reference: int) -> bool:
        """Forgets a monitor; returns whether it was there."""
        is_known = reference in self._monitored
        self._monitored.discard(reference)
        return is_known

    def link(self, to: Pid) -> None:
        """Links both processes; if the other has ended already, `on_linked_end` is called at once."""
        self._check_open()
        if not isinstance(to, Pid):
            raise TypeError(f"to must be a Pid, not {to!r}")
        if to == self._pid:
            raise ValueError(f"to must be another process, not {to}, the linking one")
        if to not in self._linked:
            self.accept_link(to)
            self._send(to, LinkSignal())

    def unlink(self, to: Pid) -> None:
        """Ends the link on both sides; does nothing if there is none."""
        if to in self._linked:
            self.accept_unlink(to)
            self._send(to, Unlink())

    def accept_link(self, other: Pid) -> None:
        """Adds this process's half of a link; does nothing if the two processes are linked already."""
        if other in self._linked:
            return
        self._linked[other] = None
        reference = self._watches.watch(self._pid, other, partial(self._linked_gone, other))
        if other in self._linked:
            self._linked[other] = reference

    def accept_unlink(self, other: Pid) -> None:
        """Removes this process's half of a link, without telling the other process."""
        reference = self._linked.pop(other, None)
        if reference is not None:
            self._watches.unwatch(reference)

    def send_exit(self, to: Pid | ProcessId, reason: str) -> None:
        """Asks another process to end; one that traps exits gets an `Exit` instead, unless it is "kill".

        Raises TypeError if the reason is not a str.
        """
        if not isinstance(reason, str):
            raise TypeError(f"reason must be a str, not {reason!r}")
        self._send(to, Stop(reason=describe(reason)))

    def close(self) -> None:
        """Ends all watches; the processes that watch this one are told of its end by `Watches`."""
        self._is_closed = True
        for reference in [*self._monitored, *filter(None, self._linked.values())]:
            self._watches.unwatch(reference)

    def _check_open(self) -> None:
        if self._is_closed:
            # `close` has run and does not run again, so a new watch would never be ended.
            raise RuntimeError(f"{self._pid} has ended, it can neither monitor nor link")

    def _send(self, other: Pid | ProcessId, signal: LinkSignal | Unlink | Stop) -> None:
        # A link that only one side knows of would be no link, so those two are never dropped. Exits
        # can be dropped, because nothing limits how many of them there are.
        self._watches.signals.send(
            address_of(other),
            signal,
            self._pid.number,
            ignore_send_limit=not isinstance(signal, Stop),
        )

    def _target_gone(self, target: Target, reference: int, reason: str) -> None:
        self._on_down(Down(target, reason, reference))

    def _linked_gone(self, other: Pid, reference: int, reason: str) -> None:
        del self._linked[other]
        self._on_linked_end(other, reason)
