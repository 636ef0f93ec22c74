"""What one process has to do with others: which it monitors, which it is linked with.

Knows nothing of who ends how. The idea: a link is a watch in each direction, so that whatever ends
a watch ends a link, and a process that ends, however it does, leaves nothing behind anywhere.
"""

from collections.abc import Awaitable
from functools import partial
from typing import Protocol

from runtime.events import Down
from runtime.pid import Pid, ProcessId, check_name
from runtime.processes.mailbox import Post
from runtime.processes.monitors import Monitors
from runtime.processes.signal_router import Target, address_of
from runtime.reasons import describe
from runtime.signals import Link, Stop, Unlink


class Tied(Protocol):
    """The process, as its ties need it."""

    @property
    def pid(self) -> Pid:
        """Who it is."""

    def post(self, callback: Post) -> None:
        """Runs the callback in its turn."""

    def handle_down(self, down: Down) -> Awaitable[None] | None:
        """What was monitored has ended."""

    def exit(self, sender: Pid, reason: str, *, by_link: bool) -> None:
        """Somebody wants it to end, or a linked process has ended."""


class Ties:
    """The monitors and links of one process."""

    def __init__(self, owner: Tied, monitors: Monitors) -> None:
        self._owner = owner
        self._monitors = monitors
        self._monitored: set[int] = set()
        self._links: dict[Pid, int | None] = {}
        self._is_cut = False

    def monitor(self, target: Target) -> int:
        """Has `handle_down` called once the target is gone; returns a reference.

        Raises RuntimeError for a process that has ended, as `link` does.
        """
        self._check()
        if isinstance(target, str):
            check_name("target", target)
            if target == self._owner.pid.node:
                raise ValueError(f"target must be another node, not {target!r}, this one")
        reference = self._monitors.watch(self._owner.pid, target, partial(self._ended, target))
        self._monitored.add(reference)
        return reference

    def demonitor(self, reference: int) -> None:
        """Calls it off: nothing comes any more, not even what waits in the mailbox."""
        # References count on the whole node: another process's watch must not end with this.
        if reference in self._monitored:
            self._monitored.remove(reference)
            self._monitors.unwatch(reference)

    def link(self, to: Pid) -> None:
        """Ties both ends; the other one's end is this one's, at once if it is over already."""
        self._check()
        if not isinstance(to, Pid):
            raise TypeError(f"to must be a Pid, not {to!r}")
        if to == self._owner.pid:
            raise ValueError(f"to must be another process, not {to}, the linking one")
        if to not in self._links:
            self.accept_link(to)
            self._tell(to, Link())

    def unlink(self, to: Pid) -> None:
        """Unties both ends; without effect if they are not linked."""
        if to in self._links:
            self.accept_unlink(to)
            self._tell(to, Unlink())

    def accept_link(self, other: Pid) -> None:
        """Ties this end, as the other one has done."""
        if other in self._links:
            return
        self._links[other] = None
        reference = self._monitors.watch(self._owner.pid, other, partial(self._link_ended, other))
        if other in self._links:
            self._links[other] = reference

    def accept_unlink(self, other: Pid) -> None:
        """Unties this end, as the other one has done."""
        reference = self._links.pop(other, None)
        if reference is not None:
            self._monitors.unwatch(reference)

    def send_exit(self, to: Pid | ProcessId, reason: str) -> None:
        """Has another process end; raises TypeError for a reason that is no text."""
        if not isinstance(reason, str):
            raise TypeError(f"reason must be a str, not {reason!r}")
        self._tell(to, Stop(reason=describe(reason)))

    def cut(self) -> None:
        """Calls everything off; those linked hear of the process's end as watchers do."""
        self._is_cut = True
        for reference in [*self._monitored, *filter(None, self._links.values())]:
            self._monitors.unwatch(reference)

    def _check(self) -> None:
        if self._is_cut:
            # Nobody would ever call it off.
            raise RuntimeError(f"{self._owner.pid} has ended, it monitors and links nobody")

    def _tell(self, other: Pid | ProcessId, signal: Link | Unlink | Stop) -> None:
        # A link that only one end knows of is none; of exits there may be any number.
        certainly = not isinstance(signal, Stop)
        self._monitors.switchboard.send(
            address_of(other), signal, self._owner.pid.number, certainly=certainly
        )

    def _ended(self, target: Target, reference: int, reason: str) -> None:
        self._owner.post(partial(self._hand_over, Down(target, reason, reference)))

    def _hand_over(self, down: Down) -> Awaitable[None] | None:
        if down.reference not in self._monitored:
            return None
        self._monitored.remove(down.reference)
        return self._owner.handle_down(down)

    def _link_ended(self, other: Pid, reference: int, reason: str) -> None:
        del self._links[other]
        self._owner.exit(other, reason, by_link=True)
